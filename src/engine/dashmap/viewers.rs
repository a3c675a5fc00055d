//! Who the views of a batch are counted for, where a viewer counts once; and
//! the updates that a batch's events make then. Imports the shared state.

use super::grouping::{Grouping, Part};
use super::shard::{Table, likely};
use super::split::Split;
use crate::engine::keyed::Keyed;
use crate::engine::state::{ContentUpdate, MemberUpdate};
use crate::engine::viewing::{Viewer, Viewing};
use crate::event::Event;

/// The viewers of a batch, by position; empty where each view counts.
#[derive(Debug)]
pub(super) struct Viewers {
    pub(super) viewing: Viewing,
    of_batch: Vec<Viewer>,
}

impl Viewers {
    pub(super) const fn new(viewing: Viewing) -> Self {
        Self {
            viewing,
            of_batch: Vec::new(),
        }
    }

    /// Looks at a batch, and splits it: views that fail are in no list.
    pub(super) fn look_at(&mut self, batch: &[Event], split: &mut Split) {
        let Self { viewing, of_batch } = self;
        if viewing.is_plain() {
            split.look_at(batch);
            return;
        }
        of_batch.clear();
        of_batch.resize(batch.len(), Viewer::default());
        split.look_at_where(batch, |at, event, is_of_content| {
            let viewer = viewing.viewer_of(event, is_of_content);
            of_batch[at as usize] = viewer.unwrap_or_default();
            viewer.is_some()
        });
    }

    /// The update that an event makes to its member.
    #[inline(always)]
    pub(super) fn member_update(&self, batch: &[Event], at: u32) -> MemberUpdate {
        let at = at as usize;
        match self.of_batch.get(at) {
            Some(viewer) if viewer.is_counted() => {
                MemberUpdate::of_viewer(batch[at].recipient, viewer.token, viewer.stamp)
            }
            _ => MemberUpdate::of(&batch[at]),
        }
    }

    /// The same of its content.
    #[inline(always)]
    pub(super) fn content_update(&self, batch: &[Event], at: u32) -> ContentUpdate {
        let at = at as usize;
        match self.of_batch.get(at) {
            Some(viewer) if viewer.is_counted() => {
                ContentUpdate::of_viewer(batch[at].content, viewer.token, viewer.stamp)
            }
            _ => ContentUpdate::of(&batch[at]),
        }
    }

    /// Fetches the tables that a shard's updates of members look viewers up
    /// in, once the lines before them have been asked for.
    pub(super) fn prefetch_of_members(
        &self,
        batch: &[Event],
        (grouping, shard): (&Grouping, usize),
        table: &Table<MemberUpdate>,
    ) {
        if self.viewing.is_plain() {
            return;
        }
        for pending in grouping.of(Part::Engagement, shard) {
            if let Some(state) = likely::<MemberUpdate>(table, pending.hash) {
                self.member_update(batch, pending.at)
                    .prefetch_furthest(state);
            }
        }
    }

    /// Fetches what a shard's updates of contents look at.
    pub(super) fn prefetch_of_contents(
        &self,
        batch: &[Event],
        (grouping, shard): (&Grouping, usize),
        table: &Table<ContentUpdate>,
    ) {
        if self.viewing.is_plain() {
            return;
        }
        // each step waits for all lines of the one before at once
        for prefetch in [
            ContentUpdate::prefetch_behind,
            ContentUpdate::prefetch_further,
        ] {
            for pending in grouping.of(Part::Contents, shard) {
                if let Some(state) = likely::<ContentUpdate>(table, pending.hash) {
                    prefetch(&self.content_update(batch, pending.at), state);
                }
            }
        }
    }
}
