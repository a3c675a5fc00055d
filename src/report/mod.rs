//! Floor 4, what a reader gets: text and JSON, drawn from a record alone, so
//! that any report can be drawn again. Imports floors 0 to 2 and `record`;
//! never `harness`.

pub mod compare;
mod course;
mod differences;
mod failure;
mod percentiles;
mod summary;
mod table;
mod terminal;
mod text;
mod trust;
mod warning;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_trust;

pub use differences::{PercentileDifference, percentile_differences};
pub use failure::failures;
pub use summary::{Control, EngineError, EngineLine, HarnessShare, Proof, Summary, Versus};
pub use terminal::terminal;
pub use text::Style;
pub use warning::{RoundsWarning, Warning};

use crate::record::Record;

/// The record as JSON, a line break at its end.
#[must_use]
pub fn json(record: &Record) -> String {
    record.to_json()
}
