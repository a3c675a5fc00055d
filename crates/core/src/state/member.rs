//! The state of one member: delivered counts, view counts, read mark, inbox.
//!
//! Most members of a skewed stream are looked at and nothing more, and most
//! updates are views. What a view changes lies in the member itself, a byte a
//! count; what engagement changes lies behind one pointer, and only where
//! there was some.

use super::counts::{HighParts, LowBytes};
use super::inbox::{Inbox, InboxEntry};
use super::release::ReleaseOf;
use super::update::MemberUpdate;
use crate::event::{Kind, NOTIFY_KINDS, Segment, Stamp};
use crate::policy::Surface;
use crate::unit::allocation::{allocator_overhead, overhead_of_one};

/// View counts of a member: of its profile by segment, then of its picture.
const VIEWS: usize = 2 * Segment::COUNT;
/// All counts of a member: views, then deliveries by kind.
const COUNTS: usize = VIEWS + NOTIFY_KINDS;
/// In [`SLOTS`]: no count is concerned, and only the read mark, or nothing.
const MARK: u8 = COUNTS as u8;
const NOTHING: u8 = MARK + 1;

/// Which count an update changes, by [`Stamp::case`].
static SLOTS: [u8; Stamp::CASES] = {
    let mut slots = [NOTHING; Stamp::CASES];
    let mut case = 0;
    while case < Stamp::CASES {
        let stamp = Stamp::of_case(case as u8);
        slots[case] = match (stamp.kind(), stamp.kind().notify_slot()) {
            (Kind::ProfileView, _) => stamp.segment() as u8,
            (Kind::PictureView, _) => (Segment::COUNT + stamp.segment() as usize) as u8,
            (Kind::MarkRead, _) => MARK,
            (_, Some(slot)) => (VIEWS + slot) as u8,
            _ => NOTHING,
        };
        case += 1;
    }
    slots
};

/// One member's state, 24 bytes where it was only looked at. Counts wrap at
/// 2^32: the harness refuses streams of more than 2^31 events.
#[derive(Clone, Debug, Default)]
pub struct Member {
    engaged: Option<Box<Engagement>>,
    views: LowBytes<VIEWS>,
}

/// What most members don't have.
#[derive(Clone, Debug, Default)]
struct Engagement {
    /// What the member finds when it looks.
    inbox: Inbox,
    /// Highest index marked as read, plus one; 0: never.
    mark: u64,
    /// What counts, those of views included, have beyond a byte.
    high: HighParts<COUNTS>,
    /// Notifications delivered, by kind; may be below zero, since an undo may
    /// come before what it takes back.
    delivered: LowBytes<NOTIFY_KINDS>,
}

impl Member {
    /// Bytes on the heap of a member that was engaged with, its inbox's
    /// entries apart.
    pub const ENGAGED_BYTES: usize = size_of::<Engagement>();
    /// Bytes more where a count is beyond a byte; a content takes fewer.
    pub const HIGH_BYTES: usize = HighParts::<COUNTS>::BYTES;

    /// Applies one update; `capacity` is the inbox's K.
    #[inline(always)]
    pub fn apply(&mut self, update: &MemberUpdate, capacity: usize) {
        let slot = SLOTS[usize::from(update.stamp.case())];
        if usize::from(slot) < VIEWS {
            if self.views.raise(usize::from(slot)) {
                self.engaged().high.carry(usize::from(slot));
            }
        } else {
            self.engage(update, slot, capacity);
        }
    }

    /// Everything that is no view.
    #[inline]
    fn engage(&mut self, update: &MemberUpdate, slot: u8, capacity: usize) {
        if slot == NOTHING {
            return;
        }
        let engaged = self.engaged();
        if slot == MARK {
            engaged.mark = engaged.mark.max(update.stamp.index() + 1);
            return;
        }
        let slot = usize::from(slot);
        if update.stamp.undo() {
            if engaged.delivered.lower(slot - VIEWS) {
                engaged.high.borrow(slot);
            }
        } else if engaged.delivered.raise(slot - VIEWS) {
            engaged.high.carry(slot);
        }
        let entry = InboxEntry {
            stamp: update.stamp,
            actor: update.actor,
            content: update.content,
        };
        engaged.inbox.offer(entry, capacity);
    }

