//! Histories made in virtual time: what an engine could have answered is
//! explained, and what none could is not.

use std::collections::HashMap;

use super::*;
use crate::event::{Event, Kind, REACTION_KINDS, Read, ReadKind, Segment};
use crate::policy::MemberSettings;
use crate::read::{Answer, InboxGroup, badge_of, page_of};
use crate::state::{Member, MemberUpdate};
use crate::unit::mix::{below, counter_word};

const MEMBER: u64 = 9;
const CONTENT: u64 = 5;
const CAPACITY: usize = 4;

fn event(index: u64, kind: Kind, undo: bool, actor: u64) -> Event {
    let content = if kind.has_content() { CONTENT } else { 0 };
    Event::new(
        index,
        0,
        kind,
        undo,
        (actor, Segment::Other),
        MEMBER,
        content,
    )
}

fn like(index: u64, actor: u64) -> Event {
    event(index, Kind::PostLike, false, actor)
}

fn change(event: Event, began: u64, visible: u64) -> Change {
    Change {
        event,
        began,
        visible,
    }
}

fn asked(kind: ReadKind, [began, ended]: [u64; 2], answer: &Answer) -> Asked<'_> {
    let id = if kind.is_of_content() {
        CONTENT
    } else {
        MEMBER
    };
    Asked {
        session: 1,
        began,
        ended,
        read: Read { id, kind },
        answer,
    }
}

