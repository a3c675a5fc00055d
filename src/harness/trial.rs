//! One trial: one engine, one stream, fresh state; where asked, the same stream
//! once more over the state that it left. Workers stamp their own starts and
//! ends; a panicking worker ends the trial, and the process where
//! the others can't be stopped. Imports `engine`, `record`, `stats`.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use super::counters::Counters;
use super::environment::Usage;
use super::source::{Source, Tally};
use super::worker::{Shared, WorkerReport, work};
use crate::engine::snapshot::SnapshotDigest;
use crate::engine::{Engine, EngineConfig, MemoryUse, StopFlag};
use crate::record::{Pass, PerfNote, WorkerStamp};
use crate::stats::ServiceHistogram;

/// How long the other workers may take to stop after one has panicked.
const GRACE: Duration = Duration::from_millis(1_200);

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
    run_prepared(setup, |_| {}, inspect)
}

/// The same, the engine shown to `prepare` before any session is opened.
pub(super) fn run_prepared<E: Engine, T>(
    setup: &TrialSetup<'_>,
    prepare: impl FnOnce(&E),
    inspect: impl FnOnce(&E, &EngineConfig, &TrialOutcome) -> T,
) -> Result<(TrialOutcome, T), TrialError> {
    let (engine, config) = build::<E>(setup)?;
    prepare(&engine);
    let outcome = run_pass(setup, &config, &engine)?;
    let seen = inspect(&engine, &config, &outcome);
    Ok((outcome, seen))
}

/// As [`run_trial`]; then runs the same stream again, through sessions newly
/// opened, over the state that the first pass left. The engine is shown after
/// each pass.
///
/// # Errors
/// Those of [`run_trial`].
pub fn run_trial_twice<E: Engine, T>(
    setup: &TrialSetup<'_>,
    inspect: impl Fn(&E, &EngineConfig, &TrialOutcome, Pass) -> T,
) -> Result<[(TrialOutcome, T); 2], TrialError> {
    run_prepared_twice(setup, |_| {}, inspect)
}

/// The same, the engine shown to `prepare` before any session is opened.
pub(super) fn run_prepared_twice<E: Engine, T>(
    setup: &TrialSetup<'_>,
    prepare: impl FnOnce(&E),
    inspect: impl Fn(&E, &EngineConfig, &TrialOutcome, Pass) -> T,
) -> Result<[(TrialOutcome, T); 2], TrialError> {
    let (engine, config) = build::<E>(setup)?;
    prepare(&engine);
    let pass = |pass| {
        let outcome = run_pass(setup, &config, &engine)?;
        let seen = inspect(&engine, &config, &outcome, pass);
        Ok((outcome, seen))
    };
    Ok([pass(Pass::Fresh)?, pass(Pass::Warm)?])
}

fn build<E: Engine>(setup: &TrialSetup<'_>) -> Result<(E, EngineConfig), TrialError> {
    let dense = setup.source.dense_ids().filter(|_| E::NEEDS_DENSE_IDS);
    if E::NEEDS_DENSE_IDS && dense.is_none() {
        return Err(TrialError::NoDenseIds {
            engine: E::INFO.name.to_owned(),
        });
    }
    let config = EngineConfig {
        threads: setup.threads,
        inbox_capacity: setup.inbox_capacity,
        stop: StopFlag::default(),
        dense: dense.cloned(),
        external: setup.external.cloned(),
    };
    Ok((E::build(&config), config))
}

/// Drives the whole stream through sessions of the engine, timed.
fn run_pass<E: Engine>(
    setup: &TrialSetup<'_>,
    config: &EngineConfig,
    engine: &E,
) -> Result<TrialOutcome, TrialError> {
    let mut counters = setup.perf.then(Counters::open);
    let before = Usage::start();
    let reports = drive(setup, config, engine, counters.as_mut())?;
    let perf = counters.map(Counters::stop);
    let usage = before.until_now();
    if setup.stop.is_set() {
        return Err(TrialError::Interrupted);
    }
    Ok(summarise::<E>(setup, engine, &reports, usage, perf))
}

