//! The engine `scc`: scc's hash map, a lock for every 32 slots, fed an update
//! at a time.

use notibench_core::engine::EngineConfig;
use notibench_core::engine::map_memory::Allocated;
use notibench_core::store::{Store, Value};
use notibench_core::unit::hash::{SharedHasher, shared_hasher};
use scc::HashMap;

use crate::shared::table_memory::scc::allocated_by;

/// scc's hash map.
#[derive(Debug)]
pub struct Scc;

impl Store for Scc {
    const NAME: &'static str = "scc";
    const ABOUT: &'static str = "scc's hash map, a lock for every 32 slots and growth in small steps: for many \
        threads and an even tail; gives up memory in half-filled slots";
    type Map<V: Value> = HashMap<u64, V, SharedHasher>;
    type Pin<'map, V: Value> = &'map Self::Map<V>;

    fn build<V: Value>(_: &EngineConfig) -> Self::Map<V> {
        HashMap::with_hasher(shared_hasher())
    }

    fn pin<V: Value>(map: &Self::Map<V>, _: usize) -> &Self::Map<V> {
        map
    }

    /// Nearly every update finds its state, and looking it up is less work than an
    /// entry.
    #[inline]
    fn update<V: Value>(map: &mut &Self::Map<V>, id: u64, change: impl FnOnce(&mut V)) {
        let mut change = Some(change);
        map.update_sync(&id, |_, state| change.take().map(|change| change(state)));
        if let Some(change) = change {
            change(&mut map.entry_sync(id).or_default());
        }
    }

    #[inline]
    fn look<V: Value>(map: &mut &Self::Map<V>, id: u64, look: impl FnOnce(Option<&V>)) {
        let mut look = Some(look);
        map.read_sync(&id, |_, state| look.take().map(|look| look(Some(state))));
        if let Some(look) = look {
            look(None);
        }
    }

    fn visit<V: Value>(map: &Self::Map<V>, visit: &(dyn Fn(u64, &mut V) + Sync)) {
        map.iter_mut_sync(|mut entry| {
            let id = *entry.key();
            visit(id, &mut entry);
            true
        });
    }

    fn allocated<V: Value>(map: &Self::Map<V>) -> Option<Allocated> {
        Some(allocated_by(map))
    }
}
