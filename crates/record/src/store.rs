//! Records on disk.

use std::io;
use std::path::{Path, PathBuf};

use super::file::{RecordError, read_bytes, schema_named};
use super::json::{checked, pretty};
use super::schema::{Record, SCHEMA};
use super::sweep::SWEEP_SCHEMA;
use super::target::Target;
use notibench_core::unit::atomic_file::WriteError;

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

#[cfg(test)]
#[path = "store_tests.rs"]
mod tests;
