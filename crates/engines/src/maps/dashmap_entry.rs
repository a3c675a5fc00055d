//! The engine `dashmap-entry`: DashMap fed an update at a time, with a fast
//! hasher and more shards: what tuning gives without batches.

use dashmap::DashMap;
use notibench_core::engine::EngineConfig;
use notibench_core::engine::map_memory::Allocated;
use notibench_core::store::{Store, Value};
use notibench_core::unit::hash::{SharedHasher, shared_hasher};
use rayon::prelude::*;

use crate::shared::table_memory::of_dashmap;

/// Shards of each map where one thread has it to itself: more would only take
/// room in the cache from the states.
const SHARDS_ALONE: usize = 64;

/// Shards where threads share it: so many that two of them seldom want one
/// lock, which costs them a turn of the scheduler.
const SHARDS_SHARED: usize = 1024;

/// DashMap of many shards with the shared hasher.
#[derive(Debug)]
pub struct EntryDashMap;

impl Store for EntryDashMap {
    const NAME: &'static str = "dashmap-entry";
    const ABOUT: &'static str = "DashMap an update at a time, with a fast hasher and many shards: two lines of tuning \
                for events that arrive singly; gives up what batches would gain";
    type Map<V: Value> = DashMap<u64, V, SharedHasher>;
    type Pin<'map, V: Value> = &'map Self::Map<V>;

    fn build<V: Value>(config: &EngineConfig) -> Self::Map<V> {
        let shards = match config.threads {
            0 | 1 => SHARDS_ALONE,
            _ => SHARDS_SHARED,
        };
        DashMap::with_hasher_and_shard_amount(shared_hasher(), shards)
    }

    fn pin<V: Value>(map: &Self::Map<V>, _: usize) -> &Self::Map<V> {
        map
    }

    /// Trying `get_mut` first and an entry only where nothing is found is no
    /// faster.
    #[inline]
    fn update<V: Value>(map: &mut &Self::Map<V>, id: u64, change: impl FnOnce(&mut V)) {
        change(&mut map.entry(id).or_default());
    }

    #[inline]
    fn look<V: Value>(map: &mut &Self::Map<V>, id: u64, look: impl FnOnce(Option<&V>)) {
        look(map.get(&id).as_deref());
    }

    fn visit<V: Value>(map: &Self::Map<V>, visit: &(dyn Fn(u64, &mut V) + Sync)) {
        map.par_iter_mut()
            .for_each(|mut at| visit(*at.key(), at.value_mut()));
    }

    fn allocated<V: Value>(map: &Self::Map<V>) -> Option<Allocated> {
        Some(of_dashmap(map))
    }
}
