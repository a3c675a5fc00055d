//! How two ratios that were measured apart differ: an interval for what no
//! round pairs.
//!
//! B. L. Welch, "The generalization of 'Student's' problem when several
//! different population variances are involved", Biometrika 34, 1947; the
//! degrees of freedom after F. E. Satterthwaite, "An approximate distribution
//! of estimates of variance components", Biometrics Bulletin 2(6), 1946.

use super::interval::{LogMean, RatioInterval};

/// The interval of the ratio of `after` to `before`, each of which is itself
/// a ratio of speeds, from pairs of times as
/// [`paired_ratio`](super::paired_ratio) takes them: above 1 where `after`'s
/// is the larger.
///
/// The difference of the two means of log-ratios, with the root of the sum of
/// their squared standard errors. `rounds` are those of both together,
/// `block` is the longer of the two.
///
/// `None` with fewer than two rounds on a side, where a time is not positive
/// and finite, or where the interval has no finite end.
#[must_use]
pub fn unpaired_ratio(before: &[(f64, f64)], after: &[(f64, f64)]) -> Option<RatioInterval> {
    let (one, other) = (LogMean::of(before)?, LogMean::of(after)?);
    let variances = [one.standard_error.powi(2), other.standard_error.powi(2)];
    let difference = LogMean {
        centre: other.centre - one.centre,
        standard_error: (variances[0] + variances[1]).sqrt(),
        freedom: satterthwaite(variances, [one.freedom, other.freedom]),
        block: one.block.max(other.block),
        correlated: one.correlated || other.correlated,
    };
    difference.interval(before.len() + after.len())
}