    /// A member of counts alone: views of the profile and of the picture by
    /// segment, deliveries by kind.
    #[must_use]
    pub fn of_counts(
        profile_views: [u32; Segment::COUNT],
        picture_views: [u32; Segment::COUNT],
        delivered: [i32; NOTIFY_KINDS],
    ) -> Self {
        let mut member = Self::default();
        for (slot, count) in profile_views.into_iter().chain(picture_views).enumerate() {
            match u8::try_from(count) {
                Ok(byte) => member.views.set_byte(slot, byte),
                Err(_) => {
                    let engaged = member.engaged.get_or_insert_default();
                    engaged.high.add(&mut member.views, slot, slot, count);
                }
            }
        }
        for (at, count) in delivered.into_iter().enumerate() {
            if count != 0 {
                let engaged = member.engaged();
                let slot = VIEWS + at;
                engaged
                    .high
                    .add(&mut engaged.delivered, at, slot, count as u32);
            }
        }
        member
    }

    /// Adds a part of the inbox and of the read mark; no count changes.
    pub fn add_inbox(
        &mut self,
        entries: impl IntoIterator<Item = InboxEntry>,
        mark: Option<u64>,
        capacity: usize,
    ) {
        for entry in entries {
            self.engaged().inbox.offer(entry, capacity);
        }
        if let Some(mark) = mark {
            let engaged = self.engaged();
            engaged.mark = engaged.mark.max(mark + 1);
        }
    }

    /// Ends an epoch: keeps what `release` gives for the counts of profile and
    /// picture views in place of them.
    #[inline]
    pub fn close_epoch(&mut self, release: ReleaseOf<'_>) {
        let has_far = self
            .engaged
            .as_deref()
            .is_some_and(|engaged| engaged.high.is_some());
        if !has_far && self.views.are_zero() {
            // most were not looked at in any one week
            return;
        }
        let shown = [
            release(self.profile_views(), Surface::Profile),
            release(self.picture_views(), Surface::Picture),
        ];
        if !has_far && shown == [[0; Segment::COUNT]; 2] {
            self.views = LowBytes::default();
        } else {
            self.engaged
                .get_or_insert_default()
                .high
                .release(&mut self.views, VIEWS, &shown);
        }
    }

    /// The same member, with that shown of the last closed epoch's views of the
    /// profile, then of the picture.
    #[must_use]
    pub fn showing(mut self, shown: &[[u32; Segment::COUNT]; 2]) -> Self {
        if *shown != [[0; Segment::COUNT]; 2] {
            self.engaged().high.set_shown(shown);
        }
        self
    }

    /// What is shown of the last closed epoch's views of the profile, then of
    /// the picture, where their count was not zero.
    #[must_use]
    pub fn shown_views(&self) -> [[u32; Segment::COUNT]; 2] {
        let engaged = self.engaged.as_deref();
        engaged.map_or_else(Default::default, |engaged| engaged.high.shown())
    }

    /// Whether there is more than views, which is all that a reader may know
    /// of who is in a snapshot.
    #[must_use]
    pub fn is_engaged(&self) -> bool {
        self.engaged.as_deref().is_some_and(|engaged| {
            engaged.mark != 0
                || !engaged.inbox.is_empty()
                || self.delivered().iter().any(|&count| count != 0)
        })
    }

    /// Adds another part of the same member's state.
    pub fn merge(&mut self, other: &Self, capacity: usize) {
        for slot in 0..VIEWS {
            let sum = u32::from(self.views.byte(slot)) + u32::from(other.views.byte(slot));
            self.views.set_byte(slot, sum as u8);
            if sum >> 8 != 0 {
                self.engaged().high.carry(slot);
            }
        }
        let Some(theirs) = &other.engaged else {
            return;
        };
        let mine = self.engaged.get_or_insert_default();
        mine.high.add_parts(&theirs.high, VIEWS);
        mine.high.adopt_shown(&theirs.high);
        for at in 0..NOTIFY_KINDS {
            let amount = theirs.high.whole(&theirs.delivered, at, VIEWS + at);
            mine.high.add(&mut mine.delivered, at, VIEWS + at, amount);
        }
        mine.mark = mine.mark.max(theirs.mark);
        mine.inbox.merge(&theirs.inbox, capacity);
    }

