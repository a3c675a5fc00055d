//! The engine `partitioned`: share-nothing. Each worker owns a part of the
//! members and of the contents in plain tables; updates and reads of what
//! another owns travel to it in batches through bounded queues without locks.
//!
//! A worker that waits also works: one whose batch finds a full queue, whose read
//! is not answered yet, or that has finished before the others, goes on applying
//! and answering what arrives in its own mailbox; so no ring of full queues can
//! deadlock. Where an owner has no session (not opened yet,
//! finished, ended by a panic), its part is parked in its mailbox, and a worker that
//! needs it drains the mailbox in its place; only then is a lock taken.

mod engine;
mod mailbox;
mod session;

pub use engine::PartitionedEngine;
pub use session::PartitionedSession;

use std::ops::Add;
use std::sync::atomic::AtomicUsize;

use crossbeam_queue::ArrayQueue;
use rayon::prelude::*;

use crate::shared::tables::Tables;
use crate::shared::updates;
use engine::{batch_updates_of, queue_of};
use mailbox::Mailbox;
use notibench_core::engine::map_memory;
use notibench_core::engine::{
    Engine, EngineConfig, EngineInfo, ExpectedLoad, Freshness, MemoryUse, Role,
};
use notibench_core::state::StateMut;
use notibench_core::unit::hash::shared_hasher;

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
        // in mailboxes and in the pool, as many as there can ever be at one time;
        // what sessions fill
        let batches = 2 * workers * (queue_of(workers) + workers);
        let updates = batch_updates_of(workers);
        updates::room_at_most(batches as u64, updates as u64, load.events)
    }

    fn build(config: &EngineConfig) -> Self {
        let workers = config.threads.max(1);
        let queue = queue_of(workers);
        Self {
            mailboxes: (0..workers).map(|_| Mailbox::new(workers, queue)).collect(),
            spare: ArrayQueue::new(workers * (queue + workers)),
            sending: AtomicUsize::new(0),
            opened: AtomicUsize::new(0),
            pausing: AtomicUsize::new(0),
            pauses: AtomicUsize::new(0),
            batch_updates: batch_updates_of(workers),
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
        self.mailboxes.par_iter().for_each(|mailbox| {
            if let Some(partition) = &mut *mailbox.parked.lock() {
                partition.visit_mut(visit);
            }
        });
    }

    fn memory(&self) -> MemoryUse {
        let of_mailbox = |mailbox: &Mailbox| mailbox.parked.lock().as_ref().map(Tables::memory);
        self.mailboxes.iter().filter_map(of_mailbox).fold(
            map_memory::of_locks(size_of_val(&*self.mailboxes)),
            MemoryUse::add,
        )
    }
}

#[cfg(test)]
mod tests;
