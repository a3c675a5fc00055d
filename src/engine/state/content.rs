//! The state of one content: views by segment, reactions by kind. Imports
//! `event`.

use super::update::ContentUpdate;
use crate::event::{REACTION_KINDS, Segment};

/// One content's state, 60 bytes. Counts wrap at 2^32: the harness refuses
/// streams of more than 2^31 events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Content {
    /// Views by the viewer's segment.
    pub views: [u32; Segment::COUNT],
    /// Reactions by kind; an undo may come before what it takes back, so a
    /// count may be below zero.
    pub reactions: [i32; REACTION_KINDS],
}

impl Content {
    /// Applies one update.
    #[inline(always)]
    pub fn apply(&mut self, update: &ContentUpdate) {
        match update.stamp.kind().reaction_slot() {
            Some(slot) => {
                let delta = if update.stamp.undo() { -1 } else { 1 };
                self.reactions[slot] = self.reactions[slot].wrapping_add(delta);
            }
            None => {
                let segment = update.stamp.segment();
                let views = &mut self.views[segment as usize];
                *views = views.wrapping_add(1);
            }
        }
    }

    /// Adds another part of the same content's state.
    pub fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.views.iter_mut().zip(&other.views) {
            *mine = mine.wrapping_add(*theirs);
        }
        for (mine, theirs) in self.reactions.iter_mut().zip(&other.reactions) {
            *mine = mine.wrapping_add(*theirs);
        }
    }

    /// Whether the content belongs in a snapshot: some count is not zero.
    #[must_use]
    pub fn is_present(&self) -> bool {
        self.views.iter().any(|&count| count != 0) || self.reactions.iter().any(|&count| count != 0)
    }

    /// Reactions as shown to a reader: never below zero.
    #[must_use]
    pub fn shown_reactions(&self) -> [u64; REACTION_KINDS] {
        self.reactions
            .map(|count| u64::try_from(count).unwrap_or(0))
    }
}
