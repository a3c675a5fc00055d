//! Trials in which each viewer counts once an epoch: the stream epoch by epoch,
//! every session finished before the epoch is closed, and the close inside the
//! timed part.
//!
//! Between the end of an epoch's events and its close the clock stands still,
//! while the true counts are digested, to be compared with the oracle's: after
//! the close there are none any more.

use std::sync::Arc;
use std::time::Instant;

use rayon::ThreadPool;

use crate::host::counters::Counters;
use crate::host::environment::Usage;
use crate::trial::closed_loop::{drive, summarise};
use crate::trial::epochs::{EpochsClosed, epochs_of};
use crate::trial::error::TrialError;
use crate::trial::outcome::TrialOutcome;
use crate::trial::setup::TrialSetup;
use crate::trial::timed_engine::TimedEngine;
use crate::trial::worker::WorkerReport;
use notibench_core::engine::EngineConfig;
use notibench_core::snapshot::SnapshotDigest;

/// The threads that close a epoch: as many as workers.
pub(crate) fn closers(setup: &TrialSetup<'_>) -> Result<ThreadPool, TrialError> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(setup.threads)
        .build()
        .map_err(|error| TrialError::NoThread {
            worker: 0,
            workers: setup.threads,
            why: error.to_string(),
        })
}

/// Drives the stream through sessions of the engine epoch by epoch, timed.
pub(crate) fn run_epochs(
    setup: &TrialSetup<'_>,
    config: &EngineConfig,
    engine: &dyn TimedEngine,
) -> Result<TrialOutcome, TrialError> {
    let closers = closers(setup)?;
    let mut counters = setup.perf.then(Counters::open);
    let mut usage = Usage::default();
    let mut epochs = EpochsClosed {
        are_released: config.views.are_released(),
        ..EpochsClosed::default()
    };
    let mut timeline = Timeline::default();
    for (epoch, range) in epochs_of(setup.source) {
        config
            .views
            .open_epoch(epoch)
            .map_err(TrialError::NoRandomKey)?;
        let before = Usage::start();
        let reports = drive(setup, config, engine, range, counters.as_mut())?;
        counters.iter_mut().for_each(Counters::pause);
        usage = usage.and(before.until_now());
        if setup.stop.is_set() {
            return Err(TrialError::Interrupted);
        }
        epochs.truths.push(SnapshotDigest::of(engine));
        let bytes = engine.memory_use().total() + config.views.open_bytes();
        epochs.open_bytes = epochs.open_bytes.max(bytes);
        let before = Usage::start();
        counters.iter_mut().for_each(Counters::start);
        let start = Instant::now();
        closers.install(|| config.views.close_epoch(engine));
        let close_ns = start.elapsed().as_nanos() as u64;
        counters.iter_mut().for_each(Counters::pause);
        usage = usage.and(before.until_now());
        epochs.close_ns += close_ns;
        timeline.add(reports, close_ns);
    }
    epochs.failed = config.views.failed();
    let perf = counters.map(Counters::stop);
    let mut outcome = summarise(setup, config, engine, timeline.reports, usage);
    outcome.perf = perf;
    outcome.epochs = Some(Arc::new(epochs));
    Ok(outcome)
}

/// The reports of the epochs as if they had followed each other at once.
#[derive(Default)]
struct Timeline {
    /// Time that is over, in ns.
    end_ns: u64,
    reports: Vec<WorkerReport>,
}

impl Timeline {
    /// Adds a epoch: its reports, and how long its close took after the last
    /// worker's end. Until then every worker waits.
    fn add(&mut self, reports: Vec<WorkerReport>, close_ns: u64) {
        let stamps = || reports.iter().map(|report| report.stamp);
        let first = stamps().map(|stamp| stamp.start_ns).min().unwrap_or(0);
        let last = stamps().map(|stamp| stamp.end_ns).max().unwrap_or(0);
        let epoch_ns = last - first + close_ns;
        for (at, mut report) in reports.into_iter().enumerate() {
            report.stamp.start_ns = self.end_ns + (report.stamp.start_ns - first);
            report.stamp.end_ns = self.end_ns + epoch_ns;
            match self.reports.get_mut(at) {
                Some(before) => before.add(report),
                None => self.reports.push(report),
            }
        }
        self.end_ns += epoch_ns;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use notibench_record::WorkerStamp;

    #[test]
    fn epochs_follow_each_other_at_once_and_end_with_their_close() {
        let report = |start_ns, end_ns, events| {
            let mut report = WorkerReport::new();
            report.stamp = WorkerStamp {
                start_ns,
                end_ns,
                events,
            };
            report
        };
        let mut timeline = Timeline::default();
        timeline.add(vec![report(100, 400, 7), report(150, 300, 5)], 50);
        timeline.add(vec![report(1_000, 1_200, 3), report(1_010, 1_100, 2)], 30);
        let stamps = timeline.reports.iter().map(|report| report.stamp);
        let stamps: Vec<(u64, u64, u64)> =
            stamps.map(|s| (s.start_ns, s.end_ns, s.events)).collect();
        // 300 and 50, then 200 and 30
        assert_eq!(stamps, [(0, 580, 10), (50, 580, 7)]);
    }
}
