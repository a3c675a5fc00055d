//! The record of a sweep: one axis, a point for each of its values, and in each
//! point the whole record of its run.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::capacity::{CAPACITY_SCHEMA, Capacity};
use super::file::{RecordError, read_bytes, schema_named};
use super::json::{checked, pretty};
use super::schema::{Record, SCHEMA};
use super::selftest::{SELFTEST_SCHEMA, Selftest};
use super::target::Target;
use notibench_core::unit::atomic_file::WriteError;
use notibench_core::unit::quantity::show_whole;

/// Version of the schema of sweeps. A reader refuses others.
pub const SWEEP_SCHEMA: &str = "notibench-sweep/1";

/// What a sweep varies.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum SweepAxis {
    /// Workers.
    Threads,
    /// Members of the population.
    Members,
    /// Zipf exponent of recipients.
    Zipf,
    /// Events of one ingest call.
    Batch,
    /// Threads that only read, beside those that only write.
    Readers,
}

impl SweepAxis {
    /// Its name, which is that of its flag, too.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Threads => "threads",
            Self::Members => "members",
            Self::Zipf => "zipf",
            Self::Batch => "batch",
            Self::Readers => "readers",
        }
    }

    /// Whether all points have one stream, so that they can take turns.
    #[must_use]
    pub const fn shares_stream(self) -> bool {
        matches!(self, Self::Threads | Self::Batch | Self::Readers)
    }

    /// A value of it as people write it: `8`, `10k`, `0.99`.
    #[must_use]
    pub fn show(self, value: f64) -> String {
        let whole = value as u64;
        match self {
            Self::Zipf => value.to_string(),
            Self::Members if whole > 0 && whole.is_multiple_of(1_000_000) => {
                format!("{}M", show_whole(whole / 1_000_000))
            }
            Self::Members if whole > 0 && whole.is_multiple_of(1_000) => {
                format!("{}k", whole / 1_000)
            }
            _ => show_whole(whole),
        }
    }
}

/// Everything that one sweep measured and proved.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Sweep {
    /// [`SWEEP_SCHEMA`].
    pub schema: String,
    /// Version of notibench that wrote it.
    pub version: String,
    /// Whether every point came to its end.
    pub complete: bool,
    /// The command line, word by word.
    pub command: Vec<String>,
    /// When it started, RFC 3339, UTC.
    pub started: String,
    /// What varies.
    pub axis: SweepAxis,
    /// The values asked for, in order.
    pub asked: Vec<f64>,
    /// Whether the points took turns round by round; else one ran after the
    /// other.
    pub interleaved: bool,
    /// The points that were begun, in the order asked for.
    pub points: Vec<SweepPoint>,
}

/// One value of the axis.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct SweepPoint {
    /// The value.
    pub value: f64,
    /// The run at this value, as if it had been run alone.
    pub record: Record,
}

impl Sweep {
    /// The sweep as JSON with line breaks; what [`Sweep::save`] writes.
    ///
    /// # Errors
    /// Where it can't be written as JSON, which plain data can.
    pub fn to_json(&self) -> io::Result<String> {
        pretty(self)
    }

    /// Writes the sweep to `target`, whole or not at all; gives its path.
    ///
    /// # Errors
    /// Where the file can't be written, or a number is not finite; what was
    /// there stays.
    pub fn save(&self, target: impl Into<Target>) -> Result<PathBuf, WriteError> {
        target.into().write(|out| {
            let invalid = |what| io::Error::new(io::ErrorKind::InvalidData, what);
            self.check_values().map_err(invalid)?;
            for point in &self.points {
                point.record.check_finite().map_err(invalid)?;
            }
            out.write_all(self.to_json()?.as_bytes())
        })
    }

    fn validate(&self) -> Result<(), String> {
        self.check_values()?;
        for (at, point) in self.points.iter().enumerate() {
            let of = |what: String| format!("point {at}: {what}");
            if !self.asked.contains(&point.value) {
                return Err(of(format!("its value {} is not in `asked`", point.value)));
            }
            if self.points[..at].iter().any(|p| p.value == point.value) {
                return Err(of(format!("its value {} is there twice", point.value)));
            }
            if point.record.schema != SCHEMA {
                let found = &point.record.schema;
                return Err(of(format!("its record is of schema {found}, not {SCHEMA}")));
            }
            point.record.validate().map_err(of)?;
        }
        Ok(())
    }

    fn check_values(&self) -> Result<(), String> {
        let values = self
            .asked
            .iter()
            .chain(self.points.iter().map(|p| &p.value));
        match values.into_iter().find(|value| !value.is_finite()) {
            Some(value) => Err(format!("a value is {value}, not a finite number")),
            None => Ok(()),
        }
    }
}

