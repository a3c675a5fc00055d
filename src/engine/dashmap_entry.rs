//! The engine `dashmap-entry`: DashMap fed an update at a time, with a fast
//! hasher and more shards: what tuning gives without batches. Imports the
//! contract, the shared state.

use dashmap::DashMap;

use super::dashmaps::{read_maps, visit_maps};
use super::keyed::Keyed;
use super::map_memory;
use super::read::Answer;
use super::snapshot::StateRef;
use super::state::{ContentUpdate, MemberUpdate, for_each_update};
use super::{Engine, EngineConfig, EngineInfo, Freshness, MemoryUse, Role, Session};
use crate::event::{Event, Read};
use crate::unit::hash::{SharedHasher, shared_hasher};

/// Shards of each map: so many that two threads seldom want one lock, so few
/// that the locks stay in the cache.
const SHARDS: usize = 64;

/// The map of the states that updates `U` change.
type Map<U> = DashMap<u64, <U as Keyed>::State, SharedHasher>;

/// Two DashMaps of 64 shards with the shared hasher.
#[derive(Debug)]
pub struct EntryDashMapEngine {
    members: Map<MemberUpdate>,
    contents: Map<ContentUpdate>,
    inbox_capacity: usize,
}

impl Engine for EntryDashMapEngine {
    const INFO: EngineInfo = EngineInfo {
        name: "dashmap-entry",
        role: Role::Engine,
        freshness: Freshness::Immediate,
        about: "DashMap an update at a time, with a fast hasher and 64 shards: for events that \
                arrive singly, and still safe code; gives up what batches would gain",
    };
    type Session<'engine> = EntrySession<'engine>;

    fn build(config: &EngineConfig) -> Self {
        Self {
            members: DashMap::with_hasher_and_shard_amount(shared_hasher(), SHARDS),
            contents: DashMap::with_hasher_and_shard_amount(shared_hasher(), SHARDS),
            inbox_capacity: config.inbox_capacity,
        }
    }

    fn session(&self, _: usize) -> EntrySession<'_> {
        EntrySession { engine: self }
    }

    fn visit(&self, visit: &(dyn Fn(StateRef<'_>) + Sync)) {
        visit_maps(&self.members, &self.contents, visit);
    }

    fn memory(&self) -> MemoryUse {
        map_memory::of_dashmaps(&self.members, &self.contents)
    }
}

/// A session of [`EntryDashMapEngine`].
#[derive(Debug)]
pub struct EntrySession<'engine> {
    engine: &'engine EntryDashMapEngine,
}

/// Applies one update under its shard's lock. Nearly every update finds its
/// state, and looking it up asks for less than an entry, which is ready to
/// insert. The lock of `get_mut` is released before `entry` takes it again.
#[inline]
fn apply<U: Keyed>(map: &Map<U>, update: &U, inbox_capacity: usize) {
    if let Some(mut state) = map.get_mut(&update.id()) {
        update.apply_to(&mut state, inbox_capacity);
        return;
    }
    let mut state = map.entry(update.id()).or_default();
    update.apply_to(&mut state, inbox_capacity);
}

impl Session for EntrySession<'_> {
    fn ingest(&mut self, batch: &[Event]) {
        let EntryDashMapEngine {
            members,
            contents,
            inbox_capacity,
        } = self.engine;
        for event in batch {
            for_each_update(
                event,
                |update| apply(members, &update, *inbox_capacity),
                |update| apply(contents, &update, *inbox_capacity),
            );
        }
    }

    fn read(&mut self, reads: &[Read], sink: &mut impl FnMut(usize, &Answer)) {
        let EntryDashMapEngine {
            members, contents, ..
        } = self.engine;
        read_maps(members, contents, reads, sink);
    }

    fn finish(self) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::check::agrees_with_fold;

    #[test]
    fn agrees_with_the_plain_fold() {
        for threads in [1, 2, 8] {
            agrees_with_fold::<EntryDashMapEngine>(threads, 100);
        }
    }
}
