//! Where a trial's events and reads come from: memory, made beforehand or read
//! from a trace, or the generator, batch by batch inside the timed part.

pub(crate) mod endless;

use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use crate::trial::answers::AnswerSample;
use crate::trial::open_loop::IngestedEvents;
use crate::trial::trace_stream::TraceStream;
use notibench_core::engine::dense_ids::DenseIds;
use notibench_core::event::{Event, Read};
use notibench_core::unit::digest::Digest;
use notibench_core::viewing::Views;
use notibench_workload::generator::{Generator, ReadStream};

/// Where a stream is from.
#[derive(Clone, Debug)]
enum Origin {
    /// Made, and made again whenever it is asked for.
    Generated {
        generator: Box<Generator>,
        reads: Box<ReadStream>,
        inline: bool,
    },
    /// Read from a trace, of which this is the digest; reads are as many as
    /// this stream has, and asked of the trace's own members.
    Recorded {
        digest: Digest,
        reads: Box<ReadStream>,
    },
}

/// The events `0..events` of a stream and the reads beside them.
#[derive(Debug)]
pub struct Source {
    origin: Origin,
    events: u64,
    /// Empty where the workers generate.
    stored_events: Arc<Vec<Event>>,
    /// Index of the first of them.
    stored_from: u64,
    /// Whether its reads are asked without end, by readers of their own; else
    /// they fall due beside the events.
    endless: bool,
    stored_reads: Arc<Vec<Read>>,
    /// Position of the first of them.
    reads_from: u64,
    dense: Option<Arc<DenseIds>>,
    views: Views,
    /// The reads whose answers are logged; none: none is.
    sample: Option<Arc<AnswerSample>>,
}

impl Source {
    /// A source of the first `events` events. Unless `inline`, all are made
    /// here: 40 bytes an event, 16 a read.
    #[must_use]
    pub fn new(generator: Generator, read_stream: ReadStream, events: u64, inline: bool) -> Self {
        let (stored_events, stored_reads) = if inline {
            (Vec::new(), Vec::new())
        } else {
            let reads = read_stream.due_before(events);
            (generator.events(0..events), read_stream.reads(0..reads))
        };
        Self {
            origin: Origin::Generated {
                generator: Box::new(generator),
                reads: Box::new(read_stream),
                inline,
            },
            events,
            stored_events: Arc::new(stored_events),
            stored_from: 0,
            endless: false,
            stored_reads: Arc::new(stored_reads),
            reads_from: 0,
            dense: None,
            views: Views::default(),
            sample: None,
        }
    }

    /// One process' part of a generated stream of `events` events: unless
    /// `inline`, those of `range` are made here, and the reads beside them.
    #[cfg(feature = "cluster")]
    #[must_use]
    pub(crate) fn part(
        generator: Generator,
        read_stream: ReadStream,
        range: Range<u64>,
        events: u64,
        inline: bool,
    ) -> Self {
        let due = [range.start, range.end].map(|at| read_stream.due_before(at));
        let none = Self::new(generator, read_stream, 0, inline);
        let (stored_events, stored_reads) = match (&none.origin, inline) {
            (
                Origin::Generated {
                    generator, reads, ..
                },
                false,
            ) => (generator.events(range.clone()), reads.reads(due[0]..due[1])),
            _ => (Vec::new(), Vec::new()),
        };
        Self {
            events,
            stored_events: Arc::new(stored_events),
            stored_from: range.start,
            stored_reads: Arc::new(stored_reads),
            reads_from: due[0],
            ..none
        }
    }

    /// A source of the events of a trace, and of as many reads as are in
    /// `reads`. No generator could make the events again: they are held, after
    /// every trial, against the digest that they came to when they were read.
    #[must_use]
    pub fn of_trace(trace: &TraceStream, reads: ReadStream) -> Self {
        Self {
            stored_reads: Arc::new(trace.reads(&reads)),
            origin: Origin::Recorded {
                digest: trace.digest,
                reads: Box::new(reads),
            },
            events: trace.events.len() as u64,
            stored_events: Arc::clone(&trace.events),
            stored_from: 0,
            endless: false,
            reads_from: 0,
            dense: None,
            views: Views::default(),
            sample: None,
        }
    }

