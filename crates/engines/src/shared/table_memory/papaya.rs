//! Bytes of a map of papaya, derived from its layout.

use notibench_core::engine::map_memory::Allocated;
use notibench_core::unit::hash::{SharedHasher, hash_id, shared_hasher};
use papaya::HashMap;
use parking_lot::Mutex;

/// States by id, each with its lock.
pub(crate) type Map<S> = HashMap<u64, Mutex<S>, SharedHasher>;

/// Slots of a map's first table.
const FIRST_SLOTS: usize = 32;

/// Bytes that a map has from the allocator, derived from its layout, since it
/// tells nothing but its length: an allocation for each id, state and lock,
/// and tables of a tag and a pointer a slot. An outgrown table stays until its
/// thread has 32 things to reclaim; where nothing is ever removed, no thread
/// comes to that. Together they have the present one's slots, less the first
/// one's.
pub(crate) fn allocated_by<S>(map: &Map<S>) -> Allocated {
    let slots = slots_of(map);
    let outgrown = slots.saturating_sub(FIRST_SLOTS);
    let entry = (size_of::<u64>() + size_of::<Mutex<S>>()).next_multiple_of(align_of::<u64>());
    let table = |slots: usize| Allocated::once((slots * (1 + size_of::<usize>())) as u64);
    let entries = Allocated::often(map.len() as u64, entry as u64);
    [table(slots), table(outgrown), entries].into_iter().sum()
}

/// Slots of the present table. It doubles only when it is at least half full,
/// so there are the fewest that hold the states, or twice as many. Which, the
/// order tells in which the slots are gone through: the lowest bits of a hash
/// are its slot, or one a little before it, and in the first half of the
/// table the highest of those bits is 0.
fn slots_of<S>(map: &Map<S>) -> usize {
    let (states, pinned) = (map.len(), map.pin());
    if states < FIRST_SLOTS / 2 {
        return if states == 0 { 0 } else { FIRST_SLOTS };
    }
    let fewest = states.next_power_of_two().max(FIRST_SLOTS);
    let first_half = pinned.keys().take(states / 2);
    let hasher = shared_hasher();
    let in_order = first_half.filter(|id| hash_id(&hasher, **id) & fewest as u64 == 0);
    if in_order.count() * 4 > states / 2 * 3 {
        fewest * 2
    } else {
        fewest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_seen_from_the_order_of_the_states() {
        for (states, slots) in [(20, 32), (20, 64), (10_000, 16_384), (10_000, 32_768)] {
            // papaya makes 8 / 6 of the capacity asked for, rounded up
            let map = Map::<()>::with_capacity_and_hasher(slots * 3 / 4, shared_hasher());
            (0..states).for_each(|id| assert!(map.pin().insert(id, Mutex::default()).is_none()));
            assert_eq!(slots_of(&map), slots, "{states} states");
        }
    }
}
