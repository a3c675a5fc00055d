//! What is done to one shard of a DashMap through its raw table: prefetching
//! the cache lines that an update will read, and applying updates under the
//! shard's lock.

use std::hash::BuildHasher;

use dashmap::{DashMap, SharedValue};
use hashbrown_raw::raw::RawTable;

use super::shard_groups::SHARDS;

use crate::shared::prefetch::{exceed_own_cache, exceed_shared_cache};
use notibench_core::state::Keyed;
use notibench_core::state::{ContentUpdate, MemberUpdate};
use notibench_core::unit::cache::Near;
use notibench_core::unit::hash::{SharedHasher, hash_id};
use notibench_core::unit::prefetch::{prefetch_line, prefetch_value};

/// The map of the states that updates `U` change.
pub(crate) type Map<U> = DashMap<u64, <U as Keyed>::State, SharedHasher>;

/// What a slot of its tables holds.
pub(crate) type Slot<U> = (u64, SharedValue<<U as Keyed>::State>);

/// The table of a shard.
pub(crate) type Table<U> = RawTable<Slot<U>>;

/// Where a shard's table was when its lock was last held, for prefetching. It may
/// have moved since, when another session made it grow.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct TableHint {
    /// Address of the first control byte: slots lie before it, control bytes
    /// from it on.
    middle: usize,
    /// Slots less one.
    mask: usize,
}

impl TableHint {
    /// Where the table is now.
    #[inline(always)]
    pub(crate) fn of<U: Keyed>(table: &Table<U>) -> Self {
        Self {
            middle: table.data_end().as_ptr() as usize,
            mask: table.buckets() - 1,
        }
    }

    /// Moves to where the table is now. Returns by how many bytes it has grown.
    #[inline(always)]
    pub(crate) fn update<U: Keyed>(&mut self, table: &Table<U>) -> usize {
        let before = std::mem::replace(self, Self::of::<U>(table));
        self.bytes::<U>() - before.bytes::<U>().min(self.bytes::<U>())
    }

    /// About the bytes of its slots.
    #[inline(always)]
    pub(crate) const fn bytes<U: Keyed>(self) -> usize {
        self.mask * size_of::<Slot<U>>()
    }

    /// Prefetches the control byte at which the search for a hash begins.
    #[inline(always)]
    pub(crate) fn prefetch_control(self, hash: u64) {
        let index = hash as usize & self.mask;
        prefetch_line(std::ptr::without_provenance(
            self.middle.wrapping_add(index),
        ));
    }

    /// Prefetches the slot at which the search for a hash begins. Many states lie
    /// there; where exactly, only the search itself can tell, and it must wait for
    /// the control bytes.
    #[inline(always)]
    pub(crate) fn prefetch_first_slot<U: Keyed>(self, hash: u64) {
        let index = hash as usize & self.mask;
        let slot = self.middle.wrapping_sub((index + 1) * size_of::<Slot<U>>());
        prefetch_line(std::ptr::without_provenance(slot));
    }
}

/// A session's hints where the tables of both maps are.
#[derive(Debug)]
pub(super) struct TableHints {
    pub(super) members: [TableHint; SHARDS],
    pub(super) contents: [TableHint; SHARDS],
    /// Bytes of all tables of which there is a hint.
    bytes: usize,
    /// What is in a cache, and not prefetched.
    near: Near,
}

impl TableHints {
    /// None yet.
    pub(super) fn new(near: Near) -> Self {
        Self {
            members: [TableHint::default(); SHARDS],
            contents: [TableHint::default(); SHARDS],
            bytes: 0,
            near,
        }
    }

    /// Updates the hint of a shard's members.
    #[inline(always)]
    pub(super) fn update_members(&mut self, shard: usize, table: &Table<MemberUpdate>) {
        self.bytes += self.members[shard].update::<MemberUpdate>(table);
    }

    /// Updates the hint of a shard's contents.
    #[inline(always)]
    pub(super) fn update_contents(&mut self, shard: usize, table: &Table<ContentUpdate>) {
        self.bytes += self.contents[shard].update::<ContentUpdate>(table);
    }

    /// Whether the tables exceed the shared cache, so that prefetching pays.
    #[inline(always)]
    pub(super) const fn exceed_cache(&self) -> bool {
        exceed_shared_cache(self.bytes, &self.near)
    }

    /// The same for a single session, whose cache lines no other core takes away.
    #[inline(always)]
    pub(super) const fn exceed_cache_alone(&self) -> bool {
        exceed_own_cache(self.bytes, &self.near)
    }
}

/// Hash and shard of an id.
#[inline(always)]
pub(super) fn place<V>(map: &DashMap<u64, V, SharedHasher>, id: u64) -> (u64, usize) {
    let hash = hash_id(map.hasher(), id);
    (hash, shard_of(map, hash) % SHARDS)
}

/// The shard that a map chooses for a hash.
#[inline(always)]
pub(crate) fn shard_of<V, S: BuildHasher + Clone>(map: &DashMap<u64, V, S>, hash: u64) -> usize {
    map.determine_shard(hash as usize)
}

/// Applies an update to the state of its id, or to a new one. `hash` is the id's
/// under `hasher`.
#[inline(always)]
pub(crate) fn apply<U: Keyed>(
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
/// two cache lines: the allocator puts tables where it likes.
#[inline(always)]
pub(crate) fn prefetch_slot<U: Keyed>(table: &Table<U>, hash: u64) {
    match table.get(hash, |_| true) {
        Some(slot) => prefetch_value(slot),
        None => TableHint::of::<U>(table).prefetch_first_slot::<U>(hash),
    }
}

/// The same; where there is none, inserts an empty state of `id` instead, which
/// the caller changes before it unlocks the table.
///
/// Where a new state goes only the search tells, so that its cache line is
/// likely far. An insertion writes to it, and waits for nothing; a change reads
/// it, and comes once the line has arrived.
#[inline(always)]
pub(crate) fn prepare_slot<U: Keyed>(
    table: &mut Table<U>,
    hash: u64,
    id: impl FnOnce() -> u64,
    hasher: &impl BuildHasher,
) {
    match table.get(hash, |_| true) {
        Some(slot) => prefetch_value(slot),
        None => insert_empty::<U>(table, hash, id(), hasher),
    }
}

#[inline(never)]
fn insert_empty<U: Keyed>(table: &mut Table<U>, hash: u64, id: u64, hasher: &impl BuildHasher) {
    if table.len() == table.capacity() {
        table.reserve(1, |(id, _)| hasher.hash_one(id));
    }
    // there is room; without a way to grow, the slot is written once and in
    // place, not built elsewhere and read back
    let slot = (id, SharedValue::new(U::State::default()));
    drop(table.try_insert_no_grow(hash, slot));
}

/// The state that a hash most likely belongs to: the first slot with its tag
/// is right but for one in a hundred, and found without looking at its id.
#[inline(always)]
pub(crate) fn likely<U: Keyed>(table: &Table<U>, hash: u64) -> Option<&U::State> {
    table.get(hash, |_| true).map(|(_, state)| state.get())
}
