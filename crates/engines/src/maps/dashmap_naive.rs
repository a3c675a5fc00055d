//! The engine `dashmap-naive`: the textbook use of DashMap, one `entry` call an
//! update, everything at its default.

use dashmap::DashMap;

use super::dashmap_pair::{read_maps, visit_maps_mut};
use crate::shared::table_memory;
use notibench_core::engine::{
    Engine, EngineConfig, EngineInfo, Freshness, MemoryUse, Role, Session,
};
use notibench_core::event::{Event, Read};
use notibench_core::read::Answer;
use notibench_core::state::{Content, Member, StateMut, for_each_update};
use notibench_core::viewing::Views;

/// Two DashMaps with the default hasher and shard count.
#[derive(Debug)]
pub struct NaiveDashMapEngine {
    members: DashMap<u64, Member>,
    contents: DashMap<u64, Content>,
    inbox_capacity: usize,
    views: Views,
}

impl Engine for NaiveDashMapEngine {
    const INFO: EngineInfo = EngineInfo {
        name: "dashmap-naive",
        role: Role::Engine,
        freshness: Freshness::Immediate,
        about: "the textbook DashMap: an afternoon's work, the baseline; gives up most of the \
                speed that the same map has",
    };
    type Session<'engine> = NaiveSession<'engine>;

    fn build(config: &EngineConfig) -> Self {
        Self {
            members: DashMap::new(),
            contents: DashMap::new(),
            inbox_capacity: config.inbox_capacity,
            views: config.views.clone(),
        }
    }

    fn session(&self, _: usize) -> NaiveSession<'_> {
        NaiveSession { engine: self }
    }

    fn visit_mut(&self, visit: &(dyn Fn(StateMut<'_>) + Sync)) {
        visit_maps_mut(&self.members, &self.contents, visit);
    }

    fn memory(&self) -> MemoryUse {
        table_memory::of_dashmaps(&self.members, &self.contents)
    }
}

/// A session of [`NaiveDashMapEngine`].
#[derive(Debug)]
pub struct NaiveSession<'engine> {
    engine: &'engine NaiveDashMapEngine,
}

impl Session for NaiveSession<'_> {
    fn ingest(&mut self, batch: &[Event]) {
        let NaiveDashMapEngine {
            members,
            contents,
            inbox_capacity,
            ..
        } = self.engine;
        for event in batch {
            for_each_update(
                event,
                |update| {
                    members
                        .entry(update.member)
                        .or_default()
                        .apply(&update, *inbox_capacity);
                },
                |update| contents.entry(update.content).or_default().apply(&update),
            );
        }
    }

    fn read(&mut self, reads: &[Read], sink: &mut impl FnMut(usize, &Answer)) {
        let NaiveDashMapEngine {
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
            agrees_with_fold::<NaiveDashMapEngine>(threads, 100);
        }
    }
}
