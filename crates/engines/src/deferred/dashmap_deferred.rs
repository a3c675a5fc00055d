//! The engine `dashmap-deferred`: the default engine's maps behind buffers.
//! Sessions buffer updates by shard over many batches; then each shard is
//! locked once for all of them, and what they change lies in the second-level
//! cache.

use dashmap::DashMap;
use parking_lot::{RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::reversible_hash::{ReversibleHasher, SHARDS, Short, hash_of, id_of};
use super::shard_buffers::ShardBuffers;
use crate::maps::dashmap::shard_table::{Table, apply, likely, prepare_slot, shard_of};
use crate::maps::dashmap_pair::{read_maps, visit_maps_mut};
use crate::shared::partition_buffers::PartitionBuffers;
use crate::shared::phase_barrier::PhaseBarrier;
use crate::shared::prefetch::AHEAD_IN_SHARD;
use crate::shared::table_memory;
use notibench_core::engine::{
    Engine, EngineConfig, EngineInfo, ExpectedLoad, Freshness, MemoryUse, Role, Session,
};
use notibench_core::event::{Event, Read, Stamp};
use notibench_core::policy::{Disposition, effect_of};
use notibench_core::read::Answer;
use notibench_core::state::Keyed;
use notibench_core::state::{Content, ContentUpdate, Member, MemberUpdate, StateMut};
use notibench_core::viewing::Views;

/// Updates that all sessions hold back together, at most: 8 bytes each, or
/// 32. A session that holds its share applies it.
const HELD_UPDATES: usize = 1 << 25;

/// Two DashMaps of 256 shards, and the buffers of the sessions.
#[derive(Debug)]
pub struct DeferredDashMapEngine {
    members: DashMap<u64, Member, ReversibleHasher>,
    contents: DashMap<u64, Content, ReversibleHasher>,
    /// What each worker buffers; locked by its session in the first phase.
    session_buffers: Box<[RwLock<ShardBuffers>]>,
    barrier: PhaseBarrier,
    held_at_most: usize,
    inbox_capacity: usize,
    views: Views,
}

impl Engine for DeferredDashMapEngine {
    const INFO: EngineInfo = EngineInfo {
        name: "dashmap-deferred",
        role: Role::Engine,
        freshness: Freshness::Deferred { within: None },
        about: "the default's maps behind buffers by shard: the most events a second, for \
                backfills and counters that may lag; gives up fresh reads, and memory for what waits",
    };
    type Session<'engine> = DeferredSession<'engine>;

    fn held_bytes(load: &ExpectedLoad) -> u64 {
        let sessions = load.threads.max(1) as u64;
        // a session sees that it holds its share after a whole batch
        let share = (HELD_UPDATES as u64 / sessions + load.batch as u64).min(load.events);
        let all = (share * sessions).min(load.events);
        let long = load.notifying.min(all);
        // in each session chunks that were begun; the full ones are in all of them together
        let begun = sessions
            * (PartitionBuffers::<Short>::bytes_at_most(2 * SHARDS, 0)
                + PartitionBuffers::<MemberUpdate>::bytes_at_most(SHARDS, 0));
        let full = all * size_of::<Short>() as u64 + long * size_of::<MemberUpdate>() as u64;
        begun + full
    }

    fn build(config: &EngineConfig) -> Self {
        let sessions = config.threads.max(1);
        Self {
            members: DashMap::with_hasher_and_shard_amount(ReversibleHasher, SHARDS),
            contents: DashMap::with_hasher_and_shard_amount(ReversibleHasher, SHARDS),
            session_buffers: std::iter::repeat_with(|| RwLock::new(ShardBuffers::new()))
                .take(sessions)
                .collect(),
            barrier: PhaseBarrier::new(config.stop.clone()),
            held_at_most: HELD_UPDATES / sessions,
            inbox_capacity: config.inbox_capacity,
            views: config.views.clone(),
        }
    }

    fn session(&self, worker: usize) -> DeferredSession<'_> {
        self.barrier.open();
        DeferredSession {
            engine: self,
            first_shard: worker * SHARDS / self.session_buffers.len(),
            buffers: self.session_buffers[worker].write(),
        }
    }

    fn visit_mut(&self, visit: &(dyn Fn(StateMut<'_>) + Sync)) {
        visit_maps_mut(&self.members, &self.contents, visit);
    }

    fn memory(&self) -> MemoryUse {
        let mut memory = table_memory::of_dashmaps(&self.members, &self.contents);
        for buffers in &self.session_buffers {
            let ShardBuffers { short, long, .. } = &*buffers.read();
            let bytes = [short.allocated_bytes(), long.allocated_bytes()];
            memory.slack += bytes.into_iter().sum::<usize>() as u64;
        }
        memory
    }
}

impl DeferredDashMapEngine {
    /// Applies what the sessions have buffered for a shard.
    fn apply_shard<'a>(
        &self,
        shard: usize,
        session_buffers: impl Iterator<Item = &'a ShardBuffers> + Clone,
    ) {
        let capacity = self.inbox_capacity;
        let mut table = self.members.shards()[shard].write();
        for buffers in session_buffers.clone() {
            for shorts in buffers.short.of_part(shard) {
                apply_shorts::<MemberUpdate>(&mut table, shorts, shard);
            }
        }
        for buffers in session_buffers.clone() {
            for updates in buffers.long.of_part(shard) {
                apply_engagement(&mut table, updates, capacity);
            }
        }
        drop(table);
        let mut table = self.contents.shards()[shard].write();
        for buffers in session_buffers {
            for shorts in buffers.short.of_part(SHARDS + shard) {
                apply_shorts::<ContentUpdate>(&mut table, shorts, shard);
            }
        }
    }
}

/// An update that is made again from what was kept of it.
trait FromShort: Keyed {
    fn from_short(id: u64, stamp: Stamp) -> Self;
}

impl FromShort for MemberUpdate {
    #[inline(always)]
    fn from_short(member: u64, stamp: Stamp) -> Self {
        Self {
            member,
            stamp,
            actor: 0,
            content: 0,
        }
    }
}

impl FromShort for ContentUpdate {
    #[inline(always)]
    fn from_short(content: u64, stamp: Stamp) -> Self {
        Self { content, stamp }
    }
}

#[inline(always)]
fn apply_shorts<U: FromShort>(table: &mut Table<U>, shorts: &[Short], shard: usize) {
    for now in 0..shorts.len() + AHEAD_IN_SHARD {
        if let Some(short) = shorts.get(now) {
            let hash = short.hash(shard);
            prepare_slot::<U>(table, hash, || id_of(hash), &ReversibleHasher);
        }
        if let Some(short) = now
            .checked_sub(AHEAD_IN_SHARD)
            .and_then(|at| shorts.get(at))
        {
            let hash = short.hash(shard);
            let update = U::from_short(id_of(hash), Stamp::of_case(short.case()));
            // the inbox's K: none of these comes near an inbox
            apply(table, hash, &update, 1, &ReversibleHasher);
        }
    }
}

fn apply_engagement(
    table: &mut Table<MemberUpdate>,
    updates: &[MemberUpdate],
    inbox_capacity: usize,
) {
    for few in updates.chunks(AHEAD_IN_SHARD) {
        for update in few {
            if let Some(state) = likely::<MemberUpdate>(table, hash_of(update.member)) {
                update.prefetch_behind(state);
            }
        }
        for update in few {
            if let Some(state) = likely::<MemberUpdate>(table, hash_of(update.member)) {
                update.prefetch_further(state);
            }
        }
        for update in few {
            let hash = hash_of(update.member);
            apply(table, hash, update, inbox_capacity, &ReversibleHasher);
        }
    }
}

/// A session of [`DeferredDashMapEngine`]. Dropping it without finishing loses
/// what it buffers, and the others wait for it until they are told to stop.
#[derive(Debug)]
pub struct DeferredSession<'engine> {
    engine: &'engine DeferredDashMapEngine,
    /// Where its own sweeps over the shards start.
    first_shard: usize,
    buffers: RwLockWriteGuard<'engine, ShardBuffers>,
}

