//! The engine `dashmap-naive`: the textbook use of DashMap, one `entry` call an
//! update, everything at its default.

use dashmap::DashMap;
use notibench_core::engine::EngineConfig;
use notibench_core::engine::map_memory::Allocated;
use notibench_core::store::{Store, Value};
use rayon::prelude::*;

use crate::shared::table_memory::of_dashmap;

/// DashMap with the default hasher and shard count.
#[derive(Debug)]
pub struct NaiveDashMap;

impl Store for NaiveDashMap {
    const NAME: &'static str = "dashmap-naive";
    const ABOUT: &'static str = "the textbook DashMap: an afternoon's work, the baseline; gives up most of the \
                speed that the same map has";
    type Map<V: Value> = DashMap<u64, V>;
    type Pin<'map, V: Value> = &'map DashMap<u64, V>;

    fn build<V: Value>(_: &EngineConfig) -> DashMap<u64, V> {
        DashMap::new()
    }

    fn pin<V: Value>(map: &DashMap<u64, V>, _: usize) -> &DashMap<u64, V> {
        map
    }

    #[inline]
    fn update<V: Value>(map: &mut &DashMap<u64, V>, id: u64, change: impl FnOnce(&mut V)) {
        change(&mut map.entry(id).or_default());
    }

    #[inline]
    fn look<V: Value>(map: &mut &DashMap<u64, V>, id: u64, look: impl FnOnce(Option<&V>)) {
        look(map.get(&id).as_deref());
    }

    fn visit<V: Value>(map: &DashMap<u64, V>, visit: &(dyn Fn(u64, &mut V) + Sync)) {
        map.par_iter_mut()
            .for_each(|mut at| visit(*at.key(), at.value_mut()));
    }

    fn allocated<V: Value>(map: &DashMap<u64, V>) -> Option<Allocated> {
        Some(of_dashmap(map))
    }
}
