//! The engine `dashmap-entry`: DashMap fed an update at a time, with a fast
//! hasher and more shards: what tuning gives without batches.

use dashmap::DashMap;

use super::dashmap_pair::{read_maps, visit_maps_mut};
use crate::shared::table_memory;
use notibench_core::engine::{
    Engine, EngineConfig, EngineInfo, Freshness, MemoryUse, Role, Session,
};
use notibench_core::event::{Event, Read};
use notibench_core::read::Answer;
use notibench_core::state::Keyed;
use notibench_core::state::{ContentUpdate, MemberUpdate, StateMut, for_each_update};
use notibench_core::unit::hash::{SharedHasher, shared_hasher};
use notibench_core::viewing::Views;

/// Shards of each map where one thread has it to itself: more would only take
/// room in the cache from the states.
const SHARDS_ALONE: usize = 64;

/// Shards where threads share it: so many that two of them seldom want one
/// lock, which costs them a turn of the scheduler.
const SHARDS_SHARED: usize = 1024;

/// The map of the states that updates `U` change.
type Map<U> = DashMap<u64, <U as Keyed>::State, SharedHasher>;

/// Two DashMaps of many shards with the shared hasher.
#[derive(Debug)]
pub struct EntryDashMapEngine {
    members: Map<MemberUpdate>,
    contents: Map<ContentUpdate>,
    inbox_capacity: usize,
    views: Views,
}

impl Engine for EntryDashMapEngine {
    const INFO: EngineInfo = EngineInfo {
        name: "dashmap-entry",
        role: Role::Engine,
        freshness: Freshness::Immediate,
        about: "DashMap an update at a time, with a fast hasher and many shards: two lines of tuning \
                for events that arrive singly; gives up what batches would gain",
    };
    type Session<'engine> = EntrySession<'engine>;

    fn build(config: &EngineConfig) -> Self {
        let shards = match config.threads {
            0 | 1 => SHARDS_ALONE,
            _ => SHARDS_SHARED,
        };
        Self {
            members: DashMap::with_hasher_and_shard_amount(shared_hasher(), shards),
            contents: DashMap::with_hasher_and_shard_amount(shared_hasher(), shards),
            inbox_capacity: config.inbox_capacity,
            views: config.views.clone(),
        }
    }

    fn session(&self, _: usize) -> EntrySession<'_> {
        EntrySession { engine: self }
    }

    fn visit_mut(&self, visit: &(dyn Fn(StateMut<'_>) + Sync)) {
        visit_maps_mut(&self.members, &self.contents, visit);
    }

    fn memory(&self) -> MemoryUse {
        table_memory::of_dashmaps(&self.members, &self.contents)
    }
}

/// A session of [`EntryDashMapEngine`].
#[derive(Debug)]
pub struct EntrySession<'engine> {
    engine: &'engine EntryDashMapEngine,
}

/// Applies one update under its shard's lock. Trying `get_mut` first and an
/// entry only where nothing is found is no faster.
#[inline]
fn apply<U: Keyed>(map: &Map<U>, update: &U, inbox_capacity: usize) {
    let mut state = map.entry(update.id()).or_default();
    update.apply_to(&mut state, inbox_capacity);
}

impl Session for EntrySession<'_> {
    fn ingest(&mut self, batch: &[Event]) {
        let EntryDashMapEngine {
            members,
            contents,
            inbox_capacity,
            ..
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
            members,
            contents,
            views,
            ..
        } = self.engine;
        read_maps(members, contents, views, reads, sink);
    }

    fn finish(self) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use notibench_core::testing::agrees_with_fold;

    #[test]
    fn agrees_with_the_plain_fold() {
        for threads in [1, 2, 8] {
            agrees_with_fold::<EntryDashMapEngine>(threads, 100);
        }
    }
}
