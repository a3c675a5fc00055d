//! What all workers of an open-loop trial are given.

use crate::trial::open_loop::schedule::intended_starts;
use notibench_record::{Idle, OpenLoopPlan};

/// A settled open loop.
#[derive(Clone, Debug)]
pub struct OpenLoop {
    /// Intended starts of each worker's own events, in ns.
    pub(crate) due: Vec<Vec<u64>>,
    /// Events of one worker that may be due and not started.
    pub(crate) backlog_each: u64,
    pub(crate) idle: Idle,
    pub(crate) interval_ns: u64,
    pub(crate) duration_ns: u64,
    /// Whether a steady state is looked for.
    pub(crate) stationary: bool,
    /// Whether times are recorded.
    pub(crate) recorded: bool,
}

impl OpenLoop {
    /// Schedules `events` events for `threads` workers; `at_us` is the event
    /// time of an index.
    #[must_use]
    pub fn new(
        plan: &OpenLoopPlan,
        seed: u64,
        threads: usize,
        events: u64,
        at_us: impl Fn(u64) -> u64 + Sync,
    ) -> Self {
        Self {
            due: intended_starts(plan, seed, threads, events, at_us),
            backlog_each: (plan.max_backlog / threads as u64).max(1),
            idle: plan.idle,
            interval_ns: plan.interval_ns,
            duration_ns: plan.duration_ns,
            stationary: plan.arrivals.is_stationary(),
            recorded: true,
        }
    }

    /// Intervals that the schedule's length has.
    pub(crate) const fn planned_intervals(&self) -> usize {
        self.duration_ns.div_ceil(self.interval_ns) as usize
    }
}
