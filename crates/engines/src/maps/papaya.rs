//! The engine `papaya`: papaya's lock-free map of states that have a small lock
//! each.
//!
//! A value of papaya's cannot be changed in place, only replaced, and a state
//! is too large to copy for each update. So the map finds a state without a
//! lock, and a lock of one byte beside the state guards it alone.

use arrayvec::ArrayVec;
use papaya::{Guard, HashMap, HashMapRef, ResizeMode};
use parking_lot::Mutex;

use crate::shared::prefetch::TOGETHER;
use notibench_core::engine::map_memory::{self, Allocated, of_content, of_member};
use notibench_core::engine::{
    Engine, EngineConfig, EngineInfo, Freshness, MemoryUse, Role, Session,
};
use notibench_core::event::{Event, Read};
use notibench_core::read::{Answer, answer_read};
use notibench_core::state::Keyed;
use notibench_core::state::{
    Content, ContentUpdate, Member, MemberUpdate, StateMut, for_each_update,
};
use notibench_core::unit::hash::{SharedHasher, hash_id, shared_hasher};
use notibench_core::unit::prefetch::prefetch_value;
use notibench_core::viewing::Views;

/// States by id, each with its lock.
type Map<S> = HashMap<u64, Mutex<S>, SharedHasher>;

/// A map of which nothing is reclaimed while this lives.
type Pinned<'map, S, G> = HashMapRef<'map, u64, Mutex<S>, SharedHasher, G>;

/// Updates, each with the state that it changes.
type Found<'map, U> = ArrayVec<(&'map Mutex<<U as Keyed>::State>, U), TOGETHER>;

/// Two maps of papaya.
#[derive(Debug)]
pub struct PapayaEngine {
    members: Map<Member>,
    contents: Map<Content>,
    inbox_capacity: usize,
    views: Views,
}

impl Engine for PapayaEngine {
    const INFO: EngineInfo = EngineInfo {
        name: "papaya",
        role: Role::Engine,
        freshness: Freshness::Immediate,
        about: "a lock-free map of states with a lock each: for many threads with single events or \
                small batches; gives up an allocation a state, and all writers wait for growth",
    };
    type Session<'engine> = PapayaSession<'engine>;

    fn build(config: &EngineConfig) -> Self {
        Self {
            members: new_map(),
            contents: new_map(),
            inbox_capacity: config.inbox_capacity,
            views: config.views.clone(),
        }
    }

    fn session(&self, _: usize) -> PapayaSession<'_> {
        PapayaSession { engine: self }
    }

    fn visit_mut(&self, visit: &(dyn Fn(StateMut<'_>) + Sync)) {
        rayon::join(
            || {
                for (&id, state) in &self.members.pin() {
                    visit(StateMut::Member(id, &mut state.lock()));
                }
            },
            || {
                for (&id, state) in &self.contents.pin() {
                    visit(StateMut::Content(id, &mut state.lock()));
                }
            },
        );
    }

    fn memory(&self) -> MemoryUse {
        let (members, contents) = (self.members.pin(), self.contents.pin());
        let maps = allocated_by(&self.members).into_iter();
        map_memory::of_maps(
            maps.chain(allocated_by(&self.contents)).sum(),
            members.values().map(|at| of_member(&at.lock())),
            contents.values().map(|at| of_content(&at.lock())),
        )
    }
}

/// An empty map, which grows at once, all writers helping. The default is to
/// grow in small steps; that is slower on the whole, and `get_or_insert_with`
/// takes none of the steps (as of 0.2.5): a map filled by nothing else stays
/// spread over more and more tables, each of which is searched.
fn new_map<S>() -> Map<S> {
    HashMap::builder()
        .hasher(shared_hasher())
        .resize_mode(ResizeMode::Blocking)
        .build()
}

/// Slots of a map's first table.
const FIRST_SLOTS: usize = 32;

/// Bytes that a map has from the allocator, derived from its layout, since it
/// tells nothing but its length: an allocation for each id, state and lock,
/// and tables of a tag and a pointer a slot. An outgrown table stays until its
/// thread has 32 things to reclaim; where nothing is ever removed, no thread
/// comes to that. Together they have the present one's slots, less the first
/// one's.
fn allocated_by<S>(map: &Map<S>) -> [Allocated; 3] {
    let slots = slots_of(map);
    let outgrown = slots.saturating_sub(FIRST_SLOTS);
    let entry = (size_of::<u64>() + size_of::<Mutex<S>>()).next_multiple_of(align_of::<u64>());
    let table = |slots: usize| Allocated::once((slots * (1 + size_of::<usize>())) as u64);
    let entries = Allocated::often(map.len() as u64, entry as u64);
    [table(slots), table(outgrown), entries]
}

/// Slots of the present table. It doubles only when it is at least half full,
/// so there are the fewest that hold the states, or twice as many. Which, the
/// order tells in which the slots are gone through: the lowest bits of a hash
/// are its slot, or one a little before it, and in the first half of the
/// table the highest of those bits is 0.
fn slots_of<S>(map: &Map<S>) -> usize {
    let (states, pinned) = (map.len(), map.pin());
    if states < FIRST_SLOTS / 2 {
        return if states == 0 { 0 } else { FIRST_SLOTS };
    }
    let fewest = states.next_power_of_two().max(FIRST_SLOTS);
    let first_half = pinned.keys().take(states / 2);
    let hasher = shared_hasher();
    let in_order = first_half.filter(|id| hash_id(&hasher, **id) & fewest as u64 == 0);
    if in_order.count() * 4 > states / 2 * 3 {
        fewest * 2
    } else {
        fewest
    }
}

/// A session of [`PapayaEngine`].
#[derive(Debug)]
pub struct PapayaSession<'engine> {
    engine: &'engine PapayaEngine,
}

