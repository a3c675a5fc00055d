//! Weeks as a session sees them.

use std::collections::HashSet;

use super::*;
use crate::event::{Kind, Segment};
use crate::policy::{EPOCH_US, HiddenShare};

fn view_of(kind: Kind, actor: u64, week: u64, object: u64) -> Event {
    let actor = (actor, Segment::Founder);
    Event::new(1, week * EPOCH_US, kind, false, actor, object, object)
}

fn view(actor: u64, week: u64) -> Event {
    view_of(Kind::ProfileView, actor, week, 5)
}

/// What is left to change something of events in batches of `size`.
fn admitted(counting: &mut ViewFilter, events: &[Event], size: usize) -> Vec<Event> {
    let mut all = Vec::new();
    for batch in events.chunks(size) {
        let admitted = counting.admitted(batch);
        assert_eq!(admitted.len(), batch.len());
        all.extend_from_slice(admitted);
    }
    all.retain(|event| !event.is_self_action());
    all
}

#[test]
fn a_session_counts_views_of_the_week_that_was_open_when_it_was() {
    assert!(ViewFilter::of(&Views::default(), 0).is_none());
    let views = Views::unique(HiddenShare::new(0.0));
    let mut before = ViewFilter::of(&views, 0).unwrap();
    assert_eq!(admitted(&mut before, &[view(7, 0)], 1), []);
    views.open_epoch(1).unwrap();
    let mut counting = ViewFilter::of(&views, 0).unwrap();
    let found = admitted(&mut counting, &[view(7, 0), view(7, 1)], 1);
    assert_eq!(found, [view(7, 1)]);
    assert_eq!(views.failed(), 2);
    assert_eq!(views.afresh().failed(), 0);
    // hidden viewers are of no segment of their own
    let hidden = Views::unique(HiddenShare::new(1.0));
    hidden.open_epoch(1).unwrap();
    let mut counting = ViewFilter::of(&hidden, 0).unwrap();
    let other = view(7, 1).with_segment(Segment::Other);
    assert_eq!(admitted(&mut counting, &[view(7, 1)], 1), [other]);
    // who likes is named, hidden or not, each time
    let like = view_of(Kind::PostLike, 7, 1, 5);
    for size in [1, 20] {
        assert_eq!(admitted(&mut counting, &[like; 20], size), [like; 20]);
    }
}

#[test]
fn a_viewer_is_admitted_once_for_each_surface_whatever_the_batches() {
    let kinds = [Kind::ProfileView, Kind::PictureView, Kind::ContentView];
    let all = (0..3_000_u64).map(|at| {
        let kind = kinds[at as usize % 3];
        view_of(kind, at * 7 % 61 + 1_000, 0, at * 11 % 13)
    });
    let all: Vec<Event> = all.collect();
    let pairs = |events: &[Event]| -> HashSet<_> {
        let pair = |event: &Event| (event.kind() as u8, event.actor, event.recipient);
        events.iter().map(pair).collect()
    };
    for size in [1, 7, 8, 100, 3_000] {
        let views = Views::unique(HiddenShare::new(0.0));
        views.open_epoch(0).unwrap();
        // by two sessions, one after the other: they share what was seen
        let (one, other) = all.split_at(1_111);
        let mut found = admitted(&mut ViewFilter::of(&views, 0).unwrap(), one, size);
        found.extend(admitted(
            &mut ViewFilter::of(&views, 0).unwrap(),
            other,
            size,
        ));
        assert_eq!(found.len(), pairs(&all).len());
        assert_eq!(pairs(&found), pairs(&all));
    }
}
