//! The first difference between two snapshots, and between two answers, in
//! words. No member who acted is named: where a snapshot is wrong, an entry may
//! hold a viewer.

use std::fmt::Display;

use super::lines::{ContentLine, InboxLine, MemberLine};
use super::whole::Snapshot;
use crate::event::{Kind, REACTION_KINDS, Segment};
use crate::read::{Answer, InboxPage};
use crate::viewing::ReleasedViews;

/// The first difference, members before contents, lower ids first; none
/// where the snapshots are equal.
#[must_use]
pub fn first_difference(expected: &Snapshot, found: &Snapshot) -> Option<String> {
    first_line(
        "member",
        &expected.members,
        &found.members,
        |line| line.member,
        in_member,
    )
    .or_else(|| {
        let id = |line: &ContentLine| line.content;
        first_line(
            "content",
            &expected.contents,
            &found.contents,
            id,
            in_content,
        )
    })
}

/// Walks two lists that are sorted by id.
fn first_line<L>(
    what: &str,
    expected: &[L],
    found: &[L],
    id: impl Fn(&L) -> u64,
    within: impl Fn(&L, &L) -> Option<String>,
) -> Option<String> {
    let (mut left, mut right) = (expected.iter(), found.iter());
    let mut last_id = None;
    loop {
        match (left.next(), right.next()) {
            (None, None) => return None,
            (Some(line), Some(other)) if id(line) == id(other) => {
                if let Some(words) = within(line, other) {
                    return Some(format!("{what} {}: {words}", id(line)));
                }
                last_id = Some(id(line));
            }
            (Some(line), other) if other.is_none_or(|other| id(line) < id(other)) => {
                return Some(format!("{what} {} is missing", id(line)));
            }
            (_, other) => {
                let id = other.map(&id)?;
                let words = if last_id == Some(id) {
                    "is there twice"
                } else {
                    "should not be there"
                };
                return Some(format!("{what} {id} {words}"));
            }
        }
    }
}

fn in_member(expected: &MemberLine, found: &MemberLine) -> Option<String> {
    let kind = |slot| Kind::from_notify_slot(slot).name();
    let segment = |slot: usize| Segment::ALL[slot].name();
    in_counts("delivered", kind, &expected.delivered, &found.delivered)
        .or_else(|| {
            in_counts(
                "profile views by",
                segment,
                &expected.profile_views,
                &found.profile_views,
            )
        })
        .or_else(|| {
            in_counts(
                "picture views by",
                segment,
                &expected.picture_views,
                &found.picture_views,
            )
        })
        .or_else(|| {
            let words = |mark: Option<u64>| mark.map_or("none".to_owned(), |mark| mark.to_string());
            differs(
                "read mark",
                &words(expected.read_mark),
                &words(found.read_mark),
            )
        })
        .or_else(|| in_inbox(&expected.inbox, &found.inbox))
}

fn in_content(expected: &ContentLine, found: &ContentLine) -> Option<String> {
    let segment = |slot: usize| Segment::ALL[slot].name();
    in_counts("views by", segment, &expected.views, &found.views).or_else(|| {
        let kind = |slot| Kind::from_notify_slot(slot).name();
        in_counts("reactions", kind, &expected.reactions, &found.reactions)
    })
}

fn in_counts<N: PartialEq + Display>(
    what: &str,
    name: impl Fn(usize) -> &'static str,
    expected: &[N],
    found: &[N],
) -> Option<String> {
    let mut pairs = expected.iter().zip(found).enumerate();
    pairs.find_map(|(slot, (expected, found))| {
        differs(&format!("{what} {}", name(slot)), expected, found)
    })
}

fn in_inbox(expected: &[InboxLine], found: &[InboxLine]) -> Option<String> {
    for (at, (expected, found)) in (1..).zip(expected.iter().zip(found)) {
        let words = differs("index", &expected.index, &found.index)
            .or_else(|| differs("kind", expected.kind.name(), found.kind.name()))
            .or_else(|| differs("content", &expected.content, &found.content))
            .or_else(|| differs("undone", &expected.undone, &found.undone))
            .or_else(|| wrong_actor(expected.actor, found.actor));
        if let Some(words) = words {
            return Some(format!("inbox entry {at}: {words}"));
        }
    }
    differs("number of inbox entries", &expected.len(), &found.len())
}

