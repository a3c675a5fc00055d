//! Whether the open loop and the search for capacity tell the truth in real
//! time: a stall and a pace are planted, and must be found. What the machine
//! does meanwhile can only add to a response time, so that too little of it is
//! the harness's own fault, and too much may be the machine's. Imports
//! `engine`, `generator`, `record`, `workload`, its parent's trials.

use super::{SelftestError, SelftestOptions};
use crate::engine::StopFlag;
use crate::engine::state::INBOX_CAPACITY;
use crate::engine::timed::{OneStall, Pace, Steady, TimedProbe};
use crate::generator::{Generator, ReadStream};
use crate::harness::capacity::{CapacityRequest, capacity, parse_objective};
use crate::harness::contender::Contender;
use crate::harness::open_loop::OpenLoop;
use crate::harness::source::Source;
use crate::harness::trial::{TrialError, TrialSetup};
use crate::harness::{Observer, Silent};
use crate::record::{
    Arrivals, CapacityPlan, CapacityVerdict, Environment, Idle, OpenLoopPlan, SearchStep,
};
use crate::workload::{ViewMode, Workload};

/// Of the loop with the stall: a rate, and its length, which the stall lies in
/// the middle of.
const RATE: u64 = 100_000;
const LENGTH_NS: u64 = 600_000_000;
/// A response time beyond this is waiting.
const LATE_NS: u64 = 10_000_000;
/// What the histograms' buckets may hide.
const BUCKETS: f64 = 0.99;
/// How far the machine's own stalls may take a figure from what was planted
/// before that is said.
const DISTURBED: f64 = 0.05;
/// What holds at the planted capacity. A step of that many events lasts for
/// 600 ms there: at a rate 1% above it the last ones wait for 6 ms, and the
/// backlog grows by three times what it may, where chance alone moves it by
/// half of that.
const OBJECTIVE: &str = "p99 < 5ms";
const OVERSTATED: f64 = 1.01;
const STEP_EVENTS: u64 = 600_000;
const STEPS: usize = 10;

/// What was found of both.
#[derive(Clone, Debug)]
pub struct RealTimeFound {
    /// Of the stall.
    pub stall: StallFound,
    /// Of the pace.
    pub capacity: CapacityFound,
}

/// What an open loop told of a stall of 100 ms.
#[derive(Clone, Debug)]
pub struct StallFound {
    /// Events with a response time above 10 ms.
    pub late: u64,
    /// Events that were due so early in the stall that they had to be.
    pub expected: u64,
    /// The longest response time, in ns.
    pub response_max_ns: u64,
    /// Events with a service time above 10 ms: those of the batch that
    /// stalled.
    pub stalled: u64,
    /// Time that the host took, and involuntary context switches.
    pub steal_ms: u64,
    /// The latter.
    pub involuntary_switches: u64,
}

/// What a search found of an engine whose capacity is known.
#[derive(Clone, Debug)]
pub struct CapacityFound {
    /// The planted one, in events a second.
    pub planted_per_s: f64,
    /// The one that was found; none where none was attained.
    pub found_per_s: Option<f64>,
    /// The highest rate at which a step held; none where none did.
    pub held_per_s: Option<f64>,
    /// Steps of the search.
    pub steps: usize,
    /// Time that the host took during them.
    pub steal_ms: u64,
    /// Involuntary context switches during them.
    pub involuntary_switches: u64,
}

impl StallFound {
    /// Whether all who had to wait are in the figures.
    #[must_use]
    pub fn is_passed(&self) -> bool {
        self.late as f64 >= self.expected as f64 * BUCKETS && self.stalled > 0
    }

    /// Whether the machine itself stalled, too.
    #[must_use]
    pub fn is_disturbed(&self) -> bool {
        self.late as f64 > self.expected as f64 * (1.0 + DISTURBED)
    }
}

