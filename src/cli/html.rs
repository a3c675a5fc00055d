//! `--html`: the report as one HTML file. Imports `record`, `report`, and
//! `unit::atomic_file`.

use std::path::{Path, PathBuf};

use clap::Args;

use super::exit::Failure;
use super::run::check_target;
use crate::report::html::{Document, html};
use crate::unit::atomic_file::write_atomically;

#[derive(Debug, Args)]
pub(super) struct HtmlArgs {
    /// Write the report as one HTML file, too [default: beside the record]
    // with `=`, so that the workload after it is no file name
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true)]
    html: Option<Option<PathBuf>>,
}

impl HtmlArgs {
    /// Where the page goes, given where the record goes; refused before the
    /// run where it can't be written.
    pub(super) fn target(&self, record: Option<&Path>) -> Result<Option<PathBuf>, Failure> {
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
        Ok(Some(path))
    }
}

/// Writes the page, and says where it is.
pub(super) fn write(path: &Path, documents: &[Document<'_>]) -> Result<(), Failure> {
    let page = html(documents);
    write_atomically(path, |out| out.write_all(page.as_bytes()))?;
    eprintln!("page: {}", path.display());
    Ok(())
}
