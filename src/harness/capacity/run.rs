//! Searches for capacity on this machine: engines in turns, a step a trial.
//! Imports `generator`, `record`, `stats`, `workload`; its parent's trials.

use std::time::Duration;

use super::conditions::{Measured, judge, samples_needed};
use super::floor::stall_floor;
use super::search::{LEAST_SHARE, search};
use crate::engine::StopFlag;
use crate::engine::state::INBOX_CAPACITY;
use crate::generator::{Generator, ReadStream};
use crate::harness::contender::{Contender, Proved};
use crate::harness::memory::{RunSizes, memory_limit, predict};
use crate::harness::open_loop::OpenLoop;
use crate::harness::plan_error::PlanError;
use crate::harness::proof::Expectation;
use crate::harness::run::{Observer, shuffled};
use crate::harness::source::Source;
use crate::harness::trial::{TrialError, TrialSetup};
use crate::record::{
    Arrivals, CAPACITY_SCHEMA, Capacity, CapacityPlan, CapacityVerdict, EngineCapacity,
    Environment, Idle, Judged, Objective, OpenLoopPlan, Search, SearchStep, StepKind, WorkloadNote,
};
use crate::stats::paired_ratio;
use crate::workload::{ViewMode, Workload};

/// How long the stall floor is looked for.
const FLOOR: Duration = Duration::from_secs(2);
/// Events of the closed loop that says where a search begins.
const CLOSED_EVENTS: u64 = 2_000_000;
/// Intervals of a step.
const INTERVALS: u64 = 20;

/// What a search was asked for; what is `None` is our choice.
#[derive(Clone, Debug, Default)]
pub struct CapacityOptions {
    /// Names of engines.
    pub engines: Vec<String>,
    /// Workers.
    pub threads: Option<usize>,
    /// Most events of one ingest call.
    pub batch: Option<usize>,
    /// Seed.
    pub seed: Option<u64>,
    /// Pin workers.
    pub pin: bool,
    /// How arrivals follow one another.
    pub arrivals: Option<Arrivals>,
    /// What a worker does while nothing is due.
    pub idle: Option<Idle>,
    /// Events that may be due and not started.
    pub max_backlog: Option<u64>,
    /// Length of a step, in ns.
    pub hold_ns: Option<u64>,
    /// Length of a confirming step, in ns.
    pub confirm_ns: Option<u64>,
    /// Width of the bracket, as a fraction.
    pub tolerance: Option<f64>,
    /// Searches of each engine.
    pub searches: Option<usize>,
}

/// Everything that a search needs.
#[derive(Debug)]
pub struct CapacityRequest<'a> {
    /// What is run.
    pub workload: &'a Workload,
    /// The text of its file.
    pub toml: String,
    /// How it is searched.
    pub plan: CapacityPlan,
    /// The conditions.
    pub slo: Vec<Objective>,
    /// Who takes part.
    pub contenders: Vec<Contender>,
    /// Where.
    pub environment: Environment,
    /// The command line.
    pub command: Vec<String>,
    /// Set on an interruption.
    pub stop: StopFlag,
    /// Called where a worker can't be stopped.
    pub on_hang: fn(&str),
}

