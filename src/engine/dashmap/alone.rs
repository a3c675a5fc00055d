//! Batches of the only session there is: nobody contends for a lock, so a
//! batch takes all of them once and applies its updates in the order of
//! arrival, without grouping. Imports the shared state.

use arrayvec::ArrayVec;
use dashmap::RwLockWriteGuard;

use super::shard::{Map, Sighting, Table, apply, likely};
use super::versions::Versions;
use crate::engine::keyed::Keyed;
use crate::unit::hash::hash_id;

/// Shards where there is one session: the fewest that a DashMap has.
pub(super) const SHARDS_ALONE: usize = 2;

/// Updates whose lines are fetched together: about as many as a core can
/// have on their way from memory at a time.
const TOGETHER: usize = 32;

/// All tables of a map, locked.
pub(super) type Locked<'map, U> = ArrayVec<RwLockWriteGuard<'map, Table<U>>, SHARDS_ALONE>;

/// Applies the updates that `of` makes at some positions of a
/// batch; where the tables are `far`, prefetches for them. Returns the tables,
/// still locked.
pub(super) fn apply_in_order<'map, U: Keyed>(
    map: &'map Map<U>,
    positions: &[u32],
    of: impl Fn(u32) -> U,
    inbox_capacity: usize,
    far: bool,
    versions: &Versions,
) -> Locked<'map, U> {
    let locks = map.shards().iter().take(SHARDS_ALONE);
    let mut tables: Locked<'map, U> = locks.map(|lock| lock.write()).collect();
    (0..tables.len()).for_each(|shard| versions.change(shard));
    let hasher = map.hasher();
    let place = |at: &u32| {
        let update = of(*at);
        let hash = hash_id(hasher, update.id());
        (map.determine_shard(hash as usize), hash, update)
    };
    for block in positions.chunks(TOGETHER) {
        if far {
            let found: ArrayVec<_, TOGETHER> = block.iter().map(place).collect();
            for (shard, hash, _) in &found {
                Sighting::of::<U>(&tables[*shard]).prefetch::<U>(*hash);
            }
            // each step waits for all lines of the one before at once
            for prefetch in [U::prefetch_behind, U::prefetch_further] {
                for (shard, hash, update) in &found {
                    if let Some(state) = likely::<U>(&tables[*shard], *hash) {
                        prefetch(update, state);
                    }
                }
            }
        }
        for (shard, hash, update) in block.iter().map(place) {
            apply(&mut tables[shard], hash, &update, inbox_capacity, hasher);
        }
    }
    tables
}
