//! Files that are replaced whole or not at all: written beside the target,
//! synced, renamed, and the folder synced. What was there before survives a
//! kill, a full disk and an unwritable folder. Imports nothing of this crate.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Why a file could not be written: which file, and what the system said.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {}: {source}{}", path.display(), advice(source))]
pub struct WriteError {
    /// The file that was to be written.
    pub path: PathBuf,
    /// What the system said.
    #[source]
    pub source: io::Error,
}

fn advice(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::NotFound => "; make its folder first, or name another with --out",
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "; choose a folder that you may write to with --out"
        }
        io::ErrorKind::StorageFull => "; free some room, or name another disk with --out",
        _ => "",
    }
}

/// Runs `fill` on a buffered writer and puts what it wrote at `path`, whole.
///
/// # Errors
/// Where the folder can't be written, the disk is full, or `fill` fails; the
/// file at `path` is then what it was.
pub fn write_atomically(
    path: &Path,
    fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), WriteError> {
    replace(path, fill).map_err(|source| WriteError {
        path: path.to_owned(),
        source,
    })
}

fn replace(path: &Path, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    if is_special(path) {
        // /dev/full, a pipe: nothing to rename over
        let mut writer = BufWriter::new(File::options().write(true).open(path)?);
        fill(&mut writer)?;
        return writer.flush();
    }
    let mut temporary = tempfile::Builder::new()
        .prefix(".notibench-")
        .tempfile_in(folder)?;
    {
        let mut writer = BufWriter::with_capacity(1 << 16, temporary.as_file_mut());
        fill(&mut writer)?;
        writer.flush()?;
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        temporary
            .as_file()
            .set_permissions(std::fs::Permissions::from_mode(0o644))?;
    }
    temporary.as_file().sync_all()?;
    temporary.persist(path).map_err(|error| error.error)?;
    File::open(folder)?.sync_all()
}

fn is_special(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_write_leaves_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("record.json");
        write_atomically(&path, |out| out.write_all(b"first")).unwrap();
        let failed = write_atomically(&path, |out| {
            out.write_all(b"half")?;
            Err(io::Error::other("interrupted"))
        });
        assert!(failed.unwrap_err().to_string().contains("record.json"));
        assert_eq!(std::fs::read(&path).unwrap(), b"first");
        assert_eq!(
            std::fs::read_dir(folder.path()).unwrap().count(),
            1,
            "no litter"
        );
    }

    #[test]
    fn a_full_disk_is_an_error() {
        if Path::new("/dev/full").exists() {
            let failed = write_atomically(Path::new("/dev/full"), |out| out.write_all(b"x"));
            assert!(failed.is_err());
        }
    }

    #[test]
    fn a_missing_folder_is_an_error_that_names_the_file() {
        let failed = write_atomically(Path::new("/no/such/folder/file"), |_| Ok(()));
        let message = failed.unwrap_err().to_string();
        assert!(
            message.contains("/no/such/folder/file") && message.contains("--out"),
            "{message}"
        );
    }
}