/// The state of `id`, made where there is none. Nearly every id has one, and
/// looking it up is less work than being ready to insert.
#[inline]
fn find<'map, S: Default, G: Guard>(map: &'map Pinned<'_, S, G>, id: u64) -> &'map Mutex<S> {
    map.get(&id)
        .unwrap_or_else(|| map.get_or_insert_with(id, Mutex::default))
}

/// Looks an update's state up, prefetches it, and keeps both.
#[inline]
fn look_up<'map, U: Keyed, G: Guard>(
    map: &'map Pinned<'_, U::State, G>,
    update: U,
    found: &mut Found<'map, U>,
) {
    let state = find(map, update.id());
    prefetch_value(state);
    found.push((state, update));
}

/// Applies the updates and forgets them.
#[inline]
fn apply<U: Keyed>(found: &mut Found<'_, U>, inbox_capacity: usize) {
    for (state, update) in found.drain(..) {
        update.apply_to(&mut state.lock(), inbox_capacity);
    }
}

impl Session for PapayaSession<'_> {
    fn ingest(&mut self, batch: &[Event]) {
        let members = self.engine.members.pin();
        let contents = self.engine.contents.pin();
        let inbox_capacity = self.engine.inbox_capacity;
        let mut of_members = Found::<MemberUpdate>::new();
        let mut of_contents = Found::<ContentUpdate>::new();
        // a lock is a barrier, behind which the processor would not look for the next
        // state: so many are looked up first
        for events in batch.chunks(TOGETHER) {
            for event in events {
                for_each_update(
                    event,
                    |update| look_up(&members, update, &mut of_members),
                    |update| look_up(&contents, update, &mut of_contents),
                );
            }
            apply(&mut of_members, inbox_capacity);
            apply(&mut of_contents, inbox_capacity);
        }
    }

    fn read(&mut self, reads: &[Read], sink: &mut impl FnMut(usize, &Answer)) {
        let (members, contents) = (self.engine.members.pin(), self.engine.contents.pin());
        for (at, read) in reads.iter().enumerate() {
            let answer = answer_read(
                read,
                &self.engine.views,
                |id, look| look(members.get(&id).map(Mutex::lock).as_deref()),
                |id, look| look(contents.get(&id).map(Mutex::lock).as_deref()),
            );
            sink(at, &answer);
        }
    }

    fn finish(self) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use notibench_core::testing::agrees_with_fold;

    #[test]
    fn slots_are_seen_from_the_order_of_the_states() {
        for (states, slots) in [(20, 32), (20, 64), (10_000, 16_384), (10_000, 32_768)] {
            // papaya makes 8 / 6 of the capacity asked for, rounded up
            let map = Map::<()>::with_capacity_and_hasher(slots * 3 / 4, shared_hasher());
            (0..states).for_each(|id| assert!(map.pin().insert(id, Mutex::default()).is_none()));
            assert_eq!(slots_of(&map), slots, "{states} states");
        }
    }

    #[test]
    fn agrees_with_the_plain_fold() {
        for threads in [1, 2, 8] {
            for batch in [1, TOGETHER + 1, 100] {
                agrees_with_fold::<PapayaEngine>(threads, batch);
            }
        }
    }
}
