//! One line a member, one a content, and their hashes.

use crate::event::{Kind, NOTIFY_KINDS, REACTION_KINDS, Segment};
use crate::state::{Content, Member};
use crate::unit::digest::{Digest, LineHasher};

/// One member's line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberLine {
    /// Id.
    pub member: u64,
    /// Delivered counts, by notify slot.
    pub delivered: [i64; NOTIFY_KINDS],
    /// Kept entries, newest first.
    pub inbox: Vec<InboxLine>,
    /// Highest index marked as read.
    pub read_mark: Option<u64>,
    /// Profile views by segment.
    pub profile_views: [u64; Segment::COUNT],
    /// Picture views by segment.
    pub picture_views: [u64; Segment::COUNT],
}

/// One kept inbox entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InboxLine {
    /// Index of the winning event.
    pub index: u64,
    /// Its kind.
    pub kind: Kind,
    /// Who acted.
    pub actor: u64,
    /// What it was about; 0: nothing.
    pub content: u64,
    /// Whether it is a tombstone.
    pub undone: bool,
}

/// One content's line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentLine {
    /// Id.
    pub content: u64,
    /// Views by segment.
    pub views: [u64; Segment::COUNT],
    /// Reactions by slot.
    pub reactions: [i64; REACTION_KINDS],
}

/// Tag of a member's line in its hash.
const MEMBER_TAG: u64 = 1;
/// Tag of a content's line in its hash.
const CONTENT_TAG: u64 = 2;

impl MemberLine {
    /// The line of a member's state.
    #[must_use]
    pub fn of(member: u64, state: &Member) -> Self {
        let inbox = state
            .inbox()
            .rev()
            .map(|entry| InboxLine {
                index: entry.index(),
                kind: entry.kind(),
                actor: entry.actor,
                content: entry.content,
                undone: entry.undone(),
            })
            .collect();
        Self {
            member,
            delivered: state.delivered().map(i64::from),
            inbox,
            read_mark: state.read_mark(),
            profile_views: state.profile_views().map(u64::from),
            picture_views: state.picture_views().map(u64::from),
        }
    }

    /// Live entries above the read mark.
    #[must_use]
    pub fn badge(&self) -> u32 {
        let above = |entry: &&InboxLine| {
            !entry.undone && self.read_mark.is_none_or(|mark| entry.index > mark)
        };
        self.inbox.iter().filter(above).count() as u32
    }

    /// The line's hash: a word for each number that is not zero, each under
    /// a word that says which it is. docs/FORMAT.md specifies it.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let mut line = LineHasher::new(MEMBER_TAG);
        line.word(self.member);
        absorb_counts(
            &mut line,
            1,
            self.delivered.iter().map(|&count| count as u64),
        );
        absorb_counts(&mut line, 2, self.profile_views.iter().copied());
        absorb_counts(&mut line, 3, self.picture_views.iter().copied());
        if let Some(mark) = self.read_mark {
            line.word(4 << 8);
            line.word(mark);
        }
        for entry in &self.inbox {
            line.word(5 << 8 | u64::from(entry.undone) << 4 | entry.kind as u64);
            line.word(entry.index);
            line.word(entry.actor);
            line.word(entry.content);
        }
        line.finish()
    }
}

impl ContentLine {
    /// The line of a content's state.
    #[must_use]
    pub fn of(content: u64, state: &Content) -> Self {
        Self {
            content,
            views: state.views().map(u64::from),
            reactions: state.reactions().map(i64::from),
        }
    }

    /// The line's hash, as for [`MemberLine::digest`].
    #[must_use]
    pub fn digest(&self) -> Digest {
        let mut line = LineHasher::new(CONTENT_TAG);
        line.word(self.content);
        absorb_counts(&mut line, 1, self.views.iter().copied());
        absorb_counts(
            &mut line,
            2,
            self.reactions.iter().map(|&count| count as u64),
        );
        line.finish()
    }
}

fn absorb_counts(line: &mut LineHasher, field: u64, counts: impl Iterator<Item = u64>) {
    for (slot, count) in counts.enumerate() {
        if count != 0 {
            line.word(field << 8 | slot as u64);
            line.word(count);
        }
    }
}
