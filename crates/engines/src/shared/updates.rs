//! A batch's updates with the hashes of their ids, and how they are applied to
//! tables: in blocks, each prefetched first.

use super::keyed_table::KeyedTable;
use super::prefetch::{TOGETHER, exceed_own_cache};
use notibench_core::event::Event;
use notibench_core::state::Keyed;
use notibench_core::state::{ContentUpdate, MemberUpdate, for_each_update};
use notibench_core::unit::cache::Near;
use notibench_core::unit::hash::{SharedHasher, hash_id};

/// Updates, each with the hash of its id.
#[derive(Debug, Default)]
pub(crate) struct Updates {
    pub(crate) members: Vec<(u64, MemberUpdate)>,
    pub(crate) contents: Vec<(u64, ContentUpdate)>,
}

impl Updates {
    /// Adds what the events of a batch do.
    pub(crate) fn add(&mut self, batch: &[Event], hasher: &SharedHasher) {
        for event in batch {
            for_each_update(
                event,
                |update| {
                    self.members.push((hash_id(hasher, update.member), update));
                },
                |update| {
                    self.contents
                        .push((hash_id(hasher, update.content), update));
                },
            );
        }
    }

    /// How many there are.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.members.len() + self.contents.len()
    }

    /// Bytes that it has from the allocator, full or not.
    #[cfg(test)]
    pub(crate) fn allocated_bytes(&self) -> u64 {
        let members = self.members.capacity() * size_of::<(u64, MemberUpdate)>();
        let contents = self.contents.capacity() * size_of::<(u64, ContentUpdate)>();
        (members + contents) as u64
    }

    /// Forgets all, and keeps the room.
    pub(crate) fn clear(&mut self) {
        self.members.clear();
        self.contents.clear();
    }
}

/// Bytes of `count` buffers of up to `updates` updates each, at most, through
/// which `events` events go: a buffer's room doubles, and is kept.
pub(crate) const fn room_at_most(count: u64, updates: u64, events: u64) -> u64 {
    let pair = size_of::<(u64, MemberUpdate)>() + size_of::<(u64, ContentUpdate)>();
    let room = count * updates.next_power_of_two();
    let pushed = 2 * events;
    (if room < pushed { room } else { pushed }) * pair as u64
}

/// Applies updates, each to the one of `tables` that `table_of` says for its
/// hash. Tables are taken to be of like size. Small ones are in a cache and not
/// prefetched.
pub(crate) fn apply_all<U: Keyed>(
    tables: &mut [KeyedTable<U::State>],
    table_of: impl Fn(u64) -> usize,
    updates: &[(u64, U)],
    inbox_capacity: usize,
) {
    let one = tables.first().map_or(0, KeyedTable::allocated_bytes);
    let prefetches = exceed_own_cache(one as usize * tables.len(), &Near::here());
    apply_blocks(tables, table_of, updates, inbox_capacity, prefetches);
}

fn apply_blocks<U: Keyed>(
    tables: &mut [KeyedTable<U::State>],
    table_of: impl Fn(u64) -> usize,
    updates: &[(u64, U)],
    inbox_capacity: usize,
    prefetches: bool,
) {
    for block in updates.chunks(TOGETHER) {
        if prefetches {
            // the tags tell where the state is, the state where its inbox is:
            // each step waits for all cache lines of the one before at once
            for (hash, _) in block {
                tables[table_of(*hash)].prefetch(*hash);
            }
            for (hash, update) in block {
                tables[table_of(*hash)].prefetch_behind(*hash, update);
            }
            for (hash, update) in block {
                tables[table_of(*hash)].prefetch_further(*hash, update);
            }
        }
        for (hash, update) in block {
            tables[table_of(*hash)].apply(*hash, update, inbox_capacity);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use notibench_core::state::{INBOX_CAPACITY, Member};
    use notibench_core::testing::stream_over;
    use notibench_core::unit::hash::shared_hasher;

    #[test]
    fn prefetched_blocks_leave_what_single_updates_leave() {
        let hasher = shared_hasher();
        let mut updates = Updates::default();
        let events = stream_over(40_000, 1, 60_000);
        updates.add(&events, &hasher);
        let mut single = KeyedTable::default();
        for (hash, update) in &updates.members {
            single.apply(*hash, update, INBOX_CAPACITY);
        }
        let table_of = |hash: u64| (hash >> 50) as usize % 3;
        for prefetches in [false, true] {
            let mut tables: [KeyedTable<Member>; 3] = Default::default();
            for batch in updates.members.chunks(1000) {
                apply_blocks(&mut tables, table_of, batch, INBOX_CAPACITY, prefetches);
            }
            let count: usize = tables.iter().map(KeyedTable::len).sum();
            assert_eq!(count, single.len());
            for (id, state) in single.iter() {
                let hash = hash_id(&hasher, id);
                let found = tables[table_of(hash)].get(hash, id).unwrap();
                assert_eq!(format!("{found:?}"), format!("{state:?}"));
            }
        }
    }
}
