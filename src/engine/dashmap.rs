//! The default engine, `dashmap`: a batch is grouped by shard, so that each
//! shard is locked once a batch, and the lines that updates will look at are
//! prefetched for all of it beforehand. Imports the contract, the shared state.

mod grouping;
pub(super) mod shard;

use dashmap::DashMap;

use super::dashmaps::{read_maps, visit_maps, visit_maps_mut};
use super::keyed::Keyed;
use super::map_memory;
use super::read::Answer;
use super::snapshot::{StateMut, StateRef};
use super::state::{ContentUpdate, MemberUpdate};
use super::viewing::{Viewer, Viewing, Views, content_update, member_update};
use super::{Engine, EngineConfig, EngineInfo, Freshness, MemoryUse, Role, Session};
use crate::event::{Event, Read};
use crate::policy::{Disposition, effect_of};
use crate::unit::hash::{hash_id, shared_hasher};
use grouping::{Grouping, Part, Pending, SHARDS};
use shard::{Map, Sighting, Table, apply, likely};

/// Batches of fewer events are not grouped: their updates rarely share a
/// shard, and each takes its lock at once.
const SMALLEST_GROUPED: usize = 4;

/// Events grouped together at most; a larger batch is cut. What was prefetched
/// for them must still be in the second-level cache when it is their turn.
const LARGEST_GROUPED: usize = 4096;

/// Tables of more bytes than this are prefetched: in smaller ones the lines
/// are near, and asking for them costs more than it saves.
const NEAR_CACHE_BYTES: usize = 4 << 20;

/// Two DashMaps of 32 shards with the shared hasher.
#[derive(Debug)]
pub struct DashMapEngine {
    members: Map<MemberUpdate>,
    contents: Map<ContentUpdate>,
    inbox_capacity: usize,
    views: Views,
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
            views: config.views.clone(),
            threads: config.threads.max(1),
        }
    }

    fn session(&self, worker: usize) -> DashMapSession<'_> {
        DashMapSession {
            engine: self,
            viewing: self.views.viewing(),
            viewers: Vec::new(),
            first_shard: worker * SHARDS / self.threads % SHARDS,
            grouping: Grouping::new(),
            members: [Sighting::default(); SHARDS],
            contents: [Sighting::default(); SHARDS],
            table_bytes: 0,
        }
    }

    fn visit(&self, visit: &(dyn Fn(StateRef<'_>) + Sync)) {
        visit_maps(&self.members, &self.contents, visit);
    }

    fn visit_mut(&self, visit: &(dyn Fn(StateMut<'_>) + Sync)) {
        visit_maps_mut(&self.members, &self.contents, visit);
    }

    fn memory(&self) -> MemoryUse {
        map_memory::of_dashmaps(&self.members, &self.contents)
    }
}

/// A session of [`DashMapEngine`]: a batch's updates, grouped by shard, and
/// where the shards' tables were.
#[derive(Debug)]
pub struct DashMapSession<'engine> {
    engine: &'engine DashMapEngine,
    viewing: Viewing,
    /// Who the views of the batch are counted for, by position; empty where
    /// each view counts.
    viewers: Vec<Viewer>,
    /// Where the round over the shards starts: sessions start spread out, so
    /// that they don't meet at every lock.
    first_shard: usize,
    grouping: Grouping,
    members: [Sighting; SHARDS],
    contents: [Sighting; SHARDS],
    /// Bytes of all tables that were sighted.
    table_bytes: usize,
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
            self.viewing.for_each_update(
                event,
                |update| apply_alone(members, &update, *inbox_capacity),
                |update| apply_alone(contents, &update, *inbox_capacity),
            );
        }
    }

    fn ingest_grouped(&mut self, batch: &[Event]) {
        self.grouping.clear(batch.len());
        if !self.viewing.is_plain() {
            self.viewers.clear();
            self.viewers.resize(batch.len(), Viewer::default());
        }
        let is_far = self.table_bytes > NEAR_CACHE_BYTES;
        match (is_far, self.viewing.is_plain()) {
            (true, true) => self.group::<true, true>(batch),
            (true, false) => self.group::<true, false>(batch),
            (false, true) => self.group::<false, true>(batch),
            (false, false) => self.group::<false, false>(batch),
        }
        let (first, round) = (self.first_shard, [Part::Views, Part::Engagement]);
        each_shard(self.grouping.shards(&round), first, |shard, wait| {
            self.apply_to_members(batch, shard, wait)
        });
        each_shard(
            self.grouping.shards(&[Part::Contents]),
            first,
            |shard, wait| self.apply_to_contents(batch, shard, wait),
        );
    }

    /// Finds the shard and the part of each update, and asks for the lines;
    /// unless each view is PLAIN, who it is counted for.
    fn group<const FAR: bool, const PLAIN: bool>(&mut self, batch: &[Event]) {
        let DashMapEngine { members, .. } = self.engine;
        // both maps have the same hasher, and as many shards
        let hashed = |id| {
            let hash = hash_id(members.hasher(), id);
            (hash, members.determine_shard(hash as usize) % SHARDS)
        };
        for (at, event) in (0..).zip(batch) {
            let effect = effect_of(event);
            match effect.disposition {
                Disposition::Discard => {}
                Disposition::Aggregate => {
                    // without a branch: nobody can predict who is looked at
                    let is_content = usize::from(effect.touches_content);
                    let id = [event.recipient, event.content][is_content];
                    let mut part = [Part::Views, Part::Contents][is_content];
                    if !PLAIN {
                        let viewer = self.viewing.viewer_of(event, effect.touches_content);
                        let Some(viewer) = viewer else { continue };
                        self.viewers[at as usize] = viewer;
                        // who looked is kept behind the pointer, too
                        part = [Part::Engagement, Part::Contents][is_content];
                    }
                    let (hash, shard) = hashed(id);
                    let table = [&self.members, &self.contents][is_content][shard];
                    // slots of both maps have one size
                    if FAR {
                        table.prefetch::<MemberUpdate>(hash);
                    }
                    self.grouping.push(part, shard, hash, at);
                }
                Disposition::Notify | Disposition::Retract | Disposition::OwnAct => {
                    let (hash, shard) = hashed(event.recipient);
                    if FAR {
                        self.members[shard].prefetch::<MemberUpdate>(hash);
                    }
                    self.grouping.push(Part::Engagement, shard, hash, at);
                    if effect.touches_content {
                        let (hash, shard) = hashed(event.content);
                        if FAR {
                            self.contents[shard].prefetch::<ContentUpdate>(hash);
                        }
                        self.grouping.push(Part::Contents, shard, hash, at);
                    }
                }
            }
        }
    }

    /// Applies what concerns a shard's members; without `wait`, only if
    /// nobody else has its lock. Returns whether it did.
    fn apply_to_members(&mut self, batch: &[Event], shard: usize, wait: bool) -> bool {
        let DashMapEngine {
            members,
            inbox_capacity: capacity,
            ..
        } = self.engine;
        let lock = &members.shards()[shard];
        let Some(mut table) = (match wait {
            true => Some(lock.write()),
            false => lock.try_write(),
        }) else {
            return false;
        };
        let update = |pending: &Pending| member_update(batch, &self.viewers, pending.at as usize);
        let engagement = || self.grouping.of(Part::Engagement, shard);
        for pending in engagement() {
            if let Some(state) = likely::<MemberUpdate>(&table, pending.hash) {
                update(&pending).prefetch_behind(state);
            }
        }
        for pending in self.grouping.of(Part::Views, shard) {
            let hasher = members.hasher();
            apply(
                &mut table,
                pending.hash,
                &update(&pending),
                *capacity,
                hasher,
            );
        }
        for pending in engagement() {
            if let Some(state) = likely::<MemberUpdate>(&table, pending.hash) {
                update(&pending).prefetch_further(state);
            }
        }
        if !self.viewing.is_plain() {
            for pending in engagement() {
                if let Some(state) = likely::<MemberUpdate>(&table, pending.hash) {
                    update(&pending).prefetch_furthest(state);
                }
            }
        }
        for pending in engagement() {
            let hasher = members.hasher();
            apply(
                &mut table,
                pending.hash,
                &update(&pending),
                *capacity,
                hasher,
            );
        }
        self.table_bytes += self.members[shard].sight::<MemberUpdate>(&table);
        true
    }

    /// The same for contents.
    fn apply_to_contents(&mut self, batch: &[Event], shard: usize, wait: bool) -> bool {
        let contents = &self.engine.contents;
        let lock = &contents.shards()[shard];
        let Some(mut table) = (match wait {
            true => Some(lock.write()),
            false => lock.try_write(),
        }) else {
            return false;
        };
        if !self.viewing.is_plain() {
            self.prefetch_viewers(batch, shard, &table);
        }
        for pending in self.grouping.of(Part::Contents, shard) {
            let update = content_update(batch, &self.viewers, pending.at as usize);
            apply(&mut table, pending.hash, &update, 0, contents.hasher());
        }
        self.table_bytes += self.contents[shard].sight::<ContentUpdate>(&table);
        true
    }
}

