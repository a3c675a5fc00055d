//! The engine `actor`: each part of the state belongs to a thread, which alone
//! changes it and answers for it, one message of its bounded queue after the
//! other.
//!
//! A session sends each owner one message an ingest call and does not wait for
//! it to be applied. Reads queue up behind: what was sent before a read was
//! sent, by any session, is applied before it is answered. So reads are fresh,
//! and slow where queues are long.
//!
//! Every wait of a session looks at the stop flag, and at whether an owner has
//! panicked: the session that finds one goes on with its panic. Owners wait
//! for nothing but messages, and end when their engine is dropped.

mod engine;
mod owner;
mod session;

pub use engine::ActorEngine;
pub use session::ActorSession;

use std::ops::Add;

use rayon::prelude::*;

use crate::shared::updates;
use engine::{LARGEST_MESSAGE, QUEUE};
use notibench_core::engine::map_memory;
use notibench_core::engine::{
    Engine, EngineConfig, EngineInfo, ExpectedLoad, Freshness, MemoryUse, Role,
};
use notibench_core::state::StateMut;
use owner::Message;

impl Engine for ActorEngine {
    const INFO: EngineInfo = EngineInfo {
        name: "actor",
        role: Role::Engine,
        freshness: Freshness::Immediate,
        about: "an owner thread a worker, each behind a bounded queue: how services are often \
                written, with no state shared; gives up cores to the owners, and reads wait in \
                their queues",
    };
    type Session<'engine> = ActorSession<'engine>;

    fn held_bytes(load: &ExpectedLoad) -> u64 {
        let owners = load.threads.max(1);
        // in queues and in the hands of owners; what sessions fill and hand over
        let messages = owners * (QUEUE + 1) + 2 * owners * owners;
        // an event makes two updates at most, both perhaps for one owner
        let updates = (2 * load.batch).min(LARGEST_MESSAGE);
        updates::room_at_most(messages as u64, updates as u64, load.events)
    }

    fn build(config: &EngineConfig) -> Self {
        Self::with_queues(config, QUEUE)
    }

    fn session(&self, _: usize) -> ActorSession<'_> {
        ActorSession::open(self)
    }

    fn visit_mut(&self, visit: &(dyn Fn(StateMut<'_>) + Sync)) {
        self.owners
            .par_iter()
            .for_each(|owner| owner.tables.lock().visit_mut(visit));
    }

    fn memory(&self) -> MemoryUse {
        let queues = self.owners.len() * QUEUE * size_of::<Message>();
        let beside = map_memory::of_locks(size_of_val(&*self.owners) + queues);
        let tables = self.owners.iter().map(|owner| owner.tables.lock().memory());
        tables.fold(beside, MemoryUse::add)
    }
}

#[cfg(test)]
mod tests;
