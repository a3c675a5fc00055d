//! What workers send each other, and the desk that it arrives at: bounded
//! queues without locks. Imports the shared state.

use crossbeam_queue::ArrayQueue;
use parking_lot::Mutex;

use crate::engine::read::Answer;
use crate::engine::shared::tables::Tables;
use crate::engine::state::{ContentUpdate, MemberUpdate};
use crate::event::Read;
use crate::unit::hash::{SharedHasher, hash_id};

/// Updates for one owner.
#[derive(Debug, Default)]
pub(super) struct Parcel {
    pub(super) members: Vec<MemberUpdate>,
    pub(super) contents: Vec<ContentUpdate>,
}

impl Parcel {
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

/// One read, and what the asker calls it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Question {
    pub(super) tag: usize,
    pub(super) read: Read,
}

/// Questions to one owner; it goes back to the asker with the answers.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    /// The asker.
    pub(super) from: usize,
    /// The owner.
    pub(super) to: usize,
    /// Which of the askings it belongs to, so that an answer to one that was
    /// given up is not taken for another's.
    pub(super) round: u64,
    pub(super) questions: Vec<Question>,
    /// In the order of the questions.
    pub(super) answers: Vec<Answer>,
}

/// Where one worker's mail arrives, and where its part of the state lies
/// while it has no session.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) parcels: ArrayQueue<Parcel>,
    pub(super) questions: ArrayQueue<Sheet>,
    pub(super) answers: ArrayQueue<Sheet>,
    pub(super) parked: Mutex<Option<Tables>>,
}

impl Desk {
    /// An empty desk among `workers`. A worker has at most one sheet on its
    /// way to or from each owner, so only parcels can find their queue full.
    pub(super) fn new(workers: usize, parcels: usize) -> Self {
        Self {
            parcels: ArrayQueue::new(parcels),
            questions: ArrayQueue::new(workers),
            answers: ArrayQueue::new(workers),
            parked: Mutex::new(Some(Tables::default())),
        }
    }
}
