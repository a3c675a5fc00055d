//! Whether a difference is significant, and whether it is large enough to
//! matter: two questions.

use super::interval::{RatioInterval, Verdict};

/// What a ratio's interval says beside a threshold of relevance.
///
/// *Significant*: the interval excludes 1. *Relevant*: the difference is
/// larger than the threshold. A threshold of 2% reaches from 1/1.02 to 1.02.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Judgement {
    /// Significant, and the whole interval lies beyond the threshold.
    Relevant(Direction),
    /// Significant; the interval reaches to both sides of the threshold.
    PerhapsRelevant(Direction),
    /// Significant, and the whole interval lies within the threshold.
    Irrelevant(Direction),
    /// Not significant, and the whole interval lies within the threshold:
    /// whatever difference there is does not matter.
    NoRelevantDifference,
    /// Not significant, and the interval is too wide to say more.
    NoDifferenceSeen,
}

/// Which way a significant difference goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Above 1.
    Faster,
    /// Below 1.
    Slower,
}

impl Direction {
    const fn words(self) -> &'static str {
        match self {
            Self::Faster => "faster",
            Self::Slower => "slower",
        }
    }
}

impl Judgement {
    /// What `interval` says, where a difference of `relevant` (0.02 is 2%) or
    /// less does not matter.
    #[must_use]
    pub fn of(interval: &RatioInterval, relevant: f64) -> Self {
        Self::given(interval, relevant, interval.verdict())
    }

    /// The same where something else than the interval decides whether the
    /// difference is significant, such as a p-value adjusted for its family.
    #[must_use]
    pub fn given(interval: &RatioInterval, relevant: f64, verdict: Verdict) -> Self {
        let bound = 1.0 + relevant.max(0.0);
        let within = interval.low >= 1.0 / bound && interval.high <= bound;
        let direction = match verdict {
            Verdict::Faster => Direction::Faster,
            Verdict::Slower => Direction::Slower,
            Verdict::NoDifferenceSeen if within => return Self::NoRelevantDifference,
            Verdict::NoDifferenceSeen => return Self::NoDifferenceSeen,
        };
        if within {
            Self::Irrelevant(direction)
        } else if interval.low > bound || interval.high < 1.0 / bound {
            Self::Relevant(direction)
        } else {
            Self::PerhapsRelevant(direction)
        }
    }

    /// In words; `threshold` is the threshold as it is shown, such as `2%`.
    #[must_use]
    pub fn words(self, threshold: &str) -> String {
        match self {
            Self::Relevant(direction) => direction.words().to_owned(),
            Self::PerhapsRelevant(direction) => {
                format!("{}, perhaps by less than {threshold}", direction.words())
            }
            Self::Irrelevant(direction) => {
                format!("{}, but by less than {threshold}", direction.words())
            }
            Self::NoRelevantDifference => {
                format!("no relevant difference (within {threshold})")
            }
            Self::NoDifferenceSeen => Verdict::NoDifferenceSeen.words().to_owned(),
        }
    }

    /// Whether the difference is significant, and which way it goes.
    #[must_use]
    pub const fn direction(self) -> Option<Direction> {
        match self {
            Self::Relevant(direction)
            | Self::PerhapsRelevant(direction)
            | Self::Irrelevant(direction) => Some(direction),
            Self::NoRelevantDifference | Self::NoDifferenceSeen => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(low: f64, high: f64) -> String {
        let interval = RatioInterval::of_ends(low, high);
        Judgement::of(&interval, 0.02).words("2%")
    }

    #[test]
    fn significant_is_not_relevant() {
        let cases = [
            (1.021, 1.5, "faster"),
            (1.001, 1.5, "faster, perhaps by less than 2%"),
            (1.001, 1.02, "faster, but by less than 2%"),
            (0.995, 1.01, "no relevant difference (within 2%)"),
            (0.97, 1.01, "no difference seen"),
            (0.9, 1.3, "no difference seen"),
            (0.99, 0.999, "slower, but by less than 2%"),
            (0.5, 0.999, "slower, perhaps by less than 2%"),
            (0.5, 0.98, "slower"),
        ];
        for (low, high, words) in cases {
            assert_eq!(judge(low, high), words, "[{low}, {high}]");
        }
    }

    #[test]
    fn the_threshold_is_the_same_both_ways() {
        // twice as slow is as far from 1 as twice as fast
        for (low, high) in [(1.0 / 1.02, 1.0), (1.0, 1.02)] {
            assert_eq!(judge(low, high), "no relevant difference (within 2%)");
        }
    }
}
