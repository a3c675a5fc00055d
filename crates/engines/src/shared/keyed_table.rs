//! A hash table of the states that updates change.

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use notibench_core::engine::map_memory::Allocated;
use notibench_core::state::Keyed;
use notibench_core::unit::hash::{SharedHasher, hash_id, shared_hasher};
use notibench_core::unit::prefetch::prefetch_value;

/// States by id. Hashes come from outside: they were computed before, to find the
/// table.
#[derive(Debug)]
pub struct KeyedTable<S> {
    slots: HashTable<(u64, S)>,
    hasher: SharedHasher,
}

impl<S> Default for KeyedTable<S> {
    fn default() -> Self {
        Self {
            slots: HashTable::new(),
            hasher: shared_hasher(),
        }
    }
}

impl<S> KeyedTable<S> {
    /// The state of `id`, if there is one. `hash` is the id's.
    #[inline]
    pub(crate) fn get(&self, hash: u64, id: u64) -> Option<&S> {
        self.slots
            .find(hash, |slot| slot.0 == id)
            .map(|(_, state)| state)
    }

    /// Applies an update, to a new state where there is none. `hash` is that
    /// of the update's id.
    #[inline]
    pub(crate) fn apply<U: Keyed<State = S>>(
        &mut self,
        hash: u64,
        update: &U,
        inbox_capacity: usize,
    ) where
        S: Default,
    {
        self.change(hash, update.id(), |state| {
            update.apply_to(state, inbox_capacity);
        });
    }

    /// Changes the state of `id`, a new one where there is none. `hash` is the
    /// id's.
    #[inline]
    pub(crate) fn change(&mut self, hash: u64, id: u64, change: impl FnOnce(&mut S))
    where
        S: Default,
    {
        let (is_it, hasher) = (|slot: &(u64, S)| slot.0 == id, &self.hasher);
        match self
            .slots
            .entry(hash, is_it, |(id, _)| hash_id(hasher, *id))
        {
            Entry::Occupied(mut found) => change(&mut found.get_mut().1),
            Entry::Vacant(vacant) => {
                let mut state = S::default();
                change(&mut state);
                vacant.insert((id, state));
            }
        }
    }

    /// Moves every state of `other` in; where there is one of that id already,
    /// adds it with `merge`.
    pub(crate) fn absorb(&mut self, other: Self, merge: impl Fn(&mut S, &S)) {
        let hasher = &self.hasher;
        for (id, state) in other.slots {
            let is_it = |slot: &(u64, S)| slot.0 == id;
            let hash = hash_id(hasher, id);
            match self
                .slots
                .entry(hash, is_it, |(id, _)| hash_id(hasher, *id))
            {
                Entry::Occupied(mut found) => merge(&mut found.get_mut().1, &state),
                Entry::Vacant(vacant) => {
                    vacant.insert((id, state));
                }
            }
        }
    }

    /// The first slot with the hash's tag: right but for one in a hundred,
    /// and found without looking at the slot itself.
    #[inline(always)]
    fn likely(&self, hash: u64) -> Option<&(u64, S)> {
        self.slots.find(hash, |_| true)
    }

    /// Prefetches the state of the id with this hash.
    #[inline(always)]
    pub(crate) fn prefetch(&self, hash: u64) {
        self.likely(hash).inspect(|slot| prefetch_value(*slot));
    }

    /// Prefetches what that state keeps elsewhere, and `update` looks at.
    #[inline(always)]
    pub(crate) fn prefetch_behind<U: Keyed<State = S>>(&self, hash: u64, update: &U) {
        self.likely(hash)
            .inspect(|(_, state)| update.prefetch_behind(state));
    }

    /// The same for what is kept behind that, once that has arrived.
    #[inline(always)]
    pub(crate) fn prefetch_further<U: Keyed<State = S>>(&self, hash: u64, update: &U) {
        self.likely(hash)
            .inspect(|(_, state)| update.prefetch_further(state));
    }

    /// How many states there are.
    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }

    /// Every id and its state.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u64, &S)> {
        self.slots.iter().map(|(id, state)| (*id, state))
    }

    /// Every id and its state, to be changed.
    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = (u64, &mut S)> {
        self.slots.iter_mut().map(|(id, state)| (*id, state))
    }

    /// What the table has from the allocator.
    pub(crate) fn allocated(&self) -> Allocated {
        Allocated::once(self.allocated_bytes())
    }

    /// The same in bytes.
    pub(crate) fn allocated_bytes(&self) -> u64 {
        self.slots.allocation_size() as u64
    }
}
