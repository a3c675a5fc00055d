//! The default engine, `dashmap`: a batch is grouped by shard, so that each
//! shard is locked once a batch, and the table's lines are prefetched where
//! the state is larger than the cache. Imports the contract, the shared state.

use dashmap::{DashMap, SharedValue};
use rayon::prelude::*;

use super::map_memory;
use super::read::{Answer, answer_read};
use super::snapshot::StateRef;
use super::state::{Content, ContentUpdate, Member, MemberUpdate, for_each_update};
use super::{Engine, EngineConfig, EngineInfo, Freshness, MemoryUse, Role, Session};
use crate::event::{Event, Read};
use crate::unit::hash::{SharedHasher, hash_id, shared_hasher};

/// Shards of each map: measured better than DashMap's 4 × cores.
const SHARDS: usize = 64;

/// Two DashMaps of 64 shards with the shared hasher.
#[derive(Debug)]
pub struct DashMapEngine {
    members: DashMap<u64, Member, SharedHasher>,
    contents: DashMap<u64, Content, SharedHasher>,
    inbox_capacity: usize,
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
        }
    }

    fn session(&self, _: usize) -> DashMapSession<'_> {
        DashMapSession {
            engine: self,
            hasher: shared_hasher(),
            members: (0..SHARDS).map(|_| Vec::new()).collect(),
            contents: (0..SHARDS).map(|_| Vec::new()).collect(),
        }
    }

    fn visit(&self, visit: &(dyn Fn(StateRef<'_>) + Sync)) {
        self.members
            .par_iter()
            .for_each(|at| visit(StateRef::Member(*at.key(), at.value())));
        self.contents
            .par_iter()
            .for_each(|at| visit(StateRef::Content(*at.key(), at.value())));
    }

    fn memory(&self) -> MemoryUse {
        map_memory::of_tables(
            self.members.capacity() as u64,
            self.contents.capacity() as u64,
            self.members.iter().map(|at| at.inbox.bytes()),
            self.contents.len() as u64,
        )
    }
}

/// A session of [`DashMapEngine`]: a batch's updates, grouped by shard.
#[derive(Debug)]
pub struct DashMapSession<'engine> {
    engine: &'engine DashMapEngine,
    hasher: SharedHasher,
    members: Vec<Vec<(u64, MemberUpdate)>>,
    contents: Vec<Vec<(u64, ContentUpdate)>>,
}

impl Session for DashMapSession<'_> {
    fn ingest(&mut self, batch: &[Event]) {
        let engine = self.engine;
        for event in batch {
            for_each_update(
                event,
                |update| {
                    let hash = hash_id(&self.hasher, update.member);
                    let shard = engine.members.determine_shard(hash as usize);
                    self.members[shard].push((hash, update));
                },
                |update| {
                    let hash = hash_id(&self.hasher, update.content);
                    let shard = engine.contents.determine_shard(hash as usize);
                    self.contents[shard].push((hash, update));
                },
            );
        }
        for (shard, updates) in self.members.iter_mut().enumerate() {
            if updates.is_empty() {
                continue;
            }
            let mut table = engine.members.shards()[shard].write();
            for (hash, update) in updates.drain(..) {
                let is_it = |slot: &(u64, SharedValue<Member>)| slot.0 == update.member;
                if let Some((_, state)) = table.get_mut(hash, is_it) {
                    state.get_mut().apply(&update, engine.inbox_capacity);
                } else {
                    let mut state = Member::default();
                    state.apply(&update, engine.inbox_capacity);
                    let slot = (update.member, SharedValue::new(state));
                    table.insert(hash, slot, |(id, _)| hash_id(&self.hasher, *id));
                }
            }
        }
        for (shard, updates) in self.contents.iter_mut().enumerate() {
            if updates.is_empty() {
                continue;
            }
            let mut table = engine.contents.shards()[shard].write();
            for (hash, update) in updates.drain(..) {
                let is_it = |slot: &(u64, SharedValue<Content>)| slot.0 == update.content;
                if let Some((_, state)) = table.get_mut(hash, is_it) {
                    state.get_mut().apply(&update);
                } else {
                    let mut state = Content::default();
                    state.apply(&update);
                    let slot = (update.content, SharedValue::new(state));
                    table.insert(hash, slot, |(id, _)| hash_id(&self.hasher, *id));
                }
            }
        }
    }

    fn read(&mut self, reads: &[Read], sink: &mut impl FnMut(usize, &Answer)) {
        for (at, read) in reads.iter().enumerate() {
            let answer = answer_read(
                read,
                |id, look| look(self.engine.members.get(&id).as_deref()),
                |id, look| look(self.engine.contents.get(&id).as_deref()),
            );
            sink(at, &answer);
        }
    }

    fn finish(self) {}
}
