//! Noninterference: an aggregate depends on viewers only through their number
//! in a segment. Exchanging them within their segments changes no byte of any
//! snapshot and no answer, and none of them is named anywhere.

mod common;

use common::checks::{compare, config, oracle_of, streams};
use common::{Draws, Stream};
use notibench_core::engine::{Engine, Role};
use notibench_core::event::{Event, Kind, Segment};
use notibench_core::oracle::Oracle;
use notibench_core::proof::fold_on_threads;
use notibench_core::snapshot::{Snapshot, write_ndjson};
use notibench_engines::registry::{ENTRIES, EngineVisitor, dispatch};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn viewers_of_a_segment_can_be_exchanged((events, seed) in streams()) {
        same_to_everyone(&events, &exchange_viewers(&events, seed));
    }
}

const fn is_view(event: &Event) -> bool {
    matches!(
        event.kind(),
        Kind::ProfileView | Kind::PictureView | Kind::ContentView
    )
}

/// The same stream with the actors of views exchanged by a bijection within
/// their segments that makes and removes no self-view: random swaps of two
/// viewers, each kept only where no self-view comes or goes.
fn exchange_viewers(events: &[Event], seed: u64) -> Vec<Event> {
    let mut viewers: Vec<(u64, Segment)> = events
        .iter()
        .filter(|e| is_view(e))
        .map(|e| (e.actor, e.segment()))
        .collect();
    viewers.sort_unstable();
    viewers.dedup();
    let mut becomes: Vec<u64> = viewers.iter().map(|viewer| viewer.0).collect();
    let is_self_with = |at: usize, actor: u64| {
        let of_viewer = |event: &&Event| is_view(event) && event.actor == viewers[at].0;
        let mut views = events.iter().filter(of_viewer);
        views.any(|view| view.is_self_action() != (actor == view.recipient))
    };
    let mut draws = Draws {
        key: seed ^ 0x7669_6577,
        at: 0,
    };
    for _ in 0..viewers.len() * 4 {
        let a = draws.below(viewers.len() as u64) as usize;
        let b = draws.below(viewers.len() as u64) as usize;
        let one_segment = viewers[a].1 == viewers[b].1;
        if one_segment && !is_self_with(a, becomes[b]) && !is_self_with(b, becomes[a]) {
            becomes.swap(a, b);
        }
    }
    let exchanged = |event: &Event| {
        let Some(at) = viewers
            .iter()
            .position(|v| is_view(event) && v.0 == event.actor)
        else {
            return *event;
        };
        let actor = (becomes[at], event.segment());
        let (kind, undo) = (event.kind(), event.undo());
        Event::new(
            event.index(),
            event.at_us,
            kind,
            undo,
            actor,
            event.recipient,
            event.content,
        )
    };
    events.iter().map(exchanged).collect()
}

/// The two streams give the same snapshot, byte for byte, and the same
/// answers, from the oracle and from every engine.
fn same_to_everyone(events: &[Event], exchanged: &[Event]) {
    let oracle = oracle_of(events, 8);
    let expected = text_of(&oracle.snapshot());
    let other = oracle_of(exchanged, 8);
    assert_eq!(text_of(&other.snapshot()), expected);
    for read in oracle.sample_reads(usize::MAX) {
        assert_eq!(other.answer(&read), oracle.answer(&read));
    }
    for info in ENTRIES.iter().filter(|info| info.role == Role::Engine) {
        let visitor = SaysTheSame {
            events: exchanged,
            expected: &expected,
            oracle: &oracle,
        };
        dispatch(info.name, visitor).expect("the registry dispatches what it lists");
    }
}

/// Folds the exchanged stream and compares with what the first one gave.
struct SaysTheSame<'a> {
    events: &'a [Event],
    expected: &'a str,
    oracle: &'a Oracle,
}

impl EngineVisitor for SaysTheSame<'_> {
    type Output = ();

    fn visit<E: Engine>(self) {
        let config = config(2, 8);
        let engine = E::build(&config);
        fold_on_threads(&engine, &config, self.events, 32).expect(E::INFO.name);
        assert_eq!(
            text_of(&Snapshot::of(&engine)),
            self.expected,
            "{}",
            E::INFO.name
        );
        compare(&engine, &config, self.oracle);
    }
}

fn text_of(snapshot: &Snapshot) -> String {
    let mut text = Vec::new();
    write_ndjson(snapshot, &mut text).unwrap();
    String::from_utf8(text).unwrap()
}

/// On a stream that is large enough for it, the exchange really exchanges.
#[test]
fn many_viewers_of_a_large_stream_are_exchanged() {
    let stream = Stream {
        seed: 21,
        events: 4_000,
        members: 400,
        contents: 100,
    };
    let events = stream.make();
    let exchanged = exchange_viewers(&events, 21);
    let changed = events
        .iter()
        .zip(&exchanged)
        .filter(|(a, b)| a != b)
        .count();
    let views = events.iter().filter(|event| is_view(event)).count();
    assert!(changed * 3 > views, "{changed} of {views} views changed");
    let self_views = |events: &[Event]| {
        events
            .iter()
            .filter(|e| is_view(e) && e.is_self_action())
            .map(Event::index)
            .collect::<Vec<_>>()
    };
    assert_eq!(self_views(&events), self_views(&exchanged));
    same_to_everyone(&events, &exchanged);
}

/// What is not named cannot leak: an actor who only looked is nowhere in the
/// snapshot.
#[test]
fn no_viewer_is_in_any_snapshot() {
    let viewer = 987_654_321_987;
    let mut events = Stream::crowded(22, 2_000).make();
    for event in &mut events {
        if is_view(event) && !event.is_self_action() {
            let actor = (viewer, event.segment());
            let (recipient, content) = (event.recipient, event.content);
            *event = Event::new(
                event.index(),
                0,
                event.kind(),
                event.undo(),
                actor,
                recipient,
                content,
            );
        }
    }
    assert!(events.iter().any(|event| event.actor == viewer));
    let text = text_of(&oracle_of(&events, 32).snapshot());
    assert!(!text.contains(&viewer.to_string()));
    same_to_everyone(&events, &events);
}
