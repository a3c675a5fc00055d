//! The barrier between the two phases of engines that buffer first and apply
//! later: a session applies only after all open sessions have handed over their
//! buffers, and none opens while others apply. Waits look at the stop flag.

use notibench_core::engine::StopFlag;
use notibench_core::unit::sync::{AtomicU64, AtomicUsize, Backoff, Mutex, Ordering};

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

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
    use std::thread;

    use super::*;

    const PARTS: usize = 37;

    #[test]
    fn every_session_arrives_before_one_applies_and_each_part_is_claimed_once() {
        let barrier = PhaseBarrier::new(StopFlag::default());
        for sessions in [1, 2, 4] {
            let (arrived, cleaned) = (AtomicUsize::new(0), AtomicUsize::new(0));
            let claimed: [AtomicUsize; PARTS] = std::array::from_fn(|_| AtomicUsize::new(0));
            (0..sessions).for_each(|_| barrier.open());
            thread::scope(|scope| {
                for _ in 0..sessions {
                    scope.spawn(|| {
                        arrived.fetch_add(1, Ordering::SeqCst);
                        assert!(barrier.arrive());
                        assert_eq!(arrived.load(Ordering::SeqCst), sessions);
                        while let Some(part) = barrier.claim(PARTS) {
                            claimed[part].fetch_add(1, Ordering::SeqCst);
                        }
                        barrier.leave(|| {
                            cleaned.fetch_add(1, Ordering::SeqCst);
                        });
                    });
                }
            });
            let times = claimed.map(AtomicUsize::into_inner);
            assert_eq!(times, [1; PARTS], "{sessions} sessions");
            assert_eq!(cleaned.into_inner(), 1, "the last one cleans up");
        }
    }

    #[test]
    fn a_session_that_hands_over_nothing_is_not_waited_for() {
        let barrier = PhaseBarrier::new(StopFlag::default());
        barrier.open();
        barrier.open();
        assert!(!barrier.was_released());
        thread::scope(|scope| {
            let other = scope.spawn(|| barrier.arrive());
            barrier.abandon();
            assert!(other.join().unwrap());
        });
        assert!(barrier.was_released());
        barrier.leave(|| ());
        // and alone it releases the barrier for nobody
        barrier.open();
        barrier.abandon();
        barrier.open();
        assert!(barrier.arrive());
    }

    #[test]
    fn no_session_opens_before_the_others_have_left() {
        let barrier = PhaseBarrier::new(StopFlag::default());
        barrier.open();
        assert!(barrier.arrive());
        let left = AtomicBool::new(false);
        thread::scope(|scope| {
            let late = scope.spawn(|| {
                barrier.open();
                left.load(Ordering::SeqCst)
            });
            barrier.leave(|| left.store(true, Ordering::SeqCst));
            assert!(late.join().unwrap());
        });
    }

    #[test]
    fn the_stop_flag_ends_every_wait() {
        let stop = StopFlag::default();
        let barrier = PhaseBarrier::new(stop.clone());
        barrier.open();
        barrier.open();
        thread::scope(|scope| {
            let waiting = scope.spawn(|| barrier.arrive());
            stop.set();
            assert!(!waiting.join().unwrap(), "the other one never arrives");
        });
        assert_eq!(barrier.claim(PARTS), None);
        // one still applies: an open that waited for it would not return
        barrier.abandon();
        barrier.open();
    }
}
