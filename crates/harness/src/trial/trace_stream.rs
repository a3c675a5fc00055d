//! A trace in place of a generated stream: its events, over and over where more
//! are wanted than it has, and reads beside them.

use std::sync::Arc;

use rayon::prelude::*;

use notibench_core::event::{Event, Read, ReadKind};
use notibench_core::unit::digest::Digest;
use notibench_core::unit::mix::{below, counter_word};
use notibench_record::TraceNote;
use notibench_workload::generator::ReadStream;

/// Keeps the choice of who is read apart from all others.
const READS_KEY: u64 = 0x7265_6164_735f_6f66;

/// A trace to be run in place of a generated stream.
#[derive(Clone, Debug)]
pub struct TraceStream {
    /// Its events, in order.
    pub events: Arc<Vec<Event>>,
    /// Digest of their multiset, as they were read.
    pub digest: Digest,
    /// What the record says of it.
    pub note: TraceNote,
}

impl TraceStream {
    /// Exactly so many of its events: its beginning, or all of it over and
    /// over, numbered anew from 0, each pass a µs after the end of the last.
    /// Nothing becomes of a trace without events.
    #[must_use]
    pub fn of_length(&self, events: u64) -> Self {
        let passes = self.events.iter().cycle().take(events as usize);
        let made: Vec<Event> = if events <= self.events.len() as u64 {
            passes.copied().collect()
        } else {
            let end = |event: &Event| event.at_us;
            let first = self.events.first().map_or(0, end);
            let pass_us = (self.events.last().map_or(0, end) - first).saturating_add(1);
            let length = self.events.len().max(1) as u64;
            let again = |(index, event): (u64, &Event)| {
                let later = pass_us.saturating_mul(index / length);
                let at_us = event.at_us.saturating_add(later);
                let actor = (event.actor, event.segment());
                let (kind, undo) = (event.kind(), event.undo());
                let (recipient, content) = (event.recipient, event.content);
                Event::new(index, at_us, kind, undo, actor, recipient, content)
            };
            (0..).zip(passes).map(again).collect()
        };
        let digest: Digest = made.iter().map(Event::digest).sum();
        Self {
            note: TraceNote {
                events: made.len() as u64,
                events_digest: digest.to_string(),
                ..self.note.clone()
            },
            events: Arc::new(made),
            digest,
        }
    }

    /// The reads of a stream of reads, asked of members and contents of the
    /// trace: of whom an event drawn at random concerns, and of what. Where no
    /// event has a content, a read of one asks for the badge.
    pub(crate) fn reads(&self, stream: &ReadStream) -> Vec<Read> {
        let of_content = self.events.iter().filter(|event| event.content != 0);
        let contents: Vec<u64> = of_content.map(|event| event.content).collect();
        let made = stream.reads(0..stream.due_before(self.events.len() as u64));
        let aimed = |(at, read): (usize, Read)| {
            let word = counter_word(READS_KEY ^ read.id, at as u64);
            let drawn = |length: usize| below(word, length as u64) as usize;
            match read.kind.is_of_content() && !contents.is_empty() {
                true => Read {
                    id: contents[drawn(contents.len())],
                    kind: read.kind,
                },
                false => Read {
                    id: self.events[drawn(self.events.len())].recipient,
                    kind: match read.kind.is_of_content() {
                        true => ReadKind::Badge,
                        false => read.kind,
                    },
                },
            }
        };
        made.into_par_iter().enumerate().map(aimed).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use notibench_core::event::{Kind, Segment};
    use notibench_workload::fixture::workload;

    fn stream(events: Vec<Event>) -> TraceStream {
        TraceStream {
            digest: events.iter().map(Event::digest).sum(),
            note: TraceNote {
                path: "a trace".to_owned(),
                format: "csv".to_owned(),
                bytes: 0,
                events: events.len() as u64,
                events_digest: String::new(),
                flags: Vec::new(),
                bad: 0,
                skipped: Vec::new(),
                out_of_order: 0,
            },
            events: Arc::new(events),
        }
    }

    fn event(index: u64, at_us: u64, kind: Kind, undo: bool) -> Event {
        let content = if kind.has_content() { 90 + index } else { 0 };
        let actor = (17, Segment::Founder);
        Event::new(index, at_us, kind, undo, actor, 40 + index, content)
    }

    #[test]
    fn passes_follow_one_another_in_index_and_time_and_change_nothing_else() {
        let kinds = [
            (Kind::PostLike, false),
            (Kind::PostLike, true),
            (Kind::MemberFollow, false),
        ];
        let at = |n: usize| {
            event(
                100_000 + 7 * n as u64,
                500 + 10 * n as u64,
                kinds[n].0,
                kinds[n].1,
            )
        };
        let once = stream((0..3).map(at).collect());
        let many = once.of_length(8);
        assert_eq!((many.events.len(), many.note.events), (8, 8));
        assert_eq!(many.note.events_digest, many.digest.to_string());
        for (place, event) in many.events.iter().enumerate() {
            let of = &once.events[place % 3];
            assert_eq!(event.index(), place as u64);
            assert_eq!(event.at_us, of.at_us + 21 * (place as u64 / 3));
            assert_eq!((event.kind(), event.undo()), (of.kind(), of.undo()));
            assert_eq!((event.recipient, event.content), (of.recipient, of.content));
        }
        // no more than there are: the beginning, as it is
        assert_eq!(once.of_length(2).events[..], once.events[..2]);
        assert_eq!(once.of_length(3).digest, once.digest);
    }

    #[test]
    fn times_at_the_end_of_what_there_is_never_fall() {
        let far = stream(vec![
            event(0, 0, Kind::MemberFollow, false),
            event(1, u64::MAX, Kind::MemberFollow, false),
        ]);
        let many = far.of_length(6);
        assert!(
            many.events
                .windows(2)
                .all(|pair| pair[0].at_us <= pair[1].at_us)
        );
        assert!(stream(Vec::new()).of_length(5).events.is_empty());
    }

    #[test]
    fn reads_ask_for_what_is_in_the_trace() {
        let workload = workload();
        let reads = ReadStream::new(&workload, 3);
        let kinds = [Kind::PostLike, Kind::MemberFollow];
        let of = |n: u64| event(n, n, kinds[(n % 2) as usize], false);
        let mixed = stream((0..1_000).map(of).collect());
        let made = mixed.reads(&reads);
        assert_eq!(made.len(), 500);
        for read in &made {
            let (low, high) = match read.kind.is_of_content() {
                true => (90, 1_090),
                false => (40, 1_040),
            };
            assert!((low..high).contains(&read.id), "{read:?}");
        }
        let distinct = |kind| {
            let of_kind = made.iter().filter(|read| read.kind == kind);
            of_kind
                .map(|read| read.id)
                .collect::<std::collections::HashSet<_>>()
                .len()
        };
        assert!(distinct(ReadKind::Badge) > 100 && distinct(ReadKind::Reactions) > 50);
        // without contents no read asks for one
        let plain = stream(
            (0..100)
                .map(|n| event(n, n, Kind::MemberFollow, false))
                .collect(),
        );
        let made = plain.reads(&reads);
        assert!(
            made.iter().all(|read| !read.kind.is_of_content()),
            "{made:?}"
        );
    }
}
