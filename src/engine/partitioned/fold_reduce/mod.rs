//! The engine `fold-reduce`: each session folds what it ingests into tables of
//! its own, and what the sessions have folded is merged when the last of them
//! finishes. Imports the contract, the shared state.
//!
//! A session's tables are cut by hash into as many parts as the engine's, so
//! that a part can be merged by itself. The merge is done by the sessions that
//! wait for it, part by part, and not by a pool of threads beside them: it
//! takes no more cores than the run was given.

mod session;

use std::ops::Add;
use std::time::Duration;

use crossbeam_utils::CachePadded;
use parking_lot::{Condvar, Mutex};
use rayon::prelude::*;

use crate::engine::shared::keyed_table::KeyedTable;
use crate::engine::shared::map_memory;
use crate::engine::shared::tables::Tables;
use crate::engine::snapshot::StateMut;
use crate::engine::state::{Content, Member};
use crate::engine::viewing::Views;
use crate::engine::{
    Engine, EngineConfig, EngineInfo, ExpectedLoad, Freshness, MemoryUse, Role, StopFlag,
};
use crate::unit::hash::{SharedHasher, shared_hasher};
pub use session::FoldReduceSession;

/// Parts of the engine's state and of each session's; a power of two.
const PARTS: usize = 64;

/// The first of the hash's bits that choose the part: the tables use the
/// lowest and the highest seven, and the keys of a part must not crowd there.
const PART_SHIFT: u32 = 48;

/// How often a session that waits for the others looks at the stop flag.
const TICK: Duration = Duration::from_millis(10);

#[inline(always)]
const fn part_of(hash: u64) -> usize {
    (hash >> PART_SHIFT) as usize % PARTS
}

/// One part of the state.
#[derive(Debug, Default)]
struct Part {
    /// What was merged so far.
    merged: Tables,
    /// What finished sessions have folded, not yet merged.
    waiting: Vec<Tables>,
}

impl Part {
    fn merge(&mut self, inbox_capacity: usize) {
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
fn absorb<S>(table: &mut KeyedTable<S>, mut other: KeyedTable<S>, merge: impl Fn(&mut S, &S)) {
    if other.len() > table.len() {
        std::mem::swap(table, &mut other);
    }
    table.absorb(other, merge);
}

/// Who is awaited before the merge.
#[derive(Debug, Default)]
struct Gathering {
    /// Sessions that are open and may still fold.
    folding: usize,
    /// How often all sessions have come together to merge.
    merges: u64,
}

/// Merged state, and what finished sessions leave until it is merged.
#[derive(Debug)]
pub struct FoldReduceEngine {
    parts: Box<[CachePadded<Mutex<Part>>]>,
    gathering: Mutex<Gathering>,
    /// Told when nobody is folding any more.
    gathered: Condvar,
    threads: usize,
    inbox_capacity: usize,
    views: Views,
    hasher: SharedHasher,
    stop: StopFlag,
}

impl Engine for FoldReduceEngine {
    const INFO: EngineInfo = EngineInfo {
        name: "fold-reduce",
        role: Role::Engine,
        freshness: Freshness::Deferred { within: None },
        about: "each worker folds into tables of its own, merged in parallel at the end: for jobs \
                that want the result; gives up reads of what others do, and a copy a worker of \
                what is hot",
    };
    type Session<'engine> = FoldReduceSession<'engine>;

    fn held_bytes(load: &ExpectedLoad) -> u64 {
        // in a first pass the largest of the copies becomes the state
        let copies = load.threads.saturating_sub(usize::from(!load.warm));
        copies as u64 * load.share_bytes
    }

    fn build(config: &EngineConfig) -> Self {
        Self {
            parts: (0..PARTS).map(|_| CachePadded::default()).collect(),
            gathering: Mutex::default(),
            gathered: Condvar::new(),
            threads: config.threads.max(1),
            inbox_capacity: config.inbox_capacity,
            views: config.views.clone(),
            hasher: shared_hasher(),
            stop: config.stop.clone(),
        }
    }

    fn session(&self, worker: usize) -> FoldReduceSession<'_> {
        FoldReduceSession::open(self, worker)
    }

    fn visit_mut(&self, visit: &(dyn Fn(StateMut<'_>) + Sync)) {
        self.parts
            .par_iter()
            .for_each(|part| part.lock().merged.visit_mut(visit));
    }

    fn memory(&self) -> MemoryUse {
        let locks = map_memory::of_locks(size_of_val(&*self.parts));
        let parts = self.parts.iter().map(|part| part.lock().merged.memory());
        parts.fold(locks, MemoryUse::add)
    }
}

impl FoldReduceEngine {
    /// Says that one session folds no more.
    fn stop_folding(&self, gathering: &mut Gathering) {
        gathering.folding -= 1;
        if gathering.folding == 0 {
            gathering.merges += 1;
            self.gathered.notify_all();
        }
    }

    /// Says that a session has handed in all it had, and waits until every
    /// open one has. Returns false where the run ends early.
    fn gather(&self) -> bool {
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
    fn merge_from(&self, first: usize) {
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
struct Folded {
    members: Box<[KeyedTable<Member>]>,
    contents: Box<[KeyedTable<Content>]>,
}

impl Default for Folded {
    fn default() -> Self {
        Self {
            members: (0..PARTS).map(|_| KeyedTable::default()).collect(),
            contents: (0..PARTS).map(|_| KeyedTable::default()).collect(),
        }
    }
}

#[cfg(test)]
mod tests;
