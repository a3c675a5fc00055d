//! Bytes of hash tables: one way to count them for every engine.
//!
//! A table of hashbrown, which DashMap's shards are too, is one allocation:
//! a power of two of slots, each a key with its value (with padding, so the
//! pair's size counts, not the sum of the two sizes), then one control byte a
//! slot and one group of 16 that repeats the first ones. What the tables call
//! capacity is 7/8 of the slots (one less than them, below 16 slots) and
//! leaves the control bytes out; so the bytes come from the tables' own
//! account of their allocation instead.

use std::iter::Sum;

use dashmap::DashMap;
use parking_lot::Mutex;

use super::keyed_table::KeyedTable;
use crate::engine::memory_use::MemoryUse;
use crate::engine::state::{Content, Member, StateRef};
use crate::unit::allocation::allocator_overhead;

/// Bytes that maps have asked the allocator for, and what it takes beyond.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
pub(in crate::engine) struct Allocated {
    asked: u64,
    beyond: u64,
}

impl Allocated {
    /// One allocation.
    pub(in crate::engine) const fn once(bytes: u64) -> Self {
        Self::often(1, bytes)
    }

    /// So many allocations of one size.
    pub(in crate::engine) const fn often(count: u64, bytes: u64) -> Self {
        Self {
            asked: count * bytes,
            beyond: count * allocator_overhead(bytes),
        }
    }
}

impl Sum for Allocated {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |sum, one| Self {
            asked: sum.asked + one.asked,
            beyond: sum.beyond + one.beyond,
        })
    }
}

/// The bytes that hold state, from `allocated`, which the maps take with
/// their locks; and what each member and each content has on the heap.
#[must_use]
pub(in crate::engine) fn of_maps(
    allocated: Allocated,
    members: impl Iterator<Item = MemoryUse>,
    contents: impl Iterator<Item = MemoryUse>,
) -> MemoryUse {
    let sized = |size| move |on_heap| (size as u64, on_heap);
    let members = members.map(sized(size_of::<Member>()));
    let contents = contents.map(sized(size_of::<Content>()));
    let mut in_table = 0;
    let mut used = MemoryUse::default();
    for (size, on_heap) in members.chain(contents) {
        in_table += size;
        used = used + on_heap;
    }
    MemoryUse {
        state: in_table,
        slack: 0,
        map: allocated.asked.saturating_sub(in_table),
        allocator: allocated.beyond,
        is_without_map: false,
    } + used
}

