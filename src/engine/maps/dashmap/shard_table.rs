//! What is done to one shard of a DashMap through its raw table: fetching the
//! lines that an update will look at, and applying updates under the shard's
//! lock. Imports the shared state.

use std::hash::BuildHasher;

use dashmap::{DashMap, Entry, RwLock, RwLockReadGuard, RwLockWriteGuard, SharedValue};
use hashbrown_raw::raw::RawTable;

use super::shard_groups::SHARDS;

use crate::engine::shared::keyed_table::Keyed;
use crate::engine::state::{ContentUpdate, MemberUpdate};
use crate::unit::cache::Near;
use crate::unit::hash::{SharedHasher, hash_id};
use crate::unit::prefetch::{prefetch_line, prefetch_value};

/// The map of the states that updates `U` change.
pub(in crate::engine) type Map<U> = DashMap<u64, <U as Keyed>::State, SharedHasher>;

/// What a slot of its tables holds.
pub(in crate::engine) type Slot<U> = (u64, SharedValue<<U as Keyed>::State>);

/// The table of a shard.
pub(in crate::engine) type Table<U> = RawTable<Slot<U>>;

/// Where a shard's table was when its lock was last held. It may have moved
/// since, when another session let it grow: this is good for hints alone.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::engine) struct Sighting {
    /// Address of the first control byte: slots lie before it, control bytes
    /// from it on.
    middle: usize,
    /// Slots less one.
    mask: usize,
}

impl Sighting {
    /// Where the table is now.
    #[inline(always)]
    pub(in crate::engine) fn of<U: Keyed>(table: &Table<U>) -> Self {
        Self {
            middle: table.data_end().as_ptr() as usize,
            mask: table.buckets() - 1,
        }
    }

    /// Looks where the table is now. Returns by how many bytes it has grown.
    #[inline(always)]
    pub(in crate::engine) fn sight<U: Keyed>(&mut self, table: &Table<U>) -> usize {
        let before = std::mem::replace(self, Self::of::<U>(table));
        self.bytes::<U>() - before.bytes::<U>().min(self.bytes::<U>())
    }

    /// About the bytes of its slots.
    #[inline(always)]
    pub(in crate::engine) const fn bytes<U: Keyed>(self) -> usize {
        self.mask * size_of::<Slot<U>>()
    }

    /// Prefetches the control byte at which the search for a hash begins.
    #[inline(always)]
    pub(in crate::engine) fn prefetch_control(self, hash: u64) {
        let index = hash as usize & self.mask;
        prefetch_line(std::ptr::without_provenance(
            self.middle.wrapping_add(index),
        ));
    }

    /// Prefetches the slot at which the search for a hash begins. Many states lie
    /// there; where exactly, only the search itself can tell, and it must wait for
    /// the control bytes.
    #[inline(always)]
    pub(in crate::engine) fn prefetch_first_slot<U: Keyed>(self, hash: u64) {
        let index = hash as usize & self.mask;
        let slot = self.middle.wrapping_sub((index + 1) * size_of::<Slot<U>>());
        prefetch_line(std::ptr::without_provenance(slot));
    }
}

/// Where a session saw the tables of both maps.
#[derive(Debug)]
pub(super) struct Sightings {
    pub(super) members: [Sighting; SHARDS],
    pub(super) contents: [Sighting; SHARDS],
    /// Bytes of all tables that were sighted.
    bytes: usize,
    /// Tables of more bytes are prefetched: in smaller ones the lines are near,
    /// and asking for them costs more than it saves.
    near: Near,
}

impl Sightings {
    /// None yet.
    pub(super) fn new(near: Near) -> Self {
        Self {
            members: [Sighting::default(); SHARDS],
            contents: [Sighting::default(); SHARDS],
            bytes: 0,
            near,
        }
    }

    /// Looks where the table of a shard's members is now.
    #[inline(always)]
    pub(super) fn sight_members(&mut self, shard: usize, table: &Table<MemberUpdate>) {
        self.bytes += self.members[shard].sight::<MemberUpdate>(table);
    }

