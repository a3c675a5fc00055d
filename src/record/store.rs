//! Records on disk. Imports the schema, its validation, targets, and
//! `unit`.

use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::json::{checked, pretty};
use super::schema::{Record, SCHEMA};
use super::sweep::SWEEP_SCHEMA;
use super::target::Target;
use crate::unit::atomic_file::WriteError;
use crate::unit::encoding::{Foreign, foreign, without_mark};

/// Why a file gives no record.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The file can't be read.
    #[error("cannot read {}: {source}; name a saved record, a .json file of a run", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The file ends in the middle of the record.
    #[error(
        "{}:{line}:{column}: the file ends before the record does: it is truncated; take another \
         copy, or run again",
        path.display()
    )]
    Truncated {
        /// The file.
        path: PathBuf,
        /// Line of its end, from 1.
        line: usize,
        /// Column of its end, from 1.
        column: usize,
    },
    /// The file isn't JSON, or not of this shape.
    #[error("{}:{line}:{column}: not a record of notibench: {what}; \
         take another copy, or run again", path.display())]
    Shape {
        /// The file.
        path: PathBuf,
        /// Line, from 1; 0 where the whole file is meant.
        line: usize,
        /// Column, from 1; 0 where the whole file is meant.
        column: usize,
        /// What is wrong there.
        what: String,
    },
    /// The record is of another version.
    #[error(
        "{}: written by schema {found}; this build reads {SCHEMA}: use the notibench that wrote \
         it, or run again",
        path.display()
    )]
    Schema {
        /// The file.
        path: PathBuf,
        /// The schema that it names.
        found: String,
    },
    /// The file holds a sweep, and one record was asked for.
    #[error(
        "{}: a sweep, which holds a record for each of its points: write one of them to a file \
         with `notibench report {} --point VALUE --format json > FILE`, and name that",
        path.display(), path.display()
    )]
    IsSweep {
        /// The file.
        path: PathBuf,
    },
    /// The record contradicts itself.
    #[error("{}: the record is damaged: {what}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// What contradicts what.
        what: String,
    },
}

/// All that is read of a record before its schema is known.
#[derive(Deserialize)]
struct SchemaOnly {
    schema: Option<String>,
}

impl Record {
    /// The record as JSON with line breaks; what [`Record::save`] writes.
    #[must_use]
    pub fn to_json(&self) -> String {
        pretty(self).expect("a record is plain data with strings for keys")
    }

    /// Writes the record to `target`, whole or not at all; gives its path.
    ///
    /// # Errors
    /// Where the file can't be written, or a number of the record is not
    /// finite and so could not be read back; what was there stays.
    pub fn save(&self, target: impl Into<Target>) -> Result<PathBuf, WriteError> {
        target.into().write(|out| {
            self.check_finite()
                .map_err(|what| io::Error::new(io::ErrorKind::InvalidData, what))?;
            out.write_all(self.to_json().as_bytes())
        })
    }

    /// Reads the record at `path` and checks it.
    ///
    /// # Errors
    /// Names the file, the place in it where there is one, and what is wrong.
    pub fn load(path: &Path) -> Result<Self, RecordError> {
        Self::from_json(&read_bytes(path)?, path)
    }

    /// Reads a record from JSON; `path` is for the errors only.
    ///
    /// # Errors
    /// As [`Record::load`].
    pub fn from_json(bytes: &[u8], path: &Path) -> Result<Self, RecordError> {
        if schema_named(bytes, path)?.as_deref() == Some(SWEEP_SCHEMA) {
            let path = path.to_owned();
            return Err(RecordError::IsSweep { path });
        }
        checked(bytes, path, SCHEMA, Self::validate)
    }
}

/// The bytes of a saved file.
pub(super) fn read_bytes(path: &Path) -> Result<Vec<u8>, RecordError> {
    let bytes = std::fs::read(path).map_err(|source| RecordError::Read {
        path: path.to_owned(),
        source,
    })?;
    if let Some(Foreign { what, help }) = foreign(&bytes) {
        return Err(RecordError::Shape {
            path: path.to_owned(),
            line: 1,
            column: 1,
            what: format!("it is {what}, which `{help}` undoes"),
        });
    }
    Ok(without_mark(&bytes).to_vec())
}

/// The schema that a saved file names.
pub(super) fn schema_named(bytes: &[u8], path: &Path) -> Result<Option<String>, RecordError> {
    let version: SchemaOnly =
        serde_json::from_slice(bytes).map_err(|error| json_error(&error, path))?;
    Ok(version.schema)
}

pub(super) fn json_error(error: &serde_json::Error, path: &Path) -> RecordError {
    let (path, line, column) = (path.to_owned(), error.line(), error.column());
    if error.is_eof() {
        return RecordError::Truncated { path, line, column };
    }
    let whole = error.to_string();
    // serde_json appends the place, which the message already begins with
    let what = whole.split(" at line ").next().unwrap_or(&whole);
    RecordError::Shape {
        path,
        line,
        column,
        what: plain(what),
    }
}

/// Text of an unknown file, short and without control characters.
pub(super) fn plain(text: &str) -> String {
    text.chars()
        .take(200)
        .map(|c| if c.is_control() { '?' } else { c })
        .collect()
}

#[cfg(test)]
#[path = "store_tests.rs"]
mod tests;
