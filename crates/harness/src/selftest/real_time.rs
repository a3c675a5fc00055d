//! Whether the open loop and the search for capacity tell the truth in real
//! time: a stall and a pace are planted, and must be found. What the machine
//! does meanwhile can only add to a response time, so that too little of it is
//! the harness's own fault, and too much may be the machine's.

use super::{SelftestError, SelftestRequest};
use crate::capacity::{CapacityRequest, capacity, parse_objective};
use crate::contender::Contender;
use crate::trial::error::TrialError;
use crate::trial::open_loop::OpenLoop;
use crate::trial::setup::TrialSetup;
use crate::trial::source::Source;
use crate::{Observer, Silent};
use notibench_core::engine::StopFlag;
use notibench_core::state::INBOX_CAPACITY;
use notibench_engines::probes::timed::{OneStall, Pace, Steady, TimedProbe};
use notibench_record::{
    Arrivals, CapacityFound, CapacityPlan, CapacityVerdict, Idle, OpenLoopPlan, RealTimeFound,
    SearchStep, StallFound,
};
use notibench_workload::ViewMode;
use notibench_workload::generator::{Generator, ReadStream};

/// Of the loop with the stall: a rate, and its length, which the stall lies in
/// the middle of.
const RATE: u64 = 100_000;
const LENGTH_NS: u64 = 600_000_000;
/// A response time beyond this is waiting.
const LATE_NS: u64 = 10_000_000;
/// What holds at the planted capacity. A step of that many events lasts for
/// 600 ms there: at a rate 1% above it the last ones wait for 6 ms, and the
/// backlog grows by three times what it may, where chance alone moves it by
/// half of that.
const OBJECTIVE: &str = "p99 < 5ms";
const STEP_EVENTS: u64 = 600_000;
const STEPS: usize = 10;

/// Plants both, with one worker; none where the workload closes weeks, which
/// an open loop can't.
///
/// # Errors
/// Where a trial fails, or it is interrupted.
pub(super) fn real_time(
    request: &SelftestRequest<'_>,
    observer: &mut dyn Observer,
) -> Result<Option<RealTimeFound>, SelftestError> {
    if request.workload.anonymity.mode != ViewMode::Off {
        return Ok(None);
    }
    observer.stage("a planted stall in real time");
    let stall = find_stall(request)?;
    observer.stage("a planted capacity in real time");
    let capacity = find_capacity(request)?;
    Ok(Some(RealTimeFound { stall, capacity }))
}

fn find_stall(request: &SelftestRequest<'_>) -> Result<StallFound, SelftestError> {
    let (workload, options) = (request.workload, &request.plan.run);
    let plan = OpenLoopPlan {
        arrivals: Arrivals::Constant,
        offered_per_s: RATE as f64,
        duration_ns: LENGTH_NS,
        max_backlog: RATE,
        idle: Idle::default(),
        interval_ns: LENGTH_NS / 10,
    };
    let events = RATE * LENGTH_NS / 1_000_000_000;
    let generator = Generator::new(workload, options.seed);
    let reads = ReadStream::new(workload, options.seed);
    let source = Source::new(generator, reads, events, false);
    let open = OpenLoop::new(&plan, options.seed, 1, events, |at| source.at_us(at));
    let setup = TrialSetup {
        open_loop: Some(&open),
        ..TrialSetup::new(&source, (1, options.batch), &request.stop, request.on_hang)
    };
    let probe = Contender::of::<TimedProbe<OneStall>>();
    let (outcome, _) = probe.trial(&setup, None)?;
    let Some(found) = &outcome.open_loop else {
        return Err(wrong(OneStall::INFO.name, "no open loop was run"));
    };
    let beyond = |histogram: &notibench_record::stats::ServiceHistogram| {
        histogram.count() - histogram.count_below(LATE_NS)
    };
    let stall_ns = OneStall::LENGTH.as_nanos() as u64;
    Ok(StallFound {
        late: beyond(&found.response),
        expected: (stall_ns - LATE_NS) * RATE / 1_000_000_000,
        response_max_ns: found.response.max(),
        stalled: beyond(&found.service),
        steal_ms: outcome.usage.steal_ms,
        involuntary_switches: outcome.usage.involuntary_switches,
    })
}

fn find_capacity(request: &SelftestRequest<'_>) -> Result<CapacityFound, SelftestError> {
    let (workload, options) = (request.workload, &request.plan.run);
    let name = Steady::INFO.name;
    let objective = parse_objective(OBJECTIVE).map_err(|words| wrong(name, &words))?;
    let request = CapacityRequest {
        workload,
        toml: String::new(),
        trace: None,
        plan: CapacityPlan {
            seed: options.seed,
            threads: 1,
            batch: options.batch,
            pin: false,
            inbox_capacity: INBOX_CAPACITY,
            arrivals: Arrivals::Poisson,
            idle: Idle::default(),
            events: STEP_EVENTS,
            growth: true,
            search_steps: STEPS,
            searches: 1,
        },
        slo: vec![objective],
        contenders: vec![Contender::of::<TimedProbe<Steady>>()],
        environment: request.environment.clone(),
        command: Vec::new(),
        stop: StopFlag::clone(&request.stop),
        on_hang: request.on_hang,
    };
    let found = capacity(&request, &mut Silent);
    if request.stop.is_set() {
        return Err(TrialError::Interrupted.into());
    }
    if let Some(words) = &found.failure {
        return Err(wrong(name, words));
    }
    let engine = &found.engines[0];
    if let CapacityVerdict::Wrong(words) = &engine.verdict {
        return Err(wrong(name, words));
    }
    let steps = || found.steps();
    let sum = |of: fn(&SearchStep) -> u64| steps().map(of).sum();
    let held = steps().filter(|step| step.pass);
    Ok(CapacityFound {
        planted_per_s: 1.0 / Steady::EVENT.as_secs_f64(),
        found_per_s: engine.capacity_per_s,
        held_per_s: held.map(|step| step.offered_per_s).reduce(f64::max),
        steps: steps().count(),
        steal_ms: sum(|step| step.steal_ms),
        involuntary_switches: sum(|step| step.involuntary_switches),
    })
}

fn wrong(engine: &str, words: &str) -> SelftestError {
    SelftestError::Wrong {
        engine: engine.to_owned(),
        words: words.to_owned(),
    }
}
