//! How far ahead states are prefetched, and from which size of the tables on.
//!
//! The distances are measured, each in its own loop: docs/ATTEMPTS.md.

use notibench_core::unit::cache::Near;

/// Updates whose states are prefetched together, then applied: about as many
/// cache lines as a core can have on their way from memory at a time.
pub(crate) const TOGETHER: usize = 16;
/// Updates between two steps of one, where each has several cache lines to wait
/// for and the steps of all are interleaved.
pub(crate) const AHEAD_IN_STEPS: usize = 16;
/// Updates ahead of the one that is applied, in the table of one shard.
pub(crate) const AHEAD_IN_SHARD: usize = 32;
/// Updates ahead of the one that is applied, in a part that fits in the
/// second-level cache.
pub(crate) const AHEAD_IN_CACHE: usize = 8;

/// Whether tables of so many bytes are prefetched by one of several sessions:
/// the cache lines of smaller ones are in a cache, and prefetching them costs
/// more than it saves.
#[inline(always)]
pub(crate) const fn exceed_shared_cache(bytes: usize, near: &Near) -> bool {
    bytes > near.shared
}

/// The same for tables that one thread alone writes to: no other core takes
/// their cache lines away.
#[inline(always)]
pub(crate) const fn exceed_own_cache(bytes: usize, near: &Near) -> bool {
    bytes > near.alone
}
