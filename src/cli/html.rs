//! `--html`: the report as one HTML file. Imports `record`, `report`, and
//! `unit::atomic_file`.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use clap::Args;

use super::exit::{Failure, note};
use super::run::{check_target, standard_target};
use crate::record::Target;
use crate::report::html::{Document, html};
use crate::unit::atomic_file::{WriteError, write_atomically};

#[derive(Debug, Args)]
pub(super) struct HtmlArgs {
    /// Write the report as one HTML file, --html=FILE or --html FILE.html [default: beside the
    /// record]
    // with `=`, so that the workload after it is no file name: see `joined`
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true)]
    html: Option<Option<PathBuf>>,
}

/// These words with `--html report.html` as one word, so that both forms can
/// be had. What does not end as a page does is another argument.
pub(super) fn joined(words: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut joined: Vec<OsString> = Vec::new();
    let mut are_flags = true;
    for word in words {
        are_flags &= word != "--";
        let ending = Path::new(&word).extension().and_then(OsStr::to_str);
        let is_page = matches!(ending, Some("html" | "htm"));
        match joined.last_mut() {
            Some(last) if are_flags && is_page && last == "--html" => {
                last.push("=");
                last.push(word);
            }
            _ => joined.push(word),
        }
    }
    joined
}

/// Where a page goes.
#[derive(Debug)]
pub(super) struct Page {
    /// Its file, as it was checked before the run.
    pub(super) path: PathBuf,
    /// Whether it is named by its record.
    is_beside: bool,
}

impl HtmlArgs {
    /// Where the page goes, of what saves no record: among the reports, under
    /// a name that begins with `stem`, where no file was named.
    pub(super) fn target_by_name(&self, stem: &str) -> Result<Option<Page>, Failure> {
        match self.html {
            Some(None) => self.target(Some(&standard_target(stem)?)),
            _ => self.target(None),
        }
    }

    /// Where the page goes, given where the record goes; refused before the
    /// run where it can't be written.
    pub(super) fn target(&self, record: Option<&Target>) -> Result<Option<Page>, Failure> {
        let record = record.map(Target::path);
        let path = match (&self.html, record) {
            (None, _) => return Ok(None),
            (Some(Some(path)), _) => path.clone(),
            (Some(None), Some(record)) => record.with_extension("html"),
            (Some(None), None) => {
                return Err(Failure::Usage(
                    "--html has no record beside which to put the page: name its file, as in \
                     --html=report.html"
                        .to_owned(),
                ));
            }
        };
        if record.is_some_and(|record| super::paths::is_same(record, &path)) {
            return Err(Failure::Usage(format!(
                "the record and the page would both be {}: name another file with --html=FILE",
                path.display()
            )));
        }
        check_target(&path)?;
        let is_beside = matches!(self.html, Some(None));
        Ok(Some(Page { path, is_beside }))
    }
}

/// Writes the page of a record once it is saved: a page that was to lie beside
/// it takes the name that the record was given.
pub(super) fn write_beside(
    saved: &Result<Option<PathBuf>, WriteError>,
    page: &Page,
    documents: &[Document<'_>],
) -> Result<(), Failure> {
    match (saved, page.is_beside) {
        (Ok(Some(record)), true) => write(&record.with_extension("html"), documents),
        _ => write(&page.path, documents),
    }
}

/// Writes the page, and says where it is.
pub(super) fn write(path: &Path, documents: &[Document<'_>]) -> Result<(), Failure> {
    let page = html(documents);
    write_atomically(path, |out| out.write_all(page.as_bytes()))?;
    note(format_args!("page: {}", path.display()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_after_its_flag_is_its_value_and_a_workload_is_not() {
        let join = |line: &str| {
            let words = joined(line.split(' ').map(OsString::from)).into_iter();
            let words: Vec<String> = words.map(|word| word.into_string().unwrap()).collect();
            words.join(" ")
        };
        assert_eq!(join("run --html a.html w.toml"), "run --html=a.html w.toml");
        for kept in [
            "run --html w.toml",
            "run --html=a.html b.html",
            "run --html --no-save a.html",
            "run -- --html a.html",
            "report --html",
        ] {
            assert_eq!(join(kept), kept);
        }
    }
}
