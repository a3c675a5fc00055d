//! Where the workers of an interleaved round wait for each other between two
//! turns: they sleep where one is late, and leave together.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crossbeam_utils::Backoff;
use parking_lot::{Condvar, Mutex};

use notibench_core::engine::StopFlag;

/// Looks at the generation before a worker goes to sleep: about 20 µs, less
/// than a sleep costs.
const SPINS: usize = 512;
/// How often a sleeping worker looks at the stop flag: seldom, since it may
/// sleep while another process is in turn.
const TICK: Duration = Duration::from_millis(100);

/// A barrier that gives up where the run ends early.
pub(super) struct Gate<'a> {
    workers: usize,
    arrived: AtomicUsize,
    /// Times that all have arrived.
    generation: AtomicUsize,
    /// Times that a worker has left.
    left: AtomicUsize,
    asleep: Mutex<()>,
    awake: Condvar,
    stop: StopFlag,
    /// What the last worker to arrive does before all leave; false where
    /// they are not to go on.
    before: &'a (dyn Fn() -> bool + Sync),
}

impl<'a> Gate<'a> {
    pub(super) fn new(
        workers: usize,
        stop: StopFlag,
        before: &'a (dyn Fn() -> bool + Sync),
    ) -> Self {
        Self {
            workers,
            arrived: AtomicUsize::new(0),
            generation: AtomicUsize::new(0),
            left: AtomicUsize::new(0),
            asleep: Mutex::new(()),
            awake: Condvar::new(),
            stop,
            before,
        }
    }

    /// Waits until all workers are here, and leaves when all are awake.
    /// Returns false where the run ends early.
    pub(super) fn pass(&self) -> bool {
        let generation = self.generation.load(Ordering::Acquire);
        if self.arrived.fetch_add(1, Ordering::AcqRel) + 1 == self.workers {
            if !(self.before)() {
                self.stop.set();
            }
            self.arrived.store(0, Ordering::Relaxed);
            // under the lock, so that no worker falls asleep past it
            let _asleep = self.asleep.lock();
            self.generation.store(generation + 1, Ordering::Release);
            self.awake.notify_all();
        } else {
            self.wait(generation);
        }
        // one that had to be woken comes later than one that did not
        let wanted = (generation + 1) * self.workers;
        self.left.fetch_add(1, Ordering::AcqRel);
        let backoff = Backoff::new();
        while self.left.load(Ordering::Acquire) < wanted && !self.stop.is_set() {
            backoff.snooze();
        }
        !self.stop.is_set()
    }

    fn wait(&self, generation: usize) {
        let is_over = || self.generation.load(Ordering::Acquire) != generation;
        for _ in 0..SPINS {
            if is_over() {
                return;
            }
            std::hint::spin_loop();
        }
        let mut asleep = self.asleep.lock();
        while !is_over() && !self.stop.is_set() {
            self.awake.wait_for(&mut asleep, TICK);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_worker_is_a_turn_ahead_of_another() {
        for workers in [1, 2, 5] {
            let gate = Gate::new(workers, StopFlag::default(), &|| true);
            let turns: Vec<AtomicUsize> = (0..300).map(|_| AtomicUsize::new(0)).collect();
            std::thread::scope(|scope| {
                for _ in 0..workers {
                    scope.spawn(|| {
                        for (at, turn) in turns.iter().enumerate() {
                            assert!(gate.pass());
                            let before = at.checked_sub(1).map(|at| &turns[at]);
                            let ended = before.map(|turn| turn.load(Ordering::Acquire));
                            assert!(ended.is_none_or(|ended| ended == workers));
                            turn.fetch_add(1, Ordering::AcqRel);
                        }
                    });
                }
            });
        }
    }

    #[test]
    fn the_stop_flag_opens_it() {
        let stop = StopFlag::default();
        let gate = Gate::new(2, stop.clone(), &|| true);
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| gate.pass());
            while gate.arrived.load(Ordering::Acquire) == 0 {
                std::thread::yield_now();
            }
            stop.set();
            assert!(!waiting.join().unwrap());
        });
    }

    #[test]
    fn the_last_one_says_whether_all_go_on() {
        let asked = AtomicUsize::new(0);
        let before = || asked.fetch_add(1, Ordering::AcqRel) < 2;
        let gate = Gate::new(3, StopFlag::default(), &before);
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| assert_eq!([(); 3].map(|()| gate.pass()), [true, true, false]));
            }
        });
        assert_eq!(asked.into_inner(), 3);
    }
}
