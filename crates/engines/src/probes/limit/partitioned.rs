//! The probe `limit-partitioned`: updates are first buffered by the part of the
//! state that they change, all of the stream, then applied part by part with
//! plain writes to states that lie in the second-level cache.

use std::sync::Arc;

use parking_lot::{Mutex, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::common::{answer_nothing, dense_of, memory_of};
use crate::shared::partition_buffers::PartitionBuffers;
use crate::shared::phase_barrier::PhaseBarrier;
use crate::shared::prefetch::AHEAD_IN_CACHE;
use notibench_core::engine::dense_ids::DenseIds;
use notibench_core::engine::{
    Engine, EngineConfig, EngineInfo, ExpectedLoad, Freshness, MemoryUse, Role, Session,
};
use notibench_core::event::{Event, Read, Stamp};
use notibench_core::policy::{Disposition, effect_of};
use notibench_core::read::Answer;
use notibench_core::state::Keyed;
use notibench_core::state::{Content, ContentUpdate, Member, MemberUpdate, StateMut};
use notibench_core::unit::cache::Near;
use notibench_core::unit::prefetch::prefetch_line;

/// Parts that each session finds at least, so that all are done at one time.
const PARTS_A_SESSION: usize = 64;
/// States of the smallest part, as a power of two.
const SMALLEST_PART: u32 = 4;
/// What an update needs where only the lowest byte of its stamp counts: the
/// state's place in its part, and that byte below it.
type Short = u32;

/// What one session buffers. Parts of members come before those of contents.
#[derive(Debug)]
struct SessionBuffers {
    /// Views of members, all updates of contents.
    short: PartitionBuffers<Short>,
    /// All else of members; `member` is the place in the part.
    long: PartitionBuffers<MemberUpdate>,
}

/// Two arrays of states, each cut into parts behind a lock.
#[derive(Debug)]
pub struct LimitPartitioned {
    dense: Arc<DenseIds>,
    pub(super) members: Parts<Member>,
    pub(super) contents: Parts<Content>,
    /// What each worker buffers; locked by its session in the first phase.
    session_buffers: Box<[RwLock<SessionBuffers>]>,
    barrier: PhaseBarrier,
    inbox_capacity: usize,
}

/// States in the order of their numbers, `1 << shift` a part.
#[derive(Debug)]
pub(super) struct Parts<S> {
    shift: u32,
    pub(super) parts: Box<[Mutex<Box<[S]>>]>,
}

impl<S: Default> Parts<S> {
    fn new(states: usize, sessions: usize) -> Self {
        // the states of one part take half of a second-level cache
        let mut shift = (Near::here().second_level / 2 / size_of::<S>())
            .max(1)
            .ilog2();
        while shift > SMALLEST_PART && states >> shift < PARTS_A_SESSION * sessions {
            shift -= 1;
        }
        let part = |first: usize| {
            let count = (states - first).min(1 << shift);
            Mutex::new((0..count).map(|_| S::default()).collect())
        };
        let parts = (0..states).step_by(1 << shift).map(part).collect();
        Self { shift, parts }
    }

    /// The part of a number, and its place there.
    #[inline(always)]
    fn place(&self, number: u32) -> (usize, u32) {
        let place = number & ((1 << self.shift) - 1);
        ((number >> self.shift) as usize, place)
    }
}

impl Engine for LimitPartitioned {
    const INFO: EngineInfo = EngineInfo {
        name: "limit-partitioned",
        role: Role::Probe,
        freshness: Freshness::Deferred { within: None },
        about: "the same after the whole stream was partitioned, with plain writes in the cache: \
                what a deferred engine could do; leaves out ids, growth, locks, and fresh reads",
    };
    const NEEDS_DENSE_IDS: bool = true;
    type Session<'engine> = LimitPartitionedSession<'engine>;

    fn held_bytes(load: &ExpectedLoad) -> u64 {
        // 4 bytes an event, 32 one that notifies, and a quarter more
        load.events * 5 + load.notifying * 40
    }

    fn build(config: &EngineConfig) -> Self {
        let dense = dense_of(config);
        let sessions = config.threads.max(1);
        let members = Parts::new(dense.members(), sessions);
        let contents = Parts::new(dense.contents(), sessions);
        // workers take blocks in turn: some take a little more than others
        let share = dense.events() / sessions * 5 / 4;
        let blank = MemberUpdate {
            member: u64::MAX,
            stamp: Stamp::MAX,
            actor: 0,
            content: 0,
        };
        let (of_members, of_contents) = (members.parts.len(), contents.parts.len());
        let buffers = || {
            RwLock::new(SessionBuffers {
                short: PartitionBuffers::new(of_members + of_contents, share, Short::MAX),
                long: PartitionBuffers::new(of_members, share / 8, blank),
            })
        };
        Self {
            dense,
            members,
            contents,
            session_buffers: std::iter::repeat_with(buffers).take(sessions).collect(),
            barrier: PhaseBarrier::new(config.stop.clone()),
            inbox_capacity: config.inbox_capacity,
        }
    }

    /// Sessions of one phase are all opened before the first is finished.
    fn session(&self, worker: usize) -> LimitPartitionedSession<'_> {
        self.barrier.open();
        let mut buffers = self.session_buffers[worker].write();
        buffers.short.clear();
        buffers.long.clear();
        LimitPartitionedSession {
            engine: self,
            buffers,
        }
    }

    fn visit_mut(&self, _: &(dyn Fn(StateMut<'_>) + Sync)) {}

    fn memory(&self) -> MemoryUse {
        let mut memory = MemoryUse::default();
        for part in &self.contents.parts {
            let part = part.lock();
            memory = memory + memory_of(size_of_val(&**part), part.iter().map(Content::heap_bytes));
        }
        for part in &self.members.parts {
            let part = part.lock();
            memory = memory + memory_of(size_of_val(&**part), part.iter().map(Member::heap_bytes));
        }
        memory
    }
}

impl LimitPartitioned {
    /// Applies what all sessions buffered for the parts that this one claims.
    fn apply(&self) {
        let session_buffers: Vec<RwLockReadGuard<'_, SessionBuffers>> =
            self.session_buffers.iter().map(RwLock::read).collect();
        let of_members = self.members.parts.len();
        let parts = of_members + self.contents.parts.len();
        while let Some(part) = self.barrier.claim(parts) {
            match part.checked_sub(of_members) {
                None => self.apply_to_members(part, &session_buffers),
                Some(of_contents) => {
                    let mut states = self.contents.parts[of_contents].lock();
                    let shorts = session_buffers
                        .iter()
                        .flat_map(|buffers| buffers.short.of_part(part));
                    shorts.for_each(|shorts| apply_shorts(&mut states, shorts, content_update));
                }
            }
        }
    }

    fn apply_to_members(
        &self,
        part: usize,
        session_buffers: &[RwLockReadGuard<'_, SessionBuffers>],
    ) {
        let mut states = self.members.parts[part].lock();
        for buffers in session_buffers {
            for shorts in buffers.short.of_part(part) {
                apply_shorts(&mut states, shorts, member_update);
            }
        }
        for buffers in session_buffers {
            for updates in buffers.long.of_part(part) {
                for (at, update) in updates.iter().enumerate() {
                    if let Some(ahead) = updates.get(at + AHEAD_IN_CACHE) {
                        ahead.prefetch_behind(&states[ahead.member as usize]);
                    }
                    states[update.member as usize].apply(update, self.inbox_capacity);
                }
            }
        }
    }
}

/// Applies updates of one part, made again from what was kept of them.
#[inline(always)]
fn apply_shorts<U: Keyed>(states: &mut [U::State], shorts: &[Short], update: fn(Stamp) -> U) {
    for (at, &short) in shorts.iter().enumerate() {
        if let Some(&ahead) = shorts.get(at + AHEAD_IN_CACHE)
            && let Some(state) = states.get((ahead >> 8) as usize)
        {
            prefetch_line(std::ptr::from_ref(state).cast());
        }
        // the inbox's K: none of these updates comes near an inbox
        update(Stamp::of_case(short as u8)).apply_to(&mut states[(short >> 8) as usize], 1);
    }
}

const fn member_update(stamp: Stamp) -> MemberUpdate {
    MemberUpdate {
        member: 0,
        stamp,
        actor: 0,
        content: 0,
    }
}

const fn content_update(stamp: Stamp) -> ContentUpdate {
    ContentUpdate { content: 0, stamp }
}

/// A session of [`LimitPartitioned`]. Dropping it without finishing loses
/// what it buffers, and the others wait for it until they are told to stop.
#[derive(Debug)]
pub struct LimitPartitionedSession<'engine> {
    engine: &'engine LimitPartitioned,
    buffers: RwLockWriteGuard<'engine, SessionBuffers>,
}

impl Session for LimitPartitionedSession<'_> {
    fn ingest(&mut self, batch: &[Event]) {
        let LimitPartitioned {
            dense,
            members,
            contents,
            ..
        } = self.engine;
        let SessionBuffers { short, long } = &mut *self.buffers;
        let of_members = members.parts.len();
        for event in batch {
            let numbers = dense.of(event.index());
            let effect = effect_of(event);
            let case = u32::from(event.stamp().case());
            match effect.disposition {
                Disposition::Discard => {}
                Disposition::Aggregate => {
                    // without a branch: member or content is unpredictable
                    let is_content = usize::from(effect.touches_content);
                    let number = [numbers.member, numbers.content][is_content];
                    let shift = [members.shift, contents.shift][is_content];
                    let first = [0, of_members][is_content];
                    let place = number & ((1 << shift) - 1);
                    let part = first + (number >> shift) as usize;
                    short.push(part, place << 8 | case);
                }
                Disposition::Notify | Disposition::Retract | Disposition::OwnAct => {
                    let (part, place) = members.place(numbers.member);
                    let update = MemberUpdate {
                        member: u64::from(place),
                        stamp: event.stamp(),
                        actor: event.actor,
                        content: event.content,
                    };
                    long.push(part, update);
                    if effect.touches_content {
                        let (part, place) = contents.place(numbers.content);
                        short.push(of_members + part, place << 8 | case);
                    }
                }
            }
        }
    }

    #[inline]
    fn read(&mut self, reads: &[Read], sink: &mut impl FnMut(usize, &Answer)) {
        answer_nothing(reads, sink);
    }

    /// Hands over, waits for the others, and applies its share of the parts.
    fn finish(self) {
        let Self { engine, buffers } = self;
        drop(buffers);
        if engine.barrier.arrive() {
            engine.apply();
            // opening a session clears its buffers
            engine.barrier.leave(|| ());
        }
    }
}
