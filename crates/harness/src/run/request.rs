//! What a run is made from, and what its trials have in common.

use std::time::Duration;

use crate::contender::Contender;
use crate::trial::open_loop::OpenLoop;
use crate::trial::setup::{OnHang, TrialSetup};
use crate::trial::source::Source;
use crate::trial::trace_stream::TraceStream;
use notibench_core::engine::StopFlag;
use notibench_core::unit::mix::mix;
use notibench_core::viewing::Views;
use notibench_record::{Environment, Plan};
use notibench_workload::Workload;

/// Everything that a run needs.
#[derive(Debug)]
pub struct RunRequest<'a> {
    /// What is run.
    pub workload: &'a Workload,
    /// The text of its file, for the record.
    pub toml: String,
    /// The trace that is run in place of the workload's stream.
    pub trace: Option<&'a TraceStream>,
    /// How it is run.
    pub plan: Plan,
    /// How views are counted and shown: [`views_of`](crate::views_of) the
    /// workload.
    pub views: Views,
    /// Who takes part.
    pub contenders: Vec<Contender>,
    /// Where it is run.
    pub environment: Environment,
    /// The command line, for the record.
    pub command: Vec<String>,
    /// How long to wait for a quiet machine before the first round, at most;
    /// none: not at all.
    pub wait_quiet: Option<Duration>,
    /// Set on an interruption.
    pub stop: StopFlag,
    /// What is done about an engine that hangs.
    pub on_hang: OnHang,
    /// Which of the plan's processes this is, from 0: the order of turns
    /// differs from one to the other.
    pub process: usize,
}

/// The schedule of an open loop in one of the rounds, by its number over all
/// processes: all engines of a round have the same, and each round another.
pub(crate) fn open_loop_of(
    request: &RunRequest<'_>,
    source: &Source,
    round: usize,
) -> Option<OpenLoop> {
    let plan = &request.plan;
    let open_loop = plan.open_loop.as_ref()?;
    // a trace may be a slice of a longer stream
    let starts_us = request.trace.map_or(0, |_| source.at_us(0));
    let at_us = |position| source.at_us(position) - starts_us;
    let (seed, threads) = (schedule_seed(plan.seed, round), plan.threads);
    Some(OpenLoop::new(open_loop, seed, threads, plan.events, at_us))
}

/// The seed of a round's arrivals: of the plan's and the round alone, so that a
/// rerun has the same.
fn schedule_seed(seed: u64, round: usize) -> u64 {
    mix(seed ^ mix(round as u64))
}

pub(crate) fn setup_of<'a>(request: &'a RunRequest<'_>, source: &'a Source) -> TrialSetup<'a> {
    let plan = &request.plan;
    TrialSetup {
        pin: plan.pin,
        perf: plan.perf,
        inbox_capacity: plan.inbox_capacity,
        apart: plan.apart,
        ..TrialSetup::new(
            source,
            (plan.threads, plan.batch),
            &request.stop,
            request.on_hang,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use notibench_record::{Arrivals, Idle, OpenLoopPlan};

    #[test]
    fn each_round_has_arrivals_of_its_own_which_a_rerun_has_again() {
        let plan = OpenLoopPlan {
            arrivals: Arrivals::Poisson,
            offered_per_s: 1_000.0,
            duration_ns: 1_000_000_000,
            max_backlog: 1,
            idle: Idle::Spin,
            interval_ns: 1_000_000_000,
        };
        let due = |round| OpenLoop::new(&plan, schedule_seed(7, round), 2, 1_000, |at| at).due;
        assert_eq!(due(1), due(1));
        assert_ne!(due(1), due(2));
    }
}
