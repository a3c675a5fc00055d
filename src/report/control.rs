//! What the A/A control says: the one place that words it. Imports `stats`
//! and the report's own parts.

use super::text::show_share;
use crate::stats::{Judgement, RatioInterval};

/// What an engine beside itself shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Control {
    /// The whole interval lies within the difference that matters.
    Equal,
    /// No difference was seen, in an interval so wide that one that matters
    /// could be there.
    TooWide,
    /// A difference was seen where there is none.
    Differs,
}

impl Control {
    /// What `interval` says, where a difference of `relevant` (0.02 is 2%)
    /// matters.
    pub(super) fn of(interval: &RatioInterval, relevant: f64) -> Self {
        match Judgement::of(interval, relevant) {
            Judgement::NoRelevantDifference => Self::Equal,
            Judgement::NoDifferenceSeen => Self::TooWide,
            Judgement::Relevant(_) | Judgement::PerhapsRelevant(_) | Judgement::Irrelevant(_) => {
                Self::Differs
            }
        }
    }

    /// In words, the same in every output.
    pub(super) fn words(self, relevant: f64) -> String {
        let relevant = show_share(relevant);
        match self {
            Self::Equal => format!("the baseline equals itself (within {relevant})"),
            Self::TooWide => {
                format!("no difference seen, but wider than {relevant}: it says little")
            }
            Self::Differs => "the baseline differs from itself".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_wide_equals_nothing() {
        let of = |low: f64, high: f64| {
            let interval = RatioInterval {
                ratio: (low * high).sqrt(),
                low,
                high,
                rounds: 5,
                block: 1,
                correlated: false,
                minimum_detectable: 0.01,
            };
            Control::of(&interval, 0.02)
        };
        assert_eq!(of(0.656, 2.010), Control::TooWide);
        assert_eq!(of(0.97, 1.01), Control::TooWide);
        assert_eq!(of(0.99, 1.015), Control::Equal);
        assert_eq!(of(1.001, 1.015), Control::Differs);
        assert_eq!(of(0.5, 0.9), Control::Differs);
    }
}