fn drive<E: Engine>(
    setup: &TrialSetup<'_>,
    config: &EngineConfig,
    engine: &E,
    counters: Option<&mut Counters>,
) -> Result<Vec<WorkerReport>, TrialError> {
    let cores = if setup.pin {
        core_affinity::get_core_ids().unwrap_or_default()
    } else {
        vec![]
    };
    // the trial stops on an interruption and on a panic alike
    let shared = Shared::new(
        setup.source,
        setup.batch,
        setup.threads,
        config.stop.clone(),
    );
    let (ready, go) = (AtomicUsize::new(0), AtomicBool::new(false));
    let (done, finished) = mpsc::channel();
    std::thread::scope(|scope| {
        for worker in 0..setup.threads {
            let (shared, ready, go, done) = (&shared, &ready, &go, done.clone());
            let core = cores.get(worker % cores.len().max(1)).copied();
            let body = move || {
                if let Some(core) = core {
                    core_affinity::set_for_current(core);
                }
                let result = catch_unwind(AssertUnwindSafe(|| {
                    let session = engine.session(worker);
                    let report = WorkerReport::new();
                    ready.fetch_add(1, Ordering::AcqRel);
                    while !go.load(Ordering::Acquire) {
                        if shared.stop.is_set() {
                            break;
                        }
                        std::thread::yield_now();
                    }
                    work(shared, session, report)
                }));
                if result.is_err() {
                    shared.stop.set();
                }
                // the receiver outlives every worker
                let _ = done.send((worker, result));
            };
            let builder = std::thread::Builder::new().name(format!("worker {worker}"));
            if let Err(error) = builder.spawn_scoped(scope, body) {
                // those that wait for the start give up
                shared.stop.set();
                return Err(TrialError::NoThread {
                    worker,
                    workers: setup.threads,
                    why: error.to_string(),
                });
            }
        }
        while ready.load(Ordering::Acquire) < setup.threads && !shared.stop.is_set() {
            if setup.stop.is_set() {
                shared.stop.set();
            }
            std::thread::yield_now();
        }
        counters.into_iter().for_each(Counters::start);
        go.store(true, Ordering::Release);
        collect::<E>(setup, config, &finished)
    })
}

type Finished = (usize, Result<WorkerReport, Box<dyn Any + Send>>);

/// Waits for every worker; passes an interruption on, and gives up on workers
/// that don't stop after another has panicked.
fn collect<E: Engine>(
    setup: &TrialSetup<'_>,
    config: &EngineConfig,
    finished: &mpsc::Receiver<Finished>,
) -> Result<Vec<WorkerReport>, TrialError> {
    let mut reports = Vec::with_capacity(setup.threads);
    let mut failure: Option<TrialError> = None;
    let mut left = setup.threads;
    let mut failed_at = Instant::now();
    let tick = Duration::from_millis(20);
    while left > 0 {
        match finished.recv_timeout(tick) {
            Ok((_, Ok(report))) => {
                left -= 1;
                reports.push(report);
            }
            Ok((worker, Err(payload))) => {
                left -= 1;
                failure.get_or_insert_with(|| {
                    failed_at = Instant::now();
                    TrialError::Panicked {
                        engine: E::INFO.name.to_owned(),
                        worker,
                        message: message_of(payload.as_ref()),
                    }
                });
            }
            Err(mpsc::RecvTimeoutError::Timeout) => {
                if setup.stop.is_set() {
                    config.stop.set();
                }
                if let Some(failure) = &failure {
                    // a machine under load makes a tick longer than it is
                    if failed_at.elapsed() > GRACE {
                        (setup.on_hang)(&failure.to_string());
                    }
                }
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
        }
    }
    match failure {
        Some(failure) => Err(failure),
        None => Ok(reports),
    }
}

pub(super) fn message_of(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "without a message".to_owned())
}

fn summarise<E: Engine>(
    setup: &TrialSetup<'_>,
    engine: &E,
    reports: &[WorkerReport],
    usage: Usage,
    perf: Option<PerfNote>,
) -> TrialOutcome {
    let mut ingest_service = ServiceHistogram::new();
    let mut read_service = ServiceHistogram::new();
    let mut ranges = Vec::new();
    for report in reports {
        ingest_service.merge(&report.ingest_service);
        read_service.merge(&report.read_service);
        ranges.extend(report.ranges.iter().cloned());
    }
    let start = reports
        .iter()
        .map(|report| report.stamp.start_ns)
        .min()
        .unwrap_or(0);
    let end = reports
        .iter()
        .map(|report| report.stamp.end_ns)
        .max()
        .unwrap_or(0);
    TrialOutcome {
        wall_ns: end - start,
        workers: reports.iter().map(|report| report.stamp).collect(),
        tally: setup.source.tally(&ranges),
        reads: reports.iter().map(|report| report.reads).sum(),
        answers: reports.iter().map(|report| report.answers).sum(),
        ingest_service,
        read_service,
        snapshot: SnapshotDigest::of(engine),
        memory: engine.memory(),
        usage,
        perf,
    }
}
