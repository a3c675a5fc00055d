//! Where steps are made: the stream, which grows, and a trial a step. Imports
//! `generator`, `record`; its parent's trials.

use super::conditions::{Measured, judge, samples_needed};
use super::run::CapacityRequest;
use crate::generator::{Generator, ReadStream};
use crate::harness::contender::{Contender, Proved};
use crate::harness::memory::{RunSizes, memory_limit, predict};
use crate::harness::open_loop::OpenLoop;
use crate::harness::proof::Expectation;
use crate::harness::source::Source;
use crate::harness::trial::{TrialError, TrialSetup};
use crate::record::{Judged, Objective, OpenLoopPlan, SearchStep, StepKind};

/// Events of the closed loop that says where a search begins.
const CLOSED_EVENTS: u64 = 2_000_000;
/// Intervals of a step.
const INTERVALS: u64 = 20;

/// Why a step gave nothing.
pub(super) enum StepError {
    Wrong(String),
    Trial(TrialError),
}

impl From<TrialError> for StepError {
    fn from(error: TrialError) -> Self {
        Self::Trial(error)
    }
}

/// The stream, which grows to the longest step so far, and how to run it.
pub(super) struct Bench<'a> {
    request: &'a CapacityRequest<'a>,
    source: Source,
    most_events: u64,
}

impl<'a> Bench<'a> {
    pub(super) fn new(request: &'a CapacityRequest<'a>) -> Self {
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
            share: None,
            watcher: None,
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
    pub(super) fn closed_loop(&self, contender: &Contender) -> Result<f64, TrialError> {
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
    pub(super) fn step(
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

/// A stream of so many events; a trace is gone through as often as it takes.
fn source_of(request: &CapacityRequest<'_>, events: u64) -> Source {
    let (workload, seed) = (request.workload, request.plan.seed);
    let reads = ReadStream::new(workload, seed);
    match request.trace {
        Some(trace) => Source::of_trace(&trace.of_length(events), reads),
        None => Source::new(Generator::new(workload, seed), reads, events, false),
    }
}
