//! What a worker writes down of each batch, within the time. Imports its
//! siblings.

use super::counts::{BYTES, Counts};

/// Is told of every batch and every group of reads.
pub(in crate::harness) trait Recorder {
    /// A batch that was started and done then, of events that were due at
    /// `due`, which never falls and is never above `start_ns`.
    fn events(&mut self, start_ns: u64, done_ns: u64, due: &[u64]);
    /// The same of a group of reads.
    fn reads(&mut self, start_ns: u64, done_ns: u64, due: &[u64]);
}

/// Writes nothing down: what recording costs is held against it.
#[derive(Debug, Default)]
pub(in crate::harness) struct Unrecorded;

impl Recorder for Unrecorded {
    #[inline(always)]
    fn events(&mut self, _: u64, _: u64, _: &[u64]) {}
    #[inline(always)]
    fn reads(&mut self, _: u64, _: u64, _: &[u64]) {}
}

/// Intervals of a schedule, at most: each has histograms of its own.
pub(in crate::harness) const MOST_INTERVALS: u64 = 600;

/// Bytes of one worker's series, at most.
pub(in crate::harness) const fn bytes_of_series(intervals: u64) -> u64 {
    // as many again are made while a backlog is worked off
    (3 * (intervals * 2 + 8) + 2) * BYTES
}

/// Histograms by interval.
#[derive(Debug)]
pub(in crate::harness) struct Series {
    pub(super) intervals: Vec<Interval>,
    pub(super) read_service: Counts,
    pub(super) batch_events: Counts,
    at: usize,
    end_ns: u64,
    interval_ns: u64,
    /// What lies beyond so many intervals is in the last.
    most: usize,
}

/// What completed within one interval.
#[derive(Debug)]
pub(super) struct Interval {
    pub(super) response: Counts,
    pub(super) service: Counts,
    pub(super) read_response: Counts,
    pub(super) completed: u64,
    pub(super) reads: u64,
}

impl Interval {
    fn new() -> Self {
        Self {
            response: Counts::new(),
            service: Counts::new(),
            read_response: Counts::new(),
            completed: 0,
            reads: 0,
        }
    }
}

impl Series {
    /// Room for so many intervals, mapped beforehand; as many again are made
    /// when a backlog is worked off after the schedule's end.
    pub(in crate::harness) fn new(planned: usize, interval_ns: u64) -> Self {
        let mut intervals: Vec<Interval> = (0..planned.max(1)).map(|_| Interval::new()).collect();
        for interval in &mut intervals {
            interval.response.touch();
            interval.service.touch();
        }
        Self {
            intervals,
            read_service: Counts::new(),
            batch_events: Counts::new(),
            at: 0,
            end_ns: interval_ns,
            interval_ns,
            most: planned * 2 + 8,
        }
    }

    #[inline(always)]
    fn at(&mut self, done_ns: u64) -> &mut Interval {
        if done_ns >= self.end_ns {
            self.move_on(done_ns);
        }
        &mut self.intervals[self.at]
    }

    #[cold]
    fn move_on(&mut self, done_ns: u64) {
        while done_ns >= self.end_ns && self.at + 1 < self.most {
            self.at += 1;
            self.end_ns += self.interval_ns;
            if self.at == self.intervals.len() {
                self.intervals.push(Interval::new());
            }
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
        interval.completed += u64::from(events);
        self.batch_events.record_n(u64::from(events), 1);
    }

    #[inline(always)]
    fn reads(&mut self, start_ns: u64, done_ns: u64, due: &[u64]) {
        let interval = self.at(done_ns);
        interval.reads += due.len() as u64;
        interval.read_response.record_since(done_ns, due);
        self.read_service
            .record_n(done_ns - start_ns, due.len() as u32);
    }
}
