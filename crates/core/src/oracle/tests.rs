//! The oracle against the table, written out by hand.

use super::*;
use crate::event::Segment;
use crate::unit::mix::mix;

/// Events of `(kind, undo, actor, recipient, content)`, indexes from 0.
fn stream(rows: &[(Kind, bool, u64, u64, u64)]) -> Vec<Event> {
    let event = |(index, &(kind, undo, actor, recipient, content)): (u64, &_)| {
        Event::new(
            index,
            index,
            kind,
            undo,
            (actor, Segment::Student),
            recipient,
            content,
        )
    };
    (0..).zip(rows).map(event).collect()
}

fn folded(capacity: usize, rows: &[(Kind, bool, u64, u64, u64)]) -> Oracle {
    let mut oracle = Oracle::new(capacity);
    oracle.fold_all(&stream(rows));
    oracle
}

fn badge(oracle: &Oracle, id: u64) -> Answer {
    oracle.answer(&Read {
        id,
        kind: ReadKind::Badge,
    })
}

fn others(oracle: &Oracle, id: u64) -> Vec<(Kind, u64, u64)> {
    match oracle.answer(&Read {
        id,
        kind: ReadKind::InboxPage,
    }) {
        Answer::Inbox(page) => page.iter().map(|g| (g.kind, g.actor, g.others)).collect(),
        other => panic!("{other:?} is no page"),
    }
}

#[test]
fn each_row_of_the_table_changes_what_it_says() {
    use Kind::*;
    let oracle = folded(
        32,
        &[
            (ProfileView, false, 1, 9, 0),
            (PictureView, false, 1, 9, 0),
            (ContentView, false, 1, 9, 70),
            (PictureDownload, false, 1, 9, 0),
            (PictureSave, false, 1, 9, 0),
            (PostTag, false, 1, 9, 70),
            (MessageReply, false, 1, 9, 0),
            (PostLike, false, 9, 9, 70),
            (MarkRead, false, 9, 9, 0),
            (PostLike, false, 2, 9, 70),
            (PostLike, true, 2, 9, 70),
        ],
    );
    let snapshot = oracle.snapshot();
    let [member] = &snapshot.members[..] else {
        panic!("{snapshot:?}")
    };
    let [content] = &snapshot.contents[..] else {
        panic!("{snapshot:?}")
    };
    let student = Segment::Student as usize;
    assert_eq!(
        (member.profile_views[student], member.picture_views[student]),
        (1, 1)
    );
    assert_eq!(
        (
            content.views[student],
            content.reactions.iter().sum::<i64>()
        ),
        (1, 1)
    );
    assert_eq!(member.delivered.iter().sum::<i64>(), 2);
    assert_eq!(member.read_mark, Some(8));
    let kept: Vec<_> = member.inbox.iter().map(|e| (e.index, e.undone)).collect();
    assert_eq!(kept, [(10, true), (6, false), (5, false)]);
    assert_eq!(badge(&oracle, 9), Answer::Badge(0));
}

#[test]
fn others_come_from_the_content_for_likes_and_from_the_entries_for_tags() {
    use Kind::*;
    let oracle = folded(
        32,
        &[
            (PostLike, false, 1, 9, 70),
            (PostLike, false, 1, 9, 70),
            (PostLike, false, 2, 8, 70),
            (PostTag, false, 1, 9, 70),
            (PostTag, false, 1, 8, 70),
            (PostTag, false, 2, 9, 70),
            (MemberFollow, false, 3, 9, 0),
        ],
    );
    let expected = [(MemberFollow, 3, 0), (PostTag, 2, 1), (PostLike, 1, 2)];
    assert_eq!(others(&oracle, 9), expected);
}