impl DashMapSession<'_> {
    /// Fetches what the views of a shard's contents look at, where a viewer
    /// counts once.
    fn prefetch_viewers(&self, batch: &[Event], shard: usize, table: &Table<ContentUpdate>) {
        let update = |pending: &Pending| content_update(batch, &self.viewers, pending.at as usize);
        for pending in self.grouping.of(Part::Contents, shard) {
            if let Some(state) = likely::<ContentUpdate>(table, pending.hash) {
                update(&pending).prefetch_behind(state);
            }
        }
        for pending in self.grouping.of(Part::Contents, shard) {
            if let Some(state) = likely::<ContentUpdate>(table, pending.hash) {
                update(&pending).prefetch_further(state);
            }
        }
    }
}

/// Applies one update under its shard's lock.
#[inline]
fn apply_alone<U: Keyed>(map: &Map<U>, update: &U, inbox_capacity: usize) {
    let mut state = map.entry(update.id()).or_default();
    update.apply_to(&mut state, inbox_capacity);
}

/// Calls `apply` for each shard of a set: one round over those that are free,
/// in which it must not wait, then one that waits for those that were not.
#[inline(always)]
fn each_shard(mut left: u64, first_shard: usize, mut apply: impl FnMut(usize, bool) -> bool) {
    for wait in [false, true] {
        for ahead in 0..SHARDS {
            let shard = (first_shard + ahead) % SHARDS;
            if left >> shard & 1 == 1 && apply(shard, wait) {
                left &= !(1 << shard);
            }
        }
        if left == 0 {
            return;
        }
    }
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
            members,
            contents,
            views,
            ..
        } = self.engine;
        read_maps(members, contents, views, reads, sink);
    }

    fn finish(self) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::check::agrees_with_fold;

    #[test]
    fn agrees_with_the_plain_fold_in_batches_of_every_path() {
        for threads in [1, 2, 8] {
            for batch in [1, SMALLEST_GROUPED, 1000, LARGEST_GROUPED + 1] {
                agrees_with_fold::<DashMapEngine>(threads, batch);
            }
        }
    }
}
