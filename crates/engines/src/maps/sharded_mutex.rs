//! The engine `sharded-mutex`: hashbrown tables behind parking_lot locks, one
//! lock an update.

use crossbeam_utils::CachePadded;
use notibench_core::engine::EngineConfig;
use notibench_core::engine::map_memory::Allocated;
use notibench_core::store::{Store, Value};
use notibench_core::unit::hash::{hash_id, shared_hasher};
use notibench_core::unit::hash_bits::part_of;
use parking_lot::Mutex;
use rayon::prelude::*;

use crate::shared::keyed_table::KeyedTable;

/// Shards of each map; a power of two.
const SHARDS: usize = 64;

/// Tables, each behind its lock.
type Shards<V> = Box<[CachePadded<Mutex<KeyedTable<V>>>]>;

/// A map cut into shards, each with its lock.
#[derive(Debug)]
pub struct ShardedMutex;

impl Store for ShardedMutex {
    const NAME: &'static str = "sharded-mutex";
    const ABOUT: &'static str = "hash tables behind 64 locks, one lock an update: nothing to learn and few \
        dependencies; gives up what batches would gain";
    type Map<V: Value> = Shards<V>;
    type Pin<'map, V: Value> = &'map Shards<V>;

    fn build<V: Value>(_: &EngineConfig) -> Shards<V> {
        (0..SHARDS).map(|_| CachePadded::default()).collect()
    }

    fn pin<V: Value>(shards: &Shards<V>, _: usize) -> &Shards<V> {
        shards
    }

    #[inline]
    fn update<V: Value>(shards: &mut &Shards<V>, id: u64, change: impl FnOnce(&mut V)) {
        let hash = hash_id(&shared_hasher(), id);
        shards[part_of::<SHARDS>(hash)]
            .lock()
            .change(hash, id, change);
    }

    #[inline]
    fn look<V: Value>(shards: &mut &Shards<V>, id: u64, look: impl FnOnce(Option<&V>)) {
        let hash = hash_id(&shared_hasher(), id);
        look(shards[part_of::<SHARDS>(hash)].lock().get(hash, id));
    }

    fn visit<V: Value>(shards: &Shards<V>, visit: &(dyn Fn(u64, &mut V) + Sync)) {
        shards.par_iter().for_each(|shard| {
            shard
                .lock()
                .iter_mut()
                .for_each(|(id, state)| visit(id, state));
        });
    }

    fn allocated<V: Value>(shards: &Shards<V>) -> Option<Allocated> {
        let tables = shards.iter().map(|shard| shard.lock().allocated());
        Some(
            tables
                .chain([Allocated::once(size_of_val(&**shards) as u64)])
                .sum(),
        )
    }
}