/// Degrees of freedom of a sum of two variances of means, each with its own:
/// at least the smaller of both, at most their sum.
fn satterthwaite(variances: [f64; 2], freedoms: [f64; 2]) -> f64 {
    let [one, other] = variances;
    let sum = one + other;
    // shares rather than squares of variances, which could underflow
    let parts = (one / sum).powi(2) / freedoms[0] + (other / sum).powi(2) / freedoms[1];
    if parts.is_finite() && parts > 0.0 {
        1.0 / parts
    } else {
        // nothing varies: the interval is a point whatever this says
        freedoms[0] + freedoms[1]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::{Verdict, paired_ratio};
    use proptest::prelude::*;
    use rand::{SeedableRng as _, rngs::StdRng};
    use rand_distr::{Distribution as _, StandardNormal};

    /// Pairs whose log-ratios are these.
    fn pairs(logs: &[f64]) -> Vec<(f64, f64)> {
        logs.iter().map(|log| (1.0, log.exp())).collect()
    }

    #[test]
    fn welch_as_the_textbook_has_it() {
        // the first two of the worked examples of Wikipedia's "Welch's t-test":
        // t = -2.46 with 25.0 degrees of freedom, and t = -1.57 with 9.9
        let examples: [(&[f64], &[f64], f64, f64); 2] = [
            (
                &[
                    27.5, 21.0, 19.0, 23.6, 17.0, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19.0,
                    21.7, 21.4,
                ],
                &[
                    27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0, 24.8, 20.2, 21.9, 22.1, 22.9,
                    20.5, 24.4,
                ],
                -2.46,
                25.0,
            ),
            (
                &[17.2, 20.9, 22.6, 18.1, 21.7, 21.4, 23.5, 24.2, 14.7, 21.8],
                &[
                    21.5, 22.8, 21.0, 23.0, 21.6, 23.6, 22.5, 20.7, 23.4, 21.8, 20.7, 21.7, 21.5,
                    22.5, 23.6, 21.5, 22.5, 23.5, 21.5, 21.8,
                ],
                -1.57,
                9.9,
            ),
        ];
        for (one, other, t, freedom) in examples {
            let (one, other) = (
                LogMean::of(&pairs(one)).unwrap(),
                LogMean::of(&pairs(other)).unwrap(),
            );
            assert_eq!((one.block, other.block), (1, 1));
            let variances = [one.standard_error.powi(2), other.standard_error.powi(2)];
            let found = satterthwaite(variances, [one.freedom, other.freedom]);
            assert!((found - freedom).abs() < 0.05, "{found}");
            let found = (one.centre - other.centre) / (variances[0] + variances[1]).sqrt();
            assert!((found - t).abs() < 0.005, "{found}");
        }
    }

    #[test]
    fn a_known_interval() {
        // two samples alike but for their means have 5 + 5 degrees of freedom;
        // t(0.975, 10) = 2.228139, t(0.8, 10) = 0.879058 (NIST's table)
        let logs = [0.1, -0.2, 0.3, 0.0, -0.1, -0.1];
        let later = logs.map(|log| log - 0.25);
        let interval = unpaired_ratio(&pairs(&logs), &pairs(&later)).unwrap();
        // the squares add up to 0.16
        let error = (2.0_f64 * 0.16 / 5.0 / 6.0).sqrt();
        assert!((interval.ratio.ln() + 0.25).abs() < 1e-12);
        assert!((interval.low.ln() + 0.25 + 2.228_139 * error).abs() < 1e-6);
        assert!((interval.high.ln() + 0.25 - 2.228_139 * error).abs() < 1e-6);
        let detectable = interval.minimum_detectable.ln_1p();
        assert!((detectable - (2.228_139 + 0.879_058) * error).abs() < 1e-6);
        assert_eq!(interval.rounds, 12);
    }

    /// How often, of `times`, the interval holds the true ratio, with so many
    /// rounds and so much noise on each side.
    fn coverage(times: usize, before: (usize, f64), after: (usize, f64)) -> f64 {
        let mut rng = StdRng::seed_from_u64(20_261_124);
        let truth: f64 = 0.9;
        let mut side = |(rounds, sigma): (usize, f64), ratio: f64| -> Vec<(f64, f64)> {
            (0..rounds)
                .map(|_| {
                    let noise: f64 = StandardNormal.sample(&mut rng);
                    // the machine of that day cancels within a side
                    (1.0, 2.4 * ratio * (sigma * noise).exp())
                })
                .collect()
        };
        let held = (0..times)
            .filter(|_| {
                let (before, after) = (side(before, 1.0), side(after, truth));
                let interval = unpaired_ratio(&before, &after).unwrap();
                (interval.low..=interval.high).contains(&truth)
            })
            .count();
        held as f64 / times as f64
    }

    #[test]
    fn the_interval_holds_the_truth_95_times_in_100() {
        // 4,000 draws: the standard error of a coverage of 0.95 is 0.0034.
        // Welch's degrees of freedom are an approximation, at its worst with
        // very few rounds, where it errs towards wide intervals
        for (before, after, low, high) in [
            ((5, 0.05), (5, 0.05), 0.94, 0.975),
            ((5, 0.01), (7, 0.10), 0.94, 0.965),
            ((2, 0.05), (2, 0.05), 0.94, 1.0),
            ((5, 0.05), (20, 0.05), 0.93, 0.965),
        ] {
            let held = coverage(4_000, before, after);
            assert!((low..high).contains(&held), "{before:?} {after:?}: {held}");
        }
    }

    #[test]
    fn it_is_wider_than_that_of_pairs() {
        let pairs = [(1.0, 1.30), (1.0, 1.10), (1.0, 1.25), (1.0, 1.05)];
        let same: Vec<_> = pairs.iter().map(|&(own, base)| (own, base * 0.9)).collect();
        let unpaired = unpaired_ratio(&pairs, &same).unwrap();
        assert_eq!(unpaired.verdict(), Verdict::NoDifferenceSeen);
        // the same rounds paired: each lost a tenth exactly
        let paired: Vec<_> = pairs.iter().zip(&same).map(|(b, a)| (b.1, a.1)).collect();
        assert_eq!(paired_ratio(&paired).unwrap().verdict(), Verdict::Slower);
    }

    #[test]
    fn without_two_rounds_a_side_there_is_none() {
        let two = [(1.0, 2.0), (1.0, 2.1)];
        assert_eq!(unpaired_ratio(&two[..1], &two), None);
        assert_eq!(unpaired_ratio(&two, &two[..1]), None);
        assert_eq!(unpaired_ratio(&two, &[(1.0, 0.0), (1.0, 1.0)]), None);
        // nothing varies: a point
        let still = [(1.0, 2.0), (1.0, 2.0)];
        let interval = unpaired_ratio(&still, &still).unwrap();
        assert_eq!((interval.low, interval.high), (1.0, 1.0));
    }

    proptest! {
        #[test]
        fn swapping_the_sides_gives_the_reciprocal(
            one in proptest::collection::vec((1.0..1e3_f64, 1.0..1e3_f64), 2..20),
            other in proptest::collection::vec((1.0..1e3_f64, 1.0..1e3_f64), 2..20),
        ) {
            let there = unpaired_ratio(&one, &other);
            let back = unpaired_ratio(&other, &one);
            if let (Some(there), Some(back)) = (there, back) {
                prop_assert!((there.ratio * back.ratio - 1.0).abs() < 1e-9);
                prop_assert!((there.low * back.high - 1.0).abs() < 1e-6);
                prop_assert!(there.low <= there.ratio && there.ratio <= there.high);
            }
        }
    }
}
