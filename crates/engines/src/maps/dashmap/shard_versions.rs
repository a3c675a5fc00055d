//! How a session knows that a cached answer still holds: each shard has a
//! version, which changes when the shard does.
//!
//! A version is odd while an answer from the shard is cached since its last
//! change. The next change makes it even and greater. While no answer is cached,
//! versions stay as they are and a change only reads them, so that all cores
//! share the cache line.

use crossbeam_utils::CachePadded;

use notibench_core::unit::sync::{AtomicU64, Ordering};

/// The versions of a map's shards.
#[derive(Debug)]
pub(super) struct ShardVersions(Box<[CachePadded<AtomicU64>]>);

impl ShardVersions {
    /// Of so many shards.
    pub(super) fn new(shards: usize) -> Self {
        let version = std::iter::repeat_with(CachePadded::default);
        Self(version.take(shards).collect())
    }

    /// Says that a shard changes. The caller holds its lock for writing, and
    /// nothing that it changes may be seen by others before.
    #[inline(always)]
    pub(super) fn invalidate(&self, shard: usize) {
        let version = &self.0[shard];
        let now = version.load(Ordering::Relaxed);
        if now & 1 == 1 {
            // the shard's lock makes this the only writer
            version.store(now + 1, Ordering::Release);
        }
    }

    /// The version of an answer that is cached now. The caller holds the shard's
    /// lock for reading.
    #[inline(always)]
    pub(super) fn mark_cached(&self, shard: usize) -> u64 {
        let version = &self.0[shard];
        let now = version.load(Ordering::Relaxed);
        if now & 1 == 1 {
            return now;
        }
        // other readers may do the same
        version.fetch_or(1, Ordering::Relaxed) | 1
    }

    /// The shard's version, to be compared with that of an answer; without
    /// its lock.
    #[inline(always)]
    pub(super) fn current(&self, shard: usize) -> u64 {
        self.0[shard].load(Ordering::Acquire)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_changes_with_its_shard_and_with_no_other() {
        let versions = ShardVersions::new(2);
        let before = versions.current(0);
        versions.invalidate(0);
        assert_eq!(versions.current(0), before, "no answer was cached");
        let kept = [versions.mark_cached(0), versions.mark_cached(1)];
        assert_eq!(versions.mark_cached(0), kept[0]);
        assert_eq!([versions.current(0), versions.current(1)], kept);
        versions.invalidate(0);
        assert_ne!(versions.current(0), kept[0]);
        assert_eq!(versions.current(1), kept[1]);
        assert_ne!(versions.mark_cached(0), kept[0]);
        versions.invalidate(0);
        assert!(versions.current(0) > kept[0]);
    }
}
