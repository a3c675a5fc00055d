//! The probe `limit-read`: brings every event from memory and looks at all of
//! its words, nothing else.

use std::hint::black_box;

use super::common::answer_nothing;
use notibench_core::engine::{
    Engine, EngineConfig, EngineInfo, Freshness, MemoryUse, Role, Session,
};
use notibench_core::event::{Event, Read};
use notibench_core::read::Answer;
use notibench_core::state::StateMut;

/// Reads the events.
#[derive(Debug)]
pub struct LimitRead;

impl Engine for LimitRead {
    const INFO: EngineInfo = EngineInfo {
        name: "limit-read",
        role: Role::Probe,
        freshness: Freshness::Immediate,
        about: "looks at every word of every event: what bringing the stream from memory costs; \
                leaves out all state",
    };
    type Session<'engine> = ReadSession;

    fn build(_: &EngineConfig) -> Self {
        Self
    }

    fn session(&self, _: usize) -> ReadSession {
        ReadSession { sum: 0 }
    }

    fn visit_mut(&self, _: &(dyn Fn(StateMut<'_>) + Sync)) {}

    fn memory(&self) -> MemoryUse {
        MemoryUse::default()
    }
}

/// A session of [`LimitRead`].
#[derive(Debug)]
pub struct ReadSession {
    sum: u64,
}

impl Session for ReadSession {
    #[inline]
    fn ingest(&mut self, batch: &[Event]) {
        let words = batch.iter().map(|event| {
            let ids = event.actor ^ event.recipient ^ event.content;
            event.stamp().word() ^ event.at_us ^ ids
        });
        self.sum = words.fold(self.sum, u64::wrapping_add);
    }

    #[inline]
    fn read(&mut self, reads: &[Read], sink: &mut impl FnMut(usize, &Answer)) {
        answer_nothing(reads, sink);
    }

    fn finish(self) {
        black_box(self.sum);
    }
}