fn differs<N: PartialEq + Display + ?Sized>(what: &str, expected: &N, found: &N) -> Option<String> {
    (expected != found).then(|| format!("{what} is {found}, should be {expected}"))
}

fn wrong_actor(expected: u64, found: u64) -> Option<String> {
    (expected != found).then(|| "the actor is another than it should be".to_owned())
}

/// What differs between an answer and the one that was expected; none where
/// they are equal.
#[must_use]
pub fn answer_difference(expected: &Answer, found: &Answer) -> Option<String> {
    match (expected, found) {
        (Answer::Badge(expected), Answer::Badge(found)) => differs("badge", expected, found),
        (Answer::Inbox(expected), Answer::Inbox(found)) => in_page(expected, found),
        (Answer::Reactions(expected), Answer::Reactions(found)) => {
            let kind = |slot| Kind::from_notify_slot(slot).name();
            in_counts::<u64>("reactions", kind, &expected[..REACTION_KINDS], found)
        }
        (Answer::Views(expected), Answer::Views(found)) => in_views(*expected, *found),
        (Answer::Pushes(expected), Answer::Pushes(found)) => differs("pushes", expected, found),
        _ => differs("the answer", shape(expected), shape(found)),
    }
}

const fn shape(answer: &Answer) -> &'static str {
    match answer {
        Answer::Badge(_) => "a badge",
        Answer::Inbox(_) => "an inbox page",
        Answer::Reactions(_) => "reactions",
        Answer::Views(_) => "released views",
        Answer::Pushes(_) => "pushes",
    }
}

fn in_views(expected: Option<ReleasedViews>, found: Option<ReleasedViews>) -> Option<String> {
    let epoch = |views: Option<ReleasedViews>| {
        views.map_or("none".to_owned(), |views| views.epoch.to_string())
    };
    differs("epoch", &epoch(expected), &epoch(found)).or_else(|| {
        let viewers = |views: Option<ReleasedViews>| views.unwrap_or_default().release.viewers;
        let segment = |slot: usize| Segment::ALL[slot].name();
        in_counts(
            "released views by",
            segment,
            &viewers(expected),
            &viewers(found),
        )
    })
}

