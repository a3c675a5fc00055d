//! What is counted as one view, and what is shown of it once its epoch is over.

use super::noise::{Epsilon, NoiseKey, SurfaceNoise};
use super::share::Share;
use super::surface::Surface;
use crate::event::{Event, Kind, Segment};
use crate::unit::mix::mix;

/// An epoch, in µs of event time: a week.
pub const EPOCH_US: u64 = 7 * 86_400_000_000;

/// The epoch of an event at that time.
#[inline(always)]
#[must_use]
pub const fn epoch_of(at_us: u64) -> u32 {
    (at_us / EPOCH_US) as u32
}

/// Where a view of that kind is counted.
#[must_use]
pub const fn surface_of(kind: Kind) -> Option<Surface> {
    match kind {
        Kind::ProfileView => Some(Surface::Profile),
        Kind::PictureView => Some(Surface::Picture),
        Kind::ContentView => Some(Surface::Content),
        _ => None,
    }
}

/// The share of members who look about in private mode in an epoch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HiddenShare {
    share: Share,
}

impl HiddenShare {
    /// A share from 0 to 1.
    #[must_use]
    pub fn new(share: f64) -> Self {
        Self {
            share: Share::new(share),
        }
    }

    /// Whether that member is hidden in that epoch: a pure function of both.
    #[inline(always)]
    #[must_use]
    pub const fn hides(self, actor: u64, epoch: u32) -> bool {
        let word = mix(mix(actor ^ 0x6869_6464_656e).wrapping_add(epoch as u64));
        self.share.takes(word)
    }

    /// The segment that a view is counted under: who is hidden is `other`.
    #[inline(always)]
    #[must_use]
    pub const fn segment_of(self, event: &Event) -> Segment {
        if self.hides(event.actor, epoch_of(event.at_us)) {
            Segment::Other
        } else {
            event.segment()
        }
    }
}

impl HiddenShare {
    /// The view as it is counted: under that segment.
    #[inline(always)]
    #[must_use]
    pub const fn counted(self, event: &Event) -> Event {
        event.with_segment(self.segment_of(event))
    }
}

/// How counts become what is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ReleaseRule {
    /// Of the noise.
    pub epsilon: Epsilon,
    /// What is below, after the noise, is not shown.
    pub threshold: u32,
}

impl ReleaseRule {
    /// What is shown of a count with that noise; 0 where it is suppressed.
    #[must_use]
    pub const fn shown(&self, count: u32, noise: i64) -> u32 {
        let noisy = count as i64 + noise;
        if noisy < self.threshold as i64 || noisy <= 0 {
            0
        } else if noisy > u32::MAX as i64 {
            u32::MAX
        } else {
            noisy as u32
        }
    }
}

impl ReleaseRule {
    /// The same, of the noise of that segment: it need not be drawn to its end
    /// where the count is suppressed anyway.
    #[inline]
    #[must_use]
    pub fn shown_under(&self, count: u32, noise: &SurfaceNoise<'_>, segment: usize) -> u32 {
        let added = noise.added(segment, self.epsilon);
        if i64::from(count) + added < i64::from(self.threshold.max(1)) {
            return 0;
        }
        self.shown(count, added - noise.taken(segment, self.epsilon))
    }

    /// The wrong way round, to be shown as such: suppressed before the noise,
    /// so that being shown at all tells what the count is not below.
    #[must_use]
    pub const fn shown_if_many(&self, count: u32, noise: i64) -> u32 {
        if count < self.threshold {
            return 0;
        }
        let noisy = count as i64 + noise;
        if noisy < 1 { 1 } else { noisy as u32 }
    }
}

/// What is shown of one surface of an object in one epoch: a number for each
/// segment, 0 where it is suppressed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Release {
    /// Viewers by segment.
    pub viewers: [u32; Segment::COUNT],
}

impl Release {
    /// The release of true counts. An object without state has counts of 0,
    /// and is released as any other.
    #[must_use]
    pub fn of(
        counts: &[u32; Segment::COUNT],
        rule: &ReleaseRule,
        key: &NoiseKey,
        (epoch, surface, object): (u32, Surface, u64),
    ) -> Self {
        let noise = key.of(epoch, surface, object);
        let shown = |segment| rule.shown_under(counts[segment], &noise, segment);
        Self {
            viewers: std::array::from_fn(shown),
        }
    }

    /// The sum of what is shown, and of nothing else: so it tells no more.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.viewers.iter().copied().map(u64::from).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::unit::mix::counter_word;

    const RULE: ReleaseRule = ReleaseRule {
        epsilon: Epsilon::of_thousandths(500),
        threshold: 10,
    };

    #[test]
    fn what_is_below_the_threshold_after_the_noise_is_suppressed() {
        assert_eq!(RULE.shown(10, 0), 10);
        assert_eq!(RULE.shown(10, -1), 0);
        assert_eq!(RULE.shown(9, 1), 10);
        assert_eq!(RULE.shown(0, 10), 10);
        assert_eq!(RULE.shown(5, -30), 0);
        assert_eq!(RULE.shown(u32::MAX, 5), u32::MAX);
        let open = ReleaseRule {
            threshold: 0,
            ..RULE
        };
        assert_eq!(open.shown(3, -5), 0);
        assert_eq!(open.shown(3, -2), 1);
    }

    #[test]
    fn a_release_is_each_count_with_its_own_noise_and_the_total_its_sum() {
        let mut key = NoiseKey::default();
        key.set(&std::array::from_fn(|at| counter_word(1, at as u64) as u32));
        let counts = [0, 5, 9, 10, 11, 50, 1000, 3];
        let release = Release::of(&counts, &RULE, &key, (2, Surface::Profile, 77));
        let noise = key.of(2, Surface::Profile, 77);
        let mut total = 0;
        for (segment, count) in counts.into_iter().enumerate() {
            let shown = RULE.shown(count, noise.of_segment(segment, RULE.epsilon));
            assert_eq!(release.viewers[segment], shown);
            total += u64::from(shown);
        }
        assert_eq!(release.total(), total);
    }

    #[test]
    fn a_fixed_share_is_hidden_and_others_in_another_week() {
        let share = HiddenShare::new(0.15);
        let hidden = |epoch| (0..100_000_u64).filter(move |&actor| share.hides(actor, epoch));
        for epoch in 0..3 {
            let count = hidden(epoch).count() as i64;
            // 5 sigma are 565
            assert!((count - 15_000).abs() < 565, "{count}");
        }
        let both = hidden(0).filter(|&actor| share.hides(actor, 1)).count() as i64;
        assert!((both - 2_250).abs() < 235, "{both}");
        assert_eq!(
            (0..1000)
                .filter(|&a| HiddenShare::new(0.0).hides(a, 0))
                .count(),
            0
        );
        assert_eq!(
            (0..1000)
                .filter(|&a| HiddenShare::new(1.0).hides(a, 0))
                .count(),
            1000
        );
    }

    #[test]
    fn epochs_are_weeks_and_views_have_surfaces() {
        assert_eq!(epoch_of(EPOCH_US - 1), 0);
        assert_eq!(epoch_of(EPOCH_US), 1);
        let views = Kind::ALL
            .into_iter()
            .filter(|&kind| surface_of(kind).is_some());
        assert_eq!(views.count(), 3);
    }
}
