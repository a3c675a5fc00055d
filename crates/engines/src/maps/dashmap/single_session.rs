//! Batches of the only session: no lock is contended, so a batch takes all of
//! them once and applies its updates in the order of arrival, without grouping;
//! and so do its reads.

use arrayvec::ArrayVec;
use dashmap::RwLockWriteGuard;

use super::answer_cache::AnswerCache;
use super::read_source::Maps;
use super::shard_table::{Map, Table, TableHint, apply, likely, prefetch_slot, shard_of};
use super::shard_versions::ShardVersions;
use crate::shared::prefetch::AHEAD_IN_STEPS;
use notibench_core::event::{Read, ReadKind};
use notibench_core::read::{Answer, answer_read, badge_of};
use notibench_core::state::Keyed;
use notibench_core::state::{ContentUpdate, MemberUpdate};
use notibench_core::unit::hash::hash_id;

/// Shards where there is one session: the fewest that a DashMap has, since a
/// call takes all locks.
pub(super) const SHARDS_ALONE: usize = 2;

/// Hashes that are kept from an update's first step to its last, a power of two.
const RING: usize = 128;

/// All tables of a map, locked.
pub(super) type Locked<'map, U> = ArrayVec<RwLockWriteGuard<'map, Table<U>>, SHARDS_ALONE>;

/// Applies the updates that `of` makes at some positions of a
/// batch; where the tables `exceed_cache`, prefetches for them. Returns the
/// tables, still locked.
pub(super) fn apply_in_order<'map, U: Keyed>(
    map: &'map Map<U>,
    positions: &[u32],
    of: impl Fn(u32) -> U,
    inbox_capacity: usize,
    exceed_cache: bool,
    versions: &ShardVersions,
) -> Locked<'map, U> {
    let mut tables = lock_all::<U>(map);
    (0..tables.len()).for_each(|shard| versions.invalidate(shard));
    if exceed_cache {
        apply_in_steps(map, &mut tables, positions, of, inbox_capacity);
    } else {
        for update in positions.iter().map(|&at| of(at)) {
            let hash = hash_id(map.hasher(), update.id());
            let table = &mut tables[shard_of(map, hash)];
            apply(table, hash, &update, inbox_capacity, map.hasher());
        }
    }
    tables
}

/// Each update takes a step for each cache line that it must wait for, with
/// [`AHEAD_IN_STEPS`] others between two of them: its control byte, its slot, and,
/// where it looks behind the slot, what is there.
#[inline(always)]
fn apply_in_steps<U: Keyed>(
    map: &Map<U>,
    tables: &mut Locked<'_, U>,
    positions: &[u32],
    of: impl Fn(u32) -> U,
    inbox_capacity: usize,
) {
    let last = if U::IS_BEHIND { 4 } else { 2 };
    const { assert!(4 * AHEAD_IN_STEPS < RING) };
    let shard_of = |hash: u64| shard_of(map, hash);
    let mut hashes = [0; RING];
    for now in 0..positions.len() + last * AHEAD_IN_STEPS {
        if let Some(&at) = positions.get(now) {
            let hash = hash_id(map.hasher(), of(at).id());
            hashes[now % RING] = hash;
            TableHint::of::<U>(&tables[shard_of(hash)]).prefetch_control(hash);
        }
        // the update whose step it is, and its hash
        let turn = |step: usize| {
            let before = now.checked_sub(step * AHEAD_IN_STEPS)?;
            Some((*positions.get(before)?, hashes[before % RING]))
        };
        if let Some((_, hash)) = turn(1) {
            prefetch_slot::<U>(&tables[shard_of(hash)], hash);
        }
        if U::IS_BEHIND {
            if let Some((at, hash)) = turn(2) {
                let table = &tables[shard_of(hash)];
                prefetch_state(table, hash, &of(at), U::prefetch_behind);
            }
            if let Some((at, hash)) = turn(3) {
                let table = &tables[shard_of(hash)];
                prefetch_state(table, hash, &of(at), U::prefetch_further);
            }
        }
        if let Some((at, hash)) = turn(last) {
            let table = &mut tables[shard_of(hash)];
            apply(table, hash, &of(at), inbox_capacity, map.hasher());
        }
    }
}

#[inline(always)]
fn prefetch_state<U: Keyed>(
    table: &Table<U>,
    hash: u64,
    update: &U,
    prefetch: impl Fn(&U, &U::State),
) {
    if update.looks_behind()
        && let Some(state) = likely::<U>(table, hash)
    {
        prefetch(update, state);
    }
}

fn lock_all<U: Keyed>(map: &Map<U>) -> Locked<'_, U> {
    let locks = map.shards().iter().take(SHARDS_ALONE);
    locks.map(|lock| lock.write()).collect()
}

/// Answers reads, one after the other, under all locks; cached badges from the
/// cache. It prefetches nothing: most of what is read is in a cache, and
/// prefetching the rest costs more than it saves.
pub(super) fn read_in_order(
    maps: Maps<'_>,
    cache: &mut AnswerCache,
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
        (hash, shard_of(members, hash))
    };
    for (at, read) in reads.iter().enumerate() {
        if read.kind == ReadKind::Badge {
            let (hash, shard) = place(read.id);
            let version = versions.members.current(shard);
            let badge = cache.badge(hash, read.id, version).unwrap_or_else(|| {
                let found = of_members[shard].get(hash, |slot| slot.0 == read.id);
                let badge = found.map_or(0, |(_, state)| {
                    badge_of(read.id, state.get(), views.settings())
                });
                if cache.was_asked(hash, read) {
                    let version = versions.members.mark_cached(shard);
                    cache.cache_badge(hash, read.id, version, badge);
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
