//! Which call of its engine each worker stands in, and since when: an engine
//! that hangs is told by the calls that do not end.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crossbeam_utils::CachePadded;

use notibench_core::unit::quantity::show_ns;

/// What a worker does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    /// Nothing of an engine's: it waits for the others, or is over.
    None,
    /// It opens its session.
    Open,
    /// Its session ingests events.
    Ingest,
    /// Its session answers reads.
    Read,
    /// Its session answers reads, call after call, while the writers beside it
    /// get no further.
    ReadOn,
    /// Its session pauses at the end of a slice.
    Pause,
    /// Its session is finished.
    Finish,
}

impl Call {
    const ALL: [Self; 7] = [
        Self::None,
        Self::Open,
        Self::Ingest,
        Self::Read,
        Self::ReadOn,
        Self::Pause,
        Self::Finish,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::None => "no call",
            Self::Open => "`session`",
            Self::Ingest => "`ingest`",
            Self::Read => "`read`",
            Self::ReadOn => "`read` calls beside it",
            Self::Pause => "`pause`",
            Self::Finish => "`finish`",
        }
    }
}

/// One cell a worker, written by that worker alone: how many calls it has
/// begun, and in which it stands. A call begins with one store, and no clock is
/// read.
#[derive(Debug)]
pub(crate) struct CallBoard {
    cells: Vec<CachePadded<AtomicU64>>,
}

/// Bits of a cell that name the call.
const CALL_BITS: u32 = 3;

impl CallBoard {
    pub(crate) fn new(workers: usize) -> Self {
        Self {
            cells: (0..workers).map(|_| CachePadded::default()).collect(),
        }
    }

    /// A worker begins a call, or has ended all.
    #[inline]
    pub(crate) fn begin(&self, worker: usize, call: Call) {
        let cell = &self.cells[worker];
        let begun = cell.load(Ordering::Relaxed) >> CALL_BITS;
        cell.store((begun + 1) << CALL_BITS | call as u64, Ordering::Relaxed);
    }

    /// Begins to look at the board.
    pub(crate) fn watch(&self) -> CallWatch<'_> {
        CallWatch {
            board: self,
            seen: self.cells.iter().map(|_| (0, Duration::ZERO)).collect(),
            looked: Instant::now(),
            watched: Duration::ZERO,
        }
    }
}

/// The most time that counts between two looks: a process that was stopped has
/// not watched its workers meanwhile.
const LONGEST_STEP: Duration = Duration::from_secs(1);

/// What was seen of a board, and when each cell was seen to change.
pub(crate) struct CallWatch<'a> {
    board: &'a CallBoard,
    seen: Vec<(u64, Duration)>,
    /// When the board was last looked at.
    looked: Instant,
    /// How long it has been watched.
    watched: Duration,
}

impl CallWatch<'_> {
    /// The calls in which workers stand, where no worker has begun another one
    /// for so long, and at least one stands in one.
    pub(crate) fn stalled(&mut self, after: Duration) -> Option<StalledCalls> {
        self.stalled_at(Instant::now(), after)
    }

    fn stalled_at(&mut self, now: Instant, after: Duration) -> Option<StalledCalls> {
        self.watched += (now - self.looked).min(LONGEST_STEP);
        self.looked = now;
        for (cell, (value, since)) in self.board.cells.iter().zip(&mut self.seen) {
            let found = cell.load(Ordering::Relaxed);
            if found != *value {
                (*value, *since) = (found, self.watched);
            }
        }
        let last = self.seen.iter().map(|(_, since)| *since).max()?;
        if self.watched - last < after {
            return None;
        }
        let calls = self.seen.iter().enumerate();
        let calls: Vec<(usize, Call, Duration)> = calls
            .map(|(worker, (value, since))| (worker, call_of(*value), self.watched - *since))
            .filter(|(_, call, _)| *call != Call::None)
            .collect();
        (!calls.is_empty()).then_some(StalledCalls { calls })
    }
}

const fn call_of(cell: u64) -> Call {
    let at = (cell & ((1 << CALL_BITS) - 1)) as usize;
    Call::ALL[at]
}

/// Calls that do not end.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct StalledCalls {
    /// Number of the worker, the call, and for how long.
    calls: Vec<(usize, Call, Duration)>,
}

impl StalledCalls {
    /// The first worker that stands in one.
    pub(crate) fn worker(&self) -> usize {
        self.calls.first().map_or(0, |(worker, ..)| *worker)
    }
}

impl fmt::Display for StalledCalls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (worker, call, since)) in self.calls.iter().enumerate() {
            let comma = if at > 0 { ", " } else { "" };
            let since = show_ns(since.as_nanos() as f64);
            write!(f, "{comma}worker {worker} in {} for {since}", call.name())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_that_go_on_are_no_stall() {
        let board = CallBoard::new(2);
        board.begin(0, Call::Ingest);
        let mut watch = board.watch();
        assert_eq!(watch.stalled(Duration::from_secs(3_600)), None);
        // it was seen to change just now
        board.begin(1, Call::Read);
        assert_eq!(watch.stalled(Duration::from_secs(3_600)), None);
    }

    #[test]
    fn a_process_that_was_stopped_has_not_watched_meanwhile() {
        let board = CallBoard::new(1);
        board.begin(0, Call::Ingest);
        let mut watch = board.watch();
        let mut now = Instant::now();
        let after = Duration::from_secs(30);
        assert_eq!(watch.stalled_at(now, after), None);
        now += Duration::from_secs(3_600);
        assert_eq!(watch.stalled_at(now, after), None);
        // half a minute of looks
        let looks = (0..300).filter_map(|_| {
            now += Duration::from_millis(100);
            watch.stalled_at(now, after)
        });
        assert!(looks.count() > 0);
    }

    #[test]
    fn calls_that_stand_are_named_with_their_workers() {
        let board = CallBoard::new(3);
        board.begin(0, Call::Ingest);
        board.begin(1, Call::None);
        board.begin(2, Call::Ingest);
        board.begin(2, Call::Finish);
        let stalled = board.watch().stalled(Duration::ZERO).unwrap();
        let words = stalled.to_string();
        assert!(words.starts_with("worker 0 in `ingest` for "), "{words}");
        assert!(words.contains(", worker 2 in `finish` for "), "{words}");
        assert!(!words.contains("worker 1"), "{words}");
        assert_eq!(stalled.worker(), 0);
    }

    #[test]
    fn workers_outside_of_all_calls_are_no_stall() {
        let board = CallBoard::new(2);
        board.begin(0, Call::None);
        board.begin(1, Call::None);
        assert_eq!(board.watch().stalled(Duration::ZERO), None);
    }

    #[test]
    fn every_call_is_told_from_the_others() {
        let board = CallBoard::new(1);
        for call in Call::ALL {
            board.begin(0, call);
            assert_eq!(call_of(board.cells[0].load(Ordering::Relaxed)), call);
        }
    }
}
