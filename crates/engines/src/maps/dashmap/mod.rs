//! The default engine, `dashmap`: a batch is grouped by shard, so that each
//! shard is locked once a batch, and cache lines are prefetched while other
//! updates are processed. A single session needs no groups. Reads are grouped,
//! too, and answers cached while they are valid.

mod answer_cache;
mod batch_history;
mod grouped_reads;
mod read_source;
mod shard_batch;
mod shard_groups;
mod shard_lock;
pub(crate) mod shard_table;
mod shard_versions;
mod single_session;
mod split;

use dashmap::DashMap;

use super::dashmap_pair::visit_maps_mut;
use crate::shared::table_memory;
use answer_cache::MapVersions;
use batch_history::{ApplyStrategy, BatchHistory};
use grouped_reads::Reader;
use notibench_core::engine::{
    Engine, EngineConfig, EngineInfo, Freshness, MemoryUse, Role, Session,
};
use notibench_core::event::{Event, Read};
use notibench_core::read::Answer;
use notibench_core::state::Keyed;
use notibench_core::state::{ContentUpdate, MemberUpdate, StateMut, for_each_update};
use notibench_core::unit::cache::Near;
use notibench_core::unit::hash::shared_hasher;
use notibench_core::viewing::Views;
use read_source::Maps;
use shard_batch::{GroupedUpdate, ShardBatch, group_by_shard};
use shard_groups::{SHARDS, ShardGroups};
use shard_lock::entry;
use shard_table::{Map, TableHints, place};
use shard_versions::ShardVersions;
use single_session::{SHARDS_ALONE, apply_in_order};
use split::Split;

/// Batches of fewer events are not grouped: their updates rarely share a
/// shard, and each takes its lock at once.
const SMALLEST_GROUPED: usize = 4;

/// Events grouped together at most; a larger batch is cut. What was prefetched
/// for them must still be in the second-level cache when it is their turn.
const LARGEST_GROUPED: usize = 2048;

/// Two DashMaps with the shared hasher.
#[derive(Debug)]
pub struct DashMapEngine {
    members: Map<MemberUpdate>,
    contents: Map<ContentUpdate>,
    versions: MapVersions,
    inbox_capacity: usize,
    views: Views,
    threads: usize,
    near: Near,
}

impl Engine for DashMapEngine {
    const INFO: EngineInfo = EngineInfo {
        name: "dashmap",
        role: Role::Engine,
        freshness: Freshness::Immediate,
        about: "DashMap fed in batches grouped by shard: the default choice where events arrive \
                in batches; keeps a session's answers that were asked twice; with single events it \
                has only its hasher's and shards' gain",
    };
    type Session<'engine> = DashMapSession<'engine>;

    fn build(config: &EngineConfig) -> Self {
        let threads = config.threads.max(1);
        let shards = if threads == 1 { SHARDS_ALONE } else { SHARDS };
        Self {
            members: DashMap::with_hasher_and_shard_amount(shared_hasher(), shards),
            contents: DashMap::with_hasher_and_shard_amount(shared_hasher(), shards),
            versions: MapVersions {
                members: ShardVersions::new(shards),
                contents: ShardVersions::new(shards),
            },
            inbox_capacity: config.inbox_capacity,
            views: config.views.clone(),
            threads,
            near: Near::here(),
        }
    }

    fn session(&self, worker: usize) -> DashMapSession<'_> {
        DashMapSession {
            engine: self,
            first_shard: worker * SHARDS / self.threads % SHARDS,
            split: Split::default(),
            groups: ShardGroups::new(),
            hints: TableHints::new(self.near),
            reader: Reader::new(),
            history: BatchHistory::new(),
        }
    }

    fn visit_mut(&self, visit: &(dyn Fn(StateMut<'_>) + Sync)) {
        visit_maps_mut(&self.members, &self.contents, visit);
    }

    fn memory(&self) -> MemoryUse {
        table_memory::of_dashmaps(&self.members, &self.contents)
    }
}

/// A session of [`DashMapEngine`]: a batch's updates, grouped by shard, hints
/// where the shards' tables are, cached answers, and the history of batches.
#[derive(Debug)]
pub struct DashMapSession<'engine> {
    engine: &'engine DashMapEngine,
    /// Where the sweep over the shards starts: sessions start spread out, so
    /// that they don't contend for every lock.
    first_shard: usize,
    split: Split,
    groups: ShardGroups,
    hints: TableHints,
    reader: Reader,
    history: BatchHistory,
}

