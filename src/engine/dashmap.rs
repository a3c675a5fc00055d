//! The default engine, `dashmap`: a batch is grouped by shard, so that each
//! shard is locked once a batch, and the table's lines are prefetched where
//! the state is larger than the cache. Imports the contract, the shared state.

mod grouping;

use dashmap::{DashMap, SharedValue};

use super::dashmaps::{read_maps, visit_maps};
use super::keyed::Keyed;
use super::map_memory;
use super::read::Answer;
use super::snapshot::StateRef;
use super::state::{ContentUpdate, MemberUpdate, for_each_update};
use super::{Engine, EngineConfig, EngineInfo, Freshness, MemoryUse, Role, Session};
use crate::event::{Event, Read};
use crate::unit::hash::{SharedHasher, hash_id, shared_hasher};
use crate::unit::prefetch::{prefetch_line, prefetch_value};
use grouping::{Grouping, SHARDS};

/// Batches of fewer events are not grouped: their updates rarely share a
/// shard, and each takes its lock at once.
const SMALLEST_GROUPED: usize = 4;

/// Events grouped together at most; a larger batch is cut. A group's updates
/// then stay in the second-level cache between sorting and applying.
const LARGEST_GROUPED: usize = 8192;

/// Updates that are prefetched together, then applied: about as many lines
/// as a core can have on their way from memory at a time.
const PREFETCHED: usize = 16;

/// Maps of more bytes than this are prefetched: about a core's share of the
/// last-level cache. In a smaller one the lines are near, and asking for them
/// costs a tenth; in one beyond it saves a third (docs/PERFORMANCE.md).
const NEAR_CACHE_BYTES: usize = 16 << 20;

/// The map of the states that updates `U` change.
type Map<U> = DashMap<u64, <U as Keyed>::State, SharedHasher>;

/// What a slot of its tables holds.
type Slot<U> = (u64, SharedValue<<U as Keyed>::State>);

/// Two DashMaps of 64 shards with the shared hasher.
#[derive(Debug)]
pub struct DashMapEngine {
    members: Map<MemberUpdate>,
    contents: Map<ContentUpdate>,
    inbox_capacity: usize,
    threads: usize,
}

impl Engine for DashMapEngine {
    const INFO: EngineInfo = EngineInfo {
        name: "dashmap",
        role: Role::Engine,
        freshness: Freshness::Immediate,
        about: "DashMap fed in batches grouped by shard: the default choice where events arrive \
                in batches; with single events it keeps only its hasher's and shards' gain",
    };
    type Session<'engine> = DashMapSession<'engine>;

    fn build(config: &EngineConfig) -> Self {
        Self {
            members: DashMap::with_hasher_and_shard_amount(shared_hasher(), SHARDS),
            contents: DashMap::with_hasher_and_shard_amount(shared_hasher(), SHARDS),
            inbox_capacity: config.inbox_capacity,
            threads: config.threads.max(1),
        }
    }

    fn session(&self, worker: usize) -> DashMapSession<'_> {
        DashMapSession {
            engine: self,
            first_shard: worker * SHARDS / self.threads % SHARDS,
            members: Grouping::new(),
            contents: Grouping::new(),
        }
    }

    fn visit(&self, visit: &(dyn Fn(StateRef<'_>) + Sync)) {
        visit_maps(&self.members, &self.contents, visit);
    }

    fn memory(&self) -> MemoryUse {
        map_memory::of_dashmaps(&self.members, &self.contents)
    }
}

/// A session of [`DashMapEngine`]: a batch's updates, grouped by shard.
#[derive(Debug)]
pub struct DashMapSession<'engine> {
    engine: &'engine DashMapEngine,
    /// Where the round over the shards starts: sessions start spread out, so
    /// that they don't meet at every lock.
    first_shard: usize,
    members: Grouping<MemberUpdate>,
    contents: Grouping<ContentUpdate>,
}

impl DashMapSession<'_> {
    fn ingest_one_by_one(&self, batch: &[Event]) {
        let DashMapEngine {
            members,
            contents,
            inbox_capacity,
            ..
        } = self.engine;
        for event in batch {
            for_each_update(
                event,
                |update| apply_alone(members, &update, *inbox_capacity),
                |update| apply_alone(contents, &update, *inbox_capacity),
            );
        }
    }

    fn ingest_grouped(&mut self, batch: &[Event]) {
        let DashMapEngine {
            members,
            contents,
            inbox_capacity,
            ..
        } = self.engine;
        for event in batch {
            for_each_update(
                event,
                |update| {
                    self.members
                        .push(hash_id(members.hasher(), update.id()), update);
                },
                |update| {
                    self.contents
                        .push(hash_id(contents.hasher(), update.id()), update);
                },
            );
        }
        apply_all(
            members,
            &mut self.members,
            self.first_shard,
            *inbox_capacity,
        );
        apply_all(
            contents,
            &mut self.contents,
            self.first_shard,
            *inbox_capacity,
        );
    }
}

