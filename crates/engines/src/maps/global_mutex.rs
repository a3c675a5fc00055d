//! The engine `global-mutex`: one lock around each map, taken once a batch: the
//! floor.

use arrayvec::ArrayVec;
use notibench_core::engine::EngineConfig;
use notibench_core::engine::map_memory::Allocated;
use notibench_core::state::Keyed;
use notibench_core::store::{Store, Value};
use notibench_core::unit::hash::{hash_id, shared_hasher};
use parking_lot::{Mutex, MutexGuard};

use crate::shared::keyed_table::KeyedTable;
use crate::shared::prefetch::TOGETHER;
use crate::shared::updates::apply_all;

/// A table behind one lock, which a batch holds from end to end.
#[derive(Debug)]
pub struct GlobalMutex;

impl Store for GlobalMutex {
    const NAME: &'static str = "global-mutex";
    const ABOUT: &'static str = "one lock around everything, taken once a batch: the floor, for one thread or a \
        first version; gives up every further core";
    /// The updates of a whole batch are gathered before the maps are locked.
    const TOGETHER: usize = usize::MAX;
    type Map<V: Value> = Mutex<KeyedTable<V>>;
    type Pin<'map, V: Value> = MutexGuard<'map, KeyedTable<V>>;

    fn build<V: Value>(_: &EngineConfig) -> Self::Map<V> {
        Mutex::default()
    }

    fn pin<V: Value>(map: &Self::Map<V>, _: usize) -> Self::Pin<'_, V> {
        map.lock()
    }

    fn update<V: Value>(table: &mut Self::Pin<'_, V>, id: u64, change: impl FnOnce(&mut V)) {
        table.change(hash_id(&shared_hasher(), id), id, change);
    }

    fn look<V: Value>(table: &mut Self::Pin<'_, V>, id: u64, look: impl FnOnce(Option<&V>)) {
        look(table.get(hash_id(&shared_hasher(), id), id));
    }

    fn visit<V: Value>(map: &Self::Map<V>, visit: &(dyn Fn(u64, &mut V) + Sync)) {
        map.lock()
            .iter_mut()
            .for_each(|(id, state)| visit(id, state));
    }

    fn allocated<V: Value>(map: &Self::Map<V>) -> Option<Allocated> {
        let lock = Allocated::once(size_of_val(map) as u64);
        Some([lock, map.lock().allocated()].into_iter().sum())
    }

    fn update_many<U: Keyed<State: Value>>(
        table: &mut Self::Pin<'_, U::State>,
        updates: &[U],
        inbox_capacity: usize,
    ) {
        let hasher = shared_hasher();
        for block in updates.chunks(TOGETHER) {
            let hashed = block
                .iter()
                .map(|update| (hash_id(&hasher, update.id()), *update));
            let hashed: ArrayVec<(u64, U), TOGETHER> = hashed.collect();
            apply_all(
                std::slice::from_mut(&mut **table),
                |_| 0,
                &hashed,
                inbox_capacity,
            );
        }
    }
}
