//! The engine `fold-reduce`: each session folds what it ingests into tables of
//! its own, and what the sessions have folded is merged when the last of them
//! finishes.
//!
//! A session's tables are cut by hash into as many parts as the engine's, so
//! that a part can be merged by itself. The merge is done by the sessions that
//! wait for it, part by part, and not by a pool of threads beside them: it
//! takes no more cores than the run was given.

mod engine;
mod session;

pub use engine::FoldReduceEngine;
pub use session::FoldReduceSession;

use std::ops::Add;

use crossbeam_utils::CachePadded;
use rayon::prelude::*;

use crate::shared::phase_barrier::PhaseBarrier;
use engine::PARTS;
use notibench_core::engine::map_memory;
use notibench_core::engine::{
    Engine, EngineConfig, EngineInfo, ExpectedLoad, Freshness, MemoryUse, Role,
};
use notibench_core::state::StateMut;
use notibench_core::unit::hash::shared_hasher;

impl Engine for FoldReduceEngine {
    const INFO: EngineInfo = EngineInfo {
        name: "fold-reduce",
        role: Role::Engine,
        freshness: Freshness::Deferred { within: None },
        about: "each worker folds into tables of its own, merged in parallel at the end: for jobs \
                that want the result; gives up reads of what others do, and a copy a worker of \
                what is hot",
    };
    type Session<'engine> = FoldReduceSession<'engine>;

    fn held_bytes(load: &ExpectedLoad) -> u64 {
        // in a first pass the largest of the copies becomes the state
        let copies = load.threads.saturating_sub(usize::from(!load.warm));
        copies as u64 * load.share_bytes
    }

    fn build(config: &EngineConfig) -> Self {
        Self {
            parts: (0..PARTS).map(|_| CachePadded::default()).collect(),
            barrier: PhaseBarrier::new(config.stop.clone()),
            inbox_capacity: config.inbox_capacity,
            views: config.views.clone(),
            hasher: shared_hasher(),
        }
    }

    fn session(&self, _: usize) -> FoldReduceSession<'_> {
        FoldReduceSession::open(self)
    }

    fn visit_mut(&self, visit: &(dyn Fn(StateMut<'_>) + Sync)) {
        self.parts
            .par_iter()
            .for_each(|part| part.lock().merged.visit_mut(visit));
    }

    fn memory(&self) -> MemoryUse {
        let locks = map_memory::of_locks(size_of_val(&*self.parts));
        let parts = self.parts.iter().map(|part| part.lock().merged.memory());
        parts.fold(locks, MemoryUse::add)
    }
}

#[cfg(test)]
mod tests;
