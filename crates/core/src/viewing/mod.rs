//! How views are counted, and what is shown of them: each one, or each viewer
//! once an epoch; as counts, or as releases once the epoch is closed. One
//! module shared by all engines.
//!
//! The seen set is one for all sessions, of tokens under the open epoch's key. It stands before the engines: they are given first views alone, and
//! count them as they count anything. What they keep of a closed epoch is what
//! may be shown.

pub(super) mod pushes;
pub(super) mod seen_set;
mod showing;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use parking_lot::RwLock;
use zeroize::Zeroizing;

use crate::event::Segment;
use crate::policy::{
    HiddenShare, MemberSettings, NOISE_KEY_WORDS, NoiseKey, PERMUTATION_KEY_WORDS, PermutationKey,
    Release, ReleaseRule, Surface,
};
use crate::state::StateMut;
use pushes::Pushes;
use seen_set::{SeenSet, Sizes};

pub use showing::Showing;

/// What an engine is told of how views are counted, and of what members have
/// set. The default: each view counts, none is shown, and nothing is set.
#[derive(Clone, Debug, Default)]
pub struct Views {
    pub(super) epochs: Option<Arc<Epochs>>,
    pub(super) showing: Showing,
    pub(super) settings: MemberSettings,
    /// Where they are capped by day.
    pub(super) pushes: Option<Arc<Pushes>>,
}

/// The epochs of one engine: which is open, under which key, and what is shown
/// of those that are closed.
#[derive(Debug)]
pub(super) struct Epochs {
    pub(super) hidden: HiddenShare,
    /// None: counts are never shown, and add up from epoch to epoch.
    pub(super) releasing: Option<Releasing>,
    pub(super) open: RwLock<Option<Arc<OpenEpoch>>>,
    /// How many pairs the last closed epoch came to, by table: the next one
    /// starts with as much room.
    pub(super) sizes: RwLock<Option<Sizes>>,
    /// The last closed epoch's number, plus one; 0: none was closed.
    pub(super) closed: AtomicU32,
    /// Views that belong to another epoch than the open one.
    pub(super) failed: AtomicU64,
}

/// How closed epochs are shown: by whom they are asked for makes no
/// difference.
#[derive(Clone, Debug)]
pub struct Releasing {
    /// Noise and threshold.
    pub rule: ReleaseRule,
    /// The secret of the noise.
    pub key: Arc<NoiseKey>,
}

impl Releasing {
    /// By that rule, under a key that the operating system draws.
    ///
    /// # Errors
    /// Where the system gives no random words.
    pub fn draw(rule: ReleaseRule) -> Result<Self, String> {
        // the key is set where it stays: a move would leave a copy behind
        let mut key = Arc::new(NoiseKey::default());
        if let Some(key) = Arc::get_mut(&mut key) {
            let mut words = Zeroizing::new([0; NOISE_KEY_WORDS]);
            draw(&mut *words)?;
            key.set(&words);
        }
        Ok(Self { rule, key })
    }
}

/// Fills words with what the operating system draws, where they lie: returned,
/// they would leave a copy behind.
fn draw(words: &mut [u32]) -> Result<(), String> {
    let mut bytes = Zeroizing::new([0_u8; 4]);
    for word in words {
        getrandom::fill(&mut *bytes)
            .map_err(|error| format!("the system gives no random key: {error}"))?;
        *word = u32::from_ne_bytes(*bytes);
    }
    Ok(())
}

/// The open epoch. Its key lies here and nowhere else, and is overwritten when
/// the last session and the engine have let go of it; the seen set is
/// forgotten then.
#[derive(Debug, Default)]
pub(super) struct OpenEpoch {
    pub(super) epoch: u32,
    pub(super) key: PermutationKey,
    pub(super) seen: SeenSet,
}

/// Viewers of one surface in the last closed epoch, as they may be shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ReleasedViews {
    /// The epoch: weeks from the stream's start.
    pub epoch: u32,
    /// Viewers by segment.
    pub release: Release,
}

impl Views {
    /// Each viewer counts once an epoch; counts are not shown before the end.
    #[must_use]
    pub fn unique(hidden: HiddenShare) -> Self {
        Self::of(hidden, None)
    }

