//! Figures computed from what is saved: one topic a file, no text but names and
//! the words of a verdict.

pub(in crate::report) mod badges;
pub(in crate::report) mod control;
pub(in crate::report) mod counters;
pub(in crate::report) mod disturbance;
pub(in crate::report) mod failure;
pub(in crate::report) mod history;
pub(in crate::report) mod isolation;
pub(in crate::report) mod limits;
pub(in crate::report) mod memory;
pub(in crate::report) mod open_loop;
pub(in crate::report) mod outcome;
pub(in crate::report) mod percentile_differences;
pub(in crate::report) mod percentiles;
pub(in crate::report) mod rounds;
pub(in crate::report) mod scaling;
pub(in crate::report) mod selftest;
pub(in crate::report) mod stream_parts;
pub(in crate::report) mod summary;
pub(in crate::report) mod sweep;
pub(in crate::report) mod winners;
