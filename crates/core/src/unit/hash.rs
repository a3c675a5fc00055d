//! The one hasher of every engine: foldhash with a fixed seed, so that a run
//! repeats and no engine is faster only because of its hasher.

use std::hash::BuildHasher;

/// Builder of the hasher that all engines share.
pub type SharedHasher = foldhash::fast::FixedState;

/// The seed, arbitrary and fixed.
const SEED: u64 = 0x6e6f_7469_6265_6e63;

/// The hasher that every map of every engine is built with.
#[must_use]
pub fn shared_hasher() -> SharedHasher {
    SharedHasher::with_seed(SEED)
}

/// Hash of one id under [`shared_hasher`].
#[inline(always)]
#[must_use]
pub fn hash_id(hasher: &SharedHasher, id: u64) -> u64 {
    hasher.hash_one(id)
}
