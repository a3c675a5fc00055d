//! The probe `limit-state`: the engines' own state and update, each under a
//! lock of its own, in arrays by dense number.

use std::sync::Arc;

use parking_lot::Mutex;

use super::common::{answer_nothing, dense_of, memory_of};
use crate::shared::prefetch::TOGETHER;
use notibench_core::engine::dense_ids::DenseIds;
use notibench_core::engine::{
    Engine, EngineConfig, EngineInfo, Freshness, MemoryUse, Role, Session,
};
use notibench_core::event::{Event, Read};
use notibench_core::read::Answer;
use notibench_core::state::{
    Content, ContentUpdate, Member, MemberUpdate, StateMut, for_each_update,
};
use notibench_core::unit::prefetch::prefetch_value;

/// Two arrays of states, each behind its lock.
#[derive(Debug)]
pub struct LimitState {
    dense: Arc<DenseIds>,
    pub(super) members: Box<[Mutex<Member>]>,
    pub(super) contents: Box<[Mutex<Content>]>,
    inbox_capacity: usize,
}

impl Engine for LimitState {
    const INFO: EngineInfo = EngineInfo {
        name: "limit-state",
        role: Role::Probe,
        freshness: Freshness::Immediate,
        about: "the engines' own state and update in arrays by dense number, a lock an update: \
                what an immediate engine could do; leaves out finding a state by its id, and growth",
    };
    const NEEDS_DENSE_IDS: bool = true;
    type Session<'engine> = LimitStateSession<'engine>;

    fn build(config: &EngineConfig) -> Self {
        let dense = dense_of(config);
        Self {
            members: (0..dense.members()).map(|_| Mutex::default()).collect(),
            contents: (0..dense.contents()).map(|_| Mutex::default()).collect(),
            dense,
            inbox_capacity: config.inbox_capacity,
        }
    }

    fn session(&self, _: usize) -> LimitStateSession<'_> {
        LimitStateSession {
            engine: self,
            members: Vec::with_capacity(TOGETHER),
            contents: Vec::with_capacity(TOGETHER),
        }
    }

    fn visit_mut(&self, _: &(dyn Fn(StateMut<'_>) + Sync)) {}

    fn memory(&self) -> MemoryUse {
        let bytes = size_of_val(&*self.members) + size_of_val(&*self.contents);
        let members = self.members.iter().map(|state| state.lock().heap_bytes());
        let contents = self.contents.iter().map(|state| state.lock().heap_bytes());
        memory_of(bytes, members.chain(contents))
    }
}

/// A session of [`LimitState`]: the updates of a few events.
#[derive(Debug)]
pub struct LimitStateSession<'engine> {
    engine: &'engine LimitState,
    members: Vec<(u32, MemberUpdate)>,
    contents: Vec<(u32, ContentUpdate)>,
}

impl Session for LimitStateSession<'_> {
    #[inline]
    fn ingest(&mut self, batch: &[Event]) {
        let LimitState {
            dense,
            members,
            contents,
            inbox_capacity,
        } = self.engine;
        for few in batch.chunks(TOGETHER) {
            for event in few {
                let numbers = dense.of(event.index());
                for_each_update(
                    event,
                    |update| {
                        prefetch_value(&members[numbers.member as usize]);
                        self.members.push((numbers.member, update));
                    },
                    |update| {
                        prefetch_value(&contents[numbers.content as usize]);
                        self.contents.push((numbers.content, update));
                    },
                );
            }
            for (number, update) in self.members.drain(..) {
                let mut state = members[number as usize].lock();
                state.apply(&update, *inbox_capacity);
            }
            for (number, update) in self.contents.drain(..) {
                contents[number as usize].lock().apply(&update);
            }
        }
    }

    #[inline]
    fn read(&mut self, reads: &[Read], sink: &mut impl FnMut(usize, &Answer)) {
        answer_nothing(reads, sink);
    }

    fn finish(self) {}
}