/// What a file holds: one run, a sweep of them, a search for capacity, or a
/// selftest.
#[derive(Clone, Debug, PartialEq)]
pub enum Saved {
    /// One run.
    Run(Box<Record>),
    /// A sweep.
    Sweep(Sweep),
    /// A search for capacity.
    Capacity(Box<Capacity>),
    /// A selftest.
    Selftest(Box<Selftest>),
}

impl Saved {
    /// Reads the record or the sweep at `path` and checks it.
    ///
    /// # Errors
    /// As [`Record::load`].
    pub fn load(path: &Path) -> Result<Self, RecordError> {
        Self::from_json(&read_bytes(path)?, path)
    }

    /// Reads either from JSON; `path` is for the errors only.
    ///
    /// # Errors
    /// As [`Record::load`].
    pub fn from_json(bytes: &[u8], path: &Path) -> Result<Self, RecordError> {
        let schema = schema_named(bytes, path)?;
        if schema.as_deref() == Some(CAPACITY_SCHEMA) {
            return Capacity::from_json(bytes, path).map(|found| Self::Capacity(Box::new(found)));
        }
        if schema.as_deref() == Some(SELFTEST_SCHEMA) {
            return Selftest::from_json(bytes, path).map(|found| Self::Selftest(Box::new(found)));
        }
        if schema.as_deref() != Some(SWEEP_SCHEMA) {
            return Record::from_json(bytes, path).map(|record| Self::Run(Box::new(record)));
        }
        checked(bytes, path, SWEEP_SCHEMA, Sweep::validate).map(Self::Sweep)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    fn read(text: &str) -> Result<Saved, RecordError> {
        Saved::from_json(text.as_bytes(), Path::new("s.json"))
    }

    fn complaint(change: impl FnOnce(&mut Sweep)) -> String {
        let mut sweep = fixture::sweep();
        change(&mut sweep);
        read(&sweep.to_json().unwrap()).unwrap_err().to_string()
    }

    #[test]
    fn what_is_saved_loads_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sweep.json");
        let sweep = fixture::sweep();
        sweep.save(&path).unwrap();
        assert_eq!(Saved::load(&path).unwrap(), Saved::Sweep(sweep));
        let record = fixture::with_rounds(1);
        record.save(&path).unwrap();
        assert_eq!(Saved::load(&path).unwrap(), Saved::Run(Box::new(record)));
    }

    #[test]
    fn a_sweep_is_no_record_and_a_way_to_one_is_told() {
        let json = fixture::sweep().to_json().unwrap();
        let error = Record::from_json(json.as_bytes(), Path::new("s.json")).unwrap_err();
        let words = error.to_string();
        assert!(
            words.contains("a sweep") && words.contains("--point"),
            "{words}"
        );
    }

    #[test]
    fn contradictions_are_found() {
        let words = complaint(|sweep| sweep.points[1].value = 3.0);
        assert!(
            words.contains("point 1: its value 3 is not in `asked`"),
            "{words}"
        );
        let words = complaint(|sweep| sweep.points[1].value = 1.0);
        assert!(
            words.contains("point 1: its value 1 is there twice"),
            "{words}"
        );
        let words = complaint(|sweep| sweep.points[0].record.schema = "x/1".to_owned());
        assert!(
            words.contains("point 0: its record is of schema x/1"),
            "{words}"
        );
        let words = complaint(|sweep| sweep.points[0].record.trials[0].engine = "e".to_owned());
        assert!(words.contains("point 0: trial 0 is of `e`"), "{words}");
    }

    #[test]
    fn numbers_that_are_none_are_not_saved() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sweep.json");
        let mut sweep = fixture::sweep();
        sweep.asked[0] = f64::NAN;
        assert!(sweep.save(&path).is_err() && !path.exists());
    }

    #[test]
    fn a_truncated_sweep_is_called_so() {
        let json = fixture::sweep().to_json().unwrap();
        let error = read(&json[..json.len() / 2]).unwrap_err();
        assert!(matches!(error, RecordError::Truncated { .. }), "{error}");
    }

    #[test]
    fn values_are_shown_as_people_write_them() {
        let shown = [
            (10_000.0, "10k"),
            (1e6, "1M"),
            (2.5e6, "2500k"),
            (1_500.0, "1,500"),
        ];
        for (value, text) in shown {
            assert_eq!(SweepAxis::Members.show(value), text);
        }
        assert_eq!(SweepAxis::Zipf.show(0.0), "0");
        assert_eq!(SweepAxis::Zipf.show(0.99), "0.99");
        assert_eq!(SweepAxis::Batch.show(4096.0), "4,096");
    }
}
