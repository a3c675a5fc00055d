//! One worker's part of the state: plain tables, no locks. Imports the
//! shared state.

use super::mail::Parcel;
use crate::engine::keyed::KeyedTable;
use crate::engine::read::{Answer, InboxPage, page_of};
use crate::engine::state::{Content, Member};
use crate::event::{REACTION_KINDS, Read, ReadKind};
use crate::unit::hash::{SharedHasher, hash_id};

/// The members and contents that one worker owns.
#[derive(Debug, Default)]
pub(super) struct Partition {
    pub(super) members: KeyedTable<Member>,
    pub(super) contents: KeyedTable<Content>,
}

impl Partition {
    /// Applies what another worker sent.
    pub(super) fn apply(&mut self, parcel: &Parcel, hasher: &SharedHasher, inbox_capacity: usize) {
        for update in &parcel.members {
            self.members
                .apply(hash_id(hasher, update.member), update, inbox_capacity);
        }
        for update in &parcel.contents {
            self.contents
                .apply(hash_id(hasher, update.content), update, inbox_capacity);
        }
    }

    /// Answers as far as this part of the state can: an inbox page's groups
    /// are not yet raised by the counts of contents, which others may own.
    pub(super) fn answer(&self, read: &Read, hasher: &SharedHasher) -> Answer {
        let hash = hash_id(hasher, read.id);
        match read.kind {
            ReadKind::Badge => {
                Answer::Badge(self.members.get(hash, read.id).map_or(0, Member::badge))
            }
            ReadKind::InboxPage => Answer::Inbox(
                self.members
                    .get(hash, read.id)
                    .map_or_else(InboxPage::new, page_of),
            ),
            ReadKind::Reactions => Answer::Reactions(
                self.contents
                    .get(hash, read.id)
                    .map_or([0; REACTION_KINDS], Content::shown_reactions),
            ),
        }
    }
}

/// Which of `workers` owns the id with this hash. It takes bits that the
/// tables don't (they find a slot by the lowest and tell neighbours apart by
/// the highest seven), so that the ids of a part don't crowd in its tables.
#[inline(always)]
pub(super) const fn owner_of(hash: u64, workers: usize) -> usize {
    let middle = hash >> 41 & 0xffff;
    ((middle * workers as u64) >> 16) as usize
}
