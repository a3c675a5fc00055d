//! What workers send each other, and the mailbox that it arrives in: bounded
//! queues without locks.

use crossbeam_queue::ArrayQueue;
use parking_lot::Mutex;

use crate::shared::tables::Tables;
use notibench_core::event::Read;
use notibench_core::read::Answer;
use notibench_core::state::{ContentUpdate, MemberUpdate};
use notibench_core::unit::hash::{SharedHasher, hash_id};

/// Updates for one owner.
#[derive(Debug, Default)]
pub(super) struct UpdateBatch {
    pub(super) members: Vec<MemberUpdate>,
    pub(super) contents: Vec<ContentUpdate>,
}

impl UpdateBatch {
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.members.len() + self.contents.len()
    }

    /// Applies its updates to their owner's part.
    pub(super) fn apply_to(
        &self,
        partition: &mut Tables,
        hasher: &SharedHasher,
        inbox_capacity: usize,
    ) {
        for update in &self.members {
            let hash = hash_id(hasher, update.member);
            partition.members.apply(hash, update, inbox_capacity);
        }
        for update in &self.contents {
            let hash = hash_id(hasher, update.content);
            partition.contents.apply(hash, update, inbox_capacity);
        }
    }

    /// Empties it, and keeps its room.
    pub(super) fn clear(&mut self) {
        self.members.clear();
        self.contents.clear();
    }
}

/// One read, with the tag of the session that asks.
#[derive(Clone, Copy, Debug)]
pub(super) struct TaggedRead {
    pub(super) tag: usize,
    pub(super) read: Read,
}

/// Reads for one owner; it goes back to its sender with the answers.
#[derive(Debug, Default)]
pub(super) struct ReadRequest {
    /// The worker that asks.
    pub(super) from: usize,
    /// The owner.
    pub(super) to: usize,
    /// Which of the askings it belongs to, so that an answer to one that was
    /// given up is not taken for another's.
    pub(super) round: u64,
    pub(super) reads: Vec<TaggedRead>,
    /// In the order of the reads.
    pub(super) answers: Vec<Answer>,
}

/// The queues into one worker, and its part of the state while it has no session.
#[derive(Debug)]
pub(super) struct Mailbox {
    pub(super) batches: ArrayQueue<UpdateBatch>,
    pub(super) reads: ArrayQueue<ReadRequest>,
    pub(super) answers: ArrayQueue<ReadRequest>,
    pub(super) parked: Mutex<Option<Tables>>,
}

impl Mailbox {
    /// An empty mailbox among `workers`. A worker has at most one request on its
    /// way to or from each owner, so only batches can find their queue full.
    pub(super) fn new(workers: usize, batches: usize) -> Self {
        Self {
            batches: ArrayQueue::new(batches),
            reads: ArrayQueue::new(workers),
            answers: ArrayQueue::new(workers),
            parked: Mutex::new(Some(Tables::default())),
        }
    }
}
