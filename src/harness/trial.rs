//! One trial: one engine, one stream, fresh state; where asked, the same stream
//! once more over the state that it left. Workers stamp their own starts and
//! ends; a panicking worker ends the trial, and the process where
//! the others can't be stopped. Imports `engine`, `record`, `stats`.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use super::answers::AnswerLog;
use super::counters::Counters;
use super::crew::Crew;
use super::environment::Usage;
use super::open_loop::{OpenLoop, OpenOutcome};
use super::open_trial::{DrivenOpen, drive_open};
use super::share::Share;
use super::source::Source;
use super::tally::Tally;
use super::watch::{Glance, Pace, Watcher};
use super::weeks::{Weeks, run_weeks};
use super::worker::{Shared, WorkerReport, work};
use crate::engine::admission::open_session;
use crate::engine::snapshot::SnapshotDigest;
use crate::engine::{Engine, EngineConfig, MemoryUse, StopFlag};
use crate::record::{ExchangeNote, Pass, PerfNote, WorkerStamp};
use crate::stats::ServiceHistogram;

/// Everything that a trial needs but the engine.
#[derive(Clone, Copy, Debug)]
pub struct TrialSetup<'a> {
    /// The stream.
    pub source: &'a Source,
    /// Workers.
    pub threads: usize,
    /// Events of one ingest call, at least 1.
    pub batch: usize,
    /// Whether workers are pinned to cores.
    pub pin: bool,
    /// Whether the processors' counters are read around the timed part.
    pub perf: bool,
    /// Entries that an inbox keeps.
    pub inbox_capacity: usize,
    /// Address of the server of an engine out of process; a contender has it.
    pub external: Option<&'a Arc<str>>,
    /// Slowdown on purpose, as a share of the engine's own time; 0: none. A
    /// contender has it.
    pub planted_share: f64,
    /// When each event is to start; none: a closed loop.
    pub open_loop: Option<&'a OpenLoop>,
    /// Of a trial that several processes make together, this one's part;
    /// none: all of it.
    pub share: Option<&'a Share<'a>>,
    /// Who looks at it while it runs.
    pub watcher: Option<&'a dyn Watcher>,
    /// Ends the trial early; set on an interruption.
    pub stop: &'a StopFlag,
    /// Called where a worker has panicked and another can't be stopped: it
    /// must end the process.
    pub on_hang: fn(&str),
}

/// Why a trial gave no figures.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum TrialError {
    /// A worker panicked.
    #[error("engine `{engine}`: worker {worker} panicked: {message}")]
    Panicked {
        /// Name in the registry.
        engine: String,
        /// Number of the worker.
        worker: usize,
        /// What it said.
        message: String,
    },
    /// A worker's thread could not be started.
    #[error(
        "cannot start worker {worker} of {workers}: {why}; lower --threads, or raise the limit \
         of threads or of memory"
    )]
    NoThread {
        /// Number of the worker.
        worker: usize,
        /// How many there were to be.
        workers: usize,
        /// What the system said.
        why: String,
    },
    /// A probe asks for dense numbers, and the stream has none.
    #[error(
        "probe `{engine}` needs dense numbers of the stream's ids, and there are none: they are \
         made of a stream that is made beforehand, see --inline"
    )]
    NoDenseIds {
        /// Name in the registry.
        engine: String,
    },
    /// An engine panicked outside its sessions.
    #[error("engine `{engine}` panicked while it was built, visited or dropped: {message}")]
    PanickedAtRest {
        /// Name in the registry.
        engine: String,
        /// What it said.
        message: String,
    },
    /// The operating system gives no random words for the key of an epoch.
    #[error("{0}")]
    NoRandomKey(String),
    /// A cluster of processes broke.
    #[error("{0}")]
    Cluster(String),
    /// The trial was interrupted.
    #[error("interrupted")]
    Interrupted,
}

/// What a trial measured, and what was counted after it.
#[derive(Debug)]
pub struct TrialOutcome {
    /// First start to last end, in ns.
    pub wall_ns: u64,
    /// Each worker's stamps.
    pub workers: Vec<WorkerStamp>,
    /// What the ingested events were, counted again after the trial.
    pub(super) tally: Tally,
    /// Reads asked.
    pub reads: u64,
    /// Answers given.
    pub answers: u64,
    /// Service time of groups of ingest calls.
    pub ingest_service: ServiceHistogram,
    /// Service time of groups of reads.
    pub read_service: ServiceHistogram,
    /// The engine's snapshot, digested; empty for a probe.
    pub snapshot: SnapshotDigest,
    /// Where its bytes are.
    pub memory: MemoryUse,
    /// Steal, switches and peak memory during the timed part.
    pub(super) usage: Usage,
    /// What the processors counted during the timed part.
    pub perf: Option<PerfNote>,
    /// Where each viewer counts once a week, what was seen of the weeks.
    pub(super) weeks: Option<Arc<Weeks>>,
    /// What an open loop gives beside.
    pub(super) open_loop: Option<OpenOutcome>,
    /// What the workers logged of answers, one a worker.
    pub(super) logs: Vec<AnswerLog>,
    /// What the processes of a cluster exchanged.
    pub(super) exchange: Option<ExchangeNote>,
}

/// Runs one trial of `E` from an empty state; then shows the engine, at rest,
/// to `inspect`.
///
/// # Errors
/// Where a worker panicked, or the trial was interrupted; where `E` needs
/// dense numbers and the source has none.
pub fn run_trial<E: Engine, T>(
    setup: &TrialSetup<'_>,
    inspect: impl FnOnce(&E, &EngineConfig, &TrialOutcome) -> T,
) -> Result<(TrialOutcome, T), TrialError> {
    let (engine, config) = build::<E>(setup, StopFlag::default())?;
    let outcome = run_pass(setup, &config, &engine)?;
    let seen = inspect(&engine, &config, &outcome);
    Ok((outcome, seen))
}

