//! What the limit probes do alike.

use std::sync::Arc;

use notibench_core::engine::dense_ids::DenseIds;
use notibench_core::engine::{EngineConfig, MemoryUse};
use notibench_core::event::Read;
use notibench_core::read::Answer;
use notibench_core::unit::allocation::allocator_overhead;

/// The numbers of the config; of an empty stream where it has none.
pub(super) fn dense_of(config: &EngineConfig) -> Arc<DenseIds> {
    config.dense.clone().unwrap_or_default()
}

/// No answer, so often as one is due: reads name ids, which no probe knows.
#[inline]
pub(super) fn answer_nothing(reads: &[Read], sink: &mut impl FnMut(usize, &Answer)) {
    for at in 0..reads.len() {
        sink(at, &Answer::Badge(0));
    }
}

/// Bytes of an array of states, whatever they are wrapped in, and of what they
/// have on the heap.
pub(super) fn memory_of(array: usize, on_heap: impl Iterator<Item = (u64, u64)>) -> MemoryUse {
    let mut memory = MemoryUse {
        state: array as u64,
        allocator: allocator_overhead(array as u64),
        ..MemoryUse::default()
    };
    for (used, slack) in on_heap {
        memory.state += used;
        memory.slack += slack;
        memory.allocator += allocator_overhead(used + slack);
    }
    memory
}
