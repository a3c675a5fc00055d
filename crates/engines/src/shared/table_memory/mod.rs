//! Bytes of hash tables.
//!
//! A table of hashbrown, which DashMap's shards are too, is one allocation:
//! a power of two of slots, each a key with its value (with padding, so the
//! pair's size counts, not the sum of the two sizes), then one control byte a
//! slot and one group of 16 that repeats the first ones. What the tables call
//! capacity is 7/8 of the slots (one less than them, below 16 slots) and
//! leaves the control bytes out; so the bytes come from the tables' own
//! account of their allocation instead.

use dashmap::DashMap;
use notibench_core::engine::MemoryUse;
use notibench_core::engine::map_memory::{Allocated, of_content, of_maps, of_member};
use notibench_core::state::{Content, Member};

use super::keyed_table::KeyedTable;

pub(crate) mod papaya;
pub(crate) mod scc;

/// Of a table of members and one of contents.
#[must_use]
pub(crate) fn of_tables(members: &KeyedTable<Member>, contents: &KeyedTable<Content>) -> MemoryUse {
    of_maps(
        [members.allocated(), contents.allocated()]
            .into_iter()
            .sum(),
        members.iter().map(|(_, state)| of_member(state)),
        contents.iter().map(|(_, state)| of_content(state)),
    )
}

/// Of two DashMaps.
#[must_use]
pub(crate) fn of_dashmaps<S: std::hash::BuildHasher + Clone>(
    members: &DashMap<u64, Member, S>,
    contents: &DashMap<u64, Content, S>,
) -> MemoryUse {
    of_maps(
        [of_dashmap(members), of_dashmap(contents)]
            .into_iter()
            .sum(),
        members.iter().map(|at| of_member(&at)),
        contents.iter().map(|at| of_content(&at)),
    )
}

/// What a DashMap has from the allocator, its shards' locks among it.
pub(crate) fn of_dashmap<V, S: std::hash::BuildHasher + Clone>(
    map: &DashMap<u64, V, S>,
) -> Allocated {
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
    use notibench_core::engine::map_memory::of_states;
    use notibench_core::engine::{Engine, EngineConfig, Session};
    use notibench_core::event::{Event, Kind, Segment, Stamp};
    use notibench_core::state::ContentUpdate;
    use notibench_core::unit::hash::{hash_id, shared_hasher};

    use super::*;
    use crate::maps::global_mutex::GlobalMutex;
    use notibench_core::store::StoreEngine;

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
            (table.allocated_bytes(), of_dashmap(&dashmap)),
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
            of_dashmap(&dashmap),
            parts.map(Allocated::once).sum::<Allocated>()
        );
    }

    #[test]
    fn without_its_map_a_state_is_counted_with_its_heap() {
        let engine = StoreEngine::<GlobalMutex>::build(&EngineConfig::new(1));
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
        let (states, all) = (
            of_states(|visit| engine.visit(visit), None),
            engine.memory(),
        );
        assert!(states.state > (size_of::<Member>() + size_of::<Content>()) as u64);
        assert_eq!(
            (states.state, states.slack, states.map),
            (all.state, all.slack, 0)
        );
        assert!(all.map > 0 && states.allocator < all.allocator);
    }
}
