//! Where the sessions of an engine meet that gathers first and applies later:
//! all have handed over what they gathered before anybody applies, and nobody
//! gathers while others apply. Waits look at the stop flag. Imports the
//! contract.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use crossbeam_utils::Backoff;
use parking_lot::Mutex;

use crate::engine::contract::StopFlag;

/// The meeting of the open sessions.
#[derive(Debug)]
pub(in crate::engine) struct Meeting {
    sessions: Mutex<Sessions>,
    /// Meetings so far.
    met: AtomicU64,
    /// The next part that nobody has claimed.
    next: AtomicUsize,
    stop: StopFlag,
}

#[derive(Debug, Default)]
struct Sessions {
    gathering: usize,
    waiting: usize,
    applying: usize,
}

impl Meeting {
    pub(in crate::engine) fn new(stop: StopFlag) -> Self {
        Self {
            sessions: Mutex::default(),
            met: AtomicU64::new(0),
            next: AtomicUsize::new(0),
            stop,
        }
    }

    /// A session opens: once nobody applies any more.
    pub(in crate::engine) fn open(&self) {
        let backoff = Backoff::new();
        loop {
            let mut sessions = self.sessions.lock();
            if sessions.applying == 0 || self.stop.is_set() {
                sessions.gathering += 1;
                return;
            }
            drop(sessions);
            backoff.snooze();
        }
    }

    /// A session has handed over what it gathered, and waits for the others.
    /// Returns false where the run ends early.
    pub(in crate::engine) fn arrive(&self) -> bool {
        let met = self.met.load(Ordering::Acquire);
        {
            let mut sessions = self.sessions.lock();
            sessions.gathering -= 1;
            sessions.waiting += 1;
            if sessions.gathering == 0 {
                sessions.applying = std::mem::take(&mut sessions.waiting);
                self.next.store(0, Ordering::Relaxed);
                self.met.fetch_add(1, Ordering::Release);
            }
        }
        let backoff = Backoff::new();
        while self.met.load(Ordering::Acquire) == met {
            if self.stop.is_set() {
                return false;
            }
            backoff.snooze();
        }
        true
    }

    /// A part that nobody else has, of `parts`, while there is one.
    pub(in crate::engine) fn claim(&self, parts: usize) -> Option<usize> {
        if self.stop.is_set() {
            return None;
        }
        let part = self.next.fetch_add(1, Ordering::Relaxed);
        (part < parts).then_some(part)
    }

    /// A session has applied all that it claimed. The last one to say so calls
    /// `clean_up` before the next session may open.
    pub(in crate::engine) fn leave(&self, clean_up: impl FnOnce()) {
        let mut sessions = self.sessions.lock();
        if sessions.applying == 1 {
            clean_up();
        }
        sessions.applying -= 1;
    }
}
