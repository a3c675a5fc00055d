//! The engine `partitioned`: share-nothing. Each worker owns a part of the
//! members and of the contents in plain tables; updates and reads of what
//! another owns travel to it in batches through bounded queues without locks.
//! Imports the contract, the shared state.
//!
//! Who waits also works: a worker whose parcel finds a full queue, whose read
//! is not answered yet, or that has finished before the others, goes on
//! applying and answering what arrives at its own desk; so no ring of full
//! queues can stand still. Where an owner has no session (not opened yet,
//! finished, ended by a panic), its part lies parked at its desk, and whoever
//! needs it works off its mail in its place; only then is a lock taken.

mod mailbox;
mod session;

use std::ops::Add;
use std::sync::atomic::{AtomicUsize, Ordering};

use crossbeam_queue::ArrayQueue;
use rayon::prelude::*;

use crate::engine::shared::map_memory;
use crate::engine::shared::tables::Tables;
use crate::engine::shared::updates;
use crate::engine::snapshot::StateMut;
use crate::engine::viewing::Views;
use crate::engine::{
    Engine, EngineConfig, EngineInfo, ExpectedLoad, Freshness, MemoryUse, Role, StopFlag,
};
use crate::unit::hash::{SharedHasher, shared_hasher};
use mailbox::{Desk, Parcel, Question};
pub use session::PartitionedSession;

/// Updates in a parcel that is sent, where there are few workers.
const PARCEL_UPDATES: usize = 1024;
/// Updates that a session holds back at most, for all owners together: with
/// many workers the parcels get smaller, so that memory doesn't grow with the
/// square of their number.
const HELD_UPDATES: usize = 8 * PARCEL_UPDATES;
/// The smallest parcel worth a place in a queue.
const SMALLEST_PARCEL: usize = 128;
/// The fewest parcels that wait at a desk before their senders do.
const SHORTEST_QUEUE: usize = 8;

/// A part of the state for each worker.
#[derive(Debug)]
pub struct PartitionedEngine {
    desks: Box<[Desk]>,
    /// Emptied parcels, to be filled again: once a run has reached its
    /// stride, nothing is allocated for mail.
    spare: ArrayQueue<Parcel>,
    /// Sessions that are open and have not announced that they send no more.
    sending: AtomicUsize,
    /// Sessions ever opened.
    opened: AtomicUsize,
    /// Sessions that are pausing and wait for the others.
    pausing: AtomicUsize,
    /// Pauses that all open sessions have reached.
    pauses: AtomicUsize,
    parcel_updates: usize,
    inbox_capacity: usize,
    views: Views,
    hasher: SharedHasher,
    stop: StopFlag,
}

impl Engine for PartitionedEngine {
    const INFO: EngineInfo = EngineInfo {
        name: "partitioned",
        role: Role::Engine,
        freshness: Freshness::Deferred { within: None },
        about: "share-nothing: each worker owns a part and the others send it their updates; for \
                many cores and steady streams; gives up fresh reads, and a hot key loads one core",
    };
    type Session<'engine> = PartitionedSession<'engine>;

    fn held_bytes(load: &ExpectedLoad) -> u64 {
        let workers = load.threads.max(1);
        // at desks and in the pool, as many as there can ever be at one time;
        // what sessions fill
        let parcels = 2 * workers * (queue_of(workers) + workers);
        let updates = parcel_updates_of(workers);
        updates::room_at_most(parcels as u64, updates as u64, load.events)
    }

    fn build(config: &EngineConfig) -> Self {
        let workers = config.threads.max(1);
        let queue = queue_of(workers);
        Self {
            desks: (0..workers).map(|_| Desk::new(workers, queue)).collect(),
            spare: ArrayQueue::new(workers * (queue + workers)),
            sending: AtomicUsize::new(0),
            opened: AtomicUsize::new(0),
            pausing: AtomicUsize::new(0),
            pauses: AtomicUsize::new(0),
            parcel_updates: parcel_updates_of(workers),
            inbox_capacity: config.inbox_capacity,
            views: config.views.clone(),
            hasher: shared_hasher(),
            stop: config.stop.clone(),
        }
    }

    fn session(&self, worker: usize) -> PartitionedSession<'_> {
        PartitionedSession::open(self, worker)
    }

    fn visit_mut(&self, visit: &(dyn Fn(StateMut<'_>) + Sync)) {
        self.desks.par_iter().for_each(|desk| {
            if let Some(partition) = &mut *desk.parked.lock() {
                partition.visit_mut(visit);
            }
        });
    }

    fn memory(&self) -> MemoryUse {
        let of_desk = |desk: &Desk| desk.parked.lock().as_ref().map(Tables::memory);
        self.desks.iter().filter_map(of_desk).fold(
            map_memory::of_locks(size_of_val(&*self.desks)),
            MemoryUse::add,
        )
    }
}

/// Parcels that wait at a desk at most.
fn queue_of(workers: usize) -> usize {
    workers.max(SHORTEST_QUEUE)
}

fn parcel_updates_of(workers: usize) -> usize {
    (HELD_UPDATES / workers).clamp(SMALLEST_PARCEL, PARCEL_UPDATES)
}

impl PartitionedEngine {
    /// Works off what has arrived at a worker's desk: applies parcels, then
    /// answers questions. Returns whether there was anything.
    fn work_off(&self, worker: usize, partition: &mut Tables) -> bool {
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
    fn stand_in_for(&self, worker: usize) -> bool {
        let Some(mut parked) = self.desks[worker].parked.try_lock() else {
            return false;
        };
        parked
            .as_mut()
            .is_some_and(|partition| self.work_off(worker, partition))
    }

    /// Whether no open session will send another update.
    fn all_is_sent(&self) -> bool {
        self.sending.load(Ordering::Acquire) == 0
    }
}

#[cfg(test)]
mod tests;
