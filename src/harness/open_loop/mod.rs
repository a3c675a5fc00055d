//! The open loop: arrivals that are scheduled beforehand and ignore
//! completions. Workers take what is due, response time counts from the
//! intended start. Imports `engine`, `record`, `stats`, `unit`; its parent's
//! sources and trials.

mod backlog;
mod clock;
mod counts;
mod outcome;
mod recorder;
mod schedule;
mod setup;
mod steady;
mod worker;

pub(super) use clock::RealClock;
pub(super) use outcome::{OpenOutcome, Taken, outcome_of};
#[cfg(test)]
pub(super) use recorder::Recorder;
pub(super) use recorder::{Intervals, MOST_INTERVALS, Series, Unrecorded, bytes_of_series};
pub(super) use schedule::scaled;
pub use setup::OpenLoop;
pub(super) use worker::{Lane, LaneReport, work};

#[cfg(test)]
pub(super) mod tests;
