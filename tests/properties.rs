//! What must hold of any stream: order and partition do not matter, parts
//! merge, and redelivery changes nothing.

mod common;

use common::checks::{compare, config, oracle_of, streams};
use common::{Draws, shuffle};
use notibench_core::engine::{Engine as _, Session as _};
use notibench_core::event::{Event, Kind, Read, ReadKind};
use notibench_core::oracle::Oracle;
use notibench_core::proof::fold_on_threads;
use notibench_core::read::Answer;
use notibench_core::snapshot::{ContentLine, MemberLine, Snapshot};
use notibench_core::state::{
    Content, ContentUpdate, Inbox, InboxEntry, Member, MemberUpdate, for_each_update,
};
use notibench_engines::maps::dashmap::DashMapEngine;
use proptest::prelude::*;

/// The default engine's snapshot of parts that sessions ingest one after the
/// other, each part by a session of its own.
fn snapshot_of_parts(parts: &[Vec<Event>], inbox_capacity: usize) -> Snapshot {
    let engine = DashMapEngine::build(&config(parts.len(), inbox_capacity));
    for (worker, part) in parts.iter().enumerate() {
        let mut session = engine.session(worker);
        session.ingest(part);
        session.finish();
    }
    Snapshot::of(&engine)
}

/// Deals events to `parts` parts at random.
fn deal(events: &[Event], parts: usize, seed: u64) -> Vec<Vec<Event>> {
    let mut draws = Draws { key: seed, at: 0 };
    let mut dealt = vec![Vec::new(); parts];
    for event in events {
        dealt[draws.below(parts as u64) as usize].push(*event);
    }
    dealt
}

