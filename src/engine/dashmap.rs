//! The default engine, `dashmap`: a batch is grouped by shard, so that each
//! shard is locked once a batch, and the lines that updates will look at are
//! prefetched for all of it beforehand. A lone session needs no groups. Reads
//! are grouped, too, and answers kept while they hold. Imports the contract,
//! the shared state.

mod alone;
mod grouping;
mod kept;
mod reading;
pub(super) mod shard;
mod split;
mod versions;

use dashmap::DashMap;

use super::dashmaps::visit_maps_mut;
use super::keyed::Keyed;
use super::map_memory;
use super::read::Answer;
use super::rounds::each_part;
use super::snapshot::StateMut;
use super::state::{ContentUpdate, Member, MemberUpdate, for_each_update};
use super::viewing::Views;
use super::{Engine, EngineConfig, EngineInfo, Freshness, MemoryUse, Role, Session};
use crate::event::{Event, Read};
use crate::unit::hash::shared_hasher;
use alone::{SHARDS_ALONE, apply_in_order};
use grouping::{Grouping, Part, Pending, SHARDS};
use kept::BothVersions;
use reading::{Maps, Reader};
use shard::{Map, Sightings, apply, entry, likely, place, write_lock};
use split::Split;
use versions::Versions;

/// Batches of fewer events are not grouped: their updates rarely share a
/// shard, and each takes its lock at once.
const SMALLEST_GROUPED: usize = 4;

/// Events grouped together at most; a larger batch is cut. What was prefetched
/// for them must still be in the second-level cache when it is their turn.
const LARGEST_GROUPED: usize = 4096;

/// Two DashMaps with the shared hasher.
#[derive(Debug)]
pub struct DashMapEngine {
    members: Map<MemberUpdate>,
    contents: Map<ContentUpdate>,
    versions: BothVersions,
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
            versions: BothVersions {
                members: Versions::new(shards),
                contents: Versions::new(shards),
            },
            inbox_capacity: config.inbox_capacity,
            views: config.views.clone(),
            threads,
        }
    }

    fn session(&self, worker: usize) -> DashMapSession<'_> {
        DashMapSession {
            engine: self,
            first_shard: worker * SHARDS / self.threads % SHARDS,
            split: Split::default(),
            grouping: Grouping::new(),
            sightings: Sightings::default(),
            reader: Reader::new(),
        }
    }

    fn visit_mut(&self, visit: &(dyn Fn(StateMut<'_>) + Sync)) {
        visit_maps_mut(&self.members, &self.contents, visit);
    }

    fn memory(&self) -> MemoryUse {
        map_memory::of_dashmaps(&self.members, &self.contents)
    }
}

/// A session of [`DashMapEngine`]: a batch's updates, grouped by shard, where
/// the shards' tables were, and what reads have answered.
#[derive(Debug)]
pub struct DashMapSession<'engine> {
    engine: &'engine DashMapEngine,
    /// Where the round over the shards starts: sessions start spread out, so
    /// that they don't meet at every lock.
    first_shard: usize,
    split: Split,
    grouping: Grouping,
    sightings: Sightings,
    reader: Reader,
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
        let far = self.sightings.are_far_alone();
        self.split.look_at(batch);
        let tables = apply_in_order(
            members,
            self.split.members(),
            |at| MemberUpdate::of(&batch[at as usize]),
            *inbox_capacity,
            far,
            &versions.members,
        );
        for (shard, table) in tables.iter().enumerate() {
            self.sightings.sight_members(shard, table);
        }
        drop(tables);
        let tables = apply_in_order(
            contents,
            self.split.contents(),
            |at| ContentUpdate::of(&batch[at as usize]),
            *inbox_capacity,
            far,
            &versions.contents,
        );
        for (shard, table) in tables.iter().enumerate() {
            self.sightings.sight_contents(shard, table);
        }
    }

    fn ingest_grouped(&mut self, batch: &[Event]) {
        self.split.look_at(batch);
        if self.sightings.are_far() {
            self.group::<true>(batch);
        } else {
            self.group::<false>(batch);
        }
        let (first, round) = ((self.first_shard, SHARDS), [Part::Views, Part::Engagement]);
        each_part(self.grouping.shards(&round), first, |shard, wait| {
            self.apply_to_members(batch, shard, wait)
        });
        each_part(
            self.grouping.shards(&[Part::Contents]),
            first,
            |shard, wait| self.apply_to_contents(batch, shard, wait),
        );
    }

    /// Finds the shard and the part of each update, and asks for the lines.
    fn group<const FAR: bool>(&mut self, batch: &[Event]) {
        let DashMapEngine {
            members, contents, ..
        } = self.engine;
        let (of_members, of_contents) = (self.split.members(), self.split.contents());
        self.grouping.clear(of_members.len() + of_contents.len());
        for &at in of_members {
            let event = &batch[at as usize];
            let (hash, shard) = place(members, event.recipient);
            if FAR {
                self.sightings.members[shard].prefetch::<MemberUpdate>(hash);
            }
            // without a branch: nobody can predict what an event is
            let is_engaged = usize::from(Member::is_engaged_by(event.stamp()));
            let part = [Part::Views, Part::Engagement][is_engaged];
            self.grouping.push(part, shard, hash, at);
        }
        for &at in of_contents {
            let (hash, shard) = place(contents, batch[at as usize].content);
            if FAR {
                self.sightings.contents[shard].prefetch::<ContentUpdate>(hash);
            }
            self.grouping.push(Part::Contents, shard, hash, at);
        }
    }

    /// Applies what concerns a shard's members; without `wait`, only if
    /// nobody else has its lock. Returns whether it did.
    fn apply_to_members(&mut self, batch: &[Event], shard: usize, wait: bool) -> bool {
        let DashMapEngine {
            members,
            versions,
            inbox_capacity: capacity,
            ..
        } = self.engine;
        let lock = &members.shards()[shard];
        let Some(mut table) = (match wait {
            true => Some(write_lock(lock)),
            false => lock.try_write(),
        }) else {
            return false;
        };
        versions.members.change(shard);
        let update = |pending: &Pending| MemberUpdate::of(&batch[pending.at as usize]);
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
        self.sightings.sight_members(shard, &table);
        true
    }

    /// The same for contents.
    fn apply_to_contents(&mut self, batch: &[Event], shard: usize, wait: bool) -> bool {
        let DashMapEngine {
            contents, versions, ..
        } = self.engine;
        let lock = &contents.shards()[shard];
        let Some(mut table) = (match wait {
            true => Some(write_lock(lock)),
            false => lock.try_write(),
        }) else {
            return false;
        };
        versions.contents.change(shard);
        for pending in self.grouping.of(Part::Contents, shard) {
            let update = ContentUpdate::of(&batch[pending.at as usize]);
            apply(&mut table, pending.hash, &update, 0, contents.hasher());
        }
        self.sightings.sight_contents(shard, &table);
        true
    }
}

/// Applies one update under its shard's lock.
#[inline]
fn apply_alone<U: Keyed>(map: &Map<U>, versions: &Versions, update: &U, inbox_capacity: usize) {
    let entry = entry(map, update.id());
    let shard = place(map, update.id()).1;
    versions.change(shard);
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
            self.reader.read(maps, &self.sightings, reads, sink);
        }
    }

    fn finish(self) {}
}

#[cfg(test)]
mod tests;