/// Settles how it is searched.
///
/// # Errors
/// Numbers out of range.
pub fn resolve_capacity(
    options: &CapacityOptions,
    workload: &Workload,
    env: &Environment,
) -> Result<CapacityPlan, PlanError> {
    if workload.anonymity.mode != ViewMode::Off {
        let name = &workload.name;
        return Err(PlanError::Conflict(format!(
            "an open loop goes on while a week is closed, and `{name}` closes weeks while nothing \
             else is done: take a workload whose [anonymity] is off"
        )));
    }
    let hold_ns = options.hold_ns.unwrap_or(1_000_000_000);
    let plan = CapacityPlan {
        seed: options.seed.unwrap_or(workload.seed),
        threads: options.threads.unwrap_or(env.cores.max(1)),
        batch: options.batch.unwrap_or(1_024),
        pin: options.pin,
        inbox_capacity: INBOX_CAPACITY,
        arrivals: options.arrivals.unwrap_or(Arrivals::Poisson),
        idle: options.idle.unwrap_or_default(),
        max_backlog: options.max_backlog.unwrap_or(1_000_000),
        hold_ns,
        confirm_ns: options.confirm_ns.unwrap_or(hold_ns.saturating_mul(3)),
        tolerance: options.tolerance.unwrap_or(0.05),
        searches: options.searches.unwrap_or(3),
    };
    let show = |range: &str| range.to_owned();
    let ranges = [
        (
            "--threads",
            plan.threads as u64,
            1,
            1_024,
            show("1 to 1,024"),
        ),
        (
            "--batch",
            plan.batch as u64,
            1,
            1 << 20,
            show("1 to 1,048,576"),
        ),
        (
            "--searches",
            plan.searches as u64,
            1,
            1_000,
            show("1 to 1,000"),
        ),
        (
            "--max-backlog",
            plan.max_backlog,
            1,
            u64::MAX,
            show("1 or more"),
        ),
        (
            "--hold",
            hold_ns / 1_000_000,
            200,
            3_600_000,
            show("200 ms to an hour"),
        ),
        (
            "--confirm",
            plan.confirm_ns,
            hold_ns,
            3_600_000_000_000,
            show("as long as --hold, at least, and an hour at most"),
        ),
        (
            "--tolerance",
            (plan.tolerance * 1e4) as u64,
            10,
            5_000,
            show("0.1% to 50%"),
        ),
    ];
    for (flag, value, low, high, range) in ranges {
        if !(low..=high).contains(&value) {
            let value = value.to_string();
            return Err(PlanError::OutOfRange { flag, value, range });
        }
    }
    Ok(plan)
}

/// Searches. A failure is told in what is given back, not as an error.
pub fn capacity(request: &CapacityRequest<'_>, observer: &mut dyn Observer) -> Capacity {
    observer.stage("looking for the stall floor");
    let floor = stall_floor(FLOOR);
    let blank = |contender: &Contender| EngineCapacity {
        name: contender.name.clone(),
        freshness: contender.info.freshness.name().to_owned(),
        verdict: CapacityVerdict::Unfinished,
        capacity_per_s: None,
        low_per_s: None,
        high_per_s: None,
        closed_loop_per_s: 0.0,
        searches: Vec::new(),
    };
    let mut found = Capacity {
        schema: CAPACITY_SCHEMA.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        complete: false,
        failure: None,
        command: request.command.clone(),
        started: jiff::Timestamp::now()
            .strftime("%Y-%m-%dT%H:%M:%SZ")
            .to_string(),
        workload: WorkloadNote {
            name: request.workload.name.clone(),
            toml: request.toml.clone(),
            trace: None,
        },
        plan: request.plan,
        slo: request.slo.clone(),
        environment: request.environment.clone(),
        stall_floor: floor,
        engines: request.contenders.iter().map(blank).collect(),
        warnings: Vec::new(),
    };
    match searches(request, &mut found.engines, observer) {
        Ok(()) => found.complete = true,
        Err(error) => found.failure = Some(error.to_string()),
    }
    found.engines.iter_mut().for_each(conclude);
    found
}

fn searches(
    request: &CapacityRequest<'_>,
    engines: &mut [EngineCapacity],
    observer: &mut dyn Observer,
) -> Result<(), TrialError> {
    let mut bench = Bench::new(request);
    observer.stage("closed loops");
    for (contender, engine) in request.contenders.iter().zip(engines.iter_mut()) {
        engine.closed_loop_per_s = bench.closed_loop(contender)?;
    }
    let total = request.plan.searches * engines.len();
    for round in 0..request.plan.searches {
        for (turn, at) in shuffled(engines.len(), request.plan.seed, round).enumerate() {
            let engine = &mut engines[at];
            if matches!(engine.verdict, CapacityVerdict::Wrong(_)) {
                continue;
            }
            observer.turn(round * request.contenders.len() + turn, total, &engine.name);
            let mut failure = None;
            let contender = &request.contenders[at];
            let closed = engine.closed_loop_per_s;
            let one = search(closed, request.plan.tolerance, |kind, rate| {
                match bench.step(contender, kind, rate) {
                    Ok(step) => Some(step),
                    Err(error) => {
                        failure = Some(error);
                        None
                    }
                }
            });
            engine.searches.push(one);
            match failure {
                None => {}
                Some(StepError::Wrong(words)) => engine.verdict = CapacityVerdict::Wrong(words),
                Some(StepError::Trial(error)) => return Err(error),
            }
        }
    }
    Ok(())
}

