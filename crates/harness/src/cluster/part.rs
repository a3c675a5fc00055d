//! What one process' part of a trial came to, as it travels to process 0, and
//! how the parts become one outcome.

use serde::{Deserialize, Serialize};

use crate::trial::event_counts::EventCounts;
use crate::trial::outcome::TrialOutcome;
use notibench_core::engine::MemoryUse;
use notibench_core::snapshot::SnapshotDigest;
use notibench_core::unit::digest::Digest;
use notibench_record::stats::ServiceHistogram;
use notibench_record::{ExchangeNote, WorkerStamp};

/// One process' part of a trial.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Part {
    wall_ns: u64,
    workers: Vec<WorkerStamp>,
    /// Events: all, discarded, notifying, taken back, views.
    events: [u64; 5],
    events_digest: String,
    ingest_service: String,
    read_service: String,
    /// Reads asked, answers given.
    reads: [u64; 2],
    /// Members, contents, views.
    state: [u64; 3],
    delivered: i64,
    snapshot_digest: String,
    /// Bytes: of state, slack, maps, allocator.
    memory: [u64; 4],
    peak_resident_bytes: u64,
    steal_ms: u64,
    involuntary_switches: u64,
    exchange: ExchangeNote,
}

impl Part {
    /// The part that an outcome is of.
    pub(super) fn of(outcome: &TrialOutcome, exchange: ExchangeNote) -> Self {
        let (counts, state) = (&outcome.counts, &outcome.snapshot);
        let memory = &outcome.memory;
        Self {
            wall_ns: outcome.wall_ns,
            workers: outcome.workers.clone(),
            events: [
                counts.events,
                counts.discarded,
                counts.notified,
                counts.retracted,
                counts.aggregated,
            ],
            events_digest: counts.digest.to_string(),
            ingest_service: outcome.ingest_service.to_base64(),
            read_service: outcome.read_service.to_base64(),
            reads: [outcome.reads, outcome.answers],
            state: [state.members, state.contents, state.views],
            delivered: state.delivered,
            snapshot_digest: state.digest.to_string(),
            memory: [memory.state, memory.slack, memory.map, memory.allocator],
            peak_resident_bytes: outcome.usage.peak_resident_bytes,
            steal_ms: outcome.usage.steal_ms,
            involuntary_switches: outcome.usage.involuntary_switches,
            exchange,
        }
    }

    /// Adds it to the outcome of process 0, whose clock the trial was timed
    /// with: no worker ends before all updates of all processes are folded.
    ///
    /// # Errors
    /// What can't be read in it.
    pub(super) fn add_to(self, outcome: &mut TrialOutcome) -> Result<(), String> {
        let digest = |text: &str| -> Result<Digest, String> { text.parse() };
        let [events, discarded, notified, retracted, aggregated] = self.events;
        outcome.counts = outcome.counts.merge(EventCounts {
            events,
            discarded,
            notified,
            retracted,
            aggregated,
            digest: digest(&self.events_digest)?,
        });
        outcome.reads += self.reads[0];
        outcome.answers += self.reads[1];
        let [members, contents, views] = self.state;
        let theirs = SnapshotDigest {
            members,
            contents,
            digest: digest(&self.snapshot_digest)?,
            delivered: self.delivered,
            views,
        };
        outcome.snapshot = [outcome.snapshot, theirs].into_iter().sum();
        for (histogram, text) in [
            (&mut outcome.ingest_service, &self.ingest_service),
            (&mut outcome.read_service, &self.read_service),
        ] {
            histogram
                .merge(&ServiceHistogram::from_base64(text).map_err(|error| error.to_string())?);
        }
        let [state, slack, map, allocator] = self.memory;
        outcome.memory = outcome.memory
            + MemoryUse {
                state,
                slack,
                map,
                allocator,
                is_without_map: false,
            };
        outcome.workers.extend(self.workers);
        outcome.usage.peak_resident_bytes += self.peak_resident_bytes;
        // of one machine each process sees the same
        outcome.usage.steal_ms = outcome.usage.steal_ms.max(self.steal_ms);
        outcome.usage.involuntary_switches += self.involuntary_switches;
        let ours = outcome.exchange.unwrap_or_default();
        outcome.exchange = Some(ExchangeNote {
            updates: ours.updates + self.exchange.updates,
            updates_away: ours.updates_away + self.exchange.updates_away,
            bytes_away: ours.bytes_away + self.exchange.bytes_away,
        });
        Ok(())
    }
}
