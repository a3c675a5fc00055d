//! A look at a trial while it runs: taken by the thread that waits for the
//! workers, from what these write anyway.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use parking_lot::{Mutex, MutexGuard};

use notibench_record::stats::ServiceHistogram;
use notibench_record::{Capacity, Record, Trial};

/// Hears how a run gets on. A worker never calls it.
pub trait Observer: Send {
    /// A stage begins: generating, asking the oracle, …
    fn stage(&mut self, what: &str);
    /// A trial begins: how many are over, of how many, and whose turn it is.
    fn turn(&mut self, over: usize, of: usize, engine: &str);
    /// A trial, or one of its passes, is over: what it measured. Called
    /// between trials, never within one.
    fn trial(&mut self, _trial: &Trial) {}
    /// A round is over: all that its run has measured so far, and of a sweep
    /// the value of its axis. Called between rounds, never within one.
    fn measured(&mut self, _point: Option<f64>, _record: &Record) {}
    /// A search for capacity goes on: all that it has found so far. Called
    /// between searches, never within one.
    fn searched(&mut self, _found: &Capacity) {}
    /// Whether it wants to hear of [`progress`](Self::progress).
    fn wants_progress(&self) -> bool {
        false
    }
    /// How a trial stands that is running, four times a second at the most.
    /// What this takes is taken from the workers where these have every core,
    /// and is in the record: [`Trial::watched_ns`].
    fn progress(&mut self, _progress: &TrialProgress) {}
}

/// An observer that does nothing.
#[derive(Debug, Default)]
pub struct Silent;

impl Observer for Silent {
    fn stage(&mut self, _: &str) {}
    fn turn(&mut self, _: usize, _: usize, _: &str) {}
}

/// How a trial stands.
#[derive(Clone, Debug)]
pub struct TrialProgress {
    /// Since it began, in ns.
    pub elapsed_ns: u64,
    /// Events that are over: completed in an open loop, claimed by a worker in
    /// a closed one.
    pub over: u64,
    /// Events of the whole trial.
    pub of: u64,
    /// What an open loop shows beside.
    pub open_loop: Option<OpenLoopProgress>,
}

/// How an open loop stands.
#[derive(Clone, Debug, Default)]
pub struct OpenLoopProgress {
    /// Events due by now that are not completed; those that were skipped are
    /// among them.
    pub behind: u64,
    /// Events completed within the last whole interval, a second.
    pub interval_per_s: f64,
    /// Their response times, in ns.
    pub interval_response: ServiceHistogram,
    /// Response times of all events that completed before its end, in ns.
    pub response: ServiceHistogram,
}

/// Where looks at a trial go.
pub trait Watcher: Sync + fmt::Debug {
    /// The trial stands as `look` says, which is asked once.
    fn progress(&self, look: &mut dyn FnMut() -> TrialProgress);
}

/// The least time between two looks.
const PAUSE: Duration = Duration::from_millis(250);

/// Whether it is time for another look.
#[derive(Debug)]
pub(crate) struct Pace {
    last: Instant,
}

impl Pace {
    pub(crate) fn new() -> Self {
        Self {
            last: Instant::now(),
        }
    }

    /// True once a pause is over; another begins then.
    pub(crate) fn is_due(&mut self) -> bool {
        let due = self.last.elapsed() >= PAUSE;
        if due {
            self.last = Instant::now();
        }
        due
    }
}

/// An observer that is shared with the trial that runs.
pub(crate) struct Watch<'o> {
    observer: Mutex<&'o mut dyn Observer>,
    wanted: bool,
    spent_ns: AtomicU64,
}

impl fmt::Debug for Watch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").finish_non_exhaustive()
    }
}

impl<'o> Watch<'o> {
    pub(crate) fn new(observer: &'o mut dyn Observer) -> Self {
        Self {
            wanted: observer.wants_progress(),
            observer: Mutex::new(observer),
            spent_ns: AtomicU64::new(0),
        }
    }

    /// The observer, between trials.
    pub(crate) fn observer(&self) -> MutexGuard<'_, &'o mut dyn Observer> {
        self.observer.lock()
    }

    /// For a trial's setup; none where no observer wants to look.
    pub(crate) fn watcher(&self) -> Option<&dyn Watcher> {
        if self.wanted { Some(self) } else { None }
    }

    /// What looks took since this was asked last, in ns.
    pub(crate) fn take_spent_ns(&self) -> u64 {
        self.spent_ns.swap(0, Ordering::Relaxed)
    }
}

impl Watcher for Watch<'_> {
    fn progress(&self, look: &mut dyn FnMut() -> TrialProgress) {
        let before = Instant::now();
        self.observer.lock().progress(&look());
        let spent = before.elapsed().as_nanos() as u64;
        self.spent_ns.fetch_add(spent, Ordering::Relaxed);
    }
}
