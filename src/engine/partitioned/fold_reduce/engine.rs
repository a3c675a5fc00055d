//! The engine's parts and phases, which its sessions share. Imports the contract, the shared
//! state.

use std::time::Duration;

use crossbeam_utils::CachePadded;
use parking_lot::{Condvar, Mutex};

use crate::engine::contract::StopFlag;
use crate::engine::shared::keyed_table::KeyedTable;
use crate::engine::shared::tables::Tables;
use crate::engine::state::{Content, Member};
use crate::engine::viewing::Views;
use crate::unit::hash::SharedHasher;

/// Parts of the engine's state and of each session's; a power of two.
pub(super) const PARTS: usize = 64;

/// The first of the hash's bits that choose the part: the tables use the
/// lowest and the highest seven, and the keys of a part must not crowd there.
pub(super) const PART_SHIFT: u32 = 48;

/// How often a session that waits for the others looks at the stop flag.
pub(super) const TICK: Duration = Duration::from_millis(10);

#[inline(always)]
pub(super) const fn part_of(hash: u64) -> usize {
    (hash >> PART_SHIFT) as usize % PARTS
}

/// One part of the state.
#[derive(Debug, Default)]
pub(super) struct Part {
    /// What was merged so far.
    pub(super) merged: Tables,
    /// What finished sessions have folded, not yet merged.
    pub(super) waiting: Vec<Tables>,
}

impl Part {
    pub(super) fn merge(&mut self, inbox_capacity: usize) {
        let Tables { members, contents } = &mut self.merged;
        for other in self.waiting.drain(..) {
            absorb(members, other.members, |mine, theirs| {
                mine.merge(theirs, inbox_capacity);
            });
            absorb(contents, other.contents, Content::merge);
        }
    }
}

/// Merges the smaller table into the larger, which is kept.
pub(super) fn absorb<S>(
    table: &mut KeyedTable<S>,
    mut other: KeyedTable<S>,
    merge: impl Fn(&mut S, &S),
) {
    if other.len() > table.len() {
        std::mem::swap(table, &mut other);
    }
    table.absorb(other, merge);
}

/// Who is awaited before the merge.
#[derive(Debug, Default)]
pub(super) struct Gathering {
    /// Sessions that are open and may still fold.
    pub(super) folding: usize,
    /// How often all sessions have come together to merge.
    pub(super) merges: u64,
}

/// Merged state, and what finished sessions leave until it is merged.
#[derive(Debug)]
pub struct FoldReduceEngine {
    pub(super) parts: Box<[CachePadded<Mutex<Part>>]>,
    pub(super) gathering: Mutex<Gathering>,
    /// Told when nobody is folding any more.
    pub(super) gathered: Condvar,
    pub(super) threads: usize,
    pub(super) inbox_capacity: usize,
    pub(super) views: Views,
    pub(super) hasher: SharedHasher,
    pub(super) stop: StopFlag,
}

impl FoldReduceEngine {
    /// Says that one session folds no more.
    pub(super) fn stop_folding(&self, gathering: &mut Gathering) {
        gathering.folding -= 1;
        if gathering.folding == 0 {
            gathering.merges += 1;
            self.gathered.notify_all();
        }
    }

    /// Says that a session has handed in all it had, and waits until every
    /// open one has. Returns false where the run ends early.
    pub(super) fn gather(&self) -> bool {
        let mut gathering = self.gathering.lock();
        let merges = gathering.merges;
        self.stop_folding(&mut gathering);
        while gathering.merges == merges {
            if self.stop.is_set() {
                return false;
            }
            self.gathered.wait_for(&mut gathering, TICK);
        }
        true
    }

    /// Merges the parts that nobody has merged or is merging yet, from
    /// `first` on.
    pub(super) fn merge_from(&self, first: usize) {
        for part in (0..PARTS).map(|step| &self.parts[(first + step) % PARTS]) {
            if self.stop.is_set() {
                return;
            }
            // who has the lock is merging this part
            if let Some(mut part) = part.try_lock() {
                part.merge(self.inbox_capacity);
            }
        }
    }
}

/// Of members and of contents, a table a part.
#[derive(Debug)]
pub(super) struct Folded {
    pub(super) members: Box<[KeyedTable<Member>]>,
    pub(super) contents: Box<[KeyedTable<Content>]>,
}

impl Default for Folded {
    fn default() -> Self {
        Self {
            members: (0..PARTS).map(|_| KeyedTable::default()).collect(),
            contents: (0..PARTS).map(|_| KeyedTable::default()).collect(),
        }
    }
}
