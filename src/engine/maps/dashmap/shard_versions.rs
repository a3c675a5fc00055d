//! How a session knows that an answer which it gave still holds: each shard
//! has a version, which changes when the shard does. Imports nothing of this
//! crate.
//!
//! A version is odd where somebody has kept an answer from the shard since it
//! last changed. A change then makes it even, and greater; while nobody keeps
//! answers, versions stay as they are, and a change only looks at them: a line
//! that all cores may have at once.

use std::sync::atomic::{AtomicU64, Ordering};

use crossbeam_utils::CachePadded;

/// The versions of a map's shards.
#[derive(Debug)]
pub(super) struct Versions(Box<[CachePadded<AtomicU64>]>);

impl Versions {
    /// Of so many shards.
    pub(super) fn new(shards: usize) -> Self {
        let version = std::iter::repeat_with(CachePadded::default);
        Self(version.take(shards).collect())
    }

    /// Says that a shard changes. The caller holds its lock for writing, and
    /// nothing that it changes may be seen by others before.
    #[inline(always)]
    pub(super) fn change(&self, shard: usize) {
        let version = &self.0[shard];
        let now = version.load(Ordering::Relaxed);
        if now & 1 == 1 {
            // nobody else writes it: that takes the shard's lock
            version.store(now + 1, Ordering::Release);
        }
    }

    /// The version of answers that are made now. The caller holds the shard's
    /// lock for reading.
    #[inline(always)]
    pub(super) fn keep(&self, shard: usize) -> u64 {
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
    pub(super) fn now(&self, shard: usize) -> u64 {
        self.0[shard].load(Ordering::Acquire)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_changes_with_its_shard_and_with_no_other() {
        let versions = Versions::new(2);
        let before = versions.now(0);
        versions.change(0);
        assert_eq!(versions.now(0), before, "nobody had kept an answer");
        let kept = [versions.keep(0), versions.keep(1)];
        assert_eq!(versions.keep(0), kept[0]);
        assert_eq!([versions.now(0), versions.now(1)], kept);
        versions.change(0);
        assert_ne!(versions.now(0), kept[0]);
        assert_eq!(versions.now(1), kept[1]);
        assert_ne!(versions.keep(0), kept[0]);
        versions.change(0);
        assert!(versions.now(0) > kept[0]);
    }
}
