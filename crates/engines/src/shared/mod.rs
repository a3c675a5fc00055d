//! Building blocks that several engines share: tables of states, updates with
//! their hashes, prefetching, buffers, barriers, bytes of memory.

pub(super) mod keyed_table;
pub(super) mod partition_buffers;
pub(super) mod pending_pages;
pub(super) mod phase_barrier;
pub(super) mod prefetch;
pub(super) mod table_memory;
pub(super) mod tables;
pub(super) mod updates;
