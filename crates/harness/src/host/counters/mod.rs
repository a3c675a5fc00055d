//! The processors' own counters around a trial, by `perf_event_open(2)`.
//!
//! Each counter is opened for every thread that the process has before the
//! engine is built, and inherited by those that come after: workers, and
//! whatever threads an engine starts. They count in user mode only, which
//! needs no privilege at the kernel's usual setting of
//! `perf_event_paranoid`, 2.

mod counted;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
use crate::host::counters::linux::{Counter, missing, open};

#[cfg(not(target_os = "linux"))]
use elsewhere::{Counter, missing, open};

use counted::Counted;
use notibench_record::PerfNote;

/// Why `--perf` shows nothing on this machine, or not everything, in one
/// sentence; `None` where it shows all.
#[must_use]
pub fn no_counters() -> Option<String> {
    let missing: Vec<(Counted, String)> = Counted::ALL
        .into_iter()
        .filter_map(|what| Some((what, missing(what)?)))
        .collect();
    let (_, why) = missing.first()?;
    let names: Vec<&str> = missing.iter().map(|(what, _)| what.name()).collect();
    let what = if names.len() == Counted::ALL.len() {
        "none of the processors' counters".to_owned()
    } else {
        format!("no count of {}", names.join(", "))
    };
    Some(format!("--perf: this machine gives {what}: {why}"))
}

/// The counters of one trial.
#[derive(Debug)]
pub(crate) struct Counters {
    open: Vec<(Counted, Vec<Counter>)>,
}

impl Counters {
    /// Opens those that there are, for every thread of the process; they
    /// count nothing yet.
    pub(crate) fn open() -> Self {
        let counters = |what| Some((what, open(what)?));
        Self {
            open: Counted::ALL.into_iter().filter_map(counters).collect(),
        }
    }

    /// Begins to count.
    pub(crate) fn start(&mut self) {
        for counter in self.open.iter_mut().flat_map(|(_, threads)| threads) {
            counter.start();
        }
    }

    /// Counts nothing until it is started again.
    pub(crate) fn pause(&mut self) {
        for counter in self.open.iter_mut().flat_map(|(_, threads)| threads) {
            counter.stop();
        }
    }

    /// Stops, and says what was counted: a sum over the threads, where each
    /// could be read.
    pub(crate) fn stop(mut self) -> PerfNote {
        self.pause();
        let mut note = PerfNote::default();
        for (what, threads) in &mut self.open {
            let counts = threads.iter_mut().map(Counter::count);
            let sum = counts.sum::<Option<u64>>();
            *match what {
                Counted::Cycles => &mut note.cycles,
                Counted::Instructions => &mut note.instructions,
                Counted::CacheMisses => &mut note.cache_misses,
                Counted::TlbMisses => &mut note.tlb_misses,
            } = sum;
        }
        note
    }
}

#[cfg(not(target_os = "linux"))]
mod elsewhere {
    //! Where there is no `perf_event_open(2)`. Imports its parent.

    use super::Counted;

    #[derive(Debug)]
    pub(super) enum Counter {}

    impl Counter {
        pub(super) fn start(&mut self) {}
        pub(super) fn stop(&mut self) {}
        pub(super) fn count(&mut self) -> Option<u64> {
            None
        }
    }

    pub(super) fn missing(_: Counted) -> Option<String> {
        Some("they are read on Linux only".to_owned())
    }

    pub(super) fn open(_: Counted) -> Option<Vec<Counter>> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever the machine, a trial goes on: the sentence and the counts
    /// agree on what there is.
    #[test]
    fn what_is_not_counted_is_said_and_left_out() {
        let mut counters = Counters::open();
        counters.start();
        let note = counters.stop();
        let counts = [
            note.cycles,
            note.instructions,
            note.cache_misses,
            note.tlb_misses,
        ];
        match no_counters() {
            None => assert_eq!(counters_read(counts), 4, "{note:?}"),
            Some(words) if words.contains("none of") => {
                assert_eq!(counters_read(counts), 0, "{note:?}, and {words}");
            }
            Some(words) => assert!(counters_read(counts) < 4, "{note:?}, and {words}"),
        }
    }

    fn counters_read(counts: [Option<u64>; 4]) -> usize {
        counts.iter().flatten().count()
    }
}
