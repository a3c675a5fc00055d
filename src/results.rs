//! What is done with the results of a command, the same for all: saved,
//! printed, drawn as a page.

use std::path::PathBuf;

use super::exit::{Failure, note};
use super::page::{Page, write_beside};
use notibench_core::unit::atomic_file::WriteError;
use notibench_record::Target;
use notibench_report::html::Document;

/// Where results go beside stdout.
pub(crate) struct Destination {
    /// What a note calls the file, such as `record`.
    pub(crate) what: &'static str,
    /// The file, unless nothing is saved.
    pub(crate) target: Option<Target>,
    /// The page, where one was asked for.
    pub(crate) page: Option<Page>,
}

impl Destination {
    /// Saves, prints, and writes the page, which shows `document`. The report
    /// is printed even where it could not be saved. `more` ends the note that
    /// says where the file is.
    pub(crate) fn deliver(
        self,
        save: impl FnOnce(&Target) -> Result<PathBuf, WriteError>,
        show: impl FnOnce() -> Result<(), Failure>,
        document: Document<'_>,
        more: &str,
    ) -> Result<(), Failure> {
        let saved = self.target.as_ref().map(save).transpose();
        show()?;
        let page = self
            .page
            .map_or(Ok(()), |page| write_beside(&saved, &page, &[document]));
        if let Some(path) = saved? {
            note(format_args!("{}: {}{more}", self.what, path.display()));
        }
        page
    }
}
