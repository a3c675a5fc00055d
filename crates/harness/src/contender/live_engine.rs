//! An engine that is alive in an interleaved round, its type behind a trait
//! object: one dynamic call a slice, none an event.

use std::sync::Arc;
use std::time::Instant;

use rayon::ThreadPool;

use crate::host::environment::Usage;
use crate::proof::expectation::Expectation;
use crate::proof::inspect::Proved;
use crate::proof::inspect::inspect;
use crate::trial::apart::work_apart;
use crate::trial::call_board::Call;
use crate::trial::closed_loop::{build, summarise};
use crate::trial::epochs::EpochsClosed;
use crate::trial::error::TrialError;
use crate::trial::setup::TrialSetup;
use crate::trial::worker::{Room, Shared, WorkerReport, work_through};
use notibench_core::admission::{Admitting, open_session};
use notibench_core::engine::{Engine, EngineConfig, Session, StopFlag};
use notibench_core::snapshot::SnapshotDigest;
use notibench_record::Pass;

/// An engine with its state.
pub(crate) trait LiveEngine: Sync {
    /// Opens a worker's session, on that worker's thread.
    fn open(&self, worker: usize) -> Box<dyn LiveSession + '_>;

    /// Opens an epoch of views.
    fn open_epoch(&self, epoch: u32) -> Result<(), TrialError>;

    /// Closes the epoch that is open, all sessions finished: digest and bytes
    /// of the state before, and how long the close took, in ns.
    fn close_epoch(&self, closers: &ThreadPool) -> (SnapshotDigest, u64, u64);

    /// Views that came while their epoch was not open.
    fn failed(&self) -> u64;

    /// Whether what is left after the last close is releases.
    fn are_released(&self) -> bool;

    /// What a pass came to, checked against the oracle; all sessions finished.
    fn prove(
        &self,
        setup: &TrialSetup<'_>,
        pass: Pass,
        reports: Vec<WorkerReport>,
        epochs: Option<EpochsClosed>,
        expected: Option<&Expectation<'_>>,
    ) -> Proved;
}

/// A worker's session of one engine.
pub(crate) trait LiveSession {
    /// Takes part in a slice: when it started and ended, in ns.
    fn slice(&mut self, shared: &Shared<'_>) -> [u64; 2];

    /// Finishes the session: what the worker measured, and when this started
    /// and ended, in ns since `zero`.
    fn finish(self: Box<Self>, zero: Instant) -> (WorkerReport, [u64; 2]);
}

/// An empty engine that takes part.
pub(crate) fn live<E: Engine>(
    setup: &TrialSetup<'_>,
    stop: &StopFlag,
) -> Result<Box<dyn LiveEngine>, TrialError> {
    let (engine, config) = build::<E>(setup, stop.clone())?;
    Ok(Box::new(Live {
        engine,
        config,
        planted_share: setup.planted_share,
    }))
}

struct Live<E> {
    engine: E,
    config: EngineConfig,
    planted_share: f64,
}

impl<E: Engine> LiveEngine for Live<E> {
    fn open(&self, worker: usize) -> Box<dyn LiveSession + '_> {
        Box::new(Open {
            session: open_session(&self.engine, &self.config.views, worker)
                .slowed_by(self.planted_share),
            report: WorkerReport::new(),
            room: Room::of(worker),
        })
    }

    fn open_epoch(&self, epoch: u32) -> Result<(), TrialError> {
        let opened = self.config.views.open_epoch(epoch);
        opened.map_err(TrialError::NoRandomKey)
    }

    fn close_epoch(&self, closers: &ThreadPool) -> (SnapshotDigest, u64, u64) {
        let Self { engine, config, .. } = self;
        let truth = SnapshotDigest::of(engine);
        let bytes = engine.memory().total() + config.views.open_bytes();
        let start = Instant::now();
        closers.install(|| config.views.close_epoch(engine));
        (truth, bytes, start.elapsed().as_nanos() as u64)
    }

    fn failed(&self) -> u64 {
        self.config.views.failed()
    }

    fn are_released(&self) -> bool {
        self.config.views.are_released()
    }

    fn prove(
        &self,
        setup: &TrialSetup<'_>,
        pass: Pass,
        reports: Vec<WorkerReport>,
        epochs: Option<EpochsClosed>,
        expected: Option<&Expectation<'_>>,
    ) -> Proved {
        let Self { engine, config, .. } = self;
        // steal, switches and memory are those of all engines together
        let usage = Usage::default();
        let mut outcome = summarise(setup, config, engine, reports, usage);
        outcome.epochs = epochs.map(Arc::new);
        let finding = inspect(engine, config, &outcome, expected, pass);
        (outcome, finding)
    }
}

struct Open<S> {
    session: Admitting<S>,
    report: WorkerReport,
    room: Room,
}

impl<S: Session> LiveSession for Open<S> {
    fn slice(&mut self, shared: &Shared<'_>) -> [u64; 2] {
        let Self {
            session,
            report,
            room,
        } = self;
        if let Some(apart) = &shared.apart {
            return work_apart(shared, apart, session, report, room);
        }
        let start = shared.now_ns();
        work_through(shared, session, report, room);
        shared.calls.begin(room.worker, Call::Pause);
        session.pause();
        shared.calls.begin(room.worker, Call::None);
        [start, shared.now_ns()]
    }

    fn finish(self: Box<Self>, zero: Instant) -> (WorkerReport, [u64; 2]) {
        let start = zero.elapsed().as_nanos() as u64;
        self.session.finish();
        (self.report, [start, zero.elapsed().as_nanos() as u64])
    }
}
