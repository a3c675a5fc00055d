//! The probe `null`: takes every batch and does nothing, so that its time is
//! the harness's own.

use std::hint::black_box;

use notibench_core::engine::{
    Engine, EngineConfig, EngineInfo, Freshness, MemoryUse, Role, Session,
};
use notibench_core::event::{Event, Read};
use notibench_core::read::Answer;
use notibench_core::state::StateMut;

/// Does nothing, and takes no time over it.
#[derive(Debug)]
pub struct NullProbe;

impl Engine for NullProbe {
    const INFO: EngineInfo = EngineInfo {
        name: "null",
        role: Role::Probe,
        freshness: Freshness::Immediate,
        about: "does nothing: what the harness itself costs, and how far the generator is from \
                being the bottleneck",
    };
    type Session<'engine> = NullSession;

    fn build(_: &EngineConfig) -> Self {
        Self
    }

    fn session(&self, _: usize) -> NullSession {
        NullSession
    }

    fn visit_mut(&self, _: &(dyn Fn(StateMut<'_>) + Sync)) {}

    fn memory(&self) -> MemoryUse {
        MemoryUse::default()
    }
}

/// A session of [`NullProbe`].
#[derive(Debug)]
pub struct NullSession;

impl Session for NullSession {
    #[inline]
    fn ingest(&mut self, batch: &[Event]) {
        black_box(batch);
    }

    #[inline]
    fn read(&mut self, reads: &[Read], sink: &mut impl FnMut(usize, &Answer)) {
        for at in 0..reads.len() {
            sink(at, &Answer::Badge(0));
        }
    }

    fn finish(self) {}
}
