//! The engine `papaya`: papaya's lock-free map of states that have a small lock
//! each.
//!
//! A value of papaya's cannot be changed in place, only replaced, and a state
//! is too large to copy for each update. So the map finds a state without a
//! lock, and a lock of one byte beside the state guards it alone.

use arrayvec::ArrayVec;
use notibench_core::engine::EngineConfig;
use notibench_core::engine::map_memory::Allocated;
use notibench_core::state::Keyed;
use notibench_core::store::{Store, Value};
use notibench_core::unit::hash::{SharedHasher, shared_hasher};
use notibench_core::unit::prefetch::prefetch_value;
use papaya::{HashMap, HashMapRef, LocalGuard, ResizeMode};
use parking_lot::Mutex;

use crate::shared::prefetch::TOGETHER;
use crate::shared::table_memory::papaya::{Map, allocated_by};

/// A map of which nothing is reclaimed while this lives.
type Pinned<'map, S> = HashMapRef<'map, u64, Mutex<S>, SharedHasher, LocalGuard<'map>>;

/// papaya's lock-free map.
#[derive(Debug)]
pub struct Papaya;

impl Store for Papaya {
    const NAME: &'static str = "papaya";
    const ABOUT: &'static str = "a lock-free map of states with a lock each: for many threads with single events or \
        small batches; gives up an allocation a state, and all writers wait for growth";
    const TOGETHER: usize = TOGETHER;
    type Map<V: Value> = Map<V>;
    type Pin<'map, V: Value> = Pinned<'map, V>;

    /// An empty map, which grows at once, all writers helping. The default is to
    /// grow in small steps; that is slower on the whole, and `get_or_insert_with`
    /// takes none of the steps (as of 0.2.5): a map filled by nothing else stays
    /// spread over more and more tables, each of which is searched.
    fn build<V: Value>(_: &EngineConfig) -> Map<V> {
        HashMap::builder()
            .hasher(shared_hasher())
            .resize_mode(ResizeMode::Blocking)
            .build()
    }

    fn pin<V: Value>(map: &Map<V>, _: usize) -> Pinned<'_, V> {
        map.pin()
    }

    #[inline]
    fn update<V: Value>(map: &mut Pinned<'_, V>, id: u64, change: impl FnOnce(&mut V)) {
        change(&mut find(map, id).lock());
    }

    #[inline]
    fn look<V: Value>(map: &mut Pinned<'_, V>, id: u64, look: impl FnOnce(Option<&V>)) {
        look(map.get(&id).map(Mutex::lock).as_deref());
    }

    fn visit<V: Value>(map: &Map<V>, visit: &(dyn Fn(u64, &mut V) + Sync)) {
        for (&id, state) in &map.pin() {
            visit(id, &mut state.lock());
        }
    }

    fn allocated<V: Value>(map: &Map<V>) -> Option<Allocated> {
        Some(allocated_by(map))
    }

    /// A lock is a barrier, behind which the processor would not look for the next
    /// state: so all are looked up first.
    #[inline]
    fn update_many<U: Keyed<State: Value>>(
        map: &mut Pinned<'_, U::State>,
        updates: &[U],
        inbox_capacity: usize,
    ) {
        let mut found: ArrayVec<&Mutex<U::State>, TOGETHER> = ArrayVec::new();
        for update in updates {
            let state = find(map, update.id());
            prefetch_value(state);
            found.push(state);
        }
        for (update, state) in updates.iter().zip(found) {
            update.apply_to(&mut state.lock(), inbox_capacity);
        }
    }
}

/// The state of `id`, made where there is none. Nearly every id has one, and
/// looking it up is less work than being ready to insert.
#[inline]
fn find<'pin, S: Default>(map: &'pin Pinned<'_, S>, id: u64) -> &'pin Mutex<S> {
    map.get(&id)
        .unwrap_or_else(|| map.get_or_insert_with(id, Mutex::default))
}
