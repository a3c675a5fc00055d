//! What a trial measures, and what is counted after it.

use std::sync::Arc;

use crate::host::environment::Usage;
use crate::trial::answers::AnswerLog;
use crate::trial::epochs::{EpochsClosed, of_truths};
use crate::trial::event_counts::EventCounts;
use crate::trial::open_loop::OpenOutcome;
use notibench_core::admission::AnyEngine;
use notibench_core::engine::MemoryUse;
use notibench_core::snapshot::SnapshotDigest;
use notibench_core::viewing::Views;
use notibench_record::stats::ServiceHistogram;
use notibench_record::{ExchangeNote, PerfNote, WorkerStamp};

/// What a trial measured, and what was counted after it.
#[derive(Debug)]
pub struct TrialOutcome {
    /// First start to last end, in ns.
    pub wall_ns: u64,
    /// Each worker's stamps.
    pub workers: Vec<WorkerStamp>,
    /// What the ingested events were, counted again after the trial.
    pub(crate) counts: EventCounts,
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
    pub(crate) usage: Usage,
    /// What the processors counted during the timed part.
    pub perf: Option<PerfNote>,
    /// Where each viewer counts once a epoch, what was seen of the epochs.
    pub(crate) epochs: Option<Arc<EpochsClosed>>,
    /// What an open loop gives beside.
    pub(crate) open_loop: Option<OpenOutcome>,
    /// What the workers logged of answers, one a worker.
    pub(crate) logs: Vec<AnswerLog>,
    /// What the processes of a cluster exchanged.
    pub(crate) exchange: Option<ExchangeNote>,
}

impl TrialOutcome {
    /// What the engine holds after its workers have ended, and what these
    /// ingested; of reads and times nothing yet.
    pub(crate) fn at_rest(
        engine: &dyn AnyEngine,
        views: &Views,
        workers: Vec<WorkerStamp>,
        counts: EventCounts,
        usage: Usage,
    ) -> Self {
        let start = workers.iter().map(|stamp| stamp.start_ns).min();
        let end = workers.iter().map(|stamp| stamp.end_ns).max();
        Self {
            wall_ns: end.unwrap_or(0) - start.unwrap_or(0),
            workers,
            counts,
            reads: 0,
            answers: 0,
            ingest_service: ServiceHistogram::new(),
            read_service: ServiceHistogram::new(),
            snapshot: SnapshotDigest::shown(engine, views),
            memory: engine.memory_use(),
            usage,
            perf: None,
            epochs: None,
            open_loop: None,
            logs: Vec::new(),
            exchange: None,
        }
    }

    /// What a record keeps of the state: the snapshot's size and digest; where
    /// views were released, those of the true state.
    pub(crate) fn recorded(&self) -> SnapshotDigest {
        match &self.epochs {
            Some(epochs) if epochs.are_released => of_truths(&epochs.truths),
            _ => self.snapshot,
        }
    }

    /// Bytes for each member and content of the snapshot of the whole state;
    /// where epochs are closed, the most before a close.
    #[must_use]
    pub fn bytes_a_state(&self) -> f64 {
        let most = |epochs: &EpochsClosed| epochs.bytes_a_state();
        let states = self.snapshot.members + self.snapshot.contents;
        let at_end = self.memory.total() as f64 / states.max(1) as f64;
        self.epochs.as_deref().map_or(at_end, most)
    }
}
