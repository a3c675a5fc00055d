//! Where steps are made: the stream, which is the same for all of them, and a
//! trial a step.

use super::conditions::{Measured, judge, samples_needed};
use super::request::CapacityRequest;
use crate::contender::Contender;
use crate::plan::memory::{RunSizes, memory_limit, predict};
use crate::proof::expectation::Expectation;
use crate::proof::inspect::Proved;
use crate::trial::error::TrialError;
use crate::trial::open_loop::OpenLoop;
use crate::trial::setup::TrialSetup;
use crate::trial::source::Source;
use notibench_core::unit::mix::counter_word;
use notibench_core::unit::quantity::{counted, show_bytes};
use notibench_record::{Judged, Objective, OpenLoopPlan, SearchStep};
use notibench_workload::generator::{Generator, ReadStream};

/// Events of the closed loops from which the events of a step are settled.
pub(super) const CLOSED_EVENTS: u64 = 1_000_000;
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

/// One step of a search.
pub(super) struct Offer {
    pub(super) rate: f64,
    /// Seed of its search, and its place in it: no two steps have the same
    /// arrivals.
    pub(super) seed: u64,
    pub(super) at: usize,
}

/// Where steps are made.
pub(super) struct Bench<'a> {
    request: &'a CapacityRequest<'a>,
    source: &'a Source,
    expected: Option<Expectation<'a>>,
}

impl<'a> Bench<'a> {
    pub(super) const fn new(request: &'a CapacityRequest<'a>, source: &'a Source) -> Self {
        Self {
            request,
            source,
            expected: None,
        }
    }

    /// Asks the oracle what every step must come to.
    pub(super) fn ask_oracle(&mut self) -> Result<(), TrialError> {
        let (plan, stop) = (&self.request.plan, &self.request.stop);
        self.expected = Expectation::of(self.source, plan.inbox_capacity, !plan.growth, stop);
        match self.expected {
            Some(_) => Ok(()),
            None => Err(TrialError::Interrupted),
        }
    }

    fn setup<'s>(&'s self, open: Option<&'s OpenLoop>) -> TrialSetup<'s> {
        let plan = &self.request.plan;
        TrialSetup {
            pin: plan.pin,
            inbox_capacity: plan.inbox_capacity,
            open_loop: open,
            ..TrialSetup::new(
                self.source,
                (plan.threads, plan.batch),
                &self.request.stop,
                self.request.on_hang,
            )
        }
    }

    /// One trial over the state that steps begin with.
    fn trial(&self, contender: &Contender, open: Option<&OpenLoop>) -> Result<Proved, TrialError> {
        let (setup, expected) = (self.setup(open), self.expected.as_ref());
        if self.request.plan.growth {
            return contender.trial(&setup, expected);
        }
        let [(filling, found), mut offered] = contender.trial_twice(&setup, expected)?;
        drop(filling);
        // what was wrong after the first pass is why it is after the second
        offered.1.wrong = found.wrong.or(offered.1.wrong);
        Ok(offered)
    }

    /// Events a second in a closed loop: the better of two trials.
    pub(super) fn closed_loop(&self, contender: &Contender) -> Result<f64, TrialError> {
        let mut best = 0.0_f64;
        for _ in 0..2 {
            let (outcome, _) = self.trial(contender, None)?;
            best = best.max(self.source.events() as f64 * 1e9 / outcome.wall_ns.max(1) as f64);
        }
        Ok(best)
    }

    /// Offers one rate.
    pub(super) fn step(
        &self,
        contender: &Contender,
        offer: &Offer,
    ) -> Result<SearchStep, StepError> {
        if self.request.stop.is_set() {
            return Err(TrialError::Interrupted.into());
        }
        let (plan, source) = (&self.request.plan, self.source);
        let hold_ns = (source.events() as f64 * 1e9 / offer.rate).max(1.0) as u64;
        let open_plan = OpenLoopPlan {
            arrivals: plan.arrivals,
            offered_per_s: offer.rate,
            duration_ns: hold_ns,
            // nothing is skipped: the events of a step bound its backlog
            max_backlog: source.events() * plan.threads as u64,
            idle: plan.idle,
            interval_ns: (hold_ns / INTERVALS).max(1),
        };
        let seed = counter_word(!offer.seed, offer.at as u64);
        let open = OpenLoop::new(&open_plan, seed, plan.threads, source.events(), |at| {
            source.at_us(at)
        });
        let trial = self.trial(contender, Some(&open))?;
        self.judged(&open_plan, &trial)
    }

    fn judged(
        &self,
        plan: &OpenLoopPlan,
        (outcome, finding): &Proved,
    ) -> Result<SearchStep, StepError> {
        if let Some(words) = &finding.wrong {
            return Err(StepError::Wrong(words.clone()));
        }
        // a trial of an open loop has it
        let Some(open) = &outcome.open_loop else {
            return Err(StepError::Wrong("no open loop was run".to_owned()));
        };
        let events = self.source.events();
        let planned = plan.duration_ns.div_ceil(plan.interval_ns) as usize;
        let intervals = &open.note.intervals[..planned.min(open.note.intervals.len())];
        let conditions = judge(
            &self.request.slo,
            &Measured {
                response: &open.response,
                read_response: &open.read_response,
                intervals,
                offered_per_s: plan.offered_per_s,
                lost: events.abs_diff(outcome.counts.events),
            },
        );
        Ok(SearchStep {
            offered_per_s: plan.offered_per_s,
            achieved_per_s: open.note.achieved_per_s,
            hold_ns: plan.duration_ns,
            events,
            response_ns: open.response.to_base64(),
            pass: conditions.iter().all(|condition| condition.pass),
            conditions,
            proved: finding.checked,
            steal_ms: outcome.usage.steal_ms,
            involuntary_switches: outcome.usage.involuntary_switches,
        })
    }
}

/// Events that give every objective its samples, and a tenth more, where a
/// read is asked every so many events.
pub(super) fn least_events(slo: &[Objective], reads_per_event: f64) -> u64 {
    let of_one = |objective: &Objective| {
        let share = match objective.of {
            Judged::Events => 1.0,
            Judged::Reads => reads_per_event,
        };
        // without reads there is no number of events that would do
        let needed = samples_needed(objective) / share * 1.1;
        if needed.is_finite() { needed as u64 } else { 1 }
    };
    slo.iter().map(of_one).max().unwrap_or(1).max(1)
}

/// The stream of a step; an error says what would fit where it does not.
pub(super) fn source_of(request: &CapacityRequest<'_>, events: u64) -> Result<Source, String> {
    let (workload, plan) = (request.workload, &request.plan);
    let reads = ReadStream::new(workload, plan.seed);
    let sizes = RunSizes {
        events,
        reads: reads.due_before(events),
        threads: plan.threads,
        batch: plan.batch,
        inbox_capacity: plan.inbox_capacity,
        verify: true,
        warm: !plan.growth,
    };
    let mut need = predict(workload, &sizes, &request.contenders);
    need.schedule = events * 8;
    let (need, limit) = (need.peak(false), memory_limit(&request.environment));
    if need > limit {
        return Err(format!(
            "a step of {} would need up to {} and {} is free for use: lower --events, or \
             lower the workload's members",
            counted(events, "event"),
            show_bytes(need as f64),
            show_bytes(limit as f64)
        ));
    }
    Ok(match request.trace {
        // gone through as often as it takes
        Some(trace) => Source::of_trace(&trace.of_length(events), reads),
        None => Source::new(Generator::new(workload, plan.seed), reads, events, false),
    })
}

#[cfg(test)]
#[path = "bench_tests.rs"]
pub(super) mod tests;
