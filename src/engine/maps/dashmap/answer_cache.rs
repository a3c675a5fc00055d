//! The answers that a session keeps, each with the versions of the shards that
//! it was made from: it holds until one of them changes. Imports the shared
//! state.
//!
//! Only what was asked twice is kept: to keep an answer takes a shard's
//! version away from the cores that write to it.

use super::shard_versions::Versions;
use crate::engine::read::{Answer, InboxPage};
use crate::engine::state::Content;
use crate::event::{Read, ReadKind};

/// Badges kept, 24 bytes each.
const BADGES: usize = 512;
/// Other answers kept, half a kilobyte each.
const ANSWERS: usize = 64;
/// Reads of which is known that they were asked once.
const ASKED: usize = 512;

/// The versions of both maps' shards.
#[derive(Debug)]
pub(super) struct BothVersions {
    pub(super) members: Versions,
    pub(super) contents: Versions,
}

/// The shards that an answer was made from, as sets, and the sum of their
/// versions then. Versions only grow: the sum is the same while each is.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Support {
    members: u64,
    contents: u64,
    versions: u64,
}

impl Support {
    pub(super) fn add_members(&mut self, versions: &Versions, shard: usize) {
        add(&mut self.members, &mut self.versions, versions, shard);
    }

    pub(super) fn add_contents(&mut self, versions: &Versions, shard: usize) {
        add(&mut self.contents, &mut self.versions, versions, shard);
    }

    /// Whether none of the shards has changed.
    fn holds(&self, versions: &BothVersions) -> bool {
        let sum = sum_of(&versions.members, self.members)
            .wrapping_add(sum_of(&versions.contents, self.contents));
        self.members | self.contents != 0 && sum == self.versions
    }
}

/// A shard that is there already keeps the version that it had first: if it
/// has changed since, the answer must not be kept.
fn add(set: &mut u64, sum: &mut u64, versions: &Versions, shard: usize) {
    let version = versions.keep(shard);
    if *set >> shard & 1 == 0 {
        *set |= 1 << shard;
        *sum = sum.wrapping_add(version);
    }
}

fn sum_of(versions: &Versions, mut set: u64) -> u64 {
    let mut sum = 0_u64;
    while set != 0 {
        sum = sum.wrapping_add(versions.now(set.trailing_zeros() as usize));
        set &= set - 1;
    }
    sum
}

/// An inbox page or reaction counts.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub(super) read: Read,
    pub(super) answer: Answer,
    pub(super) support: Support,
}

impl Kept {
    /// An answer that was made from nothing yet.
    pub(super) fn new(read: Read, answer: Answer) -> Self {
        Self {
            read,
            answer,
            support: Support::default(),
        }
    }

    /// Adds a content: its counts are the answer, or raise a group of it.
    pub(super) fn add(&mut self, group: usize, content: &Content) {
        let counts = content.shown_reactions();
        match &mut self.answer {
            Answer::Inbox(page) => {
                let group = &mut page[group];
                if let Some(slot) = group.kind.reaction_slot() {
                    group.raise_to_count(counts[slot]);
                }
            }
            answer => *answer = Answer::Reactions(counts),
        }
    }
}

/// A badge and what it was made from. The default is of no member: every id and
/// every version may occur, so only `badge` can say that nothing is kept.
#[derive(Clone, Copy, Debug, Default)]
struct KeptBadge {
    member: u64,
    version: u64,
    badge: Option<u32>,
}

/// What a session keeps.
#[derive(Debug)]
pub(super) struct KeptAnswers {
    badges: Box<[KeptBadge]>,
    answers: Box<[Kept]>,
    asked: Box<[Option<Read>]>,
}

impl KeptAnswers {
    pub(super) fn new() -> Self {
        let read = Read {
            id: 0,
            kind: ReadKind::Badge,
        };
        // without support: it holds for no read
        let nothing = Kept::new(read, Answer::Inbox(InboxPage::new()));
        Self {
            badges: vec![KeptBadge::default(); BADGES].into(),
            answers: vec![nothing; ANSWERS].into(),
            asked: vec![None; ASKED].into(),
        }
    }

