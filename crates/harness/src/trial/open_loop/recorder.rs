//! What a worker writes down of each batch, within the time.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use crate::trial::open_loop::counts::{BYTES, Counts};
use notibench_record::stats::ServiceHistogram;

/// Is told of every batch and every group of reads.
pub(crate) trait Recorder {
    /// A batch that was started and done then, of events that were due at
    /// `due`, which never falls and is never above `start_ns`.
    fn events(&mut self, start_ns: u64, done_ns: u64, due: &[u64]);
    /// The same of a group of reads.
    fn reads(&mut self, start_ns: u64, done_ns: u64, due: &[u64]);
}

/// Writes nothing down: what recording costs is compared with it.
#[derive(Debug, Default)]
pub(crate) struct Unrecorded;

impl Recorder for Unrecorded {
    #[inline(always)]
    fn events(&mut self, _: u64, _: u64, _: &[u64]) {}
    #[inline(always)]
    fn reads(&mut self, _: u64, _: u64, _: &[u64]) {}
}

/// Intervals of a schedule, at most: each has histograms of its own.
pub(crate) const MOST_INTERVALS: u64 = 600;

/// Bytes of one worker's series, at most.
pub(crate) const fn bytes_of_series(intervals: u64) -> u64 {
    // as many again are made while a backlog is worked off
    (3 * (intervals * 2 + 8) + 2) * BYTES
}

/// Histograms by interval.
#[derive(Debug)]
pub(crate) struct Series {
    intervals: Intervals,
    pub(super) read_service: Counts,
    pub(super) batch_events: Counts,
    at: usize,
    end_ns: u64,
    interval_ns: u64,
}

/// One worker's intervals, which others may look at while it works. What lies
/// beyond the last is in it.
#[derive(Clone, Debug)]
pub(crate) struct Intervals(Arc<[OnceLock<Interval>]>);

impl Intervals {
    /// Those that were begun, in order.
    pub(super) fn begun(&self) -> impl Iterator<Item = &Interval> {
        self.0.iter().map_while(OnceLock::get)
    }

    /// Events completed so far.
    pub(crate) fn completed(&self) -> u64 {
        self.begun().map(Interval::completed).sum()
    }

    /// Adds the response times of one interval, from 0; gives the number of
    /// events completed in it.
    pub(crate) fn add_response_to(&self, at: usize, histogram: &mut ServiceHistogram) -> u64 {
        self.begun().nth(at).map_or(0, |interval| {
            interval.response.add_to(histogram);
            interval.completed()
        })
    }
}

/// What completed within one interval.
#[derive(Debug)]
pub(super) struct Interval {
    pub(super) response: Counts,
    pub(super) service: Counts,
    pub(super) read_response: Counts,
    completed: AtomicU64,
    reads: AtomicU64,
}

/// Adds to what one thread alone writes: no read-modify-write is needed.
#[inline(always)]
fn add(sum: &AtomicU64, more: usize) {
    let sum_now = sum.load(Ordering::Relaxed) + more as u64;
    sum.store(sum_now, Ordering::Relaxed);
}

impl Interval {
    fn new() -> Self {
        Self {
            response: Counts::new(),
            service: Counts::new(),
            read_response: Counts::new(),
            completed: AtomicU64::new(0),
            reads: AtomicU64::new(0),
        }
    }

    /// Events completed in it.
    pub(super) fn completed(&self) -> u64 {
        self.completed.load(Ordering::Relaxed)
    }

    /// Reads answered in it.
    pub(super) fn reads(&self) -> u64 {
        self.reads.load(Ordering::Relaxed)
    }
}

impl Series {
    /// Room for so many intervals, mapped beforehand; as many again are made
    /// when a backlog is worked off after the schedule's end.
    pub(crate) fn new(planned: usize, interval_ns: u64) -> Self {
        let intervals: Arc<[OnceLock<Interval>]> =
            (0..planned * 2 + 8).map(|_| OnceLock::new()).collect();
        for interval in &intervals[..planned.max(1)] {
            let interval = interval.get_or_init(Interval::new);
            interval.response.touch();
            interval.service.touch();
        }
        Self {
            intervals: Intervals(intervals),
            read_service: Counts::new(),
            batch_events: Counts::new(),
            at: 0,
            end_ns: interval_ns,
            interval_ns,
        }
    }

    /// Its intervals, to be looked at.
    pub(crate) const fn intervals(&self) -> &Intervals {
        &self.intervals
    }

    #[inline(always)]
    fn at(&mut self, done_ns: u64) -> &Interval {
        if done_ns >= self.end_ns {
            self.move_on(done_ns);
        }
        self.intervals.0[self.at].get_or_init(Interval::new)
    }

    #[cold]
    fn move_on(&mut self, done_ns: u64) {
        while done_ns >= self.end_ns && self.at + 1 < self.intervals.0.len() {
            self.at += 1;
            self.end_ns += self.interval_ns;
            // each one that is passed is begun, too
            let _ = self.intervals.0[self.at].get_or_init(Interval::new);
        }
        if done_ns >= self.end_ns {
            self.end_ns = u64::MAX;
        }
    }
}

impl Recorder for Series {
    #[inline(always)]
    fn events(&mut self, start_ns: u64, done_ns: u64, due: &[u64]) {
        let interval = self.at(done_ns);
        let events = due.len() as u32;
        interval.response.record_since(done_ns, due);
        interval.service.record_n(done_ns - start_ns, events);
        add(&interval.completed, due.len());
        self.batch_events.record_n(u64::from(events), 1);
    }

    #[inline(always)]
    fn reads(&mut self, start_ns: u64, done_ns: u64, due: &[u64]) {
        let interval = self.at(done_ns);
        add(&interval.reads, due.len());
        interval.read_response.record_since(done_ns, due);
        self.read_service
            .record_n(done_ns - start_ns, due.len() as u32);
    }
}
