//! Bytes of any kind: every reader gives events or an error, and never
//! panics; what it gives is a stream.

use notibench_core::event::{Event, EventFormat, Kind};
use notibench_workload::trace::{
    self, ActivityOptions, AuthorRule, TimeUnit, Trace, TraceFormat, TraceOptions, push_activity,
};
use proptest::prelude::*;

use super::{PLAIN, event, mapping, read};

/// Reads bytes in every way there is; whatever comes out must be a stream.
fn read_all(bytes: &[u8]) {
    for format in PLAIN {
        for (skip_bad, by_order) in [(false, false), (true, false), (true, true)] {
            let rules = ["addressee", "{}"].iter().filter(|_| by_order);
            let authors = rules.map(|rule| AuthorRule::new(rule).unwrap()).collect();
            let options = TraceOptions {
                skip_bad,
                activities: ActivityOptions { by_order, authors },
                ..TraceOptions::default()
            };
            if let Ok(trace) = trace::read("t", format, bytes, &options) {
                check(&trace);
            }
        }
    }
    for map in [
        ["actor=#1", "recipient=#2", "at=#3"],
        ["actor=index", "recipient=actor", "at=at_us"],
    ] {
        let options = TraceOptions {
            skip_bad: true,
            mapping: Some(mapping(&map, &["profile_view"], TimeUnit::Milliseconds)),
            ..TraceOptions::default()
        };
        for format in [TraceFormat::Table, TraceFormat::Objects] {
            if let Ok(trace) = trace::read("t", format, bytes, &options) {
                check(&trace);
            }
        }
    }
}

fn check(trace: &Trace) {
    let is_later =
        |pair: &[Event]| pair[0].index() < pair[1].index() && pair[0].at_us <= pair[1].at_us;
    assert!(trace.events.windows(2).all(is_later));
    for event in &trace.events {
        assert_eq!(event.kind().has_content(), event.content != 0);
        assert!(!event.undo() || event.kind().is_undoable());
    }
}

fn valid() -> Vec<Vec<u8>> {
    let events = Kind::ALL.map(|kind| event(kind as u64, 10 * kind as u64, kind, 3, 3));
    let mut texts = Vec::new();
    for format in [EventFormat::Csv, EventFormat::Ndjson] {
        let mut text = Vec::new();
        format.push_header(&mut text);
        format.write_events(&events, &mut text).unwrap();
        texts.push(text);
    }
    let mut lines = Vec::new();
    for event in &events {
        push_activity(event, &mut lines);
    }
    let items = String::from_utf8(lines.clone()).unwrap();
    let items: Vec<&str> = items.lines().collect();
    texts.push(lines);
    texts.push(format!("{{\"orderedItems\":[{}]}}", items.join(",")).into_bytes());
    texts
}

#[test]
fn what_is_mutated_below_is_valid() {
    for (format, text) in PLAIN.into_iter().zip(valid()) {
        assert!(read(format, &text).unwrap().events.len() > 14, "{format:?}");
    }
}

proptest! {
    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        read_all(&bytes);
    }

    #[test]
    fn any_text(text in "[\\{\\}\\[\\]\":,a-z0-9\n#;.-]{0,300}") {
        read_all(text.as_bytes());
    }

    #[test]
    fn valid_streams_with_a_few_bytes_changed(
        which in 0..4_usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..6),
    ) {
        let mut text = valid().swap_remove(which);
        for (at, byte, what) in changes {
            let at = at.index(text.len());
            match what {
                0 => text[at] = byte,
                1 => text.insert(at, byte),
                _ => { text.remove(at); }
            }
        }
        read_all(&text);
    }
}