    /// Notifications delivered, by kind; may be below zero.
    #[must_use]
    pub fn delivered(&self) -> [i32; NOTIFY_KINDS] {
        let Some(engaged) = &self.engaged else {
            return [0; NOTIFY_KINDS];
        };
        std::array::from_fn(|at| engaged.high.whole(&engaged.delivered, at, VIEWS + at) as i32)
    }

    /// Profile views by the viewer's segment.
    #[must_use]
    pub fn profile_views(&self) -> [u32; Segment::COUNT] {
        std::array::from_fn(|segment| self.view_count(segment))
    }

    /// Picture views by the viewer's segment.
    #[must_use]
    pub fn picture_views(&self) -> [u32; Segment::COUNT] {
        std::array::from_fn(|segment| self.view_count(Segment::COUNT + segment))
    }

    /// The kept entries, in the order of their stamps.
    pub fn inbox(&self) -> impl DoubleEndedIterator<Item = InboxEntry> + '_ {
        self.engaged
            .iter()
            .flat_map(|engaged| engaged.inbox.entries())
    }

    /// The read mark: highest index marked as read, where there is one.
    #[must_use]
    pub fn read_mark(&self) -> Option<u64> {
        self.mark().checked_sub(1)
    }

    /// Whether the member belongs in a snapshot: some count is not zero, an
    /// entry exists (tombstones count), or a read mark does.
    #[must_use]
    pub fn is_present(&self) -> bool {
        let engaged = |engaged: &Engagement| {
            engaged.mark != 0
                || !engaged.inbox.is_empty()
                || !engaged.delivered.are_zero()
                || !engaged.high.are_zero()
        };
        !self.views.are_zero() || self.engaged.as_deref().is_some_and(engaged)
    }

    /// Live entries above the read mark, among those kept.
    #[must_use]
    pub fn badge(&self) -> u32 {
        let mark = self.mark();
        let above = |entry: &InboxEntry| !entry.undone() && entry.index() >= mark;
        self.inbox().filter(above).count() as u32
    }

    /// Bytes on the heap that hold state, and bytes that hold none.
    #[must_use]
    pub fn heap_bytes(&self) -> (u64, u64) {
        let Some(engaged) = &self.engaged else {
            return (0, 0);
        };
        let parts = [
            (size_of::<Engagement>() as u64, 0),
            engaged.inbox.bytes(),
            engaged.high.heap_bytes(),
        ];
        let sum = |part: fn(&(u64, u64)) -> u64| parts.iter().map(part).sum();
        (sum(|part| part.0), sum(|part| part.1))
    }

    /// Bytes that the allocator takes beyond those.
    #[must_use]
    pub fn heap_overhead(&self) -> u64 {
        self.engaged.as_ref().map_or(0, |engaged| {
            allocator_overhead(size_of::<Engagement>() as u64)
                + overhead_of_one(engaged.inbox.bytes())
                + engaged.high.heap_overhead()
        })
    }

    /// What an update of a member that was engaged with looks at behind the
    /// pointer: its first cache line, and then its inbox's.
    #[inline(always)]
    pub fn behind(&self) -> Option<*const u8> {
        let engaged: &Engagement = self.engaged.as_deref()?;
        Some(std::ptr::from_ref(engaged).cast())
    }

    /// The cache lines of the inbox that an offer reads.
    #[inline(always)]
    pub fn behind_inbox(&self) -> Option<[*const u8; 2]> {
        Some(self.engaged.as_deref()?.inbox.near())
    }

    /// Whether an update concerns more than the member's own bytes.
    #[inline(always)]
    pub fn is_engaged_by(stamp: Stamp) -> bool {
        usize::from(SLOTS[usize::from(stamp.case())]) >= VIEWS
    }

    #[inline(always)]
    fn engaged(&mut self) -> &mut Engagement {
        self.engaged.get_or_insert_default()
    }

    fn mark(&self) -> u64 {
        self.engaged.as_ref().map_or(0, |engaged| engaged.mark)
    }

    fn view_count(&self, slot: usize) -> u32 {
        match &self.engaged {
            Some(engaged) => engaged.high.whole(&self.views, slot, slot),
            None => u32::from(self.views.byte(slot)),
        }
    }
}

#[cfg(test)]
#[path = "member_tests.rs"]
mod tests;
