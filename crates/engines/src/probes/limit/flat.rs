//! The probe `limit-flat`: one atomic addition an update, into an array by
//! dense number.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::common::{answer_nothing, dense_of, memory_of};
use notibench_core::engine::dense_ids::DenseIds;
use notibench_core::engine::{
    Engine, EngineConfig, EngineInfo, Freshness, MemoryUse, Role, Session,
};
use notibench_core::event::{Event, Read};
use notibench_core::read::Answer;
use notibench_core::state::{StateMut, for_each_update};

/// Counts the updates of each member and of each content.
#[derive(Debug)]
pub struct LimitFlat {
    dense: Arc<DenseIds>,
    pub(super) members: Box<[AtomicU32]>,
    pub(super) contents: Box<[AtomicU32]>,
}

impl Engine for LimitFlat {
    const INFO: EngineInfo = EngineInfo {
        name: "limit-flat",
        role: Role::Probe,
        freshness: Freshness::Immediate,
        about: "one atomic addition an update, into an array by dense number: the fewest writes \
                that keep anything; leaves out the state, finding it by id, and locks",
    };
    const NEEDS_DENSE_IDS: bool = true;
    type Session<'engine> = FlatSession<'engine>;

    fn build(config: &EngineConfig) -> Self {
        let dense = dense_of(config);
        Self {
            members: (0..dense.members()).map(|_| AtomicU32::new(0)).collect(),
            contents: (0..dense.contents()).map(|_| AtomicU32::new(0)).collect(),
            dense,
        }
    }

    fn session(&self, _: usize) -> FlatSession<'_> {
        FlatSession { engine: self }
    }

    fn visit_mut(&self, _: &(dyn Fn(StateMut<'_>) + Sync)) {}

    fn memory(&self) -> MemoryUse {
        let bytes = size_of_val(&*self.members) + size_of_val(&*self.contents);
        memory_of(bytes, std::iter::empty())
    }
}

/// A session of [`LimitFlat`].
#[derive(Debug)]
pub struct FlatSession<'engine> {
    engine: &'engine LimitFlat,
}

impl Session for FlatSession<'_> {
    #[inline]
    fn ingest(&mut self, batch: &[Event]) {
        let LimitFlat {
            dense,
            members,
            contents,
        } = self.engine;
        for event in batch {
            let numbers = dense.of(event.index());
            for_each_update(
                event,
                |_| {
                    members[numbers.member as usize].fetch_add(1, Ordering::Relaxed);
                },
                |_| {
                    contents[numbers.content as usize].fetch_add(1, Ordering::Relaxed);
                },
            );
        }
    }

    #[inline]
    fn read(&mut self, reads: &[Read], sink: &mut impl FnMut(usize, &Answer)) {
        answer_nothing(reads, sink);
    }

    fn finish(self) {}
}
