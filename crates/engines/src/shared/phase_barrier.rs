//! The barrier between the two phases of engines that buffer first and apply
//! later: a session applies only after all open sessions have handed over their
//! buffers, and none opens while others apply. Waits look at the stop flag.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use crossbeam_utils::Backoff;
use parking_lot::Mutex;

use notibench_core::engine::StopFlag;

/// The barrier of the open sessions.
#[derive(Debug)]
pub(crate) struct PhaseBarrier {
    state: Mutex<PhaseState>,
    /// How often the barrier was released.
    released: AtomicU64,
    /// The next part that no session has claimed.
    next: AtomicUsize,
    stop: StopFlag,
}

/// How many sessions are in which phase.
#[derive(Debug, Default)]
struct PhaseState {
    collecting: usize,
    waiting: usize,
    applying: usize,
}

impl PhaseBarrier {
    pub(crate) fn new(stop: StopFlag) -> Self {
        Self {
            state: Mutex::default(),
            released: AtomicU64::new(0),
            next: AtomicUsize::new(0),
            stop,
        }
    }

    /// Opens a session, once no session applies any more.
    pub(crate) fn open(&self) {
        let backoff = Backoff::new();
        loop {
            let mut state = self.state.lock();
            if state.applying == 0 || self.stop.is_set() {
                state.collecting += 1;
                return;
            }
            drop(state);
            backoff.snooze();
        }
    }

    /// Ends the first phase of a session that has handed over its buffers, and
    /// waits for the others. Returns false where the run ends early.
    pub(crate) fn arrive(&self) -> bool {
        let released = self.released.load(Ordering::Acquire);
        {
            let mut state = self.state.lock();
            state.collecting -= 1;
            state.waiting += 1;
            self.release_if_complete(&mut state);
        }
        let backoff = Backoff::new();
        while self.released.load(Ordering::Acquire) == released {
            if self.stop.is_set() {
                return false;
            }
            backoff.snooze();
        }
        true
    }

    /// Ends a session that hands over nothing: the others don't wait for it.
    pub(crate) fn abandon(&self) {
        let mut state = self.state.lock();
        state.collecting -= 1;
        self.release_if_complete(&mut state);
    }

    /// Lets the waiting sessions apply, once all have handed over.
    fn release_if_complete(&self, state: &mut PhaseState) {
        if state.collecting == 0 {
            state.applying = std::mem::take(&mut state.waiting);
            self.next.store(0, Ordering::Relaxed);
            self.released.fetch_add(1, Ordering::Release);
        }
    }

    /// Whether sessions have applied, or could have, before.
    pub(crate) fn was_released(&self) -> bool {
        self.released.load(Ordering::Acquire) > 0
    }

    /// Claims the next of `parts` parts, while there is one.
    pub(crate) fn claim(&self, parts: usize) -> Option<usize> {
        if self.stop.is_set() {
            return None;
        }
        let part = self.next.fetch_add(1, Ordering::Relaxed);
        (part < parts).then_some(part)
    }

    /// Ends the second phase of a session. The last one calls `clean_up` before the
    /// next session may open.
    pub(crate) fn leave(&self, clean_up: impl FnOnce()) {
        let mut state = self.state.lock();
        if state.applying == 1 {
            clean_up();
        }
        state.applying -= 1;
    }
}
