//! A trial in a closed loop: the engine is built, its workers are driven over
//! a range of the stream, their reports are put together.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use crate::host::counters::Counters;
use crate::host::environment::Usage;
use crate::trial::call_board::CallBoard;
use crate::trial::error::TrialError;
use crate::trial::outcome::TrialOutcome;
use crate::trial::setup::TrialSetup;
use crate::trial::timed_engine::{Builder, TimedEngine, WorkerSetup};
use crate::trial::watch::{Pace, TrialProgress};
use crate::trial::worker::{Shared, WorkerReport};
use crate::trial::worker_threads::WorkerThreads;
use notibench_core::admission::AnyEngine;
use notibench_core::engine::{EngineConfig, StopFlag};
use notibench_record::WorkerStamp;
use notibench_record::stats::ServiceHistogram;

/// An empty engine, and what it was built from.
pub(crate) fn build(
    builder: Builder,
    setup: &TrialSetup<'_>,
    stop: StopFlag,
) -> Result<(Box<dyn TimedEngine>, EngineConfig), TrialError> {
    let config = config_of(builder, setup, stop)?;
    Ok(((builder.build)(&config), config))
}

/// What an engine is built from.
pub(crate) fn config_of(
    builder: Builder,
    setup: &TrialSetup<'_>,
    stop: StopFlag,
) -> Result<EngineConfig, TrialError> {
    let dense = setup.source.dense_ids().filter(|_| builder.needs_dense_ids);
    if builder.needs_dense_ids && dense.is_none() {
        return Err(TrialError::NoDenseIds {
            engine: builder.name.to_owned(),
        });
    }
    Ok(EngineConfig {
        threads: setup.threads,
        inbox_capacity: setup.inbox_capacity,
        views: setup.source.views().afresh(),
        stop,
        dense: dense.cloned(),
        external: setup.external.cloned(),
        links: setup.share.map(|share| Arc::clone(&share.links)),
    })
}

/// The workers of a closed loop, on the events of `range`.
pub(crate) fn drive(
    setup: &TrialSetup<'_>,
    config: &EngineConfig,
    engine: &dyn TimedEngine,
    range: Range<u64>,
    mut counters: Option<&mut Counters>,
) -> Result<Vec<WorkerReport>, TrialError> {
    let stop = &config.stop;
    let calls = CallBoard::new(setup.threads);
    let shared = Shared::new(setup, &range, stop.clone(), &calls);
    let threads = WorkerThreads {
        setup,
        engine: &|_| engine.info().name.to_owned(),
        stop,
        tick: Duration::from_millis(20),
        calls: &calls,
    };
    let mut pace = Pace::new();
    threads.run(
        &|worker, started| {
            let worker = WorkerSetup {
                worker,
                views: &config.views,
                planted_share: setup.planted_share,
                started,
            };
            engine.work(&worker, &shared)
        },
        &mut || {
            if let Some(share) = setup.share {
                (share.gate)();
            }
            counters.iter_mut().for_each(|counters| counters.start());
        },
        &mut || {
            if let Some(watcher) = setup.watcher.filter(|_| pace.is_due()) {
                watcher.progress(&mut || TrialProgress {
                    elapsed_ns: shared.now_ns(),
                    over: shared.claimed(),
                    of: setup.source.events(),
                    open_loop: None,
                });
            }
        },
    )
}

/// What the workers' reports come to, and what the engine then holds.
pub(crate) fn summarise(
    setup: &TrialSetup<'_>,
    config: &EngineConfig,
    engine: &dyn AnyEngine,
    reports: Vec<WorkerReport>,
    usage: Usage,
) -> TrialOutcome {
    let mut ingest_service = ServiceHistogram::new();
    let mut read_service = ServiceHistogram::new();
    let mut ranges = Vec::new();
    for report in &reports {
        ingest_service.merge(&report.ingest_service);
        read_service.merge(&report.read_service);
        ranges.extend(report.ranges.iter().cloned());
    }
    let workers: Vec<WorkerStamp> = reports.iter().map(|report| report.stamp).collect();
    let counts = setup.source.counts(&ranges);
    TrialOutcome {
        reads: reports.iter().map(|report| report.reads).sum(),
        answers: reports.iter().map(|report| report.answers).sum(),
        ingest_service,
        read_service,
        logs: reports.into_iter().map(|report| report.log).collect(),
        ..TrialOutcome::at_rest(engine, &config.views, workers, counts, usage)
    }
}
