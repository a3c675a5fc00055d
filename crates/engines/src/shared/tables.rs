//! A table of members and one of contents: the state, or a part of it, as
//! engines keep it that place it themselves.

use super::keyed_table::KeyedTable;
use super::table_memory;
use super::updates::{Updates, apply_all};
use notibench_core::engine::MemoryUse;
use notibench_core::event::{REACTION_KINDS, Read, ReadKind};
use notibench_core::read::{
    Answer, InboxPage, badge_of, content_views_of, page_of, profile_views_of,
};
use notibench_core::state::{Content, Member, StateMut};
use notibench_core::unit::hash::{SharedHasher, hash_id};
use notibench_core::viewing::Views;

/// Members and contents.
#[derive(Debug, Default)]
pub(crate) struct Tables {
    pub(crate) members: KeyedTable<Member>,
    pub(crate) contents: KeyedTable<Content>,
}

impl Tables {
    /// Applies a batch's updates.
    pub(crate) fn apply(&mut self, updates: &Updates, inbox_capacity: usize) {
        let members = std::slice::from_mut(&mut self.members);
        apply_all(members, |_| 0, &updates.members, inbox_capacity);
        let contents = std::slice::from_mut(&mut self.contents);
        apply_all(contents, |_| 0, &updates.contents, inbox_capacity);
    }

    /// Answers from a part of the state, as far as it can: an inbox page's
    /// groups are not yet raised by the counts of contents, which may be in
    /// other parts.
    pub(crate) fn answer_in_part(
        &self,
        read: &Read,
        hasher: &SharedHasher,
        views: &Views,
    ) -> Answer {
        let hash = hash_id(hasher, read.id);
        match read.kind {
            ReadKind::Badge => {
                let state = self.members.get(hash, read.id);
                let badge = |state| badge_of(read.id, state, views.settings());
                Answer::Badge(state.map_or(0, badge))
            }
            ReadKind::InboxPage => Answer::Inbox(
                self.members
                    .get(hash, read.id)
                    .map_or_else(InboxPage::new, |state| {
                        page_of(read.id, state, views.settings())
                    }),
            ),
            ReadKind::Reactions => Answer::Reactions(
                self.contents
                    .get(hash, read.id)
                    .map_or([0; REACTION_KINDS], Content::shown_reactions),
            ),
            ReadKind::WhoViewed => {
                let state = self.members.get(hash, read.id);
                Answer::Views(profile_views_of(read.id, state, views))
            }
            ReadKind::ContentViews => {
                let state = self.contents.get(hash, read.id);
                Answer::Views(content_views_of(read.id, state, views))
            }
            ReadKind::Pushes => Answer::Pushes(views.pushes_sent_to(read.id)),
        }
    }

    /// Shows every state, to be changed.
    pub(crate) fn visit_mut(&mut self, visit: &(dyn Fn(StateMut<'_>) + Sync)) {
        self.members
            .iter_mut()
            .for_each(|(id, state)| visit(StateMut::Member(id, state)));
        self.contents
            .iter_mut()
            .for_each(|(id, state)| visit(StateMut::Content(id, state)));
    }

    /// Where its bytes are.
    pub(crate) fn memory(&self) -> MemoryUse {
        table_memory::of_tables(&self.members, &self.contents)
    }
}
