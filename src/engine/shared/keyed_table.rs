//! What updates of members and of contents have in common, and a hash table of
//! the states that they change.

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use crate::engine::state::{Content, ContentUpdate, Member, MemberUpdate};
use crate::unit::hash::{SharedHasher, hash_id, shared_hasher};
use crate::unit::prefetch::{prefetch_line, prefetch_value};

/// An update of one state, which is found by its id.
pub(in crate::engine) trait Keyed: Copy + Send {
    /// What it changes.
    type State: Default + Send + Sync;

    /// Whether a state keeps anything elsewhere.
    const IS_BEHIND: bool = false;

    /// Whose state changes.
    fn id(&self) -> u64;

    /// Changes it; `inbox_capacity` is the inbox's K.
    fn apply_to(&self, state: &mut Self::State, inbox_capacity: usize);

    /// Whether it looks at what the state keeps elsewhere.
    #[inline(always)]
    fn looks_behind(&self) -> bool {
        false
    }

    /// Prefetches what the state keeps elsewhere, and this update looks at.
    fn prefetch_behind(&self, _: &Self::State) {}

    /// The same for what is kept behind that, once that has arrived.
    fn prefetch_further(&self, _: &Self::State) {}
}

impl Keyed for MemberUpdate {
    type State = Member;
    const IS_BEHIND: bool = true;

    #[inline(always)]
    fn looks_behind(&self) -> bool {
        Member::is_engaged_by(self.stamp)
    }

    #[inline(always)]
    fn id(&self) -> u64 {
        self.member
    }

    #[inline(always)]
    fn apply_to(&self, state: &mut Member, inbox_capacity: usize) {
        state.apply(self, inbox_capacity);
    }

    #[inline(always)]
    fn prefetch_behind(&self, state: &Member) {
        if self.looks_behind() {
            state.behind().inspect(|line| prefetch_line(*line));
        }
    }

    #[inline(always)]
    fn prefetch_further(&self, state: &Member) {
        if self.looks_behind() {
            let lines = state.behind_inbox().into_iter().flatten();
            lines.for_each(prefetch_line);
        }
    }
}

impl Keyed for ContentUpdate {
    type State = Content;

    #[inline(always)]
    fn id(&self) -> u64 {
        self.content
    }

    #[inline(always)]
    fn apply_to(&self, state: &mut Content, _: usize) {
        state.apply(self);
    }
}

/// States by id. Hashes come from outside: they were computed before, to find the
/// table.
#[derive(Debug)]
pub(in crate::engine) struct KeyedTable<S> {
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
    pub(in crate::engine) fn get(&self, hash: u64, id: u64) -> Option<&S> {
        self.slots
            .find(hash, |slot| slot.0 == id)
            .map(|(_, state)| state)
    }

    /// Applies an update, to a new state where there is none. `hash` is that
    /// of the update's id.
    #[inline]
    pub(in crate::engine) fn apply<U: Keyed<State = S>>(
        &mut self,
        hash: u64,
        update: &U,
        inbox_capacity: usize,
    ) where
        S: Default,
    {
        let (is_it, hasher) = (|slot: &(u64, S)| slot.0 == update.id(), &self.hasher);
        match self
            .slots
            .entry(hash, is_it, |(id, _)| hash_id(hasher, *id))
        {
            Entry::Occupied(mut found) => {
                update.apply_to(&mut found.get_mut().1, inbox_capacity);
            }
            Entry::Vacant(vacant) => {
                let mut state = S::default();
                update.apply_to(&mut state, inbox_capacity);
                vacant.insert((update.id(), state));
            }
        }
    }

    /// Moves every state of `other` in; where there is one of that id already,
    /// adds it with `merge`.
    pub(in crate::engine) fn absorb(&mut self, other: Self, merge: impl Fn(&mut S, &S)) {
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
    pub(in crate::engine) fn prefetch(&self, hash: u64) {
        self.likely(hash).inspect(|slot| prefetch_value(*slot));
    }

    /// Prefetches what that state keeps elsewhere, and `update` looks at.
    #[inline(always)]
    pub(in crate::engine) fn prefetch_behind<U: Keyed<State = S>>(&self, hash: u64, update: &U) {
        self.likely(hash)
            .inspect(|(_, state)| update.prefetch_behind(state));
    }

    /// The same for what is kept behind that, once that has arrived.
    #[inline(always)]
    pub(in crate::engine) fn prefetch_further<U: Keyed<State = S>>(&self, hash: u64, update: &U) {
        self.likely(hash)
            .inspect(|(_, state)| update.prefetch_further(state));
    }

    /// How many states there are.
    pub(in crate::engine) fn len(&self) -> usize {
        self.slots.len()
    }

    /// Every id and its state.
    pub(in crate::engine) fn iter(&self) -> impl Iterator<Item = (u64, &S)> {
        self.slots.iter().map(|(id, state)| (*id, state))
    }

    /// Every id and its state, to be changed.
    pub(in crate::engine) fn iter_mut(&mut self) -> impl Iterator<Item = (u64, &mut S)> {
        self.slots.iter_mut().map(|(id, state)| (*id, state))
    }

    /// Bytes that the table has from the allocator.
    pub(in crate::engine) fn allocated_bytes(&self) -> u64 {
        self.slots.allocation_size() as u64
    }
}
