//! Floor 4, what a reader gets: text, tables and JSON, drawn from a record alone, so
//! that any report can be drawn again. Imports floors 0 to 2 and `record`;
//! never `harness`.

mod adversary;
mod alone;
mod along;
mod answer;
mod bencher;
mod block;
mod brief;
mod capacity;
mod columns;
pub mod compare;
mod control;
mod counters;
mod course;
mod csv;
mod differences;
mod exchange;
mod failure;
mod github_action;
mod glance;
mod histograms;
mod history;
pub mod html;
mod in_turn;
mod limits;
mod markdown;
mod memory;
mod open_loop;
mod open_loop_lines;
mod open_loop_words;
mod percentiles;
mod scaling;
mod selftest;
mod standing;
mod summary;
mod sweep;
mod sweep_trust;
mod table;
mod terminal;
mod text;
mod trust;
mod warning;
mod weather;
mod winners;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_formats;
#[cfg(test)]
mod tests_trust;
#[cfg(test)]
mod tests_warm;

pub use adversary::{adversary, adversary_failures};
pub use alone::{TwoWays, two_ways, two_ways_markdown, two_ways_terminal};
pub use bencher::bencher;
pub use brief::brief;
pub use capacity::capacity;
pub use counters::CountsPerEvent;
pub use csv::csv;
pub use differences::{PercentileDifference, percentile_differences};
pub use failure::failures;
pub use github_action::github_action;
pub use histograms::{hgrm, hlog};
pub use history::{Entry, History, histories, history, history_csv};
pub use limits::{LimitShare, limits, shares};
pub use markdown::markdown;
pub use memory::MemoryParts;
pub use open_loop::missed_rates;
pub use open_loop_lines::{OpenLoopLine, Times, open_loop_lines};
pub use selftest::{selftest, selftest_failures};
pub use summary::{Control, EngineError, EngineLine, HarnessShare, Proof, Summary, Versus};
pub use sweep::sweep;
pub use terminal::terminal;
pub use text::Style;
pub use trust::answers_under_load;
pub use warning::{RoundsWarning, StreamWarning, Warning};
pub use winners::{Winner, WinnersChoice, winners, winners_markdown, winners_terminal};

use crate::record::Record;

/// The record as JSON, a line break at its end.
#[must_use]
pub fn json(record: &Record) -> String {
    record.to_json()
}
