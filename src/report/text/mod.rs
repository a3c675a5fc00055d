//! The report as text for a terminal: one section a file. Imports the model,
//! the warnings, `record` and `stats`.

pub(in crate::report) mod adversary;
pub(in crate::report) mod answer;
pub(in crate::report) mod block;
pub(in crate::report) mod brief;
pub(in crate::report) mod capacity;
pub(in crate::report) mod columns;
pub(in crate::report) mod counters;
pub(in crate::report) mod engine_table;
pub(in crate::report) mod exchange;
pub(in crate::report) mod history;
pub(in crate::report) mod interleaved;
pub(in crate::report) mod isolation;
pub(in crate::report) mod limits;
pub(in crate::report) mod memory;
pub(in crate::report) mod open_loop;
pub(in crate::report) mod open_loop_answer;
pub(in crate::report) mod percentile_differences;
pub(in crate::report) mod percentiles;
pub(in crate::report) mod scaling;
pub(in crate::report) mod selftest;
pub(in crate::report) mod stopping;
pub(in crate::report) mod stream_parts;
pub(in crate::report) mod sweep;
pub(in crate::report) mod sweep_trust;
pub(in crate::report) mod terminal;
pub(in crate::report) mod trust;
pub(in crate::report) mod weather;
pub(in crate::report) mod winners;
