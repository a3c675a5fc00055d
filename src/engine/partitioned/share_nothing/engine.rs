//! What the sessions of the engine share. Imports the contract, the shared
//! state.

use std::sync::atomic::{AtomicUsize, Ordering};

use crossbeam_queue::ArrayQueue;

use super::mailbox::{Desk, Parcel, Question};
use crate::engine::contract::StopFlag;
use crate::engine::shared::tables::Tables;
use crate::engine::viewing::Views;
use crate::unit::hash::SharedHasher;

/// Updates in a parcel that is sent, where there are few workers.
pub(super) const PARCEL_UPDATES: usize = 1024;
/// Updates that a session holds back at most, for all owners together: with
/// many workers the parcels get smaller, so that memory doesn't grow with the
/// square of their number.
pub(super) const HELD_UPDATES: usize = 8 * PARCEL_UPDATES;
/// The smallest parcel worth a place in a queue.
pub(super) const SMALLEST_PARCEL: usize = 128;
/// The fewest parcels that wait at a desk before their senders do.
pub(super) const SHORTEST_QUEUE: usize = 8;

/// A part of the state for each worker.
#[derive(Debug)]
pub struct PartitionedEngine {
    pub(super) desks: Box<[Desk]>,
    /// Emptied parcels, to be filled again: once a run has reached its
    /// stride, nothing is allocated for mail.
    pub(super) spare: ArrayQueue<Parcel>,
    /// Sessions that are open and have not announced that they send no more.
    pub(super) sending: AtomicUsize,
    /// Sessions ever opened.
    pub(super) opened: AtomicUsize,
    /// Sessions that are pausing and wait for the others.
    pub(super) pausing: AtomicUsize,
    /// Pauses that all open sessions have reached.
    pub(super) pauses: AtomicUsize,
    pub(super) parcel_updates: usize,
    pub(super) inbox_capacity: usize,
    pub(super) views: Views,
    pub(super) hasher: SharedHasher,
    pub(super) stop: StopFlag,
}

/// Parcels that wait at a desk at most.
pub(super) fn queue_of(workers: usize) -> usize {
    workers.max(SHORTEST_QUEUE)
}

pub(super) fn parcel_updates_of(workers: usize) -> usize {
    (HELD_UPDATES / workers).clamp(SMALLEST_PARCEL, PARCEL_UPDATES)
}

impl PartitionedEngine {
    /// Works off what has arrived at a worker's desk: applies parcels, then
    /// answers questions. Returns whether there was anything.
    pub(super) fn work_off(&self, worker: usize, partition: &mut Tables) -> bool {
        let desk = &self.desks[worker];
        let mut worked = false;
        // no more than were waiting: others may send as fast as this applies
        for _ in 0..desk.parcels.len() {
            let Some(mut parcel) = desk.parcels.pop() else {
                break;
            };
            parcel.apply_to(partition, &self.hasher, self.inbox_capacity);
            parcel.clear();
            // a full pool has enough of them
            let _ = self.spare.push(parcel);
            worked = true;
        }
        for _ in 0..desk.questions.len() {
            let Some(mut sheet) = desk.questions.pop() else {
                break;
            };
            let answer =
                |at: &Question| partition.answer_in_part(&at.read, &self.hasher, &self.views);
            sheet.answers.extend(sheet.questions.iter().map(answer));
            // only a worker that gave up asking has no room for answers
            let _ = self.desks[sheet.from].answers.push(sheet);
            worked = true;
        }
        worked
    }

    /// Works off the mail of a worker that has no session, if it has none.
    pub(super) fn stand_in_for(&self, worker: usize) -> bool {
        let Some(mut parked) = self.desks[worker].parked.try_lock() else {
            return false;
        };
        parked
            .as_mut()
            .is_some_and(|partition| self.work_off(worker, partition))
    }

    /// Whether no open session will send another update.
    pub(super) fn all_is_sent(&self) -> bool {
        self.sending.load(Ordering::Acquire) == 0
    }
}
