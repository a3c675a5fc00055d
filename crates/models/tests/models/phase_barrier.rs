//! A model of the phase barrier: what was handed over before it is seen behind
//! it, each part is claimed once, and no session opens while others apply.

use std::sync::Arc;

use loom::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::engine::StopFlag;
use crate::shared::phase_barrier::PhaseBarrier;
use crate::{Fault, check};

const PARTS: usize = 2;

/// Sessions with a buffer each. Words that are only ever loaded and stored with
/// `Relaxed` are read as they were before, unless the barrier orders them.
struct Sessions {
    barrier: PhaseBarrier,
    buffers: Vec<AtomicU64>,
    applied: [AtomicU64; PARTS],
}

impl Sessions {
    /// So many, all open.
    fn new(count: usize) -> Arc<Self> {
        let sessions = Self {
            barrier: PhaseBarrier::new(StopFlag::default()),
            buffers: (0..count).map(|_| AtomicU64::new(0)).collect(),
            applied: [AtomicU64::new(0), AtomicU64::new(0)],
        };
        (0..count).for_each(|_| sessions.barrier.open());
        Arc::new(sessions)
    }

    /// Both phases of a session.
    fn session(&self, session: usize) {
        self.buffers[session].store(1, Relaxed);
        assert!(self.barrier.arrive());
        while let Some(part) = self.barrier.claim(PARTS) {
            for buffer in &self.buffers {
                assert_eq!(buffer.load(Relaxed), 1, "a buffer that was handed over");
            }
            self.applied[part].fetch_add(1, Relaxed);
        }
        self.barrier.leave(|| {
            for buffer in &self.buffers {
                buffer.store(0, Relaxed);
            }
        });
    }

    fn assert_over(&self) {
        for part in &self.applied {
            assert_eq!(part.load(Relaxed), 1, "a part is applied once");
        }
        for buffer in &self.buffers {
            assert_eq!(buffer.load(Relaxed), 0, "the last one cleans up");
        }
    }
}

#[test]
fn what_was_handed_over_before_the_barrier_is_seen_behind_it() {
    let faults = [Fault::RelaxedStores, Fault::RelaxedLoads, Fault::NoMutex];
    check(None, &faults, |_| {
        let sessions = Sessions::new(2);
        let other = {
            let sessions = Arc::clone(&sessions);
            loom::thread::spawn(move || sessions.session(1))
        };
        sessions.session(0);
        other.join().unwrap();
        sessions.assert_over();
    });
}

#[test]
fn no_session_opens_while_another_applies() {
    check(None, &[Fault::NoMutex], |_| {
        let sessions = Sessions::new(1);
        let late = {
            let sessions = Arc::clone(&sessions);
            loom::thread::spawn(move || {
                sessions.barrier.open();
                if sessions.barrier.was_released() {
                    sessions.assert_over();
                }
                // the other one does not wait for it
                sessions.barrier.abandon();
            })
        };
        sessions.session(0);
        late.join().unwrap();
        sessions.assert_over();
    });
}
