//! What recording response times costs: an engine at its saturation point, with
//! the recording and without it, in turns.

use crate::contender::Contender;
use crate::run::request::{RunRequest, setup_of};
use crate::trial::error::TrialError;
use crate::trial::open_loop::OpenLoop;
use crate::trial::setup::TrialSetup;
use crate::trial::source::Source;
use crate::trial::watch::Observer;
use notibench_core::engine::Role;
use notibench_record::stats::{median, paired_ratio};
use notibench_record::{Arrivals, OpenLoopPlan, RecordingNote};

/// Events of one turn, at most.
const EVENTS: u64 = 500_000;
/// Turns of each.
const TURNS: usize = 5;
/// How far beyond what an engine takes without recording events are offered:
/// it never waits, and its backlog grows slowly, so that times are spread over
/// as many buckets as they ever are.
const OVERLOAD: f64 = 1.1;

/// Measures it for every engine of an open loop; nothing for a closed one.
///
/// # Errors
/// As any trial.
pub(crate) fn measure(
    request: &RunRequest<'_>,
    source: &Source,
    observer: &mut dyn Observer,
) -> Result<Vec<RecordingNote>, TrialError> {
    let Some(plan) = &request.plan.open_loop else {
        return Ok(Vec::new());
    };
    observer.stage("measuring what recording costs");
    let source = source.prefix(EVENTS);
    let engines = request.contenders.iter();
    let engines = engines.filter(|contender| contender.info.role == Role::Engine);
    engines
        .map(|contender| of_engine(contender, request, plan, &source))
        .collect()
}

fn of_engine(
    contender: &Contender,
    request: &RunRequest<'_>,
    plan: &OpenLoopPlan,
    source: &Source,
) -> Result<RecordingNote, TrialError> {
    let events = source.events();
    let run = |duration_ns: u64, recorded: bool| -> Result<f64, TrialError> {
        let plan = OpenLoopPlan {
            arrivals: Arrivals::Constant,
            offered_per_s: events as f64 * 1e9 / duration_ns as f64,
            duration_ns,
            max_backlog: u64::MAX,
            interval_ns: (duration_ns / 10).max(1_000_000),
            ..*plan
        };
        let (seed, threads) = (request.plan.seed, request.plan.threads);
        let mut open = OpenLoop::new(&plan, seed, threads, events, |index| index);
        open.recorded = recorded;
        let setup = TrialSetup {
            open_loop: Some(&open),
            perf: false,
            ..setup_of(request, source)
        };
        let (outcome, _) = contender.trial(&setup, None)?;
        Ok(outcome.wall_ns.max(1) as f64 / events as f64)
    };
    // all at once: how fast it goes
    let flat = run(1, false)?;
    let duration_ns = ((flat * events as f64 / OVERLOAD) as u64).max(1);
    let (mut bare, mut recorded) = (Vec::new(), Vec::new());
    for turn in 0..TURNS {
        let first = turn % 2 == 0;
        for with in [first, !first] {
            let found = run(duration_ns, with)?;
            if with { &mut recorded } else { &mut bare }.push(found);
        }
    }
    let pairs: Vec<(f64, f64)> = bare.iter().copied().zip(recorded.iter().copied()).collect();
    let interval = paired_ratio(&pairs);
    let share = |of: fn(&notibench_record::stats::RatioInterval) -> f64| {
        interval.as_ref().map_or(0.0, |interval| of(interval) - 1.0)
    };
    Ok(RecordingNote {
        engine: contender.name.clone(),
        recorded_ns_per_event: median(&recorded).unwrap_or(0.0),
        bare_ns_per_event: median(&bare).unwrap_or(0.0),
        share: share(|interval| interval.ratio),
        low: share(|interval| interval.low),
        high: share(|interval| interval.high),
        turns: TURNS as u64,
    })
}
