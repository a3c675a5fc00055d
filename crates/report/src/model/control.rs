//! What the A/A control says: the one place that words it.

use crate::figures::{show_percent, show_share};
use notibench_record::stats::stopping::is_precise;
use notibench_record::stats::{RatioInterval, Verdict};

/// What an engine beside itself shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ControlVerdict {
    /// No difference was seen, in an interval whose half-width is at most the
    /// difference that matters.
    Equal,
    /// No difference was seen, in a wider one.
    TooWide,
    /// A difference was seen where there is none.
    Differs,
}

impl ControlVerdict {
    /// What `interval` says, where a difference of `relevant` (0.02 is 2%)
    /// matters. By its half-width, not by its ends: an estimate that is off by
    /// chance makes no interval wider.
    pub(crate) fn of(interval: &RatioInterval, relevant: f64) -> Self {
        match interval.verdict() {
            Verdict::NoDifferenceSeen if is_precise(interval, relevant) => Self::Equal,
            Verdict::NoDifferenceSeen => Self::TooWide,
            Verdict::Faster | Verdict::Slower => Self::Differs,
        }
    }

    /// In words, the same in every output.
    pub(crate) fn words(self, interval: &RatioInterval, relevant: f64) -> String {
        let p = show_p(interval.p_value());
        let seen = format!(
            "{p}; a difference of {} would be seen in 4 of 5 such runs",
            show_percent(interval.minimum_detectable)
        );
        match self {
            Self::Equal => {
                let reach = interval.high.max(1.0 / interval.low) - 1.0;
                format!(
                    "the baseline equals itself within {} ({seen})",
                    show_percent(reach)
                )
            }
            Self::TooWide => format!(
                "no difference seen, but ± {} is wider than {}: it says little ({seen})",
                show_percent(interval.relative_width() / 2.0),
                show_share(relevant)
            ),
            Self::Differs => format!("the baseline differs from itself ({p})"),
        }
    }
}

/// A p-value: `p 0.63`, `p 0.012`, `p < 0.001`.
fn show_p(p: f64) -> String {
    match p {
        _ if p < 0.001 => "p < 0.001".to_owned(),
        _ if p < 0.1 => format!("p {p:.3}"),
        _ => format!("p {p:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(low: f64, high: f64) -> (ControlVerdict, String) {
        let interval = RatioInterval::of_ends(low, high);
        let control = ControlVerdict::of(&interval, 0.02);
        (control, control.words(&interval, 0.02))
    }

    #[test]
    fn what_is_too_wide_equals_nothing() {
        for (low, high) in [(0.656, 2.010), (0.699, 1.240), (0.97, 1.03)] {
            let (control, words) = of(low, high);
            assert_eq!(control, ControlVerdict::TooWide);
            assert!(
                words.contains("is wider than 2%: it says little"),
                "{words}"
            );
        }
        assert_eq!(of(1.001, 1.015).0, ControlVerdict::Differs);
        assert_eq!(of(0.5, 0.9).0, ControlVerdict::Differs);
    }

    #[test]
    fn one_that_is_narrow_enough_and_off_by_chance_is_not_too_wide() {
        for (low, high, within) in [
            (0.984, 1.023, "within 2.3%"),
            (0.965, 1.004, "within 3.6%"),
            (0.99, 1.015, "within 1.5%"),
        ] {
            let (control, words) = of(low, high);
            assert_eq!(control, ControlVerdict::Equal, "[{low}, {high}]");
            assert!(words.contains(within), "{words}");
        }
    }

    #[test]
    fn it_says_how_surprising_it_is_and_what_it_could_have_seen() {
        // t = ln(ratio) / se with 4 degrees of freedom; se is a 2.776th of the
        // half-width
        let (_, words) = of(0.98, 1.01);
        assert_eq!(
            words,
            "the baseline equals itself within 2.0% (p 0.40; a difference of 1.0% would be seen in \
             4 of 5 such runs)"
        );
        let (_, words) = of(1.001, 1.015);
        assert_eq!(words, "the baseline differs from itself (p 0.034)");
        assert_eq!(show_p(1e-9), "p < 0.001");
    }
}
