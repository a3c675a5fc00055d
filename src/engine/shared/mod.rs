//! Building blocks that several engines share: tables of states, updates with
//! their hashes, prefetching, buffers, barriers, lock sweeps, bytes of memory.

pub mod dense_ids;
pub(super) mod keyed_table;
pub mod links;
pub(super) mod lock_sweep;
pub(super) mod map_memory;
pub(super) mod partition_buffers;
pub(super) mod pending_pages;
pub(super) mod phase_barrier;
pub(super) mod prefetch;
pub(super) mod tables;
pub(super) mod updates;
