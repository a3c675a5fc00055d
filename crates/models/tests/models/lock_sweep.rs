//! A model of sweeps over locks with the steps of three parts overlapping: none
//! waits for a lock while it holds another, and each step is alone with its part.

use std::sync::Arc;

use loom::sync::atomic::{AtomicU64, Ordering::Relaxed};
use loom::sync::{Mutex, MutexGuard};

use crate::unit::lock_sweep::{Steps, sweep_in_steps, sweep_overlapped};
use crate::{Fault, check};

const PARTS: usize = 3;
const WAITS: Fault = Fault::OfModel("it waits for a lock that it was told to try");
const NO_LOCKS: Fault = Fault::OfModel("no part is locked");

/// Parts with a count each that only a lock makes whole, since it is loaded and
/// stored apart.
#[derive(Default)]
struct Parts {
    locks: [Mutex<()>; PARTS],
    counts: [AtomicU64; PARTS],
}

struct Sweep<'a> {
    parts: &'a Parts,
    fault: Fault,
}

impl Sweep<'_> {
    fn step(&self, part: usize) {
        let count = self.parts.counts[part].load(Relaxed);
        self.parts.counts[part].store(count + 1, Relaxed);
    }
}

impl<'a> Steps for Sweep<'a> {
    type Locked = Option<MutexGuard<'a, ()>>;

    fn lock(&mut self, part: usize, wait: bool) -> Option<Self::Locked> {
        let lock = &self.parts.locks[part];
        match self.fault {
            NO_LOCKS => Some(None),
            _ if wait || self.fault == WAITS => Some(Some(lock.lock().unwrap())),
            _ => lock.try_lock().ok().map(Some),
        }
    }

    fn begin(&mut self, part: usize, _: &mut Self::Locked) {
        self.step(part);
    }

    fn end(&mut self, part: usize, locked: Self::Locked) {
        self.step(part);
        drop(locked);
    }
}

/// Two sessions sweep over all parts, each from another one on.
fn two_sessions(fault: Fault, sweep: fn(u64, (usize, usize), &mut Sweep<'_>)) {
    let parts = Arc::new(Parts::default());
    let session = |first: usize| {
        let parts = Arc::clone(&parts);
        move || {
            let mut steps = Sweep {
                parts: &parts,
                fault,
            };
            sweep(0b111, (first, PARTS), &mut steps);
        }
    };
    let other = loom::thread::spawn(session(1));
    session(0)();
    other.join().unwrap();
    for count in &parts.counts {
        assert_eq!(count.load(Relaxed), 4, "two steps of two sessions");
    }
}

#[test]
fn overlapping_steps_never_wait_for_each_other_in_a_circle() {
    check(None, &[WAITS, NO_LOCKS], |fault| {
        two_sessions(fault, |left, order, steps| {
            sweep_overlapped(left, order, steps);
        });
    });
}

#[test]
fn one_part_after_the_other_is_locked_once() {
    check(None, &[NO_LOCKS], |fault| {
        two_sessions(fault, |left, order, steps| {
            sweep_in_steps(left, order, steps);
        });
    });
}