/// Applies one update under its shard's lock.
#[inline]
fn apply_alone<U: Keyed>(map: &Map<U>, update: &U, inbox_capacity: usize) {
    let mut state = map.entry(update.id()).or_default();
    update.apply_to(&mut state, inbox_capacity);
}

/// Applies the updates and forgets them: one round over the shards that are
/// free, then one that waits for those that were not.
fn apply_all<U: Keyed>(
    map: &Map<U>,
    grouping: &mut Grouping<U>,
    first_shard: usize,
    inbox_capacity: usize,
) {
    let mut left = grouping.sort(|hash| map.determine_shard(hash as usize));
    for wait in [false, true] {
        // bit n: the n-th shard from the first
        let mut ahead = left.rotate_right(first_shard as u32);
        while ahead != 0 {
            let shard = (ahead.trailing_zeros() as usize + first_shard) % SHARDS;
            ahead &= ahead - 1;
            if apply_to_shard(map, grouping, shard, wait, inbox_capacity) {
                left &= !(1 << shard);
            }
        }
    }
    grouping.clear();
}

/// Applies a shard's updates under its lock; without `wait`, only if nobody
/// else has it. Returns whether it did.
fn apply_to_shard<U: Keyed>(
    map: &Map<U>,
    grouping: &Grouping<U>,
    shard: usize,
    wait: bool,
    inbox_capacity: usize,
) -> bool {
    let lock = &map.shards()[shard];
    let mut table = match wait {
        true => lock.write(),
        false => match lock.try_write() {
            Some(table) => table,
            None => return false,
        },
    };
    let hasher = map.hasher();
    for block in grouping.of_shard(shard).chunks(PREFETCHED) {
        if table.buckets() * size_of::<Slot<U>>() * SHARDS > NEAR_CACHE_BYTES {
            // the control bytes tell where the state is, the state where its
            // inbox is: each step waits for all lines of the one before at once
            for &at in block {
                let control = table.data_end().as_ptr().cast::<u8>();
                let index = grouping.at(at).0 as usize & (table.buckets() - 1);
                prefetch_line(control.wrapping_add(index));
            }
            // the first slot with the hash's tag: right but for one in a
            // hundred, and found without looking at it
            for &at in block {
                table
                    .get(grouping.at(at).0, |_| true)
                    .inspect(|slot| prefetch_value(*slot));
            }
            for &at in block {
                let likely = table.get(grouping.at(at).0, |_| true);
                likely.inspect(|(_, state)| grouping.at(at).1.prefetch_behind(state.get()));
            }
            for &at in block {
                let likely = table.get(grouping.at(at).0, |_| true);
                likely.inspect(|(_, state)| grouping.at(at).1.prefetch_further(state.get()));
            }
        }
        for &at in block {
            let (hash, update) = grouping.at(at);
            if let Some((_, state)) = table.get_mut(hash, |slot| slot.0 == update.id()) {
                update.apply_to(state.get_mut(), inbox_capacity);
            } else {
                let mut state = U::State::default();
                update.apply_to(&mut state, inbox_capacity);
                let slot: Slot<U> = (update.id(), SharedValue::new(state));
                table.insert(hash, slot, |(id, _)| hash_id(hasher, *id));
            }
        }
    }
    true
}

impl Session for DashMapSession<'_> {
    fn ingest(&mut self, batch: &[Event]) {
        if batch.len() < SMALLEST_GROUPED {
            self.ingest_one_by_one(batch);
            return;
        }
        for group in batch.chunks(LARGEST_GROUPED) {
            self.ingest_grouped(group);
        }
    }

    fn read(&mut self, reads: &[Read], sink: &mut impl FnMut(usize, &Answer)) {
        let DashMapEngine {
            members, contents, ..
        } = self.engine;
        read_maps(members, contents, reads, sink);
    }

    fn finish(self) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::check::{Fold, agrees_with_fold, holds, ingest, stream_over};

    #[test]
    fn agrees_with_the_plain_fold_in_batches_of_every_path() {
        for threads in [1, 2, 8] {
            for batch in [1, SMALLEST_GROUPED, 1000, LARGEST_GROUPED + 1] {
                agrees_with_fold::<DashMapEngine>(threads, batch);
            }
        }
    }

    #[test]
    fn agrees_with_the_plain_fold_where_tables_are_prefetched() {
        let events = stream_over(700_000, 1, 700_000);
        let engine = DashMapEngine::build(&EngineConfig::new(2));
        ingest(&engine, 2, &events, 2000);
        let slots: usize = engine
            .members
            .shards()
            .iter()
            .map(|at| at.read().buckets())
            .sum();
        assert!(slots * size_of::<Slot<MemberUpdate>>() > NEAR_CACHE_BYTES);
        holds(&engine, 2, &Fold::of(&events));
    }
}
