//! Where the page of `--html` goes, and how it is written.

use std::path::{Path, PathBuf};

use super::args::html::HtmlArgs;
use super::exit::{Failure, note};
use super::save::{check_target, standard_target};
use notibench_core::unit::atomic_file::{WriteError, write_atomically};
use notibench_record::Target;
use notibench_report::html::{Document, html};

/// Where a page goes.
#[derive(Debug)]
pub(crate) struct Page {
    /// Its file, as it was checked before the run.
    pub(crate) path: PathBuf,
    /// Whether it is named by its record.
    is_beside: bool,
}

impl HtmlArgs {
    /// Where the page goes, of what saves no record: among the reports, under
    /// a name that begins with `stem`, where no file was named.
    pub(crate) fn target_by_name(&self, stem: &str) -> Result<Option<Page>, Failure> {
        match self.html {
            Some(None) => self.target(Some(&standard_target(stem)?)),
            _ => self.target(None),
        }
    }

    /// Where the page goes, given where the record goes; refused before the
    /// run where it can't be written.
    pub(crate) fn target(&self, record: Option<&Target>) -> Result<Option<Page>, Failure> {
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
pub(crate) fn write_beside(
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
pub(crate) fn write(path: &Path, documents: &[Document<'_>]) -> Result<(), Failure> {
    let page = html(documents);
    write_atomically(path, |out| out.write_all(page.as_bytes()))?;
    note(format_args!("page: {}", path.display()));
    Ok(())
}
