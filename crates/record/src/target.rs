//! Where a record is saved: at a path that was named, or under a new name in a
//! folder of records.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use notibench_core::unit::atomic_file::{WriteError, write_atomically, write_new};

/// Folder that records go to unless told otherwise.
const FOLDER: &str = "reports";

/// Where a record is saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    path: PathBuf,
    /// Whether a file that has the name keeps it, and this one gets another.
    is_new: bool,
}

impl Target {
    /// `reports/<stem>-<time>.json`, with the time of its start in UTC, as in
    /// `20261123T164219Z`. It never replaces a file: where another has the
    /// name by the time of saving, this one gets `-2` at its end, then `-3`.
    #[must_use]
    pub fn fresh(stem: &str, started: jiff::Timestamp) -> Self {
        Self::fresh_in(Path::new(FOLDER), stem, started)
    }

    /// The same in another folder.
    #[must_use]
    pub fn fresh_in(folder: &Path, stem: &str, started: jiff::Timestamp) -> Self {
        let safe = |c: char| {
            if c.is_alphanumeric() || "-_".contains(c) {
                c
            } else {
                '_'
            }
        };
        let stem: String = stem.chars().take(100).map(safe).collect();
        let time = started.strftime("%Y%m%dT%H%M%SZ");
        Self {
            path: folder.join(format!("{stem}-{time}.json")),
            is_new: true,
        }
    }

    /// The path; of a new file the name that is tried first.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes what `fill` writes, whole or not at all; gives the path.
    pub(super) fn write(
        &self,
        fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<PathBuf, WriteError> {
        if self.is_new {
            return write_new(self.names(), fill);
        }
        write_atomically(&self.path, fill)?;
        Ok(self.path.clone())
    }

    fn names(&self) -> impl Iterator<Item = PathBuf> {
        let stem = self.path.file_stem().unwrap_or_default().to_os_string();
        let copies = (2_u64..).map(move |copy| {
            let mut name = stem.clone();
            name.push(format!("-{copy}.json"));
            self.path.with_file_name(name)
        });
        std::iter::once(self.path.clone()).chain(copies)
    }
}

impl From<&Self> for Target {
    fn from(target: &Self) -> Self {
        target.clone()
    }
}

impl<P: AsRef<Path> + ?Sized> From<&P> for Target {
    /// At this path, in place of what is there.
    fn from(path: &P) -> Self {
        Self {
            path: path.as_ref().to_owned(),
            is_new: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    fn started() -> jiff::Timestamp {
        "2026-11-23T16:42:19.9Z".parse().unwrap()
    }

    #[test]
    fn a_new_name_has_the_workload_and_the_time() {
        let target = Target::fresh("steady_week", started());
        assert_eq!(
            target.path(),
            Path::new("reports/steady_week-20261123T164219Z.json")
        );
        let odd = Target::fresh("../a b", started());
        assert_eq!(odd.path().parent(), Some(Path::new("reports")));
    }

    #[test]
    fn records_saved_at_once_under_one_name_all_stay() {
        let folder = tempfile::tempdir().unwrap();
        let record = fixture::with_rounds(1);
        let start = std::sync::Barrier::new(4);
        let save = || {
            let target = Target::fresh_in(folder.path(), "w", started());
            start.wait();
            record.save(&target).unwrap()
        };
        let mut saved: Vec<PathBuf> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(save)).collect();
            let paths = threads.into_iter().map(|thread| thread.join().unwrap());
            paths.collect()
        });
        saved.sort();
        let expected = ["-2", "-3", "-4", ""]
            .map(|copy| folder.path().join(format!("w-20261123T164219Z{copy}.json")));
        assert_eq!(saved, expected);
        for path in saved {
            assert_eq!(crate::Record::load(&path).unwrap(), record);
        }
    }

    #[test]
    fn a_path_that_was_named_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("r.json");
        let record = fixture::with_rounds(1);
        for _ in 0..2 {
            assert_eq!(record.save(&path).unwrap(), path);
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