impl DeferredSession<'_> {
    /// Applies what it holds, alone: others go on buffering.
    #[cold]
    fn apply_own(&mut self) {
        for ahead in 0..SHARDS {
            let shard = (self.first_shard + ahead) % SHARDS;
            self.engine
                .apply_shard(shard, std::iter::once(&*self.buffers));
        }
        self.buffers.clear();
    }
}

impl Session for DeferredSession<'_> {
    fn ingest(&mut self, batch: &[Event]) {
        let DeferredDashMapEngine { members, .. } = self.engine;
        let ShardBuffers { short, long, held } = &mut *self.buffers;
        // both maps have the same hasher, and as many shards
        let shard_of = |hash: u64| shard_of(members, hash) % SHARDS;
        for event in batch {
            let effect = effect_of(event);
            let case = event.stamp().case();
            match effect.disposition {
                Disposition::Discard => {}
                Disposition::Aggregate => {
                    // without a branch: member or content is unpredictable
                    let is_content = usize::from(effect.touches_content);
                    let hash = hash_of([event.recipient, event.content][is_content]);
                    let part = is_content * SHARDS + shard_of(hash);
                    short.push(part, Short::new(hash, case));
                }
                Disposition::Notify | Disposition::Retract | Disposition::OwnAct => {
                    let shard = shard_of(hash_of(event.recipient));
                    long.push(shard, MemberUpdate::of(event));
                    if effect.touches_content {
                        let hash = hash_of(event.content);
                        short.push(SHARDS + shard_of(hash), Short::new(hash, case));
                    }
                }
            }
        }
        *held += batch.len();
        if *held >= self.engine.held_at_most {
            self.apply_own();
        }
    }

    fn read(&mut self, reads: &[Read], sink: &mut impl FnMut(usize, &Answer)) {
        let DeferredDashMapEngine {
            members,
            contents,
            views,
            ..
        } = self.engine;
        read_maps(members, contents, views, reads, sink);
    }

    /// Hands over its buffers, waits for the others, and applies its share
    /// of the shards.
    fn finish(self) {
        let Self {
            engine, buffers, ..
        } = self;
        drop(buffers);
        if engine.barrier.arrive() {
            let session_buffers: Vec<RwLockReadGuard<'_, ShardBuffers>> =
                engine.session_buffers.iter().map(RwLock::read).collect();
            while let Some(shard) = engine.barrier.claim(SHARDS) {
                engine.apply_shard(shard, session_buffers.iter().map(|buffers| &**buffers));
            }
            drop(session_buffers);
            // no session holds its buffers now; applied updates must not be applied again
            engine.barrier.leave(|| {
                for buffers in &engine.session_buffers {
                    buffers.write().clear();
                }
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use notibench_core::testing::{
        Fold, agrees_in_slices, agrees_with_fold, holds, ingest, stream,
    };

    #[test]
    fn agrees_where_sessions_pause_together() {
        for threads in [1, 2, 3] {
            agrees_in_slices::<DeferredDashMapEngine>(threads);
        }
    }

    #[test]
    fn agrees_with_the_plain_fold() {
        for threads in [1, 2, 8] {
            agrees_with_fold::<DeferredDashMapEngine>(threads, 100);
        }
    }

    #[test]
    fn a_session_that_holds_its_share_applies_it() {
        let events = stream(3, 20_000);
        let mut engine = DeferredDashMapEngine::build(&EngineConfig::new(2));
        engine.held_at_most = 700;
        ingest(&engine, 2, &events, 50);
        holds(&engine, 2, &Fold::of(&events));
    }

    #[test]
    fn it_holds_no_more_than_it_says() {
        for (threads, count, batch) in [(1, 200_000, 512), (3, 200_000, 64), (2, 300, 512)] {
            let events = stream(4, count);
            let engine = DeferredDashMapEngine::build(&EngineConfig::new(threads));
            ingest(&engine, threads, &events, batch);
            // the room of what waited is kept
            let session_buffers = engine.session_buffers.iter().map(|buffers| {
                let buffers = buffers.read();
                buffers.short.allocated_bytes() + buffers.long.allocated_bytes()
            });
            let held = session_buffers.sum::<usize>() as u64;
            let notifies = |event: &&Event| effect_of(event).disposition != Disposition::Aggregate;
            let said = DeferredDashMapEngine::held_bytes(&ExpectedLoad {
                threads,
                batch,
                events: count,
                notifying: events.iter().filter(notifies).count() as u64,
                ..ExpectedLoad::default()
            });
            assert!(held <= said, "{threads} threads hold {held}, said {said}");
            // no more than room that was begun and is not needed
            let begun = DeferredDashMapEngine::held_bytes(&ExpectedLoad {
                threads,
                ..ExpectedLoad::default()
            });
            assert!(
                said - begun < 2 * held,
                "{threads} threads hold {held}, said {said}"
            );
        }
    }
}
