//! The engine's mailboxes and counts, which its sessions share.

use std::sync::atomic::{AtomicUsize, Ordering};

use crossbeam_queue::ArrayQueue;

use super::mailbox::{Mailbox, TaggedRead, UpdateBatch};
use crate::shared::tables::Tables;
use notibench_core::engine::StopFlag;
use notibench_core::unit::hash::SharedHasher;
use notibench_core::viewing::Views;

/// Updates in a batch that is sent, where there are few workers.
pub(super) const BATCH_UPDATES: usize = 1024;
/// Updates that a session holds back at most, for all owners together: with
/// many workers the batches get smaller, so that memory doesn't grow with the
/// square of their number.
pub(super) const HELD_UPDATES: usize = 8 * BATCH_UPDATES;
/// The smallest batch worth a place in a queue.
pub(super) const SMALLEST_BATCH: usize = 128;
/// The fewest batches that wait in a mailbox before their senders do.
pub(super) const SHORTEST_QUEUE: usize = 8;

/// A part of the state for each worker.
#[derive(Debug)]
pub struct PartitionedEngine {
    pub(super) mailboxes: Box<[Mailbox]>,
    /// Emptied batches, to be filled again: once a run has reached its
    /// stride, nothing is allocated for batches.
    pub(super) spare: ArrayQueue<UpdateBatch>,
    /// Sessions that are open and have not announced that they send no more.
    pub(super) sending: AtomicUsize,
    /// Sessions ever opened.
    pub(super) opened: AtomicUsize,
    /// Sessions that are pausing and wait for the others.
    pub(super) pausing: AtomicUsize,
    /// Pauses that all open sessions have reached.
    pub(super) pauses: AtomicUsize,
    pub(super) batch_updates: usize,
    pub(super) inbox_capacity: usize,
    pub(super) views: Views,
    pub(super) hasher: SharedHasher,
    pub(super) stop: StopFlag,
}

/// Batches that wait in a mailbox at most.
pub(super) fn queue_of(workers: usize) -> usize {
    workers.max(SHORTEST_QUEUE)
}

pub(super) fn batch_updates_of(workers: usize) -> usize {
    (HELD_UPDATES / workers).clamp(SMALLEST_BATCH, BATCH_UPDATES)
}

impl PartitionedEngine {
    /// Drains a worker's mailbox: applies batches, then answers reads. Returns
    /// whether there was anything.
    pub(super) fn drain_mailbox(&self, worker: usize, partition: &mut Tables) -> bool {
        let mailbox = &self.mailboxes[worker];
        let mut worked = false;
        // no more than were waiting: others may send as fast as this applies
        for _ in 0..mailbox.batches.len() {
            let Some(mut batch) = mailbox.batches.pop() else {
                break;
            };
            batch.apply_to(partition, &self.hasher, self.inbox_capacity);
            batch.clear();
            // a full pool has enough of them
            let _ = self.spare.push(batch);
            worked = true;
        }
        for _ in 0..mailbox.reads.len() {
            let Some(mut request) = mailbox.reads.pop() else {
                break;
            };
            let answer =
                |at: &TaggedRead| partition.answer_in_part(&at.read, &self.hasher, &self.views);
            request.answers.extend(request.reads.iter().map(answer));
            // only a worker that gave up its reads has no room for answers
            let _ = self.mailboxes[request.from].answers.push(request);
            worked = true;
        }
        worked
    }

    /// Drains the mailbox of a worker without a session, if it has none.
    pub(super) fn drain_for_absent(&self, worker: usize) -> bool {
        let Some(mut parked) = self.mailboxes[worker].parked.try_lock() else {
            return false;
        };
        parked
            .as_mut()
            .is_some_and(|partition| self.drain_mailbox(worker, partition))
    }

    /// Whether no open session will send another update.
    pub(super) fn all_is_sent(&self) -> bool {
        self.sending.load(Ordering::Acquire) == 0
    }
}
