//! Written and read back: the identity, where the format can hold it.

use std::fmt::Write as _;

use notibench_core::event::{Event, EventFormat, Kind, MAX_INDEX, Segment};
use notibench_workload::trace::{self, TimeUnit, TraceFormat, TraceOptions, push_activity};
use proptest::prelude::*;

use super::{mapping, read};

/// A stream as any workload could have made it: indexes rise, times never
/// fall, contents are where they belong.
fn stream(from: u64) -> impl Strategy<Value = Vec<Event>> {
    let kind = prop::sample::select(Kind::ALL.to_vec());
    let segment = prop::sample::select(Segment::ALL.to_vec());
    let id = prop_oneof![0..5_u64, any::<u64>()];
    let step = (1..1_000_u64, prop_oneof![Just(0), 0..10_000_000_u64]);
    let fields = (
        kind,
        any::<bool>(),
        id.clone(),
        segment,
        id.clone(),
        id,
        step,
    );
    prop::collection::vec(fields, 0..60).prop_map(move |events| {
        let (mut index, mut at_us) = (from, 0);
        let make = |(kind, undo, actor, segment, recipient, content, (gap, later))| {
            let kind: Kind = kind;
            index += gap;
            at_us += later;
            let recipient = if kind == Kind::MarkRead {
                actor
            } else {
                recipient
            };
            let content: u64 = content;
            let content = if kind.has_content() {
                content.max(1)
            } else {
                0
            };
            let undo = undo && kind.is_undoable();
            Event::new(
                index,
                at_us,
                kind,
                undo,
                (actor, segment),
                recipient,
                content,
            )
        };
        events.into_iter().map(make).collect()
    })
}

/// The same events, numbered from 0.
fn numbered(events: &[Event]) -> Vec<Event> {
    (0..)
        .zip(events)
        .map(|(index, e)| {
            let actor = (e.actor, e.segment());
            Event::new(
                index,
                e.at_us,
                e.kind(),
                e.undo(),
                actor,
                e.recipient,
                e.content,
            )
        })
        .collect()
}

fn written(format: EventFormat, events: &[Event]) -> Vec<u8> {
    let mut text = Vec::new();
    format.push_header(&mut text);
    format.write_events(events, &mut text).unwrap();
    text
}

proptest! {
    #[test]
    fn csv_and_ndjson_hold_everything(events in stream(MAX_INDEX - 100_000)) {
        for (written_as, format) in [
            (EventFormat::Csv, TraceFormat::Csv),
            (EventFormat::Ndjson, TraceFormat::Ndjson),
        ] {
            let trace = read(format, &written(written_as, &events)).unwrap();
            prop_assert_eq!(&trace.events, &events);
            prop_assert_eq!(trace.digest, events.iter().map(Event::digest).sum());
        }
    }

    /// All but `picture_download` and the indexes, which become places.
    #[test]
    fn activities_hold_what_the_vocabulary_has_words_for(events in stream(7)) {
        let (mut lines, mut held) = (Vec::new(), Vec::new());
        for event in &events {
            if push_activity(event, &mut lines) {
                held.push(*event);
            } else {
                prop_assert_eq!(event.kind(), Kind::PictureDownload);
            }
        }
        let trace = read(TraceFormat::ActivityLines, &lines).unwrap();
        prop_assert_eq!(&trace.events, &numbered(&held));
        prop_assert!(trace.counts.skipped.is_empty());
        // the same lines as the items of a collection
        let items: Vec<&str> = std::str::from_utf8(&lines).unwrap().lines().collect();
        let document = format!(
            "{{\"type\":\"OrderedCollection\",\"totalItems\":{},\"orderedItems\":[{}]}}",
            items.len(),
            items.join(",\n")
        );
        let trace = read(TraceFormat::ActivityDocument, document.as_bytes()).unwrap();
        prop_assert_eq!(&trace.events, &numbered(&held));
    }

    /// A mapped table holds all but the indexes: they become places.
    #[test]
    fn a_mapped_table_holds_all_but_indexes(events in stream(7)) {
        let mut text = "kind;when;who;whom;what;back;class\n".replace(';', ",");
        for e in &events {
            let (kind, segment) = (e.kind().name(), e.segment().name());
            writeln!(
                text,
                "{kind},{},\"{}\",{},{},{},{segment}",
                e.at_us, e.actor, e.recipient, e.content, u8::from(e.undo())
            ).unwrap();
        }
        let map = [
            "kind=kind", "at=when", "actor=who", "recipient=whom", "content=what", "undo=back",
            "segment=class",
        ];
        let options = TraceOptions {
            mapping: Some(mapping(&map, &[], TimeUnit::Microseconds)),
            ..TraceOptions::default()
        };
        let trace = trace::read("t", TraceFormat::Table, text.as_bytes(), &options).unwrap();
        prop_assert_eq!(&trace.events, &numbered(&events));
    }

    /// A row that lacks one character is read as another, or refused: never
    /// passed over.
    #[test]
    fn no_row_is_lost_without_a_word(events in stream(7), at in any::<prop::sample::Index>()) {
        for (written_as, format) in [
            (EventFormat::Csv, TraceFormat::Csv),
            (EventFormat::Ndjson, TraceFormat::Ndjson),
        ] {
            let mut text = written(written_as, &events);
            if text.is_empty() { continue; }
            let at = at.index(text.len());
            // without a line's end two rows are one
            if text[at] == b'\n' { continue; }
            text.remove(at);
            if let Ok(trace) = read(format, &text) {
                prop_assert_eq!(trace.events.len(), events.len());
            }
        }
    }
}
