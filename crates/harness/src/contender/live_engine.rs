//! An engine that is alive in an interleaved round.

use std::sync::Arc;
use std::time::Instant;

use rayon::ThreadPool;

use crate::host::environment::Usage;
use crate::proof::expectation::Expectation;
use crate::proof::inspect::{Proved, inspect};
use crate::trial::closed_loop::summarise;
use crate::trial::epochs::EpochsClosed;
use crate::trial::error::TrialError;
use crate::trial::setup::TrialSetup;
use crate::trial::timed_engine::{SliceSession, TimedEngine};
use crate::trial::worker::WorkerReport;
use notibench_core::engine::EngineConfig;
use notibench_core::snapshot::SnapshotDigest;
use notibench_record::Pass;

/// An engine with its state.
pub(crate) struct LiveEngine {
    pub(super) engine: Box<dyn TimedEngine>,
    pub(super) config: EngineConfig,
    pub(super) planted_share: f64,
}

impl LiveEngine {
    /// Opens a worker's session, on that worker's thread.
    pub(crate) fn open(&self, worker: usize) -> Box<dyn SliceSession + '_> {
        let views = &self.config.views;
        self.engine
            .open_for_slices(views, worker, self.planted_share)
    }

    /// Opens an epoch of views.
    pub(crate) fn open_epoch(&self, epoch: u32) -> Result<(), TrialError> {
        let opened = self.config.views.open_epoch(epoch);
        opened.map_err(TrialError::NoRandomKey)
    }

    /// Closes the epoch that is open, all sessions finished: digest and bytes
    /// of the state before, and how long the close took, in ns.
    pub(crate) fn close_epoch(&self, closers: &ThreadPool) -> (SnapshotDigest, u64, u64) {
        let Self { engine, config, .. } = self;
        let truth = SnapshotDigest::of(&**engine);
        let bytes = engine.memory_use().total() + config.views.open_bytes();
        let start = Instant::now();
        closers.install(|| config.views.close_epoch(&**engine));
        (truth, bytes, start.elapsed().as_nanos() as u64)
    }

    /// Views that came while their epoch was not open.
    pub(crate) fn failed(&self) -> u64 {
        self.config.views.failed()
    }

    /// Whether what is left after the last close is releases.
    pub(crate) fn are_released(&self) -> bool {
        self.config.views.are_released()
    }

    /// What a pass came to, checked against the oracle; all sessions finished.
    pub(crate) fn prove(
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
        let mut outcome = summarise(setup, config, &**engine, reports, usage);
        outcome.epochs = epochs.map(Arc::new);
        let finding = inspect(&**engine, config, &outcome, expected, pass);
        (outcome, finding)
    }
}
