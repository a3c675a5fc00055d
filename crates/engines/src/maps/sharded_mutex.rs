//! The engine `sharded-mutex`: hashbrown tables behind parking_lot locks, one
//! lock an update.

use std::ops::Add;

use crossbeam_utils::CachePadded;
use parking_lot::Mutex;
use rayon::prelude::*;

use crate::shared::keyed_table::KeyedTable;
use crate::shared::table_memory;
use notibench_core::engine::map_memory;
use notibench_core::engine::{
    Engine, EngineConfig, EngineInfo, Freshness, MemoryUse, Role, Session,
};
use notibench_core::event::{Event, Read};
use notibench_core::read::{Answer, answer_read};
use notibench_core::state::Keyed;
use notibench_core::state::{Content, Member, StateMut, for_each_update};
use notibench_core::unit::hash::{SharedHasher, hash_id, shared_hasher};
use notibench_core::unit::hash_bits::part_of;
use notibench_core::viewing::Views;

/// Shards of each map; a power of two.
const SHARDS: usize = 64;

/// A map cut into shards, each with its lock.
#[derive(Debug)]
struct Sharded<S> {
    shards: Box<[CachePadded<Mutex<KeyedTable<S>>>]>,
    hasher: SharedHasher,
}

impl<S> Sharded<S> {
    fn new() -> Self {
        let shards = (0..SHARDS).map(|_| CachePadded::default()).collect();
        Self {
            shards,
            hasher: shared_hasher(),
        }
    }

    #[inline]
    fn hash_and_shard(&self, id: u64) -> (u64, &Mutex<KeyedTable<S>>) {
        let hash = hash_id(&self.hasher, id);
        (hash, &self.shards[part_of::<SHARDS>(hash)])
    }

    #[inline]
    fn apply<U: Keyed<State = S>>(&self, update: &U, inbox_capacity: usize)
    where
        S: Default,
    {
        let (hash, shard) = self.hash_and_shard(update.id());
        shard.lock().apply(hash, update, inbox_capacity);
    }

    /// Shows the state of `id`, if any, under its shard's lock.
    fn show(&self, id: u64, look: &mut dyn FnMut(Option<&S>)) {
        let (hash, shard) = self.hash_and_shard(id);
        look(shard.lock().get(hash, id));
    }
}

/// Two maps of 64 shards with a lock each.
#[derive(Debug)]
pub struct ShardedMutexEngine {
    members: Sharded<Member>,
    contents: Sharded<Content>,
    inbox_capacity: usize,
    views: Views,
}

impl Engine for ShardedMutexEngine {
    const INFO: EngineInfo = EngineInfo {
        name: "sharded-mutex",
        role: Role::Engine,
        freshness: Freshness::Immediate,
        about: "hash tables behind 64 locks, one lock an update: nothing to learn and few \
                dependencies; gives up what batches would gain",
    };
    type Session<'engine> = ShardedMutexSession<'engine>;

    fn build(config: &EngineConfig) -> Self {
        Self {
            members: Sharded::new(),
            contents: Sharded::new(),
            inbox_capacity: config.inbox_capacity,
            views: config.views.clone(),
        }
    }

    fn session(&self, _: usize) -> ShardedMutexSession<'_> {
        ShardedMutexSession { engine: self }
    }

    fn visit_mut(&self, visit: &(dyn Fn(StateMut<'_>) + Sync)) {
        self.members.shards.par_iter().for_each(|shard| {
            let mut shard = shard.lock();
            shard
                .iter_mut()
                .for_each(|(id, state)| visit(StateMut::Member(id, state)));
        });
        self.contents.shards.par_iter().for_each(|shard| {
            let mut shard = shard.lock();
            shard
                .iter_mut()
                .for_each(|(id, state)| visit(StateMut::Content(id, state)));
        });
    }

    fn memory(&self) -> MemoryUse {
        let locks = size_of_val(&*self.members.shards) + size_of_val(&*self.contents.shards);
        let shards = self.members.shards.iter().zip(&self.contents.shards);
        shards
            .map(|(members, contents)| table_memory::of_tables(&members.lock(), &contents.lock()))
            .fold(map_memory::of_locks(locks), MemoryUse::add)
    }
}

/// A session of [`ShardedMutexEngine`].
#[derive(Debug)]
pub struct ShardedMutexSession<'engine> {
    engine: &'engine ShardedMutexEngine,
}

impl Session for ShardedMutexSession<'_> {
    fn ingest(&mut self, batch: &[Event]) {
        let ShardedMutexEngine {
            members,
            contents,
            inbox_capacity,
            ..
        } = self.engine;
        for event in batch {
            for_each_update(
                event,
                |update| members.apply(&update, *inbox_capacity),
                |update| contents.apply(&update, *inbox_capacity),
            );
        }
    }

    fn read(&mut self, reads: &[Read], sink: &mut impl FnMut(usize, &Answer)) {
        let ShardedMutexEngine {
            members, contents, ..
        } = self.engine;
        for (at, read) in reads.iter().enumerate() {
            let answer = answer_read(
                read,
                &self.engine.views,
                |id, look| members.show(id, look),
                |id, look| {
                    contents.show(id, look);
                },
            );
            sink(at, &answer);
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
            agrees_with_fold::<ShardedMutexEngine>(threads, 100);
        }
    }
}