/// As [`run_trial`]; then runs the same stream again, through sessions newly
/// opened, over the state that the first pass left. Of an open loop, the first
/// pass fills the state in a closed loop, and the second follows the schedule.
/// The engine is shown after each pass.
///
/// # Errors
/// Those of [`run_trial`].
pub fn run_trial_twice<E: Engine, T>(
    setup: &TrialSetup<'_>,
    inspect: impl Fn(&E, &EngineConfig, &TrialOutcome, Pass) -> T,
) -> Result<[(TrialOutcome, T); 2], TrialError> {
    let (engine, config) = build::<E>(setup, StopFlag::default())?;
    let pass = |pass| {
        let setup = TrialSetup {
            open_loop: setup.open_loop.filter(|_| pass == Pass::Warm),
            ..*setup
        };
        let outcome = run_pass(&setup, &config, &engine)?;
        let seen = inspect(&engine, &config, &outcome, pass);
        Ok((outcome, seen))
    };
    Ok([pass(Pass::Fresh)?, pass(Pass::Warm)?])
}

/// An empty engine, and what it was built from.
pub(super) fn build<E: Engine>(
    setup: &TrialSetup<'_>,
    stop: StopFlag,
) -> Result<(E, EngineConfig), TrialError> {
    let dense = setup.source.dense_ids().filter(|_| E::NEEDS_DENSE_IDS);
    if E::NEEDS_DENSE_IDS && dense.is_none() {
        return Err(TrialError::NoDenseIds {
            engine: E::INFO.name.to_owned(),
        });
    }
    let config = EngineConfig {
        threads: setup.threads,
        inbox_capacity: setup.inbox_capacity,
        views: setup.source.views().afresh(),
        stop,
        dense: dense.cloned(),
        external: setup.external.cloned(),
        links: setup.share.map(|share| Arc::clone(&share.links)),
    };
    Ok((E::build(&config), config))
}

/// What workers came back with.
enum Driven<'a> {
    Closed(Vec<WorkerReport>),
    Open(DrivenOpen, &'a OpenLoop),
}

/// Drives the whole stream through sessions of the engine, timed.
fn run_pass<E: Engine>(
    setup: &TrialSetup<'_>,
    config: &EngineConfig,
    engine: &E,
) -> Result<TrialOutcome, TrialError> {
    if !config.views.are_plain() {
        return run_weeks(setup, config, engine);
    }
    let mut counters = setup.perf.then(Counters::open);
    let before = Usage::start();
    let all = match setup.share {
        Some(share) => share.range.clone(),
        None => 0..setup.source.events(),
    };
    let driven = match setup.open_loop {
        None => Driven::Closed(drive(setup, config, engine, all, counters.as_mut())?),
        Some(open_loop) => {
            let counters = counters.as_mut();
            let driven = drive_open(setup, open_loop, config, engine, counters)?;
            Driven::Open(driven, open_loop)
        }
    };
    let perf = counters.map(Counters::stop);
    let usage = before.until_now();
    if setup.stop.is_set() {
        return Err(TrialError::Interrupted);
    }
    let mut outcome = match driven {
        Driven::Closed(reports) => summarise(setup, config, engine, reports, usage),
        Driven::Open(driven, open_loop) => driven.summarise(setup, open_loop, engine, usage),
    };
    outcome.perf = perf;
    Ok(outcome)
}

/// The workers of a closed loop, on the events of `range`.
pub(super) fn drive<E: Engine>(
    setup: &TrialSetup<'_>,
    config: &EngineConfig,
    engine: &E,
    range: Range<u64>,
    counters: Option<&mut Counters>,
) -> Result<Vec<WorkerReport>, TrialError> {
    let stop = &config.stop;
    let shared = Shared::new(setup, &range, stop.clone());
    let crew = Crew {
        setup,
        engine: &|_| E::INFO.name.to_owned(),
        stop,
        tick: Duration::from_millis(20),
    };
    let mut pace = Pace::new();
    crew.run(
        |worker| {
            (
                open_session(engine, &config.views, worker).slowed_by(setup.planted_share),
                WorkerReport::new(),
            )
        },
        || {
            if let Some(share) = setup.share {
                (share.gate)();
            }
            counters.into_iter().for_each(Counters::start);
        },
        |(session, report)| work(&shared, session, report),
        || {
            if let Some(watcher) = setup.watcher.filter(|_| pace.is_due()) {
                watcher.glance(&mut || Glance {
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
pub(super) fn summarise<E: Engine>(
    setup: &TrialSetup<'_>,
    config: &EngineConfig,
    engine: &E,
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
    TrialOutcome {
        wall_ns: wall_ns(&workers),
        workers,
        tally: setup.source.tally(&ranges),
        reads: reports.iter().map(|report| report.reads).sum(),
        answers: reports.iter().map(|report| report.answers).sum(),
        ingest_service,
        read_service,
        snapshot: SnapshotDigest::shown(engine, &config.views),
        memory: engine.memory(),
        usage,
        perf: None,
        open_loop: None,
        weeks: None,
        logs: reports.into_iter().map(|report| report.log).collect(),
        exchange: None,
    }
}

/// First start to last end, in ns.
pub(super) fn wall_ns(workers: &[WorkerStamp]) -> u64 {
    let start = workers.iter().map(|stamp| stamp.start_ns).min();
    let end = workers.iter().map(|stamp| stamp.end_ns).max();
    end.unwrap_or(0) - start.unwrap_or(0)
}
