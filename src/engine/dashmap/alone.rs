//! Batches of the only session there is: nobody contends for a lock, so a
//! batch takes all of them once and applies its updates in the order of
//! arrival, without grouping; and so do its reads. Imports the shared state.

use arrayvec::ArrayVec;
use dashmap::RwLockWriteGuard;

use super::kept::KeptAnswers;
use super::reading::Maps;
use super::shard::{Map, Sighting, Table, apply, likely};
use super::versions::Versions;
use crate::engine::keyed::Keyed;
use crate::engine::read::{Answer, answer_read, badge_of};
use crate::engine::state::{ContentUpdate, MemberUpdate};
use crate::event::{Read, ReadKind};
use crate::unit::hash::hash_id;

/// Shards where there is one session: the fewest that a DashMap has, since a
/// call takes all locks.
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
    let mut tables = lock_all::<U>(map);
    (0..tables.len()).for_each(|shard| versions.change(shard));
    let hasher = map.hasher();
    let place = |at: &u32| {
        let update = of(*at);
        let hash = hash_id(hasher, update.id());
        (map.determine_shard(hash as usize), hash, update)
    };
    for block in positions.chunks(TOGETHER) {
        if !far {
            for (shard, hash, update) in block.iter().map(place) {
                apply(&mut tables[shard], hash, &update, inbox_capacity, hasher);
            }
            continue;
        }
        let found: ArrayVec<_, TOGETHER> = block.iter().map(place).collect();
        for (shard, hash, _) in &found {
            Sighting::of::<U>(&tables[*shard]).prefetch::<U>(*hash);
        }
        // each step waits for all lines of the one before at once
        if U::IS_BEHIND {
            prefetch_states(&tables, &found, U::prefetch_behind);
            prefetch_states(&tables, &found, U::prefetch_further);
        }
        for (shard, hash, update) in found {
            apply(&mut tables[shard], hash, &update, inbox_capacity, hasher);
        }
    }
    tables
}

#[inline(always)]
fn prefetch_states<U: Keyed>(
    tables: &Locked<'_, U>,
    updates: &[(usize, u64, U)],
    prefetch: impl Fn(&U, &U::State),
) {
    for (shard, hash, update) in updates {
        if let Some(state) = likely::<U>(&tables[*shard], *hash) {
            prefetch(update, state);
        }
    }
}

fn lock_all<U: Keyed>(map: &Map<U>) -> Locked<'_, U> {
    let locks = map.shards().iter().take(SHARDS_ALONE);
    locks.map(|lock| lock.write()).collect()
}

/// Answers reads, one after the other, under all locks; badges that were kept
/// from what they were kept in. It prefetches nothing:
/// what is read is mostly near, and to ask for the rest costs more than it saves.
pub(super) fn read_in_order(
    maps: Maps<'_>,
    kept: &mut KeptAnswers,
    reads: &[Read],
    sink: &mut impl FnMut(usize, &Answer),
) {
    let Maps {
        members,
        contents,
        versions,
        views,
    } = maps;
    let locked = (
        lock_all::<MemberUpdate>(members),
        lock_all::<ContentUpdate>(contents),
    );
    // straight to the tables, without a way by the guards
    let of_members: ArrayVec<_, SHARDS_ALONE> = locked.0.iter().map(|table| &**table).collect();
    let of_contents: ArrayVec<_, SHARDS_ALONE> = locked.1.iter().map(|table| &**table).collect();
    // both maps have the same hasher, and as many shards
    let place = |id: u64| {
        let hash = hash_id(members.hasher(), id);
        (hash, members.determine_shard(hash as usize))
    };
    for (at, read) in reads.iter().enumerate() {
        if read.kind == ReadKind::Badge {
            let (hash, shard) = place(read.id);
            let version = versions.members.now(shard);
            let badge = kept.badge(hash, read.id, version).unwrap_or_else(|| {
                let found = of_members[shard].get(hash, |slot| slot.0 == read.id);
                let badge = found.map_or(0, |(_, state)| {
                    badge_of(read.id, state.get(), views.settings())
                });
                if kept.was_asked(hash, read) {
                    let version = versions.members.keep(shard);
                    kept.keep_badge(hash, read.id, version, badge);
                }
                badge
            });
            sink(at, &Answer::Badge(badge));
            continue;
        }
        let answer = answer_read(
            read,
            views,
            |id, look| {
                let (hash, shard) = place(id);
                let found = of_members[shard].get(hash, |slot| slot.0 == id);
                look(found.map(|(_, state)| state.get()));
            },
            |id, look| {
                let (hash, shard) = place(id);
                let found = of_contents[shard].get(hash, |slot| slot.0 == id);
                look(found.map(|(_, state)| state.get()));
            },
        );
        sink(at, &answer);
    }
}
