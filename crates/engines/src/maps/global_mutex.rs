//! The engine `global-mutex`: one lock around everything, the floor.

use parking_lot::Mutex;

use crate::shared::tables::Tables;
use crate::shared::updates::Updates;
use notibench_core::engine::map_memory;
use notibench_core::engine::{
    Engine, EngineConfig, EngineInfo, Freshness, MemoryUse, Role, Session,
};
use notibench_core::event::{Event, Read};
use notibench_core::read::Answer;
use notibench_core::state::StateMut;
use notibench_core::unit::hash::{SharedHasher, shared_hasher};
use notibench_core::viewing::Views;

/// Two tables behind one lock.
#[derive(Debug)]
pub struct GlobalMutexEngine {
    tables: Mutex<Tables>,
    inbox_capacity: usize,
    views: Views,
    hasher: SharedHasher,
}

impl Engine for GlobalMutexEngine {
    const INFO: EngineInfo = EngineInfo {
        name: "global-mutex",
        role: Role::Engine,
        freshness: Freshness::Immediate,
        about: "one lock around everything, taken once a batch: the floor, for one thread or a \
                first version; gives up every further core",
    };
    type Session<'engine> = GlobalMutexSession<'engine>;

    fn build(config: &EngineConfig) -> Self {
        Self {
            tables: Mutex::default(),
            inbox_capacity: config.inbox_capacity,
            views: config.views.clone(),
            hasher: shared_hasher(),
        }
    }

    fn session(&self, _: usize) -> GlobalMutexSession<'_> {
        GlobalMutexSession {
            engine: self,
            updates: Updates::default(),
        }
    }

    fn visit_mut(&self, visit: &(dyn Fn(StateMut<'_>) + Sync)) {
        self.tables.lock().visit_mut(visit);
    }

    fn memory(&self) -> MemoryUse {
        map_memory::of_locks(size_of_val(&self.tables)) + self.tables.lock().memory()
    }
}

/// A session of [`GlobalMutexEngine`].
#[derive(Debug)]
pub struct GlobalMutexSession<'engine> {
    engine: &'engine GlobalMutexEngine,
    updates: Updates,
}

impl Session for GlobalMutexSession<'_> {
    /// Whatever needs no state is done before the lock is taken.
    fn ingest(&mut self, batch: &[Event]) {
        self.updates.add(batch, &self.engine.hasher);
        let mut tables = self.engine.tables.lock();
        tables.apply(&self.updates, self.engine.inbox_capacity);
        drop(tables);
        self.updates.clear();
    }

    fn read(&mut self, reads: &[Read], sink: &mut impl FnMut(usize, &Answer)) {
        let tables = self.engine.tables.lock();
        for (at, read) in reads.iter().enumerate() {
            let GlobalMutexEngine { hasher, views, .. } = self.engine;
            sink(at, &tables.answer(read, hasher, views));
        }
    }

    fn finish(self) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use notibench_core::testing::agrees_with_fold;

    #[test]
    fn agrees_with_the_plain_fold() {
        for threads in [1, 2, 8] {
            for batch in [1, 100] {
                agrees_with_fold::<GlobalMutexEngine>(threads, batch);
            }
        }
    }
}
