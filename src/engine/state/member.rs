//! The state of one member: delivered counts, view counts, read mark, inbox.
//! Imports `event`.

use super::inbox::{Inbox, InboxEntry};
use super::update::MemberUpdate;
use crate::event::{Kind, NOTIFY_KINDS, Segment};

/// One member's state. Counts wrap at 2^32: the harness refuses streams of
/// more than 2^31 events.
#[derive(Clone, Debug, Default)]
pub struct Member {
    /// Notifications delivered, by kind; may be below zero, as for contents.
    pub delivered: [i32; NOTIFY_KINDS],
    /// Profile views by the viewer's segment.
    pub profile_views: [u32; Segment::COUNT],
    /// Picture views by the viewer's segment.
    pub picture_views: [u32; Segment::COUNT],
    /// Highest index marked as read, plus one; 0: never.
    mark: u64,
    /// What the member finds when it looks.
    pub inbox: Inbox,
}

impl Member {
    /// Applies one update; `capacity` is the inbox's K.
    #[inline(always)]
    pub fn apply(&mut self, update: &MemberUpdate, capacity: usize) {
        let kind = update.stamp.kind();
        let segment = update.stamp.segment() as usize;
        match kind {
            Kind::ProfileView => {
                self.profile_views[segment] = self.profile_views[segment].wrapping_add(1);
            }
            Kind::PictureView => {
                self.picture_views[segment] = self.picture_views[segment].wrapping_add(1);
            }
            Kind::MarkRead => self.mark = self.mark.max(update.stamp.index() + 1),
            _ => {
                if let Some(slot) = kind.notify_slot() {
                    let delta = if update.stamp.undo() { -1 } else { 1 };
                    self.delivered[slot] = self.delivered[slot].wrapping_add(delta);
                    let &MemberUpdate {
                        stamp,
                        actor,
                        content,
                        ..
                    } = update;
                    self.inbox.offer(
                        InboxEntry {
                            stamp,
                            actor,
                            content,
                        },
                        capacity,
                    );
                }
            }
        }
    }

    /// Adds another part of the same member's state.
    pub fn merge(&mut self, other: &Self, capacity: usize) {
        for (mine, theirs) in self.delivered.iter_mut().zip(&other.delivered) {
            *mine = mine.wrapping_add(*theirs);
        }
        for (mine, theirs) in self.profile_views.iter_mut().zip(&other.profile_views) {
            *mine = mine.wrapping_add(*theirs);
        }
        for (mine, theirs) in self.picture_views.iter_mut().zip(&other.picture_views) {
            *mine = mine.wrapping_add(*theirs);
        }
        self.mark = self.mark.max(other.mark);
        self.inbox.merge(&other.inbox, capacity);
    }

    /// The read mark: highest index marked as read, where there is one.
    #[must_use]
    pub const fn read_mark(&self) -> Option<u64> {
        self.mark.checked_sub(1)
    }

    /// Whether the member belongs in a snapshot: some count is not zero, an
    /// entry exists (tombstones count), or a read mark does.
    #[must_use]
    pub fn is_present(&self) -> bool {
        self.mark != 0
            || !self.inbox.entries().is_empty()
            || self.delivered.iter().any(|&count| count != 0)
            || self.profile_views.iter().any(|&count| count != 0)
            || self.picture_views.iter().any(|&count| count != 0)
    }

    /// Live entries above the read mark, among those kept.
    #[must_use]
    pub fn badge(&self) -> u32 {
        let above = |entry: &&InboxEntry| !entry.undone() && entry.index() >= self.mark;
        self.inbox.entries().iter().filter(above).count() as u32
    }
}
