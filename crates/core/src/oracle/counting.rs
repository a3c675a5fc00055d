//! How the oracle counts views: each one, or each viewer once an epoch, from
//! sets of the viewers themselves.

use std::collections::HashSet;

use crate::event::{Event, Segment};
use crate::policy::{HiddenShare, MemberSettings, Release, Surface, epoch_of};
use crate::viewing::{ReleasedViews, Releasing, Showing, Views};

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
    pub(super) fn close(&mut self, is_released: bool) {
        let Some(once) = &mut self.once else { return };
        once.viewers = HashSet::new();
        if is_released {
            once.last = std::mem::take(&mut self.counts);
        }
    }

    pub(super) fn last(&self) -> [u64; Segment::COUNT] {
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
