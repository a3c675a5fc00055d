//! One trial in an open loop: its threads, and what they come to.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use crate::host::counters::Counters;
use crate::host::environment::{Usage, resident_bytes};
use crate::trial::call_board::CallBoard;
use crate::trial::error::TrialError;
use crate::trial::open_loop::{
    Intervals, Lane, LaneReport, OpenLoop, RealClock, Series, outcome_of,
};
use crate::trial::outcome::TrialOutcome;
use crate::trial::setup::TrialSetup;
use crate::trial::timed_engine::{OpenSetup, TimedEngine, WorkerSetup};
use crate::trial::watch::{OpenLoopProgress, Pace, TrialProgress, Watcher};
use crate::trial::worker_threads::WorkerThreads;
use notibench_core::admission::AnyEngine;
use notibench_core::engine::EngineConfig;
use notibench_record::stats::ServiceHistogram;

/// How long after the last worker is ready the schedule begins.
const LEAD: Duration = Duration::from_millis(2);
/// How often it is looked whether all is well, at least: a look takes a
/// worker's processor away for some µs.
const TICK: Duration = Duration::from_millis(250);

/// What the workers of an open loop came back with, in the workers' order.
pub(crate) struct DrivenOpen {
    reports: Vec<LaneReport>,
    /// Theirs; none where nothing was recorded.
    series: Vec<Series>,
    /// Of the process, at the end of each interval.
    resident: Vec<u64>,
}

/// Runs the workers.
pub(crate) fn drive_open(
    setup: &TrialSetup<'_>,
    open_loop: &OpenLoop,
    config: &EngineConfig,
    engine: &dyn TimedEngine,
    mut counters: Option<&mut Counters>,
) -> Result<DrivenOpen, TrialError> {
    let zero: OnceLock<Instant> = OnceLock::new();
    let interval = Duration::from_nanos(open_loop.interval_ns);
    let calls = CallBoard::new(setup.threads);
    let threads = WorkerThreads {
        setup,
        engine: &|_| engine.info().name.to_owned(),
        stop: &config.stop,
        tick: TICK.min(interval),
        calls: &calls,
    };
    let seen: Vec<OnceLock<Intervals>> = (0..setup.threads).map(|_| OnceLock::new()).collect();
    let mut look = Look::new(open_loop, &seen);
    let body = |worker: usize, started: &dyn Fn()| {
        let planned = open_loop.planned_intervals();
        let recorded = open_loop.recorded;
        let series = recorded.then(|| Series::new(planned, open_loop.interval_ns));
        if let (Some(_), Some(series)) = (setup.watcher, &series) {
            let _ = seen[worker].set(series.intervals().clone());
        }
        let begin = || {
            let lane = lane_of(setup, open_loop, worker);
            // not set where the trial ended before it began
            let zero = zero.get().copied().unwrap_or_else(Instant::now);
            spin_until(zero);
            (lane, RealClock::new(zero, open_loop.idle))
        };
        let worker = WorkerSetup {
            worker,
            views: &config.views,
            planted_share: setup.planted_share,
            started,
        };
        let open = OpenSetup {
            calls: &calls,
            stop: &config.stop,
            begin: &begin,
            series,
        };
        engine.work_open(&worker, open)
    };
    let mut done = threads.run(
        &body,
        &mut || {
            counters.iter_mut().for_each(|counters| counters.start());
            let _ = zero.set(Instant::now() + LEAD);
        },
        &mut || {
            let since = zero.get().map_or(Duration::ZERO, Instant::elapsed);
            look.tick(since, setup.watcher);
        },
    )?;
    let mut resident = look.resident;
    resident.push(resident_bytes());
    done.sort_unstable_by_key(|(report, _)| report.worker);
    let (reports, series): (Vec<_>, Vec<_>) = done.into_iter().unzip();
    Ok(DrivenOpen {
        reports,
        series: series.into_iter().flatten().collect(),
        resident,
    })
}

fn spin_until(moment: Instant) {
    while Instant::now() < moment {
        std::hint::spin_loop();
    }
}

/// Looks at the process, and at what the workers have written down so far.
struct Look<'a> {
    pace: Pace,
    open_loop: &'a OpenLoop,
    workers: &'a [OnceLock<Intervals>],
    /// Response times of the whole intervals so far, and how many these are.
    whole: ServiceHistogram,
    intervals: usize,
    /// Resident size of the process at the end of each interval.
    resident: Vec<u64>,
}

impl<'a> Look<'a> {
    fn new(open_loop: &'a OpenLoop, workers: &'a [OnceLock<Intervals>]) -> Self {
        Self {
            pace: Pace::new(),
            open_loop,
            workers,
            whole: ServiceHistogram::new(),
            intervals: 0,
            resident: Vec::new(),
        }
    }

    /// Notes the resident size, and lets a watcher look where it is time.
    fn tick(&mut self, since: Duration, watcher: Option<&dyn Watcher>) {
        let interval = Duration::from_nanos(self.open_loop.interval_ns);
        // looked at late where the machine was busy: then it is this one's
        while interval * (self.resident.len() as u32 + 1) <= since {
            self.resident.push(resident_bytes());
        }
        if let Some(watcher) = watcher.filter(|_| self.pace.is_due()) {
            watcher.progress(&mut || self.at(since.as_nanos() as u64));
        }
    }

    /// How the trial stands so long after its zero.
    fn at(&mut self, since_ns: u64) -> TrialProgress {
        let workers: Vec<&Intervals> = self.workers.iter().filter_map(OnceLock::get).collect();
        let OpenLoop {
            due, interval_ns, ..
        } = self.open_loop;
        let due_by_now = due
            .iter()
            .map(|due| due.partition_point(|&at| at <= since_ns));
        let due_by_now: usize = due_by_now.sum();
        let over: u64 = workers.iter().map(|of| of.completed()).sum();
        let whole = (since_ns / interval_ns) as usize;
        let mut last = OpenLoopProgress {
            behind: (due_by_now as u64).saturating_sub(over),
            ..OpenLoopProgress::default()
        };
        let mut completed = 0;
        for at in self.intervals.min(whole.saturating_sub(1))..whole {
            last.interval_response = ServiceHistogram::new();
            completed = 0;
            for of in &workers {
                completed += of.add_response_to(at, &mut last.interval_response);
            }
            if at >= self.intervals {
                self.whole.merge(&last.interval_response);
            }
        }
        self.intervals = whole.max(self.intervals);
        last.interval_per_s = completed as f64 * 1e9 / *interval_ns as f64;
        last.response = self.whole.clone();
        TrialProgress {
            elapsed_ns: since_ns,
            over,
            of: due.iter().map(|due| due.len() as u64).sum(),
            open_loop: Some(last),
        }
    }
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
    pub(crate) fn summarise(
        self,
        setup: &TrialSetup<'_>,
        open_loop: &OpenLoop,
        engine: &dyn AnyEngine,
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
        let counts = source.counts_of_taken(&outcome.taken);
        let views = source.views();
        // whole groups are a closed loop's: their histograms stay empty
        TrialOutcome {
            reads: self.reports.iter().map(|report| report.reads).sum(),
            answers: self.reports.iter().map(|report| report.answers).sum(),
            open_loop: Some(outcome),
            ..TrialOutcome::at_rest(engine, views, workers, counts, usage)
        }
    }
}

#[cfg(test)]
#[path = "open_trial_tests.rs"]
mod tests;