    /// Looks where the table of a shard's contents is now.
    #[inline(always)]
    pub(super) fn sight_contents(&mut self, shard: usize, table: &Table<ContentUpdate>) {
        self.bytes += self.contents[shard].sight::<ContentUpdate>(table);
    }

    /// Whether it is worth while to prefetch.
    #[inline(always)]
    pub(super) const fn are_far(&self) -> bool {
        self.bytes > self.near.shared
    }

    /// The same for a lone session: no other core takes its lines away.
    #[inline(always)]
    pub(super) const fn are_far_alone(&self) -> bool {
        self.bytes > self.near.alone
    }
}

/// Hash and shard of an id.
#[inline(always)]
pub(super) fn place<V>(map: &DashMap<u64, V, SharedHasher>, id: u64) -> (u64, usize) {
    let hash = hash_id(map.hasher(), id);
    (hash, map.determine_shard(hash as usize) % SHARDS)
}

/// How often a lock that another session holds is looked at again before the
/// wait is left to the lock itself, which soon gives the core away: for longer
/// than most sections that a lock is held for.
const LOOKS: u32 = 100;

/// Locks for reading.
#[inline(always)]
pub(super) fn read_lock<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    for _ in 0..LOOKS {
        if let Some(guard) = lock.try_read() {
            return guard;
        }
        std::hint::spin_loop();
    }
    lock.read()
}

/// Locks for writing.
#[inline(always)]
pub(super) fn write_lock<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    for _ in 0..LOOKS {
        if let Some(guard) = lock.try_write() {
            return guard;
        }
        std::hint::spin_loop();
    }
    lock.write()
}

/// The entry of an id, its shard locked for writing.
#[inline(always)]
pub(super) fn entry<V>(map: &DashMap<u64, V, SharedHasher>, id: u64) -> Entry<'_, u64, V> {
    for _ in 0..LOOKS {
        if let Some(entry) = map.try_entry(id) {
            return entry;
        }
        std::hint::spin_loop();
    }
    map.entry(id)
}

/// Applies an update to the state of its id, or to a new one. `hash` is the id's
/// under `hasher`.
#[inline(always)]
pub(in crate::engine) fn apply<U: Keyed>(
    table: &mut Table<U>,
    hash: u64,
    update: &U,
    inbox_capacity: usize,
    hasher: &impl BuildHasher,
) {
    if let Some((_, state)) = table.get_mut(hash, |slot| slot.0 == update.id()) {
        update.apply_to(state.get_mut(), inbox_capacity);
    } else {
        insert(table, hash, update, inbox_capacity, hasher);
    }
}

#[cold]
fn insert<U: Keyed>(
    table: &mut Table<U>,
    hash: u64,
    update: &U,
    inbox_capacity: usize,
    hasher: &impl BuildHasher,
) {
    let mut state = U::State::default();
    update.apply_to(&mut state, inbox_capacity);
    let slot: Slot<U> = (update.id(), SharedValue::new(state));
    table.insert(hash, slot, |(id, _)| hasher.hash_one(id));
}

/// Prefetches the slot that a hash most likely belongs to, or else the one where
/// its search begins, which a new state most likely gets. A slot may lie across
/// two lines: the allocator puts tables where it likes.
#[inline(always)]
pub(in crate::engine) fn prefetch_slot<U: Keyed>(table: &Table<U>, hash: u64) {
    match table.get(hash, |_| true) {
        Some(slot) => prefetch_value(slot),
        None => Sighting::of::<U>(table).prefetch_first_slot::<U>(hash),
    }
}

/// The state that a hash most likely belongs to: the first slot with its tag
/// is right but for one in a hundred, and found without looking at its id.
#[inline(always)]
pub(in crate::engine) fn likely<U: Keyed>(table: &Table<U>, hash: u64) -> Option<&U::State> {
    table.get(hash, |_| true).map(|(_, state)| state.get())
}
