//! The inbox beside one that is plainly right: a list that is searched and
//! sorted.

use std::cmp::Reverse;

use super::*;
use crate::event::Segment;
use crate::unit::mix::{below, counter_word};

/// Every key with its highest stamp; of those the highest `capacity`.
fn kept_of(offers: &[InboxEntry], capacity: usize) -> Vec<InboxEntry> {
    let mut newest_first = offers.to_vec();
    newest_first.sort_by_key(|entry| Reverse(entry.stamp));
    let mut kept: Vec<InboxEntry> = Vec::new();
    for entry in newest_first {
        if kept.len() < capacity && !kept.iter().any(|other| other.same_key(&entry)) {
            kept.push(entry);
        }
    }
    kept.reverse();
    kept
}

/// Offers over few keys, nearly in the order of their indexes, or in none.
fn offers(seed: u64, count: u64, keys: u64, disorder: u64) -> Vec<InboxEntry> {
    let mut offers: Vec<(u64, InboxEntry)> = (0..count)
        .map(|index| {
            let word = |field| counter_word(seed, index * 4 + field);
            let kind = [Kind::PostLike, Kind::PostComment][(word(0) & 1) as usize];
            let undo = kind == Kind::PostLike && word(0) & 6 == 0;
            let entry = InboxEntry {
                stamp: Stamp::new(index, Segment::Other, undo, kind),
                actor: below(word(1), keys),
                content: below(word(2), 3),
            };
            (index + below(word(3), 1 + disorder), entry)
        })
        .collect();
    offers.sort_by_key(|&(at, _)| at);
    offers.into_iter().map(|(_, entry)| entry).collect()
}

#[test]
fn keeps_what_a_plain_list_keeps_after_every_offer() {
    for (keys, disorder) in [(3, 0), (40, 0), (40, 5), (1000, 60), (1000, 2000)] {
        for capacity in [1, 2, 3, 5, 8, 9, 32, 33, 70] {
            let offers = offers(keys + disorder, 400, keys, disorder);
            let mut inbox = Inbox::default();
            for (at, &offer) in offers.iter().enumerate() {
                inbox.offer(offer, capacity);
                if at % 7 == 0 || at + 1 == offers.len() {
                    let expected = kept_of(&offers[..=at], capacity);
                    let found: Vec<InboxEntry> = inbox.entries().collect();
                    assert_eq!(found, expected, "{keys} keys, {capacity} kept, {at}");
                }
            }
            let (used, slack) = inbox.bytes();
            assert_eq!(used, inbox.len() as u64 * 25);
            assert!(slack < 25 * 33 + 8);
        }
    }
}

#[test]
fn room_is_told_from_words_for_every_number_of_places() {
    for places in 0..5000_usize {
        assert_eq!(
            places_in(places.div_ceil(TAGS) + places * ENTRY_WORDS),
            places
        );
    }
}

#[test]
fn a_key_with_the_same_tag_is_not_taken_for_another() {
    let entry = |index, actor| InboxEntry {
        stamp: Stamp::new(index, Segment::Other, false, Kind::PostLike),
        actor,
        content: 1,
    };
    let first = entry(0, 0);
    let twins: Vec<u64> = (1..3000)
        .filter(|&actor| entry(0, actor).tag() == first.tag())
        .take(6)
        .collect();
    assert_eq!(twins.len(), 6, "tags are bytes: one in 256 is alike");
    let mut inbox = Inbox::default();
    inbox.offer(first, 8);
    for (index, &actor) in (1..).zip(&twins) {
        inbox.offer(entry(index, actor), 8);
    }
    inbox.offer(entry(50, twins[2]), 8);
    let indexes: Vec<u64> = inbox.entries().map(|entry| entry.index()).collect();
    assert_eq!(indexes, [0, 1, 2, 4, 5, 6, 50]);
}
