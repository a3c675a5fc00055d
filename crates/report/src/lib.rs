//! What a reader gets: text, tables and JSON, drawn from a record alone, so that
//! any report can be drawn again.
//!
//! `figures` and `style` say how a number and a line of text are written;
//! `model` computes, `warning` and `text` word, `export` is for other
//! programs, `html` for a browser; `compare` holds two sides against each
//! other.

// they panic where their reader has gone
#![cfg_attr(not(test), deny(clippy::print_stdout, clippy::print_stderr))]

pub mod compare;
mod export;
mod figures;
pub mod html;
mod markdown_table;
mod model;
mod style;
mod text;
mod warning;

#[cfg(test)]
mod tests;

pub use export::bencher::bencher;
pub use export::csv::csv;
pub use export::github_action::github_action;
pub use export::histograms::{hgrm, hlog};
pub use export::history::history_csv;
pub use export::markdown::markdown;
pub use model::apart::{ApartLine, RatioFigure, RoleFigures, apart_lines};
pub use model::counters::CountsPerEvent;
pub use model::failure::failures;
pub use model::history::{Entry, History, histories};
pub use model::isolation::{IsolationEffect, isolation_effects};
pub use model::limits::{LimitShare, limits, shares};
pub use model::memory::MemoryParts;
pub use model::open_loop::{OpenLoopLine, Times, open_loop_lines};
pub use model::percentile_differences::{PercentileDifference, percentile_differences};
pub use model::summary::{Control, EngineError, EngineLine, HarnessShare, Proof, Summary, Versus};
pub use model::winners::{Winner, WinnersChoice, winners};
pub use style::{Style, stdout_columns};
pub use text::adversary::{adversary, adversary_failures};
pub use text::brief::brief;
pub use text::capacity::capacity;
pub use text::choice::{AtRate, choice};
pub use text::history::history;
pub use text::isolation::{isolation_effects_markdown, isolation_effects_terminal};
pub use text::open_loop::missed_rates;
pub use text::selftest::{selftest, selftest_failures};
pub use text::sweep::sweep;
pub use text::terminal::terminal;
pub use text::trust::answers_under_load;
pub use text::winners::{winners_markdown, winners_terminal};
pub use warning::{RoundsWarning, StreamWarning, Warning};

use notibench_record::Record;

/// The record as JSON, a line break at its end.
#[must_use]
pub fn json(record: &Record) -> String {
    record.to_json()
}
