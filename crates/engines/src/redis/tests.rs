//! What needs no server: combining, and the way there and back.

use super::combine::Combined;
use super::layout::{self, Counts};
use notibench_core::event::{Kind, Segment, Stamp};
use notibench_core::state::MemberUpdate;

fn update(index: u64, kind: Kind, undo: bool) -> MemberUpdate {
    MemberUpdate {
        member: 7,
        stamp: Stamp::new(index, Segment::Sales, undo, kind),
        actor: u64::MAX - 3,
        content: 1 << 63,
    }
}

fn commands(combined: &mut Combined, capacity: usize) -> Vec<String> {
    let pipeline = combined.take(capacity).unwrap();
    let words = |command: &::redis::Cmd| {
        let words = command.args_iter().map(|word| match word {
            ::redis::Arg::Simple(word) => match std::str::from_utf8(word) {
                Ok(text) if !text.contains(['\0', '\u{5}']) => text.to_owned(),
                _ => format!("<{} bytes>", word.len()),
            },
            _ => "?".to_owned(),
        });
        words.collect::<Vec<_>>().join(" ")
    };
    pipeline.cmd_iter().map(words).collect()
}

#[test]
fn a_batch_becomes_one_command_a_field_and_one_an_inbox() {
    let mut combined = Combined::default();
    for index in 0..3 {
        combined.add_member(&update(index, Kind::ProfileView, false));
    }
    for (index, undo) in [(5, false), (9, true), (7, false)] {
        combined.add_member(&update(index, Kind::PostLike, undo));
    }
    combined.add_member(&update(8, Kind::MarkRead, false));
    assert_eq!(
        commands(&mut combined, 32),
        [
            "HINCRBY m:7 d0 1",
            "HINCRBY m:7 p1 3",
            "ZADD i:7 GT 19 <17 bytes>",
            "ZREMRANGEBYRANK i:7 0 -33",
            "ZADD marks GT 8 7",
        ]
    );
    assert!(combined.take(32).unwrap().is_empty(), "it is forgotten");
}

#[test]
fn counts_that_cancel_and_batches_of_nothing_are_no_commands() {
    let mut combined = Combined::default();
    combined.add_member(&update(1, Kind::MemberFollow, false));
    combined.add_member(&update(2, Kind::MemberFollow, true));
    let sent = commands(&mut combined, 1);
    assert_eq!(sent.len(), 2, "the inbox alone: {sent:?}");
    assert!(Combined::default().take(1).unwrap().is_empty());
}

#[test]
fn an_index_beyond_a_score_is_refused() {
    let mut combined = Combined::default();
    combined.add_member(&update(1 << 52, Kind::PostLike, false));
    assert!(combined.take(32).unwrap_err().contains("2^53"));
}

#[test]
fn what_lies_in_redis_is_the_state_again() {
    let actions = [(5, Kind::PostLike, false), (6, Kind::MemberFollow, true)];
    let scores = actions.map(|(index, kind, undo)| {
        let update = update(index, kind, undo);
        let score = layout::score_of(update.stamp).unwrap();
        (layout::action_key(&update).to_vec(), score as f64)
    });
    let counts: Counts = vec![
        (b"p1".to_vec(), 700),
        (b"i7".to_vec(), 2),
        (b"d0".to_vec(), 300),
        (b"d8".to_vec(), -1),
    ];
    let member = layout::member_of(&counts, &scores.to_vec(), Some(5), 32);
    assert_eq!(member.profile_views(), [0, 700, 0, 0, 0, 0, 0, 0]);
    assert_eq!(member.picture_views(), [0, 0, 0, 0, 0, 0, 0, 2]);
    assert_eq!(member.delivered(), [300, 0, 0, 0, 0, 0, 0, 0, -1, 0]);
    assert_eq!((member.read_mark(), member.badge()), (Some(5), 0));
    let entries: Vec<_> = member
        .inbox()
        .map(|entry| {
            (
                entry.index(),
                entry.kind(),
                entry.undone(),
                entry.actor,
                entry.content,
            )
        })
        .collect();
    let expected = actions.map(|(index, kind, undo)| (index, kind, undo, u64::MAX - 3, 1 << 63));
    assert_eq!(entries, expected);
    let content = layout::content_of(&vec![(b"v3".to_vec(), 256), (b"r6".to_vec(), -70_000)]);
    assert_eq!(content.views(), [0, 0, 0, 256, 0, 0, 0, 0]);
    assert_eq!(content.reactions(), [0, 0, 0, 0, 0, 0, -70_000]);
}

#[test]
fn keys_are_read_back() {
    assert_eq!(
        layout::parse_key(&layout::inbox_key(u64::MAX)),
        Some((b'i', u64::MAX))
    );
    assert_eq!(layout::parse_key(b"marks"), None);
    assert_eq!(layout::parse_key(b"m:x"), None);
}