fn explain(changes: &[Change], asks: &[Asked<'_>]) -> Result<Explained, Box<Unexplained>> {
    let settings = MemberSettings::default();
    let contents = HashMap::from([(CONTENT, ContentHistory::new(changes.iter().copied()))]);
    let rules = (&settings, CAPACITY);
    let member = MemberHistory::new(MEMBER, changes.iter().copied(), &contents, rules);
    let mut found = member.explain(asks)?;
    found += contents[&CONTENT].explain(asks)?;
    Ok(found)
}

/// A page of one group of likes, of which `all` are told.
fn likes(index: u64, actor: u64, all: u64) -> Answer {
    let group = InboxGroup {
        kind: Kind::PostLike,
        content: CONTENT,
        actor,
        index,
        others: all - 1,
    };
    Answer::Inbox(std::iter::once(group).collect())
}

fn post_likes(count: u64) -> Answer {
    let mut counts = [0; REACTION_KINDS];
    counts[Kind::PostLike.reaction_slot().unwrap()] = count;
    Answer::Reactions(counts)
}

#[test]
fn what_was_written_must_be_seen_and_what_is_in_flight_may() {
    let changes = [change(like(1, 70), 10, 20), change(like(2, 71), 30, 40)];
    // while the second call runs
    for (badge, is_explained) in [(0, false), (1, true), (2, true), (3, false)] {
        let answer = Answer::Badge(badge);
        let found = explain(&changes, &[asked(ReadKind::Badge, [33, 35], &answer)]);
        assert_eq!(found.is_ok(), is_explained, "badge {badge}: {found:?}");
        let answer = post_likes(badge.into());
        let found = explain(&changes, &[asked(ReadKind::Reactions, [33, 35], &answer)]);
        assert_eq!(found.is_ok(), is_explained, "count {badge}: {found:?}");
    }
    // before it began, and after it ended
    for (during, right) in [([21, 29], 1), ([41, 50], 2)] {
        for badge in 0..4 {
            let answer = Answer::Badge(badge);
            let found = explain(&changes, &[asked(ReadKind::Badge, during, &answer)]);
            assert_eq!(found.is_ok(), badge == right, "{during:?} {badge}");
        }
    }
}

#[test]
fn a_page_is_one_inbox_and_its_counts_are_of_the_read() {
    let changes = [change(like(1, 70), 10, 20), change(like(2, 71), 30, 40)];
    let right = [likes(1, 70, 1), likes(1, 70, 2), likes(2, 71, 2)];
    for answer in &right {
        let found = explain(&changes, &[asked(ReadKind::InboxPage, [33, 35], answer)]);
        assert_eq!(found.unwrap().explained, 1, "{answer:?}");
    }
    // too many, and the newest without the one before it
    for answer in [
        likes(1, 70, 3),
        likes(2, 71, 1),
        likes(2, 70, 2),
        likes(3, 71, 2),
    ] {
        let found = explain(&changes, &[asked(ReadKind::InboxPage, [33, 35], &answer)]);
        let words = found.unwrap_err().to_string();
        assert!(
            words.contains("member 9") && words.contains("#1 post_like"),
            "{words}"
        );
    }
    let early = likes(2, 71, 2);
    let words = explain(&changes, &[asked(ReadKind::InboxPage, [22, 28], &early)]);
    let words = words.unwrap_err().to_string();
    assert!(words.contains("#2, whose call had not begun"), "{words}");
}

#[test]
fn a_session_does_not_go_back_in_time() {
    let changes = [change(like(1, 70), 10, 20), change(like(2, 71), 30, 90)];
    let (newer, older) = (likes(2, 71, 2), likes(1, 70, 1));
    let at = |began, answer| asked(ReadKind::InboxPage, [began, began + 2], answer);
    assert!(explain(&changes, &[at(40, &older), at(50, &newer)]).is_ok());
    assert!(explain(&changes, &[at(40, &newer), at(50, &older)]).is_err());
    let other = Asked {
        session: 0,
        ..at(50, &older)
    };
    assert!(explain(&changes, &[at(40, &newer), other]).is_ok());
    // reads of one call have no order
    assert!(explain(&changes, &[at(40, &newer), at(40, &older)]).is_ok());
    let (two, one) = (post_likes(2), post_likes(1));
    let at = |began, answer| asked(ReadKind::Reactions, [began, began + 2], answer);
    assert!(explain(&changes, &[at(40, &one), at(50, &two)]).is_ok());
    assert!(explain(&changes, &[at(40, &two), at(50, &one)]).is_err());
    assert!(explain(&changes, &[at(40, &two), at(40, &one)]).is_ok());
}

#[test]
fn a_count_may_fall_where_undos_are_in_flight() {
    let undo = event(3, Kind::PostLike, true, 70);
    let changes = [
        change(like(1, 70), 10, 20),
        change(like(2, 71), 30, 90),
        change(undo, 30, 90),
    ];
    for (first, then, is_explained) in [(2, 1, true), (1, 0, true), (0, 1, true), (2, 0, false)] {
        let answers = [post_likes(first), post_likes(then)];
        let at = |began, answer| asked(ReadKind::Reactions, [began, began + 2], answer);
        let found = explain(&changes, &[at(40, &answers[0]), at(50, &answers[1])]);
        assert_eq!(
            found.is_ok(),
            is_explained,
            "{first} then {then}: {found:?}"
        );
    }
}

/// Random events of one member, in calls of two writers that overlap, each
/// event applied at a moment of its own within its call.
struct Story {
    changes: Vec<Change>,
    applied: Vec<u64>,
}

impl Story {
    fn new(seed: u64) -> Self {
        let mut story = Self {
            changes: Vec::new(),
            applied: Vec::new(),
        };
        let mut draws = 0;
        let mut draw = |bound| {
            draws += 1;
            below(counter_word(seed, draws), bound)
        };
        let mut index = 1;
        for writer in 0..2 {
            let mut now = 1 + writer * 5;
            for _ in 0..12 {
                let began = now;
                let visible = began + 5 + draw(30);
                for _ in 0..1 + draw(3) {
                    let kind = [Kind::PostLike, Kind::MemberFollow, Kind::MarkRead];
                    let kind = kind[[0, 0, 0, 1, 1, 2][draw(6) as usize]];
                    let undo = kind != Kind::MarkRead && draw(5) == 0;
                    let event = event(index * 2 + writer, kind, undo, 70 + draw(3));
                    index += 1;
                    story.changes.push(change(event, began, visible));
                    story.applied.push(began + 1 + draw(visible - began - 1));
                }
                now = visible + 1 + draw(5);
            }
        }
        story
    }

    /// The member of everything that was applied before `at`.
    fn member(&self, at: u64) -> Member {
        let mut member = Member::default();
        for (change, applied) in self.changes.iter().zip(&self.applied) {
            if *applied < at {
                member.apply(&MemberUpdate::of(&change.event), CAPACITY);
            }
        }
        member
    }

    fn answer(&self, kind: ReadKind, at: u64) -> Answer {
        let member = self.member(at);
        let settings = MemberSettings::default();
        if kind == ReadKind::Badge {
            return Answer::Badge(badge_of(MEMBER, &member, &settings));
        }
        let likes = self.changes.iter().zip(&self.applied);
        let likes =
            likes.filter(|(it, applied)| it.event.kind() == Kind::PostLike && **applied < at);
        let count: i64 = likes
            .map(|(it, _)| if it.event.undo() { -1 } else { 1 })
            .sum();
        let count = count.max(0) as u64;
        if kind == ReadKind::Reactions {
            return post_likes(count);
        }
        let mut page = page_of(MEMBER, &member, &settings);
        for group in page.iter_mut().filter(|group| group.needs_count()) {
            group.raise_to_count(count);
        }
        Answer::Inbox(page)
    }
}

const KINDS: [ReadKind; 3] = [ReadKind::Badge, ReadKind::InboxPage, ReadKind::Reactions];

#[test]
fn whatever_an_engine_could_have_answered_is_explained() {
    for seed in 0..60 {
        let story = Story::new(seed);
        for kind in KINDS {
            let answers: Vec<(u64, Answer)> = (1..400)
                .step_by(3)
                .map(|at| (at, story.answer(kind, at)))
                .collect();
            let asks: Vec<Asked<'_>> = answers
                .iter()
                .map(|(at, answer)| asked(kind, [at - 1, at + 1], answer))
                .collect();
            let found = explain(&story.changes, &asks);
            let found = found.unwrap_or_else(|error| panic!("seed {seed}: {error}"));
            assert_eq!(found.total(), asks.len() as u64);
            assert_eq!(found.bounded, 0, "few events are in flight");
        }
    }
}

#[test]
fn an_answer_of_long_ago_is_not_explained() {
    let mut caught = 0;
    for seed in 0..60 {
        let story = Story::new(seed);
        for kind in KINDS {
            let old = story.answer(kind, 120);
            let asks = [asked(kind, [300, 302], &old)];
            let differs = story.answer(kind, 301) != old;
            if explain(&story.changes, &asks).is_err() {
                assert!(differs);
                caught += 1;
            }
        }
    }
    assert!(caught > 120, "{caught} of 180");
}
