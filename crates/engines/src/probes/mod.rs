//! Probes: they measure the harness or the machine, hold no verified state and
//! are never ranked.

pub mod limit;
pub mod null;
pub mod timed;
