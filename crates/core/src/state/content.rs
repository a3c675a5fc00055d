//! The state of one content: views by segment, reactions by kind.

use super::counts::{HighParts, LowBytes};
use super::release::ReleaseOf;
use super::update::ContentUpdate;
use crate::event::{REACTION_KINDS, Segment, Stamp};
use crate::policy::Surface;

/// Counts of a content: views by segment, then reactions by kind.
const COUNTS: usize = Segment::COUNT + REACTION_KINDS;

/// Which count an update changes, by [`Stamp::case`].
static SLOTS: [u8; Stamp::CASES] = {
    let mut slots = [0; Stamp::CASES];
    let mut case = 0;
    while case < Stamp::CASES {
        let stamp = Stamp::of_case(case as u8);
        slots[case] = match stamp.kind().reaction_slot() {
            Some(slot) => (Segment::COUNT + slot) as u8,
            None => stamp.segment() as u8,
        };
        case += 1;
    }
    slots
};

/// One content's state, 24 bytes where no count is beyond a byte. Counts wrap
/// at 2^32: the harness refuses streams of more than 2^31 events.
#[derive(Clone, Debug, Default)]
pub struct Content {
    high: HighParts<COUNTS>,
    low: LowBytes<COUNTS>,
}

impl Content {
    /// Applies one update.
    #[inline(always)]
    pub fn apply(&mut self, update: &ContentUpdate) {
        let slot = usize::from(SLOTS[usize::from(update.stamp.case())]);
        if update.stamp.undo() {
            if self.low.lower(slot) {
                self.high.borrow(slot);
            }
        } else if self.low.raise(slot) {
            self.high.carry(slot);
        }
    }

    /// A content of its counts: views by segment, reactions by kind.
    #[must_use]
    pub fn of_counts(views: [u32; Segment::COUNT], reactions: [i32; REACTION_KINDS]) -> Self {
        let mut content = Self::default();
        let reactions = reactions.map(|count| count as u32);
        for (slot, count) in views.into_iter().chain(reactions).enumerate() {
            content.high.add(&mut content.low, slot, slot, count);
        }
        content
    }

    /// Ends an epoch: keeps what `release` gives for the counts of views in
    /// place of them.
    #[inline]
    pub fn close_epoch(&mut self, release: ReleaseOf<'_>) {
        if !self.high.is_some() && self.low.begin_with_zeros(Segment::COUNT) {
            return;
        }
        let shown = [release(self.views(), Surface::Content), [0; Segment::COUNT]];
        self.high.release(&mut self.low, Segment::COUNT, &shown);
    }

    /// The same content, with that shown of the last closed epoch's views.
    #[must_use]
    pub fn showing(mut self, shown: &[u32; Segment::COUNT]) -> Self {
        self.high.set_shown(&[*shown, [0; Segment::COUNT]]);
        self
    }

    /// What is shown of the last closed epoch's views, where their count was
    /// not zero.
    #[must_use]
    pub fn shown_views(&self) -> [u32; Segment::COUNT] {
        self.high.shown()[0]
    }

    /// Whether there is more than views, which is all that a reader may know
    /// of what is in a snapshot.
    #[must_use]
    pub fn has_reactions(&self) -> bool {
        self.reactions().iter().any(|&count| count != 0)
    }

    /// Adds another part of the same content's state.
    pub fn merge(&mut self, other: &Self) {
        for slot in 0..COUNTS {
            self.high.add(&mut self.low, slot, slot, other.count(slot));
        }
        self.high.adopt_shown(&other.high);
    }

    /// Views by the viewer's segment.
    #[must_use]
    pub fn views(&self) -> [u32; Segment::COUNT] {
        std::array::from_fn(|segment| self.count(segment))
    }

    /// Reactions by kind; an undo may come before what it takes back, so a
    /// count may be below zero.
    #[must_use]
    pub fn reactions(&self) -> [i32; REACTION_KINDS] {
        std::array::from_fn(|slot| self.count(Segment::COUNT + slot) as i32)
    }

    /// Whether the content belongs in a snapshot: some count is not zero.
    #[must_use]
    pub fn is_present(&self) -> bool {
        !(self.low.are_zero() && self.high.are_zero())
    }

    /// Reactions as shown to a reader: never below zero.
    #[must_use]
    pub fn shown_reactions(&self) -> [u64; REACTION_KINDS] {
        self.reactions()
            .map(|count| u64::try_from(count).unwrap_or(0))
    }

    /// Bytes on the heap that hold state, and bytes that hold none.
    #[must_use]
    pub fn heap_bytes(&self) -> (u64, u64) {
        self.high.heap_bytes()
    }

    /// Bytes that the allocator takes beyond those.
    #[must_use]
    pub fn heap_overhead(&self) -> u64 {
        self.high.heap_overhead()
    }

    fn count(&self, slot: usize) -> u32 {
        self.high.whole(&self.low, slot, slot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Kind;

    #[test]
    fn a_content_is_three_words() {
        assert_eq!(size_of::<Content>(), 24);
    }

    #[test]
    fn every_kind_and_segment_has_the_count_of_its_own() {
        for kind in Kind::ALL.into_iter().filter(|kind| kind.has_content()) {
            for segment in Segment::ALL {
                let mut content = Content::default();
                let stamp = Stamp::new(5, segment, false, kind);
                content.apply(&ContentUpdate { content: 1, stamp });
                let (mut views, mut reactions) = ([0; 8], [0; REACTION_KINDS]);
                match kind.reaction_slot() {
                    Some(slot) => reactions[slot] = 1,
                    None => views[segment as usize] = 1,
                }
                assert_eq!((content.views(), content.reactions()), (views, reactions));
                assert!(content.is_present());
            }
        }
    }
}