/// What the stream does to the state shared by the engines.
fn updates_of(events: &[Event]) -> (Vec<MemberUpdate>, Vec<ContentUpdate>) {
    let (mut members, mut contents) = (Vec::new(), Vec::new());
    for event in events {
        for_each_update(
            event,
            |update| members.push(update),
            |update| contents.push(update),
        );
    }
    (members, contents)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn no_order_matters((events, seed) in streams(), inbox_capacity in 1..40_usize) {
        let expected = oracle_of(&events, inbox_capacity).snapshot();
        let mut shuffled = events.clone();
        shuffle(&mut shuffled, seed);
        prop_assert_eq!(&oracle_of(&shuffled, inbox_capacity).snapshot(), &expected);
        prop_assert_eq!(&snapshot_of_parts(&[shuffled], inbox_capacity), &expected);
    }

    #[test]
    fn no_partition_matters(
        (events, seed) in streams(),
        parts in 1..6_usize,
        inbox_capacity in 1..40_usize,
    ) {
        let expected = oracle_of(&events, inbox_capacity).snapshot();
        let parts = deal(&events, parts, seed);
        let mut oracle = Oracle::new(inbox_capacity);
        parts.iter().rev().for_each(|part| oracle.fold_all(part));
        prop_assert_eq!(&oracle.snapshot(), &expected);
        prop_assert_eq!(&snapshot_of_parts(&parts, inbox_capacity), &expected);
    }

    /// All events fall on one member and one content, whatever their ids, so
    /// that the merged states are crowded.
    #[test]
    fn parts_of_a_state_merge_to_the_whole(
        (events, seed) in streams(),
        parts in 1..6_usize,
        inbox_capacity in 1..12_usize,
    ) {
        let (updates, _) = updates_of(&events);
        let mut whole = Member::default();
        updates.iter().for_each(|update| whole.apply(update, inbox_capacity));
        let mut states: Vec<Member> = deal(&events, parts, seed)
            .iter()
            .map(|part| {
                let mut state = Member::default();
                updates_of(part).0.iter().for_each(|update| state.apply(update, inbox_capacity));
                state
            })
            .collect();
        shuffle(&mut states, seed);
        let mut merged = Member::default();
        states.iter().for_each(|state| merged.merge(state, inbox_capacity));
        prop_assert_eq!(MemberLine::of(1, &merged), MemberLine::of(1, &whole));
        prop_assert_eq!(merged.badge(), whole.badge());
        prop_assert_eq!(merged.is_present(), whole.is_present());
    }

    #[test]
    fn parts_of_a_content_merge_to_the_whole((events, seed) in streams(), parts in 1..6_usize) {
        let (_, updates) = updates_of(&events);
        let mut whole = Content::default();
        updates.iter().for_each(|update| whole.apply(update));
        let mut states: Vec<Content> = deal(&events, parts, seed)
            .iter()
            .map(|part| {
                let mut state = Content::default();
                updates_of(part).1.iter().for_each(|update| state.apply(update));
                state
            })
            .collect();
        shuffle(&mut states, seed);
        let mut merged = Content::default();
        states.iter().for_each(|state| merged.merge(state));
        prop_assert_eq!(ContentLine::of(1, &merged), ContentLine::of(1, &whole));
    }

    #[test]
    fn an_inbox_takes_any_offer_any_number_of_times(
        (events, seed) in streams(),
        inbox_capacity in 1..12_usize,
    ) {
        let entry = |event: &Event| InboxEntry {
            stamp: event.stamp(),
            actor: event.actor,
            content: event.content,
        };
        let offers: Vec<InboxEntry> = events.iter().map(entry).collect();
        let mut again = [offers.clone(), offers.clone()].concat();
        shuffle(&mut again, seed);
        let (once, twice) = (inbox_of(&offers, inbox_capacity), inbox_of(&again, inbox_capacity));
        prop_assert_eq!(sorted(&once), sorted(&twice));
        prop_assert!(once.len() <= inbox_capacity);
        let mut merged = inbox_of(&again[..again.len() / 3], inbox_capacity);
        merged.merge(&inbox_of(&again[again.len() / 3..], inbox_capacity), inbox_capacity);
        merged.merge(&once, inbox_capacity);
        prop_assert_eq!(sorted(&merged), sorted(&once));
    }

    #[test]
    fn an_inbox_keeps_at_most_what_it_may((events, _) in streams(), capacity in 1..40_usize) {
        for member in snapshot_of_parts(&[events], capacity).members {
            prop_assert!(member.inbox.len() <= capacity);
            prop_assert!(member.badge() as usize <= capacity);
            prop_assert!(member.inbox.is_sorted_by(|a, b| a.index > b.index));
        }
    }

    #[test]
    fn downloads_and_saves_change_nothing((events, _) in streams(), capacity in 1..40_usize) {
        let is_stored =
            |event: &Event| matches!(event.kind(), Kind::PictureDownload | Kind::PictureSave);
        let (none, rest): (Vec<Event>, Vec<Event>) = events.iter().partition(|e| is_stored(e));
        prop_assert_eq!(
            oracle_of(&rest, capacity).snapshot(),
            oracle_of(&events, capacity).snapshot()
        );
        prop_assert_eq!(
            snapshot_of_parts(&[rest], capacity),
            snapshot_of_parts(&[events], capacity)
        );
        prop_assert_eq!(oracle_of(&none, capacity).snapshot(), Snapshot::default());
        prop_assert_eq!(snapshot_of_parts(&[none], capacity), Snapshot::default());
    }

    /// Every undo and a quarter of the rest: counts fall below zero, and no
    /// reader sees it.
    #[test]
    fn counts_below_zero_are_never_shown((mut events, _) in streams()) {
        events.retain(|event| event.undo() || event.index() % 4 == 0);
        let oracle = oracle_of(&events, 8);
        for read in oracle.sample_reads(usize::MAX) {
            if let Answer::Inbox(page) = oracle.answer(&read) {
                for group in page {
                    prop_assert!(group.others < events.len() as u64, "{group:?}");
                }
            }
        }
        for content in oracle.snapshot().contents {
            let read = Read { id: content.content, kind: ReadKind::Reactions };
            let shown = content.reactions.map(|count| if count < 0 { 0 } else { count as u64 });
            prop_assert_eq!(oracle.answer(&read), Answer::Reactions(shown));
        }
        let config = config(2, 8);
        let engine = DashMapEngine::build(&config);
        fold_on_threads(&engine, &config, &events, 16).unwrap();
        compare(&engine, &config, &oracle);
    }
}

fn inbox_of(offers: &[InboxEntry], capacity: usize) -> Inbox {
    let mut inbox = Inbox::default();
    offers
        .iter()
        .for_each(|&offer| inbox.offer(offer, capacity));
    inbox
}

fn sorted(inbox: &Inbox) -> Vec<InboxEntry> {
    let entries: Vec<InboxEntry> = inbox.entries().collect();
    assert!(entries.is_sorted_by_key(|entry| entry.stamp));
    entries
}
