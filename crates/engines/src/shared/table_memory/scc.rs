//! Bytes of a map of scc, derived from its layout.

use notibench_core::engine::map_memory::Allocated;
use notibench_core::unit::hash::SharedHasher;
use scc::HashMap;

/// Bytes that a map has from the allocator, derived from its layout, since it
/// only tells its slots. Slots come in buckets of 32, with a cache line
/// each for lock and tags, and one more to align them; keys and values
/// lie in blocks of 32. States that find their bucket full go to overflow
/// buckets of 4, each with four tags, two links, two bitmaps and 16 bytes for
/// its reclamation. Outgrown slots that still await theirs are not in it.
pub(crate) fn allocated_by<S>(map: &HashMap<u64, S, SharedHasher>) -> Allocated {
    const BUCKET: usize = 32;
    const OVERFLOW: usize = 4;
    // a walk moves what an unfinished growth has left in outgrown slots
    map.iter_sync(|_, _| true);
    let mut filled = vec![0_usize; map.capacity() / BUCKET];
    map.iter_sync(|id, _| {
        filled[map.bucket_index(id)] += 1;
        true
    });
    let overflows: usize = filled
        .iter()
        .map(|states| states.saturating_sub(BUCKET).div_ceil(OVERFLOW))
        .sum();
    let pair = size_of::<u64>() + size_of::<S>();
    let block = (BUCKET * pair).next_multiple_of(align_of::<u64>());
    let overflow = 48 + (OVERFLOW * pair).next_multiple_of(align_of::<u64>());
    let lines = filled.len() + usize::from(!filled.is_empty());
    let parts = [
        Allocated::once((lines * 64) as u64),
        Allocated::once((filled.len() * block) as u64),
        Allocated::often(overflows as u64, overflow as u64),
    ];
    parts.into_iter().sum()
}
