//! One trial in an open loop: its threads, and what they come to. Imports
//! `engine`, `record`, `stats`, its siblings.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use super::counters::Counters;
use super::crew::Crew;
use super::environment::{Usage, resident_bytes};
use super::open_loop::{
    Lane, LaneReport, OpenLoop, RealClock, Series, Unrecorded, outcome_of, work,
};
use super::trial::{TrialError, TrialOutcome, TrialSetup, wall_ns};
use crate::engine::snapshot::SnapshotDigest;
use crate::engine::{Engine, EngineConfig};
use crate::stats::ServiceHistogram;

/// How long after the last worker is ready the schedule begins.
const LEAD: Duration = Duration::from_millis(2);
/// How often it is looked whether all is well, at least: a look takes a
/// worker's processor away for some µs.
const TICK: Duration = Duration::from_millis(250);

/// What the workers of an open loop came back with, in the workers' order.
pub(super) struct DrivenOpen {
    reports: Vec<LaneReport>,
    /// Theirs; none where nothing was recorded.
    series: Vec<Series>,
    /// Of the process, at the end of each interval.
    resident: Vec<u64>,
}

/// Runs the workers.
pub(super) fn drive_open<E: Engine>(
    setup: &TrialSetup<'_>,
    open_loop: &OpenLoop,
    config: &EngineConfig,
    engine: &E,
    counters: Option<&mut Counters>,
) -> Result<DrivenOpen, TrialError> {
    let zero: OnceLock<Instant> = OnceLock::new();
    let interval = Duration::from_nanos(open_loop.interval_ns);
    let crew = Crew {
        setup,
        engine: E::INFO.name,
        stop: &config.stop,
        tick: TICK.min(interval),
    };
    let mut resident = Vec::new();
    let prepare = |worker: usize| {
        let planned = open_loop.planned_intervals();
        let recorded = open_loop.recorded;
        let series = recorded.then(|| Series::new(planned, open_loop.interval_ns));
        (worker, engine.session(worker), series)
    };
    let body = |(worker, session, series): (usize, E::Session<'_>, Option<Series>)| {
        let lane = lane_of(setup, open_loop, worker);
        // not set where the trial ended before it began
        let zero = zero.get().copied().unwrap_or_else(Instant::now);
        while Instant::now() < zero {
            std::hint::spin_loop();
        }
        let clock = RealClock::new(zero, open_loop.idle);
        let stop = &config.stop;
        match series {
            Some(mut series) => {
                let report = work(&lane, worker, stop, session, &clock, &mut series);
                (report, Some(series))
            }
            None => {
                let report = work(&lane, worker, stop, session, &clock, &mut Unrecorded);
                (report, None)
            }
        }
    };
    let mut done = crew.run(
        prepare,
        || {
            counters.into_iter().for_each(Counters::start);
            let _ = zero.set(Instant::now() + LEAD);
        },
        body,
        || {
            let since = zero.get().map_or(Duration::ZERO, Instant::elapsed);
            // looked at late where the machine was busy: then it is this one's
            while interval * (resident.len() as u32 + 1) <= since {
                resident.push(resident_bytes());
            }
        },
    )?;
    resident.push(resident_bytes());
    done.sort_unstable_by_key(|(report, _)| report.worker);
    let (reports, series): (Vec<_>, Vec<_>) = done.into_iter().unzip();
    Ok(DrivenOpen {
        reports,
        series: series.into_iter().flatten().collect(),
        resident,
    })
}

fn lane_of<'a>(setup: &TrialSetup<'a>, open_loop: &'a OpenLoop, worker: usize) -> Lane<'a> {
    Lane {
        source: setup.source,
        first: worker as u64,
        step: setup.threads as u64,
        due: &open_loop.due[worker],
        batch: setup.batch as u64,
        most_backlog: open_loop.backlog_each,
        duration_ns: open_loop.duration_ns,
    }
}

impl DrivenOpen {
    /// Counts again what was ingested, and puts all together.
    pub(super) fn summarise<E: Engine>(
        self,
        setup: &TrialSetup<'_>,
        open_loop: &OpenLoop,
        engine: &E,
        usage: Usage,
    ) -> TrialOutcome {
        let source = setup.source;
        let outcome = outcome_of(
            open_loop,
            source,
            &self.reports,
            &self.series,
            &self.resident,
        );
        let workers: Vec<_> = self.reports.iter().map(|report| report.stamp).collect();
        TrialOutcome {
            weeks: None,
            wall_ns: wall_ns(&workers),
            workers,
            tally: source.tally_taken(&outcome.taken),
            reads: self.reports.iter().map(|report| report.reads).sum(),
            answers: self.reports.iter().map(|report| report.answers).sum(),
            // whole groups are a closed loop's
            ingest_service: ServiceHistogram::new(),
            read_service: ServiceHistogram::new(),
            snapshot: SnapshotDigest::of(engine),
            memory: engine.memory(),
            usage,
            perf: None,
            open_loop: Some(outcome),
        }
    }
}

#[cfg(test)]
#[path = "open_trial_tests.rs"]
mod tests;