    /// Each viewer counts once an epoch, and is shown in releases alone.
    #[must_use]
    pub fn released(hidden: HiddenShare, releasing: Releasing) -> Self {
        Self::of(hidden, Some(releasing))
    }

    fn of(hidden: HiddenShare, releasing: Option<Releasing>) -> Self {
        let epochs = Epochs {
            hidden,
            releasing,
            open: RwLock::default(),
            sizes: RwLock::default(),
            closed: AtomicU32::new(0),
            failed: AtomicU64::new(0),
        };
        Self {
            epochs: Some(Arc::new(epochs)),
            showing: Showing::AtClose,
            settings: MemberSettings::default(),
            pushes: None,
        }
    }

    /// The same way of counting, for another engine: no epoch is open yet,
    /// none closed, and nothing pushed.
    #[must_use]
    pub fn afresh(&self) -> Self {
        let epochs = match &self.epochs {
            Some(epochs) => Self::of(epochs.hidden, epochs.releasing.clone()).epochs,
            None => None,
        };
        let afresh = Self {
            epochs,
            showing: self.showing,
            ..Self::default()
        };
        afresh.with_settings(self.settings)
    }

    /// The same, shown in another way.
    #[must_use]
    pub fn shown_as(self, showing: Showing) -> Self {
        Self { showing, ..self }
    }

    /// The same, where members have set that.
    #[must_use]
    pub fn with_settings(self, settings: MemberSettings) -> Self {
        Self {
            settings,
            pushes: Pushes::of(&settings).map(Arc::new),
            ..self
        }
    }

    /// Pushes sent to a member so far: of each day as many as rang, up to the
    /// cap; none where there is no cap.
    #[must_use]
    pub fn pushes_sent_to(&self, member: u64) -> u64 {
        let pushes = self.pushes.as_ref();
        pushes.map_or(0, |pushes| pushes.sent_to(member))
    }

    /// Bytes of the sums that a cap on pushes looks at.
    #[must_use]
    pub fn push_bytes(&self) -> u64 {
        self.pushes.as_ref().map_or(0, |pushes| pushes.bytes())
    }

    /// What members have set, which goes before and beyond views: whose events
    /// are dropped, and what reads don't show.
    #[inline(always)]
    #[must_use]
    pub const fn settings(&self) -> &MemberSettings {
        &self.settings
    }

    /// How they are shown, where they are.
    #[must_use]
    pub const fn showing(&self) -> Showing {
        self.showing
    }

    /// Whether each view counts, whoever the viewer is.
    #[must_use]
    pub const fn are_plain(&self) -> bool {
        self.epochs.is_none()
    }

    /// Whether closed epochs are shown.
    #[must_use]
    pub fn are_released(&self) -> bool {
        self.releasing().is_some()
    }

    /// The share of hidden viewers, where each viewer counts once.
    #[must_use]
    pub fn hidden(&self) -> Option<HiddenShare> {
        Some(self.epochs.as_ref()?.hidden)
    }

    /// How they are shown, where they are.
    #[must_use]
    pub fn releasing(&self) -> Option<&Releasing> {
        self.epochs.as_ref()?.releasing.as_ref()
    }

    /// Opens an epoch, to the sessions that are opened from now on, under a
    /// key that the operating system draws.
    ///
    /// # Errors
    /// Where the system gives no random words.
    pub fn open_epoch(&self, epoch: u32) -> Result<(), String> {
        if self.epochs.is_some() {
            let mut words = Zeroizing::new([0; PERMUTATION_KEY_WORDS]);
            draw(&mut *words)?;
            self.open_epoch_under(epoch, &words);
        }
        Ok(())
    }

    /// The same under a given key, for tests.
    pub fn open_epoch_under(&self, epoch: u32, words: &[u32; PERMUTATION_KEY_WORDS]) {
        let Some(epochs) = &self.epochs else { return };
        // the key is set where it stays: a move would leave a copy behind
        let mut open = Arc::new(OpenEpoch::default());
        if let Some(open) = Arc::get_mut(&mut open) {
            open.epoch = epoch;
            open.key.set(words);
            if let Some(sizes) = &*epochs.sizes.read() {
                open.seen.make_room(sizes);
            }
        }
        *epochs.open.write() = Some(open);
    }

