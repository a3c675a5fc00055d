//! Reads without end: a stream of them that readers of their own go through,
//! whatever the writers do.

use std::sync::Arc;

use super::Source;
use notibench_core::event::Read;
use notibench_workload::generator::{Generator, ReadStream};

/// Reads that are made beforehand where readers ask without end: a whole number
/// of groups, and far more than a cache holds.
pub(crate) const ENDLESS: u64 = 1 << 20;

/// How often the answers to the same reads are logged.
const LOGGED_TIMES: u64 = 8;

impl Source {
    /// A source of the first `events` events, beside which readers ask without
    /// end: unless `inline`, the first [`ENDLESS`] reads are made here, and come
    /// again after the last.
    #[must_use]
    pub(crate) fn with_endless_reads(
        generator: Generator,
        read_stream: ReadStream,
        events: u64,
        inline: bool,
    ) -> Self {
        let made = if inline {
            (Vec::new(), Vec::new())
        } else {
            let reads = read_stream.reads(0..ENDLESS);
            (generator.events(0..events), reads)
        };
        Self {
            events,
            stored_events: Arc::new(made.0),
            stored_reads: Arc::new(made.1),
            ..Self::new(generator, read_stream, 0, inline).asked_without_end()
        }
    }

    /// The same, its reads asked by readers of their own: none falls due with
    /// an event, and after the last that there is the first comes again.
    pub(crate) fn asked_without_end(self) -> Self {
        Self {
            endless: true,
            ..self
        }
    }

    /// Reads by which one knows what is asked: those that fall due; of those
    /// that are asked without end, as many as there are events, since a read
    /// takes about as long, and no more than there are before they come again.
    pub(crate) fn known_reads(&self) -> u64 {
        match (self.endless, self.inline()) {
            (false, _) => self.reads(),
            (true, true) => self.events.min(ENDLESS),
            (true, false) => self.events.min(self.stored_reads.len() as u64),
        }
    }

    /// Of [`Source::known_reads`], those before the event at `index`; where reads
    /// are asked without end, spread evenly over the events.
    pub(crate) fn known_reads_before(&self, index: u64) -> u64 {
        if !self.endless {
            return self.reads_before(index);
        }
        let (index, known) = (u128::from(index), u128::from(self.known_reads()));
        (index * known / u128::from(self.events.max(1))) as u64
    }

    /// The positions of `count` reads from `at` on, as they come again; none that
    /// is known after so many times that logs of their answers would only grow.
    #[inline]
    pub(crate) fn place_of_endless(&self, at: u64, count: u64) -> std::ops::Range<u64> {
        let stored = (self.stored_reads.len() as u64).max(1);
        let start = match at / stored {
            _ if self.inline() => at,
            times if times < LOGGED_TIMES => at % stored,
            _ => u64::MAX - count,
        };
        start..start + count
    }

    /// At most `count` reads from position `at` of those that are asked without
    /// end: stored, or made into `room`.
    #[inline]
    pub(crate) fn endless_reads<'a>(
        &'a self,
        at: u64,
        count: u64,
        room: &'a mut Vec<Read>,
    ) -> &'a [Read] {
        if self.inline() {
            return self.reads_in(at..at + count, room);
        }
        let stored = self.stored_reads.len() as u64;
        let start = at % stored.max(1);
        &self.stored_reads[start as usize..stored.min(start + count) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use notibench_workload::fixture::workload;

    fn source(inline: bool) -> Source {
        let workload = workload();
        let reads = ReadStream::new(&workload, 3);
        Source::with_endless_reads(Generator::new(&workload, 3), reads, 1_000, inline)
    }

    #[test]
    fn no_read_falls_due_and_the_stream_of_reads_never_ends() {
        for inline in [false, true] {
            let source = source(inline);
            assert_eq!((source.events(), source.reads()), (1_000, 0));
            assert_eq!(source.known_reads(), 1_000);
            let stream = ReadStream::new(&workload(), 3);
            let mut room = Vec::new();
            let asked = source.endless_reads(640, 64, &mut room);
            assert_eq!(asked, stream.reads(640..704));
            let later = source.endless_reads(100 * ENDLESS, 64, &mut room);
            assert_eq!(later.len(), 64);
        }
    }

    #[test]
    fn what_is_stored_comes_again_after_its_end() {
        let (source, mut room) = (source(false), Vec::new());
        let first = source.endless_reads(0, 64, &mut room).to_vec();
        assert_eq!(source.endless_reads(3 * ENDLESS, 64, &mut room), first);
        // a group that would pass the end is cut there
        assert_eq!(source.endless_reads(ENDLESS - 10, 64, &mut room).len(), 10);
    }
}