fn in_page(expected: &InboxPage, found: &InboxPage) -> Option<String> {
    for (at, (expected, found)) in (1..).zip(expected.iter().zip(found)) {
        let words = differs("kind", expected.kind.name(), found.kind.name())
            .or_else(|| differs("content", &expected.content, &found.content))
            .or_else(|| differs("index", &expected.index, &found.index))
            .or_else(|| differs("others", &expected.others, &found.others))
            .or_else(|| wrong_actor(expected.actor, found.actor));
        if let Some(words) = words {
            return Some(format!("group {at}: {words}"));
        }
    }
    differs("number of groups", &expected.len(), &found.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::InboxGroup;

    fn snapshot() -> Snapshot {
        let entry = |index| InboxLine {
            index,
            kind: Kind::PostLike,
            actor: 1_234_567,
            content: 5,
            undone: false,
        };
        let member = |member| MemberLine {
            member,
            delivered: [4; 10],
            inbox: vec![entry(9), entry(8)],
            read_mark: None,
            profile_views: [1; 8],
            picture_views: [2; 8],
        };
        let content = |content| ContentLine {
            content,
            views: [3; 8],
            reactions: [1; 7],
        };
        Snapshot::from_lines(
            vec![member(5), member(8), member(17)],
            vec![content(8), content(9), content(10)],
        )
    }

    fn words(change: impl FnOnce(&mut Snapshot)) -> String {
        let mut found = snapshot();
        change(&mut found);
        first_difference(&snapshot(), &found).expect("a difference")
    }

    #[test]
    fn equal_snapshots_have_none() {
        assert_eq!(first_difference(&snapshot(), &snapshot()), None);
    }

    #[test]
    fn every_field_is_compared() {
        assert_eq!(
            words(|s| s.members[2].delivered[0] = 3),
            "member 17: delivered post_like is 3, should be 4"
        );
        assert_eq!(
            words(|s| s.members[0].profile_views[1] = 0),
            "member 5: profile views by sales is 0, should be 1"
        );
        assert_eq!(
            words(|s| s.members[0].picture_views[7] = 9),
            "member 5: picture views by other is 9, should be 2"
        );
        assert_eq!(
            words(|s| s.members[0].read_mark = Some(3)),
            "member 5: read mark is 3, should be none"
        );
        assert_eq!(
            words(|s| s.members[1].inbox[1].undone = true),
            "member 8: inbox entry 2: undone is true, should be false"
        );
        assert_eq!(
            words(|s| s.members[1].inbox[0].index = 10),
            "member 8: inbox entry 1: index is 10, should be 9"
        );
        assert_eq!(
            words(|s| s.members[1].inbox[0].kind = Kind::PostTag),
            "member 8: inbox entry 1: kind is post_tag, should be post_like"
        );
        assert_eq!(
            words(|s| s.members[1].inbox[0].content = 6),
            "member 8: inbox entry 1: content is 6, should be 5"
        );
        assert_eq!(
            words(|s| s.members[1].inbox.truncate(1)),
            "member 8: number of inbox entries is 1, should be 2"
        );
        assert_eq!(
            words(|s| s.contents[0].views[3] = 4),
            "content 8: views by engineer is 4, should be 3"
        );
        assert_eq!(
            words(|s| s.contents[2].reactions[6] = -1),
            "content 10: reactions post_mention is -1, should be 1"
        );
    }

    #[test]
    fn who_acted_is_never_named() {
        let said = words(|s| s.members[1].inbox[1].actor = 7_654_321);
        assert_eq!(
            said,
            "member 8: inbox entry 2: the actor is another than it should be"
        );
    }

    #[test]
    fn lines_are_missing_or_too_many_at_either_end_and_inside() {
        assert_eq!(words(|s| drop(s.members.remove(0))), "member 5 is missing");
        assert_eq!(words(|s| drop(s.members.remove(1))), "member 8 is missing");
        assert_eq!(words(|s| s.contents.truncate(2)), "content 10 is missing");
        for (at, id) in [(0, 4), (1, 6), (3, 18)] {
            let said = words(|s| {
                let line = MemberLine {
                    member: id,
                    ..s.members[0].clone()
                };
                s.members.insert(at, line);
            });
            assert_eq!(said, format!("member {id} should not be there"));
        }
        for at in [0, 2] {
            let said = words(|s| {
                let line = s.contents[at].clone();
                s.contents.insert(at, line);
            });
            assert_eq!(
                said,
                format!("content {} is there twice", snapshot().contents[at].content)
            );
        }
    }

    #[test]
    fn answers_are_compared_in_words() {
        let group = InboxGroup {
            kind: Kind::PostTag,
            content: 3,
            actor: 4,
            index: 5,
            others: 6,
        };
        let page = |groups: &[InboxGroup]| Answer::Inbox(groups.iter().copied().collect());
        let say = |expected: &Answer, found: &Answer| answer_difference(expected, found).unwrap();
        assert_eq!(answer_difference(&page(&[group]), &page(&[group])), None);
        assert_eq!(
            say(&page(&[group]), &page(&[])),
            "number of groups is 0, should be 1"
        );
        let one_less = InboxGroup { others: 5, ..group };
        assert_eq!(
            say(&page(&[group]), &page(&[one_less])),
            "group 1: others is 5, should be 6"
        );
        assert_eq!(
            say(&Answer::Badge(3), &Answer::Badge(0)),
            "badge is 0, should be 3"
        );
        assert_eq!(
            say(
                &Answer::Reactions([0, 1, 0, 0, 0, 0, 0]),
                &Answer::Reactions([0; 7])
            ),
            "reactions post_comment is 0, should be 1"
        );
        assert_eq!(
            say(&Answer::Badge(0), &page(&[])),
            "the answer is an inbox page, should be a badge"
        );
    }
}
