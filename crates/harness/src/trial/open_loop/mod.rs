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

pub(crate) use crate::trial::open_loop::clock::RealClock;
pub(crate) use crate::trial::open_loop::outcome::{OpenOutcome, outcome_of};
#[cfg(test)]
pub(crate) use crate::trial::open_loop::recorder::Recorder;
pub(crate) use crate::trial::open_loop::recorder::{
    Intervals, MOST_INTERVALS, Series, Unrecorded, bytes_of_series,
};
pub(crate) use crate::trial::open_loop::schedule::scaled;
pub use crate::trial::open_loop::setup::OpenLoop;
pub(crate) use crate::trial::open_loop::taken::IngestedEvents;
pub(crate) use crate::trial::open_loop::worker::{Lane, LaneReport, work};

#[cfg(test)]
pub(crate) mod tests;
