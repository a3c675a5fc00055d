//! What is done to one shard of a DashMap through its raw table: fetching the
//! lines that an update will look at, and applying updates under the shard's
//! lock. Imports the shared state.

use dashmap::{DashMap, SharedValue};
use hashbrown_raw::raw::RawTable;

use crate::engine::keyed::Keyed;
use crate::unit::hash::{SharedHasher, hash_id};
use crate::unit::prefetch::prefetch_line;

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
    /// Looks where the table is now. Returns by how many bytes it has grown.
    #[inline(always)]
    pub(in crate::engine) fn sight<U: Keyed>(&mut self, table: &Table<U>) -> usize {
        let before = std::mem::replace(
            self,
            Self {
                middle: table.data_end().as_ptr() as usize,
                mask: table.buckets() - 1,
            },
        );
        self.mask.saturating_sub(before.mask) * size_of::<Slot<U>>()
    }

    /// Prefetches the control byte and the slot at which the search for a hash
    /// begins. Most states lie there or next to it; where exactly, only the
    /// search itself can tell, and it must wait for the control bytes.
    #[inline(always)]
    pub(in crate::engine) fn prefetch<U: Keyed>(self, hash: u64) {
        let index = hash as usize & self.mask;
        let size = size_of::<Slot<U>>();
        prefetch_line(std::ptr::without_provenance(
            self.middle.wrapping_add(index),
        ));
        let slot = self.middle.wrapping_sub((index + 1) * size);
        prefetch_line(std::ptr::without_provenance(slot));
    }
}

/// Applies an update to the state of its id, or to a new one.
#[inline(always)]
pub(in crate::engine) fn apply<U: Keyed>(
    table: &mut Table<U>,
    hash: u64,
    update: &U,
    inbox_capacity: usize,
    hasher: &SharedHasher,
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
    hasher: &SharedHasher,
) {
    let mut state = U::State::default();
    update.apply_to(&mut state, inbox_capacity);
    let slot: Slot<U> = (update.id(), SharedValue::new(state));
    table.insert(hash, slot, |(id, _)| hash_id(hasher, *id));
}

/// The state that a hash most likely belongs to: the first slot with its tag
/// is right but for one in a hundred, and found without looking at its id.
#[inline(always)]
pub(in crate::engine) fn likely<U: Keyed>(table: &Table<U>, hash: u64) -> Option<&U::State> {
    table.get(hash, |_| true).map(|(_, state)| state.get())
}