impl DashMapSession<'_> {
    fn ingest_one_by_one(&mut self, batch: &[Event]) {
        let DashMapEngine {
            members,
            contents,
            versions,
            inbox_capacity,
            ..
        } = self.engine;
        for event in batch {
            for_each_update(
                event,
                |update| apply_alone(members, &versions.members, &update, *inbox_capacity),
                |update| apply_alone(contents, &versions.contents, &update, *inbox_capacity),
            );
        }
    }

    /// For the only session: all locks once, and no groups.
    fn ingest_in_order(&mut self, batch: &[Event]) {
        let DashMapEngine {
            members,
            contents,
            versions,
            inbox_capacity,
            ..
        } = self.engine;
        let exceed_cache = self.hints.exceed_cache_alone();
        self.split.look_at(batch);
        let tables = apply_in_order(
            members,
            self.split.members(),
            |at| MemberUpdate::of(&batch[at as usize]),
            *inbox_capacity,
            exceed_cache,
            &versions.members,
        );
        for (shard, table) in tables.iter().enumerate() {
            self.hints.update_members(shard, table);
        }
        drop(tables);
        let tables = apply_in_order(
            contents,
            self.split.contents(),
            |at| ContentUpdate::of(&batch[at as usize]),
            *inbox_capacity,
            exceed_cache,
            &versions.contents,
        );
        for (shard, table) in tables.iter().enumerate() {
            self.hints.update_contents(shard, table);
        }
    }

    fn ingest_grouped(&mut self, batch: &[Event]) {
        let DashMapEngine {
            members,
            contents,
            versions,
            ..
        } = self.engine;
        self.split.look_at(batch);
        let strategy = self.history.strategy();
        let (maps, hints) = ((members, contents), &self.hints);
        let (groups, split) = (&mut self.groups, &self.split);
        if !hints.exceed_cache() {
            group_by_shard::<false, false>(groups, split, hints, maps, batch);
        } else if strategy == ApplyStrategy::Overlapped {
            group_by_shard::<true, false>(groups, split, hints, maps, batch);
        } else {
            group_by_shard::<true, true>(groups, split, hints, maps, batch);
        }
        self.apply_grouped::<MemberUpdate>(members, &versions.members, batch, strategy);
        self.apply_grouped::<ContentUpdate>(contents, &versions.contents, batch, strategy);
        self.history.note_batch();
    }

    /// Applies what was grouped of one map's updates.
    #[inline(always)]
    fn apply_grouped<U: GroupedUpdate>(
        &mut self,
        map: &Map<U>,
        versions: &ShardVersions,
        batch: &[Event],
        strategy: ApplyStrategy,
    ) {
        let mut shard_batch = ShardBatch::<U> {
            map,
            versions,
            inbox_capacity: self.engine.inbox_capacity,
            batch,
            groups: &self.groups,
            hints: &mut self.hints,
            strategy,
        };
        shard_batch.apply_all(self.first_shard);
    }
}

/// Applies one update under its shard's lock.
#[inline]
fn apply_alone<U: Keyed>(
    map: &Map<U>,
    versions: &ShardVersions,
    update: &U,
    inbox_capacity: usize,
) {
    let entry = entry(map, update.id());
    let shard = place(map, update.id()).1;
    versions.invalidate(shard);
    update.apply_to(&mut entry.or_default(), inbox_capacity);
}

impl Session for DashMapSession<'_> {
    fn ingest(&mut self, batch: &[Event]) {
        if batch.len() < SMALLEST_GROUPED {
            self.ingest_one_by_one(batch);
            return;
        }
        for group in batch.chunks(LARGEST_GROUPED) {
            if self.engine.threads == 1 {
                self.ingest_in_order(group);
            } else {
                self.ingest_grouped(group);
            }
        }
    }

    fn read(&mut self, reads: &[Read], sink: &mut impl FnMut(usize, &Answer)) {
        let DashMapEngine {
            members,
            contents,
            versions,
            views,
            ..
        } = self.engine;
        let maps = Maps {
            members,
            contents,
            versions,
            views,
        };
        if self.engine.threads == 1 {
            self.reader.read_alone(maps, reads, sink);
        } else {
            self.history.note_reads();
            self.reader.read(maps, &self.hints, reads, sink);
        }
    }

    fn finish(self) {}
}

#[cfg(test)]
mod tests;
