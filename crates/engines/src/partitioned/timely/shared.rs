//! What the workers of a process share.

use std::sync::atomic::{AtomicU64, Ordering};

use crossbeam_utils::CachePadded;
use parking_lot::Mutex;

use crate::shared::tables::Tables;
use notibench_core::engine::StopFlag;
use notibench_core::unit::hash::SharedHasher;

/// What the workers of this process share.
#[derive(Debug)]
pub(super) struct Shared {
    /// One a worker of this process.
    pub(super) parts: Box<[CachePadded<Mutex<Tables>>]>,
    /// Number of the first of them among all processes' workers.
    pub(super) first: usize,
    /// Workers of all processes.
    pub(super) peers: usize,
    pub(super) inbox_capacity: usize,
    pub(super) hasher: SharedHasher,
    pub(super) stop: StopFlag,
    pub(super) sent: AtomicU64,
    pub(super) sent_away: AtomicU64,
}

impl Shared {
    #[inline(always)]
    pub(super) const fn is_local(&self, worker: usize) -> bool {
        worker.wrapping_sub(self.first) < self.parts.len()
    }

    pub(super) fn add_sent(&self, sent: u64, away: u64) {
        self.sent.fetch_add(sent, Ordering::Relaxed);
        self.sent_away.fetch_add(away, Ordering::Relaxed);
    }
}
