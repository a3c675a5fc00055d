//! Noninterference where viewers count once a week and are released: exchanging
//! them within their effective segments changes nothing.

use std::collections::HashMap;

use notibench_core::event::{Event, Segment};
use notibench_core::oracle::Oracle;
use notibench_core::policy::{epoch_of, surface_of};
use notibench_core::read::Answer;

use super::{WeekByWeek, hidden, on_every_engine, released, weeks};

/// Exchanges viewers of one segment who are hidden alike in a week, and who
/// view nobody that is one of them.
fn exchanged(events: &[Event]) -> Vec<Event> {
    let mut viewers: Vec<(Segment, bool, u64)> = events
        .iter()
        .filter(|event| surface_of(event.kind()).is_some())
        .map(|event| {
            let is_hidden = hidden().hides(event.actor, epoch_of(event.at_us));
            (event.segment(), is_hidden, event.actor)
        })
        .collect();
    viewers.sort_unstable();
    viewers.dedup();
    let looks_at = |one: u64, other: u64| {
        events
            .iter()
            .any(|event| event.actor == one && event.recipient == other)
    };
    let mut becomes: HashMap<u64, u64> = HashMap::new();
    for pair in viewers
        .chunk_by(|a, b| (a.0, a.1) == (b.0, b.1))
        .flat_map(|group| group.chunks(2))
    {
        let &[(.., one), (.., other)] = pair else {
            continue;
        };
        let both = [one, other];
        if !both.iter().any(|&a| both.iter().any(|&b| looks_at(a, b))) {
            becomes.extend([(one, other), (other, one)]);
        }
    }
    assert!(becomes.len() >= 4, "{} are exchanged", becomes.len());
    let renamed = |event: &Event| {
        let actor = match surface_of(event.kind()) {
            Some(_) => *becomes.get(&event.actor).unwrap_or(&event.actor),
            None => event.actor,
        };
        Event::new(
            event.index(),
            event.at_us,
            event.kind(),
            event.undo(),
            (actor, event.segment()),
            event.recipient,
            event.content,
        )
    };
    events.iter().map(renamed).collect()
}

#[test]
fn viewers_who_are_exchanged_change_nothing() {
    let plain = weeks(13, 8_000);
    let other: Vec<Vec<Event>> = plain.iter().map(|events| exchanged(events)).collect();
    assert!(plain != other);
    let views = released(14);
    // the engines give for the one what the oracle gives for the other
    let shown = |weeks: &[Vec<Event>]| {
        let mut oracle = Oracle::counting(8, &views);
        for events in weeks {
            oracle.fold_all(events);
            oracle.close_epoch();
        }
        let reads = oracle.sample_reads(usize::MAX);
        let answers: Vec<Answer> = reads.iter().map(|read| oracle.answer(read)).collect();
        (oracle.shown_snapshot(), answers)
    };
    assert!(shown(&plain) == shown(&other));
    on_every_engine(WeekByWeek {
        weeks: &other,
        views: &views,
    });
}