    /// Bytes of the seen set of the open epoch.
    #[must_use]
    pub fn open_bytes(&self) -> u64 {
        let open = self.epochs.as_ref().map(|epochs| epochs.open.read());
        let open = open.as_ref().and_then(|open| open.as_ref());
        open.map_or(0, |open| open.seen.bytes())
    }

    /// Views that came while their epoch was not open: they changed nothing.
    #[must_use]
    pub fn failed(&self) -> u64 {
        let failed = self.epochs.as_ref().map(|epochs| &epochs.failed);
        failed.map_or(0, |failed| failed.load(Ordering::Relaxed))
    }

    /// What may be shown of a surface, `shown` being what the state kept of
    /// it: none where nothing is shown, or no epoch was closed. Noise is drawn
    /// for all segments, whatever is kept, so that no answer takes less work
    /// than another for having no state.
    #[must_use]
    pub fn released_views(
        &self,
        surface: Surface,
        object: u64,
        shown: &[u32; Segment::COUNT],
    ) -> Option<ReleasedViews> {
        let epochs = self.epochs.as_ref()?;
        let Releasing { rule, key } = epochs.releasing.as_ref()?;
        let epoch = epochs.closed.load(Ordering::Acquire).checked_sub(1)?;
        let zeros = [0; Segment::COUNT];
        let mut release = match self.showing {
            Showing::ThresholdBeforeNoise => Release::default(),
            _ => Release::of(&zeros, rule, key, (epoch, surface, object)),
        };
        for (viewers, &shown) in release.viewers.iter_mut().zip(shown) {
            // a count above zero is shown wherever zero would be
            *viewers = shown.max(*viewers);
        }
        Some(ReleasedViews { epoch, release })
    }
}

impl Views {
    /// What is shown of counts of the open epoch, where that is shown.
    #[must_use]
    pub fn live_views(
        &self,
        surface: Surface,
        object: u64,
        counts: &[u32; Segment::COUNT],
    ) -> Option<ReleasedViews> {
        let epochs = self.epochs.as_ref()?;
        let Releasing { rule, key } = epochs.releasing.as_ref()?;
        let epoch = epochs.open.read().as_ref()?.epoch;
        let release = match self.showing {
            Showing::LiveExact => Release { viewers: *counts },
            Showing::LiveRepeatableNoise => {
                Release::of(counts, rule, key, (epoch, surface, object))
            }
            Showing::AtClose | Showing::ThresholdBeforeNoise => return None,
        };
        Some(ReleasedViews { epoch, release })
    }
}

impl Releasing {
    /// Ends an epoch for one state.
    pub(super) fn close(&self, epoch: u32, showing: Showing, state: StateMut<'_>) {
        let (StateMut::Member(id, _) | StateMut::Content(id, _)) = &state;
        let id = *id;
        let mut release = |counts: [u32; Segment::COUNT], surface| {
            shown_of(
                &counts,
                (&self.rule, &self.key, showing),
                (epoch, surface, id),
            )
        };
        match state {
            StateMut::Member(_, member) => member.close_epoch(&mut release),
            StateMut::Content(_, content) => content.close_epoch(&mut release),
        }
    }
}

/// What a state keeps of an epoch: what is shown where the count is not zero.
fn shown_of(
    counts: &[u32; Segment::COUNT],
    (rule, key, showing): (&ReleaseRule, &NoiseKey, Showing),
    (epoch, surface, object): (u32, Surface, u64),
) -> [u32; Segment::COUNT] {
    if counts.iter().all(|&count| count == 0) {
        return *counts;
    }
    let noise = key.of(epoch, surface, object);
    std::array::from_fn(|segment| match counts[segment] {
        0 => 0,
        count => match showing {
            Showing::ThresholdBeforeNoise => {
                rule.shown_if_many(count, noise.of_segment(segment, rule.epsilon))
            }
            _ => rule.shown_under(count, &noise, segment),
        },
    })
}

#[cfg(test)]
mod tests;
