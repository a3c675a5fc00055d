//! When and how counts are shown: the right way, and three that break the
//! promise, for the adversary's game.

/// When and how counts that are released are shown. All but the first break
/// the promise: they are there to see whether an adversary finds that.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Showing {
    /// When their epoch is closed, with noise, then suppressed where small.
    #[default]
    AtClose,
    /// At any time, as they are.
    LiveExact,
    /// At any time, with the epoch's noise, then suppressed where small: the
    /// same noise at each poll, so that it cancels between two.
    LiveRepeatableNoise,
    /// When their epoch is closed, suppressed where small, then with noise.
    ThresholdBeforeNoise,
}

impl Showing {
    /// Every way but the right one.
    pub const ABLATIONS: [Self; 3] = [
        Self::LiveExact,
        Self::LiveRepeatableNoise,
        Self::ThresholdBeforeNoise,
    ];

    /// Its name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AtClose => "released",
            Self::LiveExact => "live-exact",
            Self::LiveRepeatableNoise => "live-repeatable-noise",
            Self::ThresholdBeforeNoise => "threshold-before-noise",
        }
    }

    /// Whether counts of the open epoch are shown.
    #[must_use]
    pub const fn is_live(self) -> bool {
        matches!(self, Self::LiveExact | Self::LiveRepeatableNoise)
    }
}
