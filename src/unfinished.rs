//! What was measured before the process has to end where it stands: an engine
//! that hangs takes nothing of it along.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::exit::say;
use notibench_core::unit::atomic_file::WriteError;
use notibench_harness::{Observer, TrialProgress};
use notibench_record::{Capacity, Record, Trial};

/// Time between two copies of one run's record, at the least.
const BETWEEN_COPIES: Duration = Duration::from_millis(200);

/// What saves and shows it, given why the process ends.
type SaveUnfinished = Box<dyn FnOnce(&str) + Send>;

static SO_FAR: Mutex<Option<SaveUnfinished>> = Mutex::new(None);

/// Has `save` called in place of an earlier one, should the process have to
/// end.
pub(crate) fn keep(save: impl FnOnce(&str) + Send + 'static) {
    *SO_FAR.lock() = Some(Box::new(save));
}

/// What is to be called; nothing is from then on.
pub(crate) fn take() -> Option<SaveUnfinished> {
    SO_FAR.lock().take()
}

/// Whether engines are at work: from then on an engine may hang, and what was
/// measured is handed on round by round.
static AT_WORK: AtomicBool = AtomicBool::new(false);

/// Whether to wait any longer would save nothing more.
pub(crate) fn is_ready() -> bool {
    AT_WORK.load(Ordering::Acquire)
}

/// Says what became of the file, the last of an ended process.
pub(crate) fn say_saved(saved: Result<Option<PathBuf>, WriteError>, what: &str) {
    match saved {
        Ok(Some(path)) => say(format_args!(
            "the process ends here; what was measured before is saved, marked incomplete: {what} {}",
            path.display()
        )),
        Ok(None) => say("the process ends here; what was measured before is shown, and not saved"),
        Err(error) => say(format_args!("error: {error}")),
    }
}

/// What was measured so far.
pub(crate) enum SoFar<'a> {
    /// Of a run, and of a sweep the value of its axis.
    Run(Option<f64>, &'a Record),
    /// Of a search for capacity.
    Capacity(&'a Capacity),
}

/// An observer that also hands on what was measured so far, round by round.
pub(crate) struct PartialResults<'o, K> {
    inner: &'o mut dyn Observer,
    keep: K,
    /// Of which point a copy was last made, and when.
    kept: Option<(Option<f64>, Instant)>,
}

impl<'o, K: FnMut(SoFar<'_>) + Send> PartialResults<'o, K> {
    pub(crate) fn new(inner: &'o mut dyn Observer, keep: K) -> Self {
        Self {
            inner,
            keep,
            kept: None,
        }
    }
}

impl<K: FnMut(SoFar<'_>) + Send> Observer for PartialResults<'_, K> {
    fn stage(&mut self, what: &str) {
        self.inner.stage(what);
    }

    fn turn(&mut self, over: usize, of: usize, engine: &str) {
        AT_WORK.store(true, Ordering::Release);
        self.inner.turn(over, of, engine);
    }

    fn trial(&mut self, trial: &Trial) {
        self.inner.trial(trial);
    }

    fn measured(&mut self, point: Option<f64>, record: &Record) {
        // a record grows with its rounds: a copy after each of many would take
        // longer than they do
        let is_due =
            |(of, at): (Option<f64>, Instant)| of != point || at.elapsed() >= BETWEEN_COPIES;
        if self.kept.is_none_or(is_due) {
            (self.keep)(SoFar::Run(point, record));
            self.kept = Some((point, Instant::now()));
        }
    }

    fn searched(&mut self, found: &Capacity) {
        (self.keep)(SoFar::Capacity(found));
    }

    fn wants_progress(&self) -> bool {
        self.inner.wants_progress()
    }

    fn progress(&mut self, progress: &TrialProgress) {
        self.inner.progress(progress);
    }
}
