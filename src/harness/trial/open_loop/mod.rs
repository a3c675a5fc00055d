//! The open loop: arrivals that are scheduled beforehand and ignore
//! completions. Workers take what is due, response time counts from the
//! intended start.

mod backlog;
mod clock;
mod counts;
mod outcome;
mod recorder;
mod schedule;
mod setup;
mod steady;
mod taken;
mod worker;

pub(in crate::harness) use crate::harness::trial::open_loop::clock::RealClock;
pub(in crate::harness) use crate::harness::trial::open_loop::outcome::{OpenOutcome, outcome_of};
#[cfg(test)]
pub(in crate::harness) use crate::harness::trial::open_loop::recorder::Recorder;
pub(in crate::harness) use crate::harness::trial::open_loop::recorder::{
    Intervals, MOST_INTERVALS, Series, Unrecorded, bytes_of_series,
};
pub(in crate::harness) use crate::harness::trial::open_loop::schedule::scaled;
pub use crate::harness::trial::open_loop::setup::OpenLoop;
pub(in crate::harness) use crate::harness::trial::open_loop::taken::IngestedEvents;
pub(in crate::harness) use crate::harness::trial::open_loop::worker::{Lane, LaneReport, work};

#[cfg(test)]
pub(in crate::harness) mod tests;