/// Of states alone, found by a visit: a map around them is not known.
#[must_use]
pub(in crate::engine) fn of_states(
    visit_all: impl FnOnce(&(dyn Fn(StateRef<'_>) + Sync)),
) -> MemoryUse {
    let sum = Mutex::new(MemoryUse::default());
    visit_all(&|state| {
        let (size, on_heap) = match state {
            StateRef::Member(_, state) => (size_of_val(state), of_member(state)),
            StateRef::Content(_, state) => (size_of_val(state), of_content(state)),
        };
        let mut sum = sum.lock();
        *sum = *sum + on_heap;
        sum.state += size as u64;
    });
    MemoryUse {
        is_without_map: true,
        ..sum.into_inner()
    }
}

/// What a member has on the heap.
pub(in crate::engine) fn of_member(state: &Member) -> MemoryUse {
    on_heap(state.heap_bytes(), state.heap_overhead())
}

/// What a content has on the heap.
pub(in crate::engine) fn of_content(state: &Content) -> MemoryUse {
    on_heap(state.heap_bytes(), state.heap_overhead())
}

fn on_heap((used, slack): (u64, u64), overhead: u64) -> MemoryUse {
    MemoryUse {
        state: used,
        slack,
        allocator: overhead,
        ..MemoryUse::default()
    }
}

/// Of a table of members and one of contents.
#[must_use]
pub(in crate::engine) fn of_tables(
    members: &KeyedTable<Member>,
    contents: &KeyedTable<Content>,
) -> MemoryUse {
    let tables = [members.allocated_bytes(), contents.allocated_bytes()];
    of_maps(
        tables.into_iter().map(Allocated::once).sum(),
        members.iter().map(|(_, state)| of_member(state)),
        contents.iter().map(|(_, state)| of_content(state)),
    )
}

/// Of locks and whatever else stands beside the tables, in one allocation.
#[must_use]
pub(in crate::engine) const fn of_locks(bytes: usize) -> MemoryUse {
    MemoryUse {
        state: 0,
        slack: 0,
        map: bytes as u64,
        allocator: allocator_overhead(bytes as u64),
        is_without_map: false,
    }
}

/// Of two DashMaps.
#[must_use]
pub(in crate::engine) fn of_dashmaps<S: std::hash::BuildHasher + Clone>(
    members: &DashMap<u64, Member, S>,
    contents: &DashMap<u64, Content, S>,
) -> MemoryUse {
    of_maps(
        [allocated_by(members), allocated_by(contents)]
            .into_iter()
            .sum(),
        members.iter().map(|at| of_member(&at)),
        contents.iter().map(|at| of_content(&at)),
    )
}

fn allocated_by<V, S: std::hash::BuildHasher + Clone>(map: &DashMap<u64, V, S>) -> Allocated {
    let tables = map
        .shards()
        .iter()
        .map(|at| at.read().allocation_info().1.size());
    let shards = size_of_val(map.shards());
    tables
        .chain([shards])
        .map(|bytes| Allocated::once(bytes as u64))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::contract::{Engine, EngineConfig, Session};
    use crate::engine::maps::global_mutex::GlobalMutexEngine;
    use crate::engine::shared::keyed_table::KeyedTable;
    use crate::engine::state::ContentUpdate;
    use crate::event::{Event, Kind, Segment, Stamp};
    use crate::unit::hash::{hash_id, shared_hasher};

    /// Slots, each with its control byte, the repeated group, and the padding
    /// that puts the control bytes on a border of 16.
    fn bytes_of_slots(slots: u64) -> u64 {
        let pairs = slots * size_of::<(u64, Content)>() as u64;
        pairs.next_multiple_of(16) + slots + 16
    }

    #[test]
    #[cfg(target_arch = "x86_64")]
    fn both_kinds_of_table_are_slots_and_control_bytes() {
        let hasher = shared_hasher();
        let mut table = KeyedTable::<Content>::default();
        let dashmap = DashMap::<u64, Content, _>::with_hasher_and_shard_amount(hasher.clone(), 2);
        let locks = size_of_val(dashmap.shards()) as u64;
        assert_eq!(
            (table.allocated_bytes(), allocated_by(&dashmap)),
            (0, Allocated::once(locks))
        );
        for id in 0..1000 {
            let update = ContentUpdate {
                content: id,
                stamp: Stamp::default(),
            };
            table.apply(hash_id(&hasher, id), &update, 32);
            dashmap.entry(id).or_default().apply(&update);
        }
        assert_eq!(table.allocated_bytes(), bytes_of_slots(2048));
        let capacities = dashmap
            .shards()
            .iter()
            .map(|at| at.read().capacity() as u64);
        let slots = capacities.map(|capacity| capacity * 8 / 7);
        let parts = slots.map(bytes_of_slots).chain([locks]);
        assert_eq!(
            allocated_by(&dashmap),
            parts.map(Allocated::once).sum::<Allocated>()
        );
    }

    #[test]
    fn without_its_map_a_state_is_counted_with_its_heap() {
        let engine = GlobalMutexEngine::build(&EngineConfig::new(1));
        let mut session = engine.session(0);
        let like = |actor| {
            Event::new(
                actor,
                0,
                Kind::PostLike,
                false,
                (actor, Segment::Other),
                1,
                2,
            )
        };
        session.ingest(&[like(3), like(4)]);
        session.finish();
        let (states, all) = (of_states(|visit| engine.visit(visit)), engine.memory());
        assert!(states.state > (size_of::<Member>() + size_of::<Content>()) as u64);
        assert_eq!(
            (states.state, states.slack, states.map),
            (all.state, all.slack, 0)
        );
        assert!(all.map > 0 && states.allocator < all.allocator);
    }

    #[test]
    fn the_parts_add_up_to_what_was_allocated() {
        let tables = [10_000, 40].map(Allocated::once).into_iter().sum();
        let heap = [((48, 24), 8), ((24, 72), 16), ((0, 0), 0)];
        let members = heap.map(|(bytes, overhead)| on_heap(bytes, overhead));
        let contents = [MemoryUse::default(); 3];
        let used = of_maps(tables, members.into_iter(), contents.into_iter());
        let in_tables = 3 * size_of::<Member>() + 3 * size_of::<Content>();
        assert_eq!(used.state, in_tables as u64 + 72);
        // 10,008 is rounded up to 10,016, and 48 stays
        assert_eq!(used.allocator, 16 + 8 + 8 + 16);
        assert_eq!(
            used.total() - used.allocator,
            10_000 + 40 + (48 + 24) + (24 + 72)
        );
    }
}
