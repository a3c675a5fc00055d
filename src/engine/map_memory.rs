//! Bytes of hash tables: one way to count them for every engine. Imports the
//! shared state.
//!
//! A table of hashbrown, which DashMap's shards are too, is one allocation:
//! a power of two of slots, each a key with its value (with padding, so the
//! pair's size counts, not the sum of the two sizes), then one control byte a
//! slot and one group of 16 that repeats the first ones. What the tables call
//! capacity is 7/8 of the slots (one less than them, below 16 slots) and
//! leaves the control bytes out; so the bytes come from the tables' own
//! account of their allocation instead.

use dashmap::DashMap;

use super::MemoryUse;
use super::keyed::KeyedTable;
use super::state::{Content, Member};

/// The bytes that hold state, from `allocated`, which the maps take with
/// their locks; and the bytes of use and of slack that each member and each content
/// has on the heap.
#[must_use]
fn of_maps(
    allocated: u64,
    members: impl Iterator<Item = (u64, u64)>,
    contents: impl Iterator<Item = (u64, u64)>,
) -> MemoryUse {
    let sized = |size| move |(used, slack)| (size as u64, used, slack);
    let members = members.map(sized(size_of::<Member>()));
    let contents = contents.map(sized(size_of::<Content>()));
    let (mut in_table, mut used, mut slack) = (0, 0, 0);
    for (size, on_heap, unused) in members.chain(contents) {
        in_table += size;
        used += on_heap;
        slack += unused;
    }
    MemoryUse {
        state: in_table + used,
        slack,
        map: allocated.saturating_sub(in_table),
    }
}

/// Of a table of members and one of contents.
#[must_use]
pub(super) fn of_tables(members: &KeyedTable<Member>, contents: &KeyedTable<Content>) -> MemoryUse {
    of_maps(
        members.allocated_bytes() + contents.allocated_bytes(),
        members.iter().map(|(_, state)| state.heap_bytes()),
        contents.iter().map(|(_, state)| state.heap_bytes()),
    )
}

/// Of locks and whatever else stands beside the tables.
#[must_use]
pub(super) const fn of_locks(bytes: usize) -> MemoryUse {
    MemoryUse {
        state: 0,
        slack: 0,
        map: bytes as u64,
    }
}

/// Of two DashMaps.
#[must_use]
pub(super) fn of_dashmaps<S: std::hash::BuildHasher + Clone>(
    members: &DashMap<u64, Member, S>,
    contents: &DashMap<u64, Content, S>,
) -> MemoryUse {
    of_maps(
        allocated_by(members) + allocated_by(contents),
        members.iter().map(|at| at.heap_bytes()),
        contents.iter().map(|at| at.heap_bytes()),
    )
}

fn allocated_by<V, S: std::hash::BuildHasher + Clone>(map: &DashMap<u64, V, S>) -> u64 {
    let tables: usize = map
        .shards()
        .iter()
        .map(|at| at.read().allocation_info().1.size())
        .sum();
    (tables + size_of_val(map.shards())) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::keyed::KeyedTable;
    use crate::engine::state::ContentUpdate;
    use crate::event::Stamp;
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
            (0, locks)
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
        assert_eq!(
            allocated_by(&dashmap),
            slots.map(bytes_of_slots).sum::<u64>() + locks
        );
    }

    #[test]
    fn state_and_map_add_up_to_what_was_allocated() {
        let member = size_of::<Member>() as u64;
        let used = of_maps(
            10_000,
            [(48, 24), (24, 72)].into_iter(),
            [(0, 0); 3].into_iter(),
        );
        assert_eq!(
            used.state,
            2 * member + 3 * size_of::<Content>() as u64 + 72
        );
        assert_eq!(used.total(), 10_000 + 72 + 96);
    }
}
