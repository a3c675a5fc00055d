//! When a percentile may be shown, and which rounds it is of.

use super::histogram::ServiceHistogram;

/// Samples that must lie beyond a percentile.
const SAMPLES_BEYOND: f64 = 100.0;
/// Batches that those samples must come from.
const BATCHES: u64 = 10;
/// Rounds that those samples must come from.
const ROUNDS: u64 = 3;

/// Whether the percentile at `quantile` (0 to 1) of a histogram of `count`
/// samples says something of the engine, and not of one hiccup: at least 100
/// samples are beyond it, and they come from at least 10 batches and 3 rounds.
///
/// `batches` and `rounds` are how many different ones the samples beyond the
/// percentile come from.
#[must_use]
pub fn percentile_is_supported(quantile: f64, count: u64, batches: u64, rounds: u64) -> bool {
    let count = count as f64;
    // 1,000 * (1 - 0.9) is a hair less than 100 in binary
    let rounding = count * 1e-12;
    (0.0..1.0).contains(&quantile)
        && count * (1.0 - quantile) + rounding >= SAMPLES_BEYOND
        && batches >= BATCHES
        && rounds >= ROUNDS
}

/// Which parts of merged samples, such as rounds, lie at or beyond a value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tail {
    /// Parts that have a sample there.
    pub parts: u64,
    /// The largest part's share of the samples there, 0 to 1; 0 without any.
    pub largest_share: f64,
}

impl Tail {
    /// Of the samples of `parts` at or beyond `ns`.
    #[must_use]
    pub fn of(parts: &[ServiceHistogram], ns: u64) -> Self {
        let beyond = || parts.iter().map(|part| part.count_from(ns));
        let all: u64 = beyond().sum();
        Self {
            parts: beyond().filter(|&count| count > 0).count() as u64,
            largest_share: beyond().max().unwrap_or(0) as f64 / all.max(1) as f64,
        }
    }

    /// Whether most of the samples are of one part: what is there says more of
    /// its luck than of the engine.
    #[must_use]
    pub fn is_of_one(&self) -> bool {
        self.largest_share > 0.5
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(short: u64, long: u64) -> ServiceHistogram {
        let mut part = ServiceHistogram::new();
        part.record_n(100, short);
        part.record_n(1_000_000, long);
        part
    }

    #[test]
    fn a_tail_says_how_much_of_it_is_of_one_part() {
        let parts = [part(99, 1), part(20, 80), part(100, 0), part(81, 19)];
        let tail = Tail::of(&parts, 1_000_000);
        assert_eq!((tail.parts, tail.largest_share), (3, 0.8));
        assert!(tail.is_of_one());
        let all = Tail::of(&parts, 0);
        assert_eq!((all.parts, all.largest_share), (4, 0.25));
        assert!(!all.is_of_one());
        assert_eq!(Tail::of(&parts, 2_000_000).parts, 0);
        assert_eq!(Tail::of(&[], 0).largest_share, 0.0);
    }

    #[test]
    fn a_hundred_samples_must_lie_beyond() {
        for (quantile, enough) in [
            (0.5, 200),
            (0.9, 1_000),
            (0.99, 10_000),
            (0.9999, 1_000_000),
        ] {
            assert!(
                percentile_is_supported(quantile, enough, 10, 3),
                "{quantile}"
            );
            assert!(
                !percentile_is_supported(quantile, enough - 1, 10, 3),
                "{quantile}"
            );
        }
    }

    #[test]
    fn too_few_batches_or_rounds_support_nothing() {
        assert!(!percentile_is_supported(0.5, 1_000_000, 9, 3));
        assert!(!percentile_is_supported(0.5, 1_000_000, 10, 2));
    }

    #[test]
    fn the_maximum_is_no_percentile() {
        assert!(!percentile_is_supported(1.0, u64::MAX, 10, 3));
        assert!(!percentile_is_supported(f64::NAN, u64::MAX, 10, 3));
    }
}
