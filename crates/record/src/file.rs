//! A saved file: its bytes, the schema that it names, and why it is no record.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use serde::Deserialize;

use super::schema::SCHEMA;
use notibench_core::unit::encoding::{Foreign, foreign, is_gzip, without_mark};

/// Bytes of a compressed file that are inflated: more is no record, but fills
/// the memory.
const MOST_BYTES: u64 = 1 << 30;

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

/// The bytes of a saved file; of one compressed with gzip, what it holds.
pub(super) fn read_bytes(path: &Path) -> Result<Vec<u8>, RecordError> {
    let unread = |source| RecordError::Read {
        path: path.to_owned(),
        source,
    };
    let mut bytes = std::fs::read(path).map_err(unread)?;
    if is_gzip(&bytes) {
        let mut inflated = Vec::new();
        let mut decoder = MultiGzDecoder::new(&bytes[..]).take(MOST_BYTES);
        decoder.read_to_end(&mut inflated).map_err(unread)?;
        bytes = inflated;
    }
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
