//! When a percentile may be shown. Imports nothing of this crate.

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

#[cfg(test)]
mod tests {
    use super::*;

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