    /// Of the events in memory those of `range`.
    #[inline]
    fn stored(&self, range: &Range<u64>) -> &[Event] {
        let at = |index: u64| (index - self.stored_from) as usize;
        &self.stored_events[at(range.start)..at(range.end)]
    }

    /// Of the reads in memory those of `range`.
    #[inline]
    fn reads_stored(&self, range: &Range<u64>) -> &[Read] {
        let at = |position: u64| (position - self.reads_from) as usize;
        &self.stored_reads[at(range.start)..at(range.end)]
    }

    const fn inline(&self) -> bool {
        matches!(self.origin, Origin::Generated { inline: true, .. })
    }

    /// The first `events` events of it, over the same memory.
    #[must_use]
    pub(crate) fn prefix(&self, events: u64) -> Self {
        let events = events.min(self.events);
        let origin = match &self.origin {
            Origin::Recorded { reads, .. } if events < self.events => {
                let kept = &self.stored_events[..events as usize];
                Origin::Recorded {
                    digest: kept.iter().map(Event::digest).sum(),
                    reads: reads.clone(),
                }
            }
            whole => whole.clone(),
        };
        Self {
            origin,
            events,
            stored_events: Arc::clone(&self.stored_events),
            stored_from: self.stored_from,
            endless: self.endless,
            stored_reads: Arc::clone(&self.stored_reads),
            reads_from: self.reads_from,
            dense: None,
            views: self.views.clone(),
            sample: None,
        }
    }

    /// Numbers the ids of a stored stream, for the limit probes: 8 bytes an
    /// event. A stream that workers generate gets no numbers.
    #[must_use]
    pub fn with_dense_ids(self) -> Self {
        let dense = (!self.inline()).then(|| Arc::new(DenseIds::of_stream(&self.stored_events)));
        Self { dense, ..self }
    }

    /// The same stream, its views to be counted so.
    #[must_use]
    pub fn counted(self, views: Views) -> Self {
        Self { views, ..self }
    }

    /// The same stream, the answers to these reads logged.
    #[must_use]
    pub(crate) fn with_sample(self, sample: Option<Arc<AnswerSample>>) -> Self {
        Self { sample, ..self }
    }

    /// The reads whose answers are logged.
    pub(crate) fn sample(&self) -> Option<&AnswerSample> {
        self.sample.as_deref()
    }

    /// How its views are to be counted.
    #[must_use]
    pub const fn views(&self) -> &Views {
        &self.views
    }

    /// The dense numbers of its ids, where it has them.
    #[must_use]
    pub const fn dense_ids(&self) -> Option<&Arc<DenseIds>> {
        self.dense.as_ref()
    }

    /// How many events there are.
    #[must_use]
    pub const fn events(&self) -> u64 {
        self.events
    }

    /// How many reads there are.
    #[must_use]
    pub fn reads(&self) -> u64 {
        self.reads_before(self.events)
    }

    /// Reads due before the event at `index`.
    #[inline]
    pub(crate) fn reads_before(&self, index: u64) -> u64 {
        match &self.origin {
            Origin::Generated { reads, .. } | Origin::Recorded { reads, .. } if !self.endless => {
                reads.due_before(index)
            }
            _ => 0,
        }
    }