/// What an engine's searches come to.
fn conclude(engine: &mut EngineCapacity) {
    if matches!(engine.verdict, CapacityVerdict::Wrong(_)) {
        return;
    }
    let found: Vec<f64> = engine
        .searches
        .iter()
        .filter_map(|s| s.capacity_per_s)
        .collect();
    if found.len() == engine.searches.len() && !found.is_empty() {
        engine.verdict = CapacityVerdict::Attained;
        let pairs: Vec<(f64, f64)> = found.iter().map(|&rate| (1.0, rate)).collect();
        let logs: f64 = found.iter().map(|rate| rate.ln()).sum();
        engine.capacity_per_s = Some((logs / found.len() as f64).exp());
        if let Some(interval) = paired_ratio(&pairs) {
            engine.low_per_s = Some(interval.low);
            engine.high_per_s = Some(interval.high);
        }
        return;
    }
    let least = engine.closed_loop_per_s * LEAST_SHARE * 1.01;
    let hopeless = |search: &Search| search.failed_above_per_s.is_some_and(|rate| rate <= least);
    if !engine.searches.is_empty() && engine.searches.iter().all(hopeless) {
        engine.verdict = CapacityVerdict::NotAttainable;
    }
}

enum StepError {
    Wrong(String),
    Trial(TrialError),
}

impl From<TrialError> for StepError {
    fn from(error: TrialError) -> Self {
        Self::Trial(error)
    }
}

/// The stream, which grows to the longest step so far, and how to run it.
struct Bench<'a> {
    request: &'a CapacityRequest<'a>,
    source: Source,
    most_events: u64,
}

impl<'a> Bench<'a> {
    fn new(request: &'a CapacityRequest<'a>) -> Self {
        let of = |events: u64| {
            let reads = ReadStream::new(request.workload, request.plan.seed).due_before(events);
            let sizes = RunSizes {
                events,
                reads,
                threads: request.plan.threads,
                batch: request.plan.batch,
                inbox_capacity: request.plan.inbox_capacity,
                verify: true,
                warm: false,
            };
            let mut need = predict(request.workload, &sizes, &[]);
            need.schedule = events * 8;
            need.peak(false)
        };
        // what the machine can hold, the stream in half of it
        let limit = memory_limit(&request.environment) / 2;
        let mut most_events = 1 << 31;
        while most_events > CLOSED_EVENTS && of(most_events) > limit {
            most_events /= 2;
        }
        let mut bench = Self {
            request,
            source: source_of(request, CLOSED_EVENTS),
            most_events,
        };
        bench.grow(CLOSED_EVENTS);
        bench
    }

    fn grow(&mut self, events: u64) {
        if self.source.events() < events {
            self.source = source_of(self.request, events.min(self.most_events));
        }
    }

