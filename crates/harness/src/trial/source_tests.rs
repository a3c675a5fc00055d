//! A stream is the same wherever it comes from.

use super::*;
use notibench_record::TraceNote;
use notibench_workload::fixture::workload;

const EVENTS: u64 = 5_000;

/// The stream in memory, and the same made by the workers.
fn both() -> [Source; 2] {
    let (workload, seed) = (workload(), 3);
    let source = |inline| {
        let reads = ReadStream::new(&workload, seed);
        Source::new(Generator::new(&workload, seed), reads, EVENTS, inline)
    };
    [source(false), source(true)]
}

/// The same events as a trace.
fn trace(of: &Source) -> TraceStream {
    let mut events = Vec::new();
    of.for_each(0..of.events(), |event| events.push(*event));
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

#[test]
fn events_and_reads_are_the_same_from_memory_and_made_inline() {
    let [stored, inline] = both();
    let (mut room, mut other_room) = (Vec::new(), Vec::new());
    for part in split(&(0..EVENTS), 777) {
        let found = stored.events_in(part.clone(), &mut room);
        assert_eq!(found.len() as u64, part.end - part.start);
        assert_eq!(found[0].index(), part.start);
        assert_eq!(found, inline.events_in(part, &mut other_room));
    }
    let all = stored.reads();
    assert_eq!(all, EVENTS / 2, "half a read an event");
    let (mut room, mut other_room) = (Vec::new(), Vec::new());
    for part in split(&(0..all), 64) {
        let found = stored.reads_in(part.clone(), &mut room).to_vec();
        assert_eq!(found, inline.reads_in(part.clone(), &mut other_room));
        let mut added = [Vec::new(), Vec::new()];
        stored.add_reads(part.clone(), &mut added[0]);
        inline.add_reads(part, &mut added[1]);
        assert_eq!(added, [found.clone(), found]);
    }
    for source in [&stored, &inline] {
        assert_eq!(source.generated_digest(), stored.generated_digest());
        assert_eq!(source.at_us(EVENTS - 1), source.event_at(EVENTS - 1).at_us);
    }
}

impl Source {
    fn event_at(&self, index: u64) -> Event {
        let mut found = Vec::new();
        self.for_each(index..index + 1, |event| found.push(*event));
        found[0]
    }
}

#[test]
fn every_nth_event_is_found_wherever_it_lies() {
    for source in both() {
        for (first, step, count) in [(0, 1, 9), (7, 1, 64), (3, 4, 100), (0, 999, 5), (5, 2, 0)] {
            let mut room = Vec::new();
            let found = source.every_nth(first, step, count, &mut room);
            let found: Vec<u64> = found.iter().map(Event::index).collect();
            let expected: Vec<u64> = (0..count).map(|at| first + at * step).collect();
            assert_eq!(found, expected);
        }
    }
}

#[test]
fn a_prefix_is_the_beginning_and_has_its_own_digest() {
    let [stored, inline] = both();
    let recorded = Source::of_trace(&trace(&stored), ReadStream::new(&workload(), 3));
    for source in [&stored, &inline, &recorded] {
        let prefix = source.prefix(1_000);
        assert_eq!((prefix.events(), prefix.reads()), (1_000, 500));
        let mut digest = Digest::default();
        prefix.for_each(0..1_000, |event| digest += event.digest());
        assert_eq!(prefix.generated_digest(), digest);
        // no longer than the whole
        assert_eq!(source.prefix(EVENTS * 2).events(), EVENTS);
    }
}

#[test]
fn a_trace_is_held_against_the_digest_of_its_reading() {
    let [stored, _] = both();
    let mut trace = trace(&stored);
    let reads = ReadStream::new(&workload(), 3);
    let as_read = Source::of_trace(&trace, reads.clone());
    assert_eq!(as_read.generated_digest(), stored.generated_digest());
    assert_eq!(as_read.reads(), stored.reads());
    // whatever becomes of the memory
    let mut events = trace.events.to_vec();
    events.swap_remove(9);
    trace.events = Arc::new(events);
    let altered = Source::of_trace(&trace, reads);
    assert_eq!(altered.generated_digest(), stored.generated_digest());
    assert_eq!(altered.events(), EVENTS - 1);
}

#[test]
#[cfg(feature = "cluster")]
fn a_part_of_a_stream_has_its_own_events_and_reads() {
    for (whole, inline) in both().into_iter().zip([false, true]) {
        let (generator, reads) = (
            Generator::new(&workload(), 3),
            ReadStream::new(&workload(), 3),
        );
        let share = EVENTS / 3..EVENTS;
        let part = Source::part(generator, reads, share.clone(), EVENTS, inline);
        let due = part.reads_before(share.start)..part.reads_before(share.end);
        assert_eq!(part.reads(), whole.reads());
        assert!(due.start > 0 && due.start < due.end);
        let [mut room, mut other] = [Vec::new(), Vec::new()];
        let reads = part.reads_in(due.clone(), &mut room);
        assert_eq!(reads, whole.reads_in(due, &mut other));
        let [mut room, mut other] = [Vec::new(), Vec::new()];
        let events = part.events_in(share.clone(), &mut room);
        assert_eq!(events, whole.events_in(share, &mut other));
    }
}

#[test]
fn ids_of_a_stream_in_memory_are_numbered_and_no_others() {
    let [stored, inline] = both();
    assert!(stored.dense_ids().is_none(), "they were not asked for");
    assert!(stored.with_dense_ids().dense_ids().is_some());
    assert!(inline.with_dense_ids().dense_ids().is_none());
}

#[test]
fn parts_of_a_range_follow_one_another() {
    let parts = |range, size| {
        let parts = split(&range, size).map(|part| (part.start, part.end));
        parts.collect::<Vec<(u64, u64)>>()
    };
    assert!(parts(5..5, 3).is_empty());
    assert_eq!(parts(5..8, 3), [(5, 8)]);
    assert_eq!(parts(5..12, 3), [(5, 8), (8, 11), (11, 12)]);
}
