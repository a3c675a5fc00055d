//! Two builds, or two saved records, compared: what changed, how sure that is,
//! and whether a gate lets it pass. A function of records alone.

pub(super) mod answer;
mod builds;
mod by_slice;
mod collect_warnings;
pub(super) mod comparison;
pub(super) mod gate;
mod inputs;
mod json;
mod markdown;
mod records;
mod sides;
pub(super) mod terminal;
mod warning;

#[cfg(test)]
mod tests;

pub use builds::{check_turn, compare_builds};
pub use comparison::{BySlice, Change, Comparison, DominantVariance, Method, Side, Spread};
pub use gate::{Decision, Gate, GateVerdict};
pub use inputs::{Builds, RecordFile, TurnUnit};
pub use json::{COMPARISON_SCHEMA, json};
pub use markdown::markdown;
pub use records::compare_records;
pub use sides::Refusal;
pub use terminal::terminal;
pub use warning::{CompareWarning, More};