    fn setup<'s>(&'s self, source: &'s Source, open: Option<&'s OpenLoop>) -> TrialSetup<'s> {
        let plan = &self.request.plan;
        TrialSetup {
            source,
            threads: plan.threads,
            batch: plan.batch,
            pin: plan.pin,
            perf: false,
            inbox_capacity: plan.inbox_capacity,
            open_loop: open,
            external: None,
            stop: &self.request.stop,
            on_hang: self.request.on_hang,
        }
    }

    /// Events a second in a closed loop: the better of two trials.
    fn closed_loop(&self, contender: &Contender) -> Result<f64, TrialError> {
        let source = self.source.prefix(CLOSED_EVENTS);
        let setup = self.setup(&source, None);
        let mut best = 0.0_f64;
        for _ in 0..2 {
            let (outcome, _) = contender.trial(&setup, None)?;
            best = best.max(source.events() as f64 * 1e9 / outcome.wall_ns.max(1) as f64);
        }
        Ok(best)
    }

    /// Offers one rate to a fresh engine.
    fn step(
        &mut self,
        contender: &Contender,
        kind: StepKind,
        rate: f64,
    ) -> Result<SearchStep, StepError> {
        if self.request.stop.is_set() {
            return Err(TrialError::Interrupted.into());
        }
        let plan = self.request.plan;
        let hold_ns = match kind {
            StepKind::Search => plan.hold_ns,
            StepKind::Confirm | StepKind::Above => plan.confirm_ns,
        };
        // a percentile needs its samples, however low the rate
        let wanted = ((rate * hold_ns as f64 / 1e9) as u64).max(self.least_events());
        let hold_ns = hold_ns.max((wanted as f64 * 1e9 / rate) as u64);
        self.grow(wanted);
        let events = wanted.min(self.most_events).min(self.source.events());
        let hold_ns = if events < wanted {
            (events as f64 * 1e9 / rate) as u64
        } else {
            hold_ns
        };
        let source = self.source.prefix(events);
        let open_plan = OpenLoopPlan {
            arrivals: plan.arrivals,
            offered_per_s: rate,
            duration_ns: hold_ns,
            max_backlog: plan.max_backlog,
            idle: plan.idle,
            interval_ns: (hold_ns / INTERVALS).max(1),
        };
        let open = OpenLoop::new(&open_plan, plan.seed, plan.threads, events, |at| {
            source.at_us(at)
        });
        let setup = self.setup(&source, Some(&open));
        let proved = kind == StepKind::Confirm;
        let stop = &self.request.stop;
        let expected = proved
            .then(|| Expectation::of(&source, plan.inbox_capacity, false, stop))
            .flatten();
        let trial = contender.trial(&setup, expected.as_ref())?;
        self.judged(kind, &open_plan, events, &trial)
    }

    /// Events that give every objective its samples, and a tenth more.
    fn least_events(&self) -> u64 {
        let reads = self.source.reads() as f64 / self.source.events() as f64;
        let of_one = |objective: &Objective| {
            let share = match objective.of {
                Judged::Events => 1.0,
                Judged::Reads => reads,
            };
            // without reads there is no number of events that would do
            let needed = samples_needed(objective) / share * 1.1;
            if needed.is_finite() { needed as u64 } else { 1 }
        };
        self.request
            .slo
            .iter()
            .map(of_one)
            .max()
            .unwrap_or(1)
            .max(1)
    }

    fn judged(
        &self,
        kind: StepKind,
        plan: &OpenLoopPlan,
        events: u64,
        (outcome, finding): &Proved,
    ) -> Result<SearchStep, StepError> {
        if let Some(words) = &finding.wrong {
            return Err(StepError::Wrong(words.clone()));
        }
        // a trial of an open loop has it
        let Some(open) = &outcome.open_loop else {
            return Err(StepError::Wrong("no open loop was run".to_owned()));
        };
        let skipped = open.note.skipped();
        let held_s = plan.duration_ns as f64 / 1e9;
        let planned = plan.duration_ns.div_ceil(plan.interval_ns) as usize;
        let intervals = &open.note.intervals[..planned.min(open.note.intervals.len())];
        let conditions = judge(
            &self.request.slo,
            &Measured {
                response: &open.response,
                read_response: &open.read_response,
                intervals,
                offered: events,
                in_time: (open.note.achieved_per_s * held_s).round() as u64,
                skipped,
                lost: events.abs_diff(outcome.tally.events + skipped),
            },
        );
        Ok(SearchStep {
            kind,
            offered_per_s: plan.offered_per_s,
            achieved_per_s: open.note.achieved_per_s,
            hold_ns: plan.duration_ns,
            events,
            response_ns: open.response.to_base64(),
            service_ns: open.service.to_base64(),
            pass: conditions.iter().all(|condition| condition.pass),
            conditions,
            proved: finding.checked,
            steal_ms: outcome.usage.steal_ms,
            involuntary_switches: outcome.usage.involuntary_switches,
        })
    }
}

fn source_of(request: &CapacityRequest<'_>, events: u64) -> Source {
    let (workload, seed) = (request.workload, request.plan.seed);
    let generator = Generator::new(workload, seed);
    Source::new(generator, ReadStream::new(workload, seed), events, false)
}