    /// The events of `range`: stored, or made into `room`.
    #[inline]
    pub(crate) fn events_in<'a>(
        &'a self,
        range: Range<u64>,
        room: &'a mut Vec<Event>,
    ) -> &'a [Event] {
        let Origin::Generated {
            generator,
            inline: true,
            ..
        } = &self.origin
        else {
            return self.stored(&range);
        };
        room.resize((range.end - range.start) as usize, Event::default());
        generator.fill(range.start, room);
        room
    }

    /// The reads of `range`: stored, or made into `room`.
    #[inline]
    pub(crate) fn reads_in<'a>(&'a self, range: Range<u64>, room: &'a mut Vec<Read>) -> &'a [Read] {
        let Origin::Generated {
            reads,
            inline: true,
            ..
        } = &self.origin
        else {
            return self.reads_stored(&range);
        };
        room.clear();
        room.extend(range.map(|at| reads.read(at)));
        room
    }

    /// `count` events from `first` on, each `step`-th: a slice of memory, or
    /// gathered into `room`.
    #[inline]
    pub(crate) fn every_nth<'a>(
        &'a self,
        first: u64,
        step: u64,
        count: u64,
        room: &'a mut Vec<Event>,
    ) -> &'a [Event] {
        if step == 1 {
            return self.events_in(first..first + count, room);
        }
        room.clear();
        if self.inline() {
            room.extend((0..count).map(|at| self.made(first + at * step)));
        } else {
            let from = (first - self.stored_from) as usize;
            let stored = self.stored_events[from..].iter();
            room.extend(stored.step_by(step as usize).take(count as usize));
        }
        room
    }

    /// Adds the reads of `range` to `room`.
    #[inline]
    pub(crate) fn add_reads(&self, range: Range<u64>, room: &mut Vec<Read>) {
        match &self.origin {
            Origin::Generated {
                reads,
                inline: true,
                ..
            } => room.extend(range.map(|at| reads.read(at))),
            _ => room.extend(self.reads_stored(&range)),
        }
    }

    /// Shows every event of `range` to `look`, in order, from memory or made
    /// again.
    pub fn for_each(&self, range: Range<u64>, mut look: impl FnMut(&Event)) {
        if let Origin::Generated {
            generator,
            inline: true,
            ..
        } = &self.origin
        {
            range.for_each(|index| look(&generator.event(index)));
        } else {
            self.stored(&range).iter().for_each(look);
        }
    }

    /// Digest of the events that were taken, as the generator makes them
    /// anew.
    pub(crate) fn generated_digest_of(&self, taken: &IngestedEvents) -> Digest {
        let one = |index: u64| match taken.contains(index) {
            true => self.made(index).digest(),
            false => Digest::default(),
        };
        (0..self.events)
            .into_par_iter()
            .map(one)
            .reduce(Digest::default, |sum, one| sum + one)
    }

    /// Event time of a position in it, in µs of the stream's own time.
    #[must_use]
    pub fn at_us(&self, index: u64) -> u64 {
        let stored = index.checked_sub(self.stored_from);
        match stored.and_then(|at| self.stored_events.get(at as usize)) {
            Some(event) => event.at_us,
            None => self.made(index).at_us,
        }
    }

    /// The event at `index`, made anew; of a trace, as it lies in memory.
    fn made(&self, index: u64) -> Event {
        match &self.origin {
            Origin::Generated { generator, .. } => generator.event(index),
            Origin::Recorded { .. } => self.stored_events[index as usize],
        }
    }

    /// Digest of the event multiset as the generator makes it, independent of
    /// what lies in memory; of a trace, as it was read.
    #[must_use]
    pub fn generated_digest(&self) -> Digest {
        match &self.origin {
            Origin::Generated { generator, .. } => generator.digest(0..self.events),
            Origin::Recorded { digest, .. } => *digest,
        }
    }
}

/// Cuts a range into parts of at most `size`.
pub(crate) fn split(range: &Range<u64>, size: u64) -> impl Iterator<Item = Range<u64>> + use<> {
    let (start, end) = (range.start, range.end);
    (start..end)
        .step_by(size as usize)
        .map(move |from| from..end.min(from + size))
}

#[cfg(test)]
#[path = "source_tests.rs"]
mod tests;