#[test]
fn what_is_shown_is_never_below_zero() {
    use Kind::*;
    let rows = [
        (PostLike, false, 1, 9, 70),
        (PostLike, true, 2, 9, 70),
        (PostLike, true, 3, 9, 70),
    ];
    let oracle = folded(32, &rows);
    assert_eq!(oracle.snapshot().contents[0].reactions[0], -1);
    let reactions = oracle.answer(&Read {
        id: 70,
        kind: ReadKind::Reactions,
    });
    assert_eq!(reactions, Answer::Reactions([0; REACTION_KINDS]));
    assert_eq!(others(&oracle, 9), [(PostLike, 1, 0)]);
}

#[test]
fn a_content_whose_counts_cancel_is_absent_and_a_tombstone_is_present() {
    let rows = [
        (Kind::PostLike, false, 1, 9, 70),
        (Kind::PostLike, true, 1, 9, 70),
    ];
    let snapshot = folded(32, &rows).snapshot();
    assert!(snapshot.contents.is_empty());
    assert_eq!(snapshot.members[0].inbox.len(), 1);
}

#[test]
fn the_newest_keys_are_kept() {
    let rows: Vec<_> = (1..=5)
        .map(|actor| (Kind::MemberFollow, false, actor, 9, 0))
        .collect();
    let oracle = folded(2, &rows);
    let kept: Vec<u64> = oracle.snapshot().members[0]
        .inbox
        .iter()
        .map(|e| e.index)
        .collect();
    assert_eq!(kept, [4, 3]);
    assert_eq!(badge(&oracle, 9), Answer::Badge(2));
}

#[test]
fn parts_add_up_to_the_whole() {
    let rows: Vec<_> = (0..3000_u64)
        .map(|i| {
            (
                Kind::from_bits(mix(i)),
                i % 9 == 0,
                mix(i) % 37,
                i % 41,
                i % 43,
            )
        })
        .collect();
    let events = stream(&rows);
    let whole = folded(32, &rows);
    for parts in [1, 2, 3] {
        let oracles: Vec<Oracle> = (0..parts)
            .map(|part| {
                let mut oracle = Oracle::default();
                oracle.fold_partition(&events, part, parts);
                assert!(parts == 1 || oracle.digest() != whole.digest());
                oracle
            })
            .collect();
        let sum: SnapshotDigest = oracles.iter().map(Oracle::digest).sum();
        assert_eq!(sum, whole.digest());
        assert_eq!(sum, whole.snapshot().digest());
        let mut united = Oracle::default();
        oracles.into_iter().for_each(|oracle| united.unite(oracle));
        assert_eq!(united.snapshot(), whole.snapshot());
        for read in whole.sample_reads(1000) {
            assert_eq!(united.answer(&read), whole.answer(&read));
        }
    }
}

#[test]
fn a_whole_in_parts_folds_on_as_the_whole_does() {
    let row = |i: u64| {
        let kind = Kind::from_bits(mix(i));
        (kind, i.is_multiple_of(9), mix(i) % 37, i % 41, i % 43)
    };
    let rows: Vec<_> = (0..3000).map(row).collect();
    let events = stream(&rows);
    let once = folded(32, &rows);
    let mut twice = folded(32, &rows);
    twice.fold_all(&events);
    assert_ne!(once.digest(), twice.digest());
    for parts in [1, 3] {
        let mut united = Oracle::default();
        let divided = folded(32, &rows).into_parts(parts);
        assert_eq!(divided.len(), parts);
        assert!(divided.iter().all(|part| !part.members.is_empty()));
        for (part, mut oracle) in divided.into_iter().enumerate() {
            oracle.fold_partition(&events, part, parts);
            united.unite(oracle);
        }
        assert_eq!(united.snapshot(), twice.snapshot());
    }
}

#[test]
fn sampled_reads_are_of_distinct_ids() {
    let rows: Vec<_> = (0..500_u64)
        .map(|i| (Kind::PostLike, false, 1, 2 + i, 1000 + i))
        .collect();
    let reads = folded(32, &rows).sample_reads(100);
    assert_eq!(reads.len(), 303);
    let mut seen = std::collections::HashSet::new();
    assert!(reads.iter().all(|read| seen.insert((read.id, read.kind))));
}
