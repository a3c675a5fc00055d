//! Figures computed from what is saved: one topic a file, no text but names and
//! the words of a verdict.

pub(crate) mod apart;
pub(crate) mod badges;
pub(crate) mod control;
pub(crate) mod counters;
pub(crate) mod disturbance;
pub(crate) mod failure;
pub(crate) mod history;
pub(crate) mod isolation;
pub(crate) mod limits;
pub(crate) mod memory;
pub(crate) mod open_loop;
pub(crate) mod outcome;
pub(crate) mod percentile_differences;
pub(crate) mod percentiles;
pub(crate) mod rounds;
pub(crate) mod scaling;
pub(crate) mod selftest;
pub(crate) mod stream_parts;
pub(crate) mod summary;
pub(crate) mod sweep;
pub(crate) mod winners;
