//! The views that the oracle counts and shows: what it shows of closed epochs
//! is made from their true counts whenever it is asked.

use super::counting::{Counting, ViewHistory};
use super::{ContentHistory, MemberHistory, Oracle};
use crate::event::{Event, Segment};
use crate::policy::{Surface, surface_of};
use crate::snapshot::{ContentLine, MemberLine, Snapshot, SnapshotDigest};
use crate::viewing::{ReleasedViews, Views};

impl Oracle {
    /// An oracle that counts views as engines are told to by `views`.
    #[must_use]
    pub fn counting(inbox_capacity: usize, views: &Views) -> Self {
        Self {
            counting: Counting::of(views),
            ..Self::new(inbox_capacity)
        }
    }

    /// Closes the open epoch, where epochs matter: the next one is open then.
    pub fn close_epoch(&mut self) {
        if self.counting.hidden.is_none() {
            return;
        }
        self.counting.closed += 1;
        let is_released = self.counting.releasing.is_some();
        for member in self.members.values_mut() {
            member.profile.close(is_released);
            member.picture.close(is_released);
        }
        for content in self.contents.values_mut() {
            content.views.close(is_released);
        }
    }

    /// Views that belonged to another epoch than the open one.
    #[must_use]
    pub const fn failed(&self) -> u64 {
        self.counting.failed
    }

    /// A view, if `mine` says that its object is ours.
    pub(super) fn view(&mut self, event: &Event, mine: impl Fn(u64) -> bool) {
        let (id, is_of_content) = match surface_of(event.kind()) {
            Some(Surface::Content) => (event.content, true),
            _ => (event.recipient, false),
        };
        if !mine(id) {
            return;
        }
        let history = if is_of_content {
            &mut self.contents.entry(id).or_default().views
        } else {
            let member = self.members.entry(id).or_default();
            match surface_of(event.kind()) {
                Some(Surface::Picture) => &mut member.picture,
                _ => &mut member.profile,
            }
        };
        self.counting.count(event, history);
    }

    /// What is shown of views at the profile of a member.
    pub(super) fn shown_profile(&self, id: u64) -> Option<ReleasedViews> {
        let history = self.members.get(&id).map(|member| &member.profile);
        self.counting.shown(Surface::Profile, id, history)
    }

    /// What is shown of views of a content.
    pub(super) fn shown_content(&self, id: u64) -> Option<ReleasedViews> {
        let history = self.contents.get(&id).map(|content| &content.views);
        self.counting.shown(Surface::Content, id, history)
    }

    /// Whether closed epochs are shown.
    #[must_use]
    pub const fn shows_views(&self) -> bool {
        self.counting.releasing.is_some()
    }

    /// The members with the most viewers of their profiles in the last closed
    /// epoch.
    pub(super) fn most_viewed_members(&self, count: usize) -> Vec<u64> {
        let members = self.members.iter();
        most_viewed(members.map(|(&id, member)| (id, &member.profile)), count)
    }

    /// The contents with the most viewers in the last closed epoch.
    pub(super) fn most_viewed_contents(&self, count: usize) -> Vec<u64> {
        let contents = self.contents.iter();
        most_viewed(contents.map(|(&id, content)| (id, &content.views)), count)
    }

    /// The snapshot as anybody may see it: where views are released, what is
    /// released of them in place of counts, of whom there is more to know
    /// than views; else the whole.
    #[must_use]
    pub fn shown_snapshot(&self) -> Snapshot {
        if self.counting.releasing.is_none() {
            return self.snapshot();
        }
        let members = self
            .members
            .iter()
            .filter(|(_, member)| member.is_engaged())
            .map(|(&id, member)| self.shown_member(id, member));
        let contents = self
            .contents
            .iter()
            .filter(|(_, content)| content.reactions.iter().any(|&count| count != 0))
            .map(|(&id, content)| self.shown_line(id, content));
        Snapshot::from_lines(members.collect(), contents.collect())
    }

    /// Its size and digest.
    #[must_use]
    pub fn shown_digest(&self) -> SnapshotDigest {
        if !self.shows_views() {
            return self.digest();
        }
        self.shown_snapshot().digest()
    }

    fn shown_member(&self, id: u64, member: &MemberHistory) -> MemberLine {
        let picture = self
            .counting
            .shown(Surface::Picture, id, Some(&member.picture));
        MemberLine {
            profile_views: numbers_of(self.shown_profile(id)),
            picture_views: numbers_of(picture),
            ..member.line(id, self.inbox_capacity)
        }
    }

    fn shown_line(&self, content: u64, history: &ContentHistory) -> ContentLine {
        ContentLine {
            content,
            views: numbers_of(self.shown_content(content)),
            reactions: history.reactions,
        }
    }
}

fn most_viewed<'a>(of: impl Iterator<Item = (u64, &'a ViewHistory)>, count: usize) -> Vec<u64> {
    let totals = of.map(|(id, history)| (history.last().iter().sum::<u64>(), id));
    let mut totals: Vec<(u64, u64)> = totals.collect();
    totals.sort_unstable_by(|one, other| other.cmp(one));
    totals.into_iter().take(count).map(|(_, id)| id).collect()
}

/// What a line shows of them.
fn numbers_of(views: Option<ReleasedViews>) -> [u64; Segment::COUNT] {
    let viewers = views.map(|views| views.release.viewers);
    viewers.unwrap_or_default().map(u64::from)
}
