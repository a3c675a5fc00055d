//! What a run is made from, and what its trials have in common. Imports its
//! siblings and `record`.

use std::time::Duration;

use super::contender::Contender;
use super::open_loop::OpenLoop;
use super::source::Source;
use super::trace_stream::TraceStream;
use super::trial::TrialSetup;
use crate::engine::StopFlag;
use crate::engine::viewing::Views;
use crate::record::{Environment, Plan};
use crate::workload::Workload;

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
    /// How views are counted and shown: [`views_of`](super::views_of) the
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
    /// Called where a worker has panicked and another can't be stopped.
    pub on_hang: fn(&str),
    /// Which of the plan's processes this is, from 0: the order of turns
    /// differs from one to the other.
    pub process: usize,
}

/// The schedule of an open loop, made anew for each round: it is the same.
pub(super) fn open_loop_of(request: &RunRequest<'_>, source: &Source) -> Option<OpenLoop> {
    let plan = &request.plan;
    let open_loop = plan.open_loop.as_ref()?;
    // a trace may be a slice of a longer stream
    let starts_us = request.trace.map_or(0, |_| source.at_us(0));
    let at_us = |position| source.at_us(position) - starts_us;
    let (seed, threads) = (plan.seed, plan.threads);
    Some(OpenLoop::new(open_loop, seed, threads, plan.events, at_us))
}

pub(super) fn setup_of<'a>(request: &'a RunRequest<'_>, source: &'a Source) -> TrialSetup<'a> {
    let plan = &request.plan;
    TrialSetup {
        source,
        threads: plan.threads,
        batch: plan.batch,
        pin: plan.pin,
        perf: plan.perf,
        inbox_capacity: plan.inbox_capacity,
        external: None,
        open_loop: None,
        share: None,
        watcher: None,
        stop: &request.stop,
        on_hang: request.on_hang,
    }
}