    /// The badge of a member, if it was kept and the member's shard still has
    /// that version.
    #[inline(always)]
    pub(super) fn badge(&self, hash: u64, member: u64, version: u64) -> Option<u32> {
        let kept = &self.badges[hash as usize % BADGES];
        let holds = kept.member == member && kept.version == version;
        kept.badge.filter(|_| holds)
    }

    /// Keeps a badge made from a shard with this version.
    #[inline(always)]
    pub(super) fn keep_badge(&mut self, hash: u64, member: u64, version: u64, badge: u32) {
        self.badges[hash as usize % BADGES] = KeptBadge {
            member,
            version,
            badge: Some(badge),
        };
    }

    /// Any other answer, if it was kept and holds.
    #[inline(always)]
    pub(super) fn answer(
        &self,
        hash: u64,
        read: &Read,
        versions: &BothVersions,
    ) -> Option<&Answer> {
        let kept = &self.answers[hash as usize % ANSWERS];
        (kept.read == *read && kept.support.holds(versions)).then_some(&kept.answer)
    }

    /// Keeps any other answer, and gives for it the one that makes room.
    pub(super) fn keep(&mut self, hash: u64, kept: &mut Kept) {
        std::mem::swap(&mut self.answers[hash as usize % ANSWERS], kept);
    }

    /// Whether an answer is worth being kept: the same was asked before.
    #[inline(always)]
    pub(super) fn was_asked(&mut self, hash: u64, read: &Read) -> bool {
        let asked = &mut self.asked[hash as usize % ASKED];
        asked.replace(*read) == Some(*read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_holds_until_one_of_its_shards_changes() {
        let versions = BothVersions {
            members: Versions::new(4),
            contents: Versions::new(4),
        };
        let read = Read {
            id: 7,
            kind: ReadKind::InboxPage,
        };
        let mut kept = KeptAnswers::new();
        assert_eq!(kept.answer(1, &read, &versions), None);
        for (is_content, shard, holds) in [(false, 2, true), (true, 2, false), (false, 1, false)] {
            let mut support = Support::default();
            support.add_members(&versions.members, 1);
            support.add_contents(&versions.contents, 0);
            support.add_contents(&versions.contents, 2);
            support.add_contents(&versions.contents, 0);
            let answer = Answer::Inbox(InboxPage::new());
            kept.keep(
                1,
                &mut Kept {
                    read,
                    answer: answer.clone(),
                    support,
                },
            );
            assert_eq!(kept.answer(1, &read, &versions), Some(&answer));
            let other = Read { id: 8, ..read };
            assert_eq!(kept.answer(1, &other, &versions), None);
            let changed = [&versions.members, &versions.contents][usize::from(is_content)];
            changed.change(shard);
            assert_eq!(kept.answer(1, &read, &versions).is_some(), holds);
        }
    }

    #[test]
    fn nothing_is_kept_or_asked_before_it_was() {
        let versions = BothVersions {
            members: Versions::new(4),
            contents: Versions::new(4),
        };
        for id in [0, 1, u64::MAX] {
            let mut kept = KeptAnswers::new();
            // a shard from which nobody has kept an answer, and one from which somebody has
            for version in [versions.members.now(0), versions.members.keep(1)] {
                assert_eq!(kept.badge(0, id, version), None, "{id} at {version}");
                kept.keep_badge(0, id, version, 0);
                assert_eq!(kept.badge(0, id, version), Some(0), "{id} at {version}");
                kept = KeptAnswers::new();
            }
            for read in ReadKind::ALL.map(|kind| Read { id, kind }) {
                assert_eq!(kept.answer(0, &read, &versions), None);
                assert!(!kept.was_asked(0, &read), "{read:?}");
            }
        }
    }

    #[test]
    fn only_what_is_asked_again_is_worth_keeping() {
        let mut kept = KeptAnswers::new();
        let [badge, page, ..] = ReadKind::ALL.map(|kind| Read { id: 5, kind });
        let asked = [badge, badge, page, badge, badge].map(|read| kept.was_asked(9, &read));
        assert_eq!(asked, [false, true, false, false, true]);
    }
}
