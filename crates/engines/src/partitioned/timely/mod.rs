//! The engine `timely`: a dataflow in which updates are exchanged by the member
//! or content that they change, and folded by the worker that owns it; on
//! timely dataflow, in the cargo feature `cluster`. Its workers may be in
//! several processes, on several machines.
//!
//! A worker is a session: what it ingests is cut into updates, which go in
//! batches of plain words to their owners ([`words`]). Within a process a batch
//! moves; between processes its bytes are written to a socket as they are.
//! No state is ever shared: the lock of a part is there for reads.

mod engine;
mod flow;
mod routed;
mod session;
mod shared;
mod stream;
mod words;

pub use engine::TimelyEngine;
pub use session::TimelySession;

use std::ops::Add;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use crossbeam_utils::CachePadded;
use parking_lot::Mutex;
use rayon::prelude::*;

use engine::{seats_alone, seats_of_cluster};
use notibench_core::engine::map_memory;
use notibench_core::engine::{
    Engine, EngineConfig, EngineInfo, ExpectedLoad, Freshness, MemoryUse, Role,
};
use notibench_core::state::StateMut;
use notibench_core::unit::hash::shared_hasher;
use shared::Shared;

impl Engine for TimelyEngine {
    const INFO: EngineInfo = EngineInfo {
        name: "timely",
        role: Role::Engine,
        freshness: Freshness::Deferred { within: None },
        about: "a dataflow on timely dataflow, over threads, processes and machines: for state \
                that outgrows one of them; gives up reads of what was just ingested, and an \
                exchange of every update",
    };
    type Session<'engine> = TimelySession<'engine>;

    fn held_bytes(load: &ExpectedLoad) -> u64 {
        load.threads as u64 * flow::held_bytes(load.threads as u64)
    }

    fn build(config: &EngineConfig) -> Self {
        let threads = config.threads.max(1);
        let (first, peers) = match &config.links {
            Some(links) => (links.process * threads, links.processes * threads),
            None => (0, threads),
        };
        let (seats, guard) = match &config.links {
            Some(links) => seats_of_cluster(links, threads),
            None => (seats_alone(threads), None),
        };
        Self {
            shared: Arc::new(Shared {
                parts: (0..threads).map(|_| CachePadded::default()).collect(),
                first,
                peers,
                inbox_capacity: config.inbox_capacity,
                hasher: shared_hasher(),
                stop: config.stop.clone(),
                sent: AtomicU64::new(0),
                sent_away: AtomicU64::new(0),
            }),
            views: config.views.clone(),
            seats: Mutex::new(seats),
            guard,
            is_of_cluster: config.links.is_some(),
        }
    }

    fn session(&self, worker: usize) -> TimelySession<'_> {
        TimelySession::new(self, worker)
    }

    fn visit_mut(&self, visit: &(dyn Fn(StateMut<'_>) + Sync)) {
        let parts = self.shared.parts.par_iter();
        parts.for_each(|part| part.lock().visit_mut(visit));
    }

    fn memory(&self) -> MemoryUse {
        let parts = &self.shared.parts;
        let locks = map_memory::of_locks(size_of_val(&**parts));
        parts
            .iter()
            .map(|part| part.lock().memory())
            .fold(locks, MemoryUse::add)
    }
}

#[cfg(test)]
mod tests;
