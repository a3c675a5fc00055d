//! The engine's parts and phases, which its sessions share.

use crossbeam_utils::CachePadded;
use parking_lot::Mutex;

use crate::shared::keyed_table::KeyedTable;
use crate::shared::phase_barrier::PhaseBarrier;
use crate::shared::tables::Tables;
use notibench_core::state::{Content, Member};
use notibench_core::unit::hash::SharedHasher;
use notibench_core::viewing::Views;

/// Parts of the engine's state and of each session's; a power of two.
pub(super) const PARTS: usize = 64;

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

/// Merged state, and what finished sessions leave until it is merged.
#[derive(Debug)]
pub struct FoldReduceEngine {
    pub(super) parts: Box<[CachePadded<Mutex<Part>>]>,
    /// Between folding and merging.
    pub(super) barrier: PhaseBarrier,
    pub(super) inbox_capacity: usize,
    pub(super) views: Views,
    pub(super) hasher: SharedHasher,
}

impl FoldReduceEngine {
    /// Merges the parts that this session claims.
    pub(super) fn merge(&self) {
        while let Some(part) = self.barrier.claim(PARTS) {
            self.parts[part].lock().merge(self.inbox_capacity);
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
