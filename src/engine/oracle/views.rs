//! How the oracle counts views: each one, or each viewer once an epoch, from
//! sets of the viewers themselves; and what it shows of closed epochs, made
//! from their true counts whenever it is asked. Imports its parent, `event`,
//! `policy`, how views are to be counted.

use std::collections::HashSet;

use super::{ContentHistory, MemberHistory, Oracle};
use crate::engine::snapshot::{ContentLine, MemberLine, Snapshot, SnapshotDigest};
use crate::engine::viewing::{ReleasedViews, Releasing, Showing, Views};
use crate::event::{Event, Segment};
use crate::policy::{HiddenShare, MemberSettings, Release, Surface, epoch_of, surface_of};

/// How views are counted.
#[derive(Clone, Debug, Default)]
pub(super) struct Counting {
    /// None: each view counts, whoever the viewer is.
    pub(super) hidden: Option<HiddenShare>,
    pub(super) releasing: Option<Releasing>,
    pub(super) showing: Showing,
    /// What members have set.
    pub(super) settings: MemberSettings,
    /// Epochs closed so far; the next one is open.
    pub(super) closed: u32,
    /// Views of other epochs.
    pub(super) failed: u64,
}

/// What the oracle knows of the views of one surface.
#[derive(Debug, Default)]
pub(super) struct ViewHistory {
    /// Counts by segment: of the open epoch where epochs are released, else of
    /// all.
    pub(super) counts: [u64; Segment::COUNT],
    /// Where each viewer counts once.
    once: Option<Box<Once>>,
}

#[derive(Debug, Default)]
struct Once {
    /// Who looked in the open epoch.
    viewers: HashSet<u64>,
    /// True counts of the last closed one.
    last: [u64; Segment::COUNT],
}

impl ViewHistory {
    fn close(&mut self, is_released: bool) {
        let Some(once) = &mut self.once else { return };
        once.viewers = HashSet::new();
        if is_released {
            once.last = std::mem::take(&mut self.counts);
        }
    }

    fn last(&self) -> [u64; Segment::COUNT] {
        self.once
            .as_ref()
            .map_or([0; Segment::COUNT], |once| once.last)
    }
}

impl Counting {
    pub(super) fn of(views: &Views) -> Self {
        Self {
            hidden: views.hidden(),
            releasing: views.releasing().cloned(),
            showing: views.showing(),
            settings: *views.settings(),
            ..Self::default()
        }
    }

    /// Counts a view, once a viewer where that is asked for.
    pub(super) fn count(&mut self, event: &Event, history: &mut ViewHistory) {
        let Some(hidden) = self.hidden else {
            history.counts[event.segment() as usize] += 1;
            return;
        };
        if epoch_of(event.at_us) != self.closed {
            self.failed += 1;
        } else if history
            .once
            .get_or_insert_default()
            .viewers
            .insert(event.actor)
        {
            history.counts[hidden.segment_of(event) as usize] += 1;
        }
    }

    /// What is shown of the true counts of the last closed epoch.
    pub(super) fn shown(
        &self,
        surface: Surface,
        object: u64,
        history: Option<&ViewHistory>,
    ) -> Option<ReleasedViews> {
        let Releasing { rule, key } = self.releasing.as_ref()?;
        let (epoch, counts) = if self.showing.is_live() {
            let now = history.map_or([0; Segment::COUNT], |history| history.counts);
            (self.closed, now)
        } else {
            let last = history.map_or([0; Segment::COUNT], ViewHistory::last);
            (self.closed.checked_sub(1)?, last)
        };
        let counts = counts.map(|count| count as u32);
        let release = match self.showing {
            Showing::LiveExact => Release { viewers: counts },
            Showing::ThresholdBeforeNoise => {
                let noise = key.of(epoch, surface, object);
                let shown = |segment: usize| match counts[segment] {
                    few if few < rule.threshold => 0,
                    many => {
                        let noise = noise.of_segment(segment, rule.epsilon);
                        (i64::from(many) + noise).max(1) as u32
                    }
                };
                Release {
                    viewers: std::array::from_fn(shown),
                }
            }
            Showing::AtClose | Showing::LiveRepeatableNoise => {
                Release::of(&counts, rule, key, (epoch, surface, object))
            }
        };
        Some(ReleasedViews { epoch, release })
    }
}

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