impl CapacityFound {
    /// What was found beside what was planted.
    #[must_use]
    pub fn ratio(&self) -> Option<f64> {
        Some(self.found_per_s? / self.planted_per_s)
    }

    /// Whether no step claims to hold a rate that the engine cannot do.
    #[must_use]
    pub fn is_passed(&self) -> bool {
        let most = self.planted_per_s * OVERSTATED;
        self.held_per_s.is_none_or(|held| held <= most)
    }

    /// Whether the machine let the engine come so near to what it could.
    #[must_use]
    pub fn is_disturbed(&self) -> bool {
        self.ratio().is_none_or(|ratio| ratio < 1.0 - DISTURBED)
    }
}

/// Plants both, with one worker; none where the workload closes weeks, which
/// an open loop can't.
///
/// # Errors
/// Where a trial fails, or it is interrupted.
pub fn real_time(
    workload: &Workload,
    environment: &Environment,
    options: &SelftestOptions,
    observer: &mut dyn Observer,
) -> Result<Option<RealTimeFound>, SelftestError> {
    if workload.anonymity.mode != ViewMode::Off {
        return Ok(None);
    }
    observer.stage("a planted stall in real time");
    let stall = find_stall(workload, options)?;
    observer.stage("a planted capacity in real time");
    let capacity = find_capacity(workload, environment, options)?;
    Ok(Some(RealTimeFound { stall, capacity }))
}

fn find_stall(workload: &Workload, options: &SelftestOptions) -> Result<StallFound, SelftestError> {
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
        source: &source,
        threads: 1,
        batch: options.batch,
        pin: false,
        perf: false,
        inbox_capacity: INBOX_CAPACITY,
        external: None,
        open_loop: Some(&open),
        share: None,
        watcher: None,
        stop: &options.stop,
        on_hang: options.on_hang,
    };
    let probe = Contender::of::<TimedProbe<OneStall>>();
    let (outcome, _) = probe.trial(&setup, None)?;
    let Some(found) = &outcome.open_loop else {
        return Err(wrong(OneStall::INFO.name, "no open loop was run"));
    };
    let beyond = |histogram: &crate::stats::ServiceHistogram| {
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

fn find_capacity(
    workload: &Workload,
    environment: &Environment,
    options: &SelftestOptions,
) -> Result<CapacityFound, SelftestError> {
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
        environment: environment.clone(),
        command: Vec::new(),
        stop: StopFlag::clone(&options.stop),
        on_hang: options.on_hang,
    };
    let found = capacity(&request, &mut Silent);
    if options.stop.is_set() {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn stall(late: u64, stalled: u64) -> StallFound {
        StallFound {
            late,
            expected: 9_000,
            response_max_ns: 0,
            stalled,
            steal_ms: 0,
            involuntary_switches: 0,
        }
    }

    fn pace(found_per_s: Option<f64>) -> CapacityFound {
        CapacityFound {
            planted_per_s: 1e6,
            found_per_s,
            held_per_s: found_per_s,
            steps: 9,
            steal_ms: 0,
            involuntary_switches: 0,
        }
    }

    #[test]
    fn too_little_is_a_fault_and_too_much_the_machine_s() {
        assert!(stall(8_950, 1).is_passed() && !stall(8_950, 1).is_disturbed());
        // a harness that begins to count when it comes to an event sees one
        assert!(!stall(1, 1).is_passed());
        assert!(!stall(9_000, 0).is_passed());
        assert!(stall(12_000, 1).is_passed() && stall(12_000, 1).is_disturbed());
    }

    #[test]
    fn overstated_is_a_fault_and_understated_the_machine_s() {
        assert!(pace(Some(0.98e6)).is_passed() && !pace(Some(0.98e6)).is_disturbed());
        assert!(!pace(Some(1.03e6)).is_passed());
        for below in [Some(0.5e6), None] {
            assert!(pace(below).is_passed() && pace(below).is_disturbed());
        }
    }
}
