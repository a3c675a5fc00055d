//! Histograms of service times.

use hdrhistogram::Histogram;

use super::histogram_bounds::{DIGITS, HIGHEST_NS, HistogramError, LOWEST_NS};
use super::histogram_text;

/// Samples that fit: more could not be written down in the V2 format.
const MOST_SAMPLES: u64 = i64::MAX as u64;

/// A histogram of times in ns, to three significant digits, up to an hour.
///
/// Each worker fills one of its own; they are merged. Percentiles come from
/// merged histograms and are never averaged. A value beyond an hour is
/// counted apart ([`Self::out_of_range`]), neither lost silently nor a panic;
/// 0 ns (a clock coarser than what it timed) is recorded as 0.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceHistogram {
    counts: Histogram<u64>,
    out_of_range: u64,
}

impl ServiceHistogram {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        let counts = Histogram::new_with_bounds(LOWEST_NS, HIGHEST_NS, DIGITS)
            .expect("the bounds are constants that hdrhistogram accepts");
        Self {
            counts,
            out_of_range: 0,
        }
    }

    /// Records one value, in ns.
    #[inline]
    pub fn record(&mut self, ns: u64) {
        self.record_n(ns, 1);
    }

    /// Records `samples` samples of the same value, in ns.
    #[inline]
    pub fn record_n(&mut self, ns: u64, samples: u64) {
        if samples == 0 {
            // hdrhistogram would take its value for the maximum
            return;
        }
        let fits = samples <= MOST_SAMPLES - self.counts.len();
        if ns > HIGHEST_NS || !fits || self.counts.record_n(ns, samples).is_err() {
            self.out_of_range = self.out_of_range.saturating_add(samples);
        }
    }

    /// Adds all of `other`'s samples.
    pub fn merge(&mut self, other: &Self) {
        let fits = other.counts.len() <= MOST_SAMPLES - self.counts.len();
        if !fits || self.counts.add(&other.counts).is_err() {
            self.out_of_range = self.out_of_range.saturating_add(other.counts.len());
        }
        self.out_of_range = self.out_of_range.saturating_add(other.out_of_range);
    }

    /// What is left of it without `part`, which was merged into it; `None`
    /// where it has not all of its samples.
    #[must_use]
    pub fn without(&self, part: &Self) -> Option<Self> {
        let mut rest = self.clone();
        rest.counts.subtract(&part.counts).ok()?;
        rest.out_of_range = self.out_of_range.checked_sub(part.out_of_range)?;
        Some(rest)
    }

    /// Samples recorded, those out of range apart.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.counts.len()
    }

    /// Whether nothing was recorded.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// Samples that did not fit.
    #[must_use]
    pub const fn out_of_range(&self) -> u64 {
        self.out_of_range
    }

    /// The value at a quantile (0 to 1, clamped), in ns: the highest that
    /// falls into the same bucket. 0 where nothing was recorded.
    #[must_use]
    pub fn value_at_quantile(&self, quantile: f64) -> u64 {
        let quantile = if quantile.is_nan() { 1.0 } else { quantile };
        self.counts.value_at_quantile(quantile)
    }

    /// The highest value recorded, to three digits, in ns; 0 where nothing
    /// was recorded.
    #[must_use]
    pub fn max(&self) -> u64 {
        self.counts.max()
    }

    /// Samples at or beyond `ns`, to three digits.
    #[must_use]
    pub fn count_from(&self, ns: u64) -> u64 {
        self.count() - self.count_below(ns)
    }

    /// Samples whose value is below `ns`, to three digits.
    #[must_use]
    pub fn count_below(&self, ns: u64) -> u64 {
        let lowest = self.counts.lowest_equivalent(ns);
        match lowest.checked_sub(1) {
            Some(below) => self.counts.count_between(0, below),
            None => 0,
        }
    }

    /// Mean, in ns; 0 where nothing was recorded.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.counts.mean()
    }

    /// The counts, for writers of other formats.
    pub(super) const fn counts(&self) -> &Histogram<u64> {
        &self.counts
    }

    /// The histogram as text: base64 of the V2 format with deflate. Samples
    /// out of range are not part of it.
    #[must_use]
    pub fn to_base64(&self) -> String {
        histogram_text::encode(&self.counts)
    }

    /// Reads what [`Self::to_base64`] writes.
    ///
    /// # Errors
    /// Says what is wrong with the text. A truncated or altered text is an
    /// error, and never a shorter histogram.
    pub fn from_base64(text: &str) -> Result<Self, HistogramError> {
        let counts = histogram_text::decode(text)?;
        Ok(Self {
            counts,
            out_of_range: 0,
        })
    }
}

impl Default for ServiceHistogram {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_out_of_range_is_counted() {
        let mut histogram = ServiceHistogram::new();
        histogram.record(0);
        histogram.record(HIGHEST_NS);
        histogram.record(HIGHEST_NS + 1);
        histogram.record_n(u64::MAX, 5);
        histogram.record_n(7, u64::MAX);
        assert_eq!(histogram.count(), 2);
        assert_eq!(histogram.out_of_range(), u64::MAX, "saturates");
    }

    #[test]
    fn a_merge_has_the_samples_of_both() {
        let (mut low, mut high) = (ServiceHistogram::new(), ServiceHistogram::new());
        low.record_n(100, 99);
        high.record(1_000_000);
        high.record(u64::MAX);
        low.merge(&high);
        assert_eq!((low.count(), low.out_of_range()), (100, 1));
        assert_eq!(low.value_at_quantile(0.5), 100);
        assert!(low.value_at_quantile(1.0).abs_diff(1_000_000) < 1_000);
        assert_eq!(low.max(), low.value_at_quantile(1.0));
    }

    #[test]
    fn a_merge_that_would_overflow_is_counted() {
        let mut full = ServiceHistogram::new();
        full.record_n(1, MOST_SAMPLES);
        let same = full.clone();
        full.merge(&same);
        assert_eq!(
            (full.count(), full.out_of_range()),
            (MOST_SAMPLES, MOST_SAMPLES)
        );
        assert_eq!(
            ServiceHistogram::from_base64(&full.to_base64())
                .unwrap()
                .count(),
            MOST_SAMPLES
        );
    }

    #[test]
    fn no_samples_leave_no_trace() {
        let mut histogram = ServiceHistogram::new();
        histogram.record_n(1_000, 0);
        assert_eq!(histogram, ServiceHistogram::new());
        assert_eq!(histogram.max(), 0);
    }

    #[test]
    fn values_keep_three_digits() {
        for ns in [1, 999, 12_345, 987_654_321, HIGHEST_NS] {
            let mut histogram = ServiceHistogram::new();
            histogram.record(ns);
            let seen = histogram.value_at_quantile(0.5);
            assert!(
                seen.abs_diff(ns) as f64 <= ns as f64 / 1_000.0,
                "{ns} became {seen}"
            );
        }
    }

    #[test]
    fn an_empty_one_answers_without_a_panic() {
        let empty = ServiceHistogram::new();
        assert_eq!(
            (empty.value_at_quantile(0.99), empty.max(), empty.count()),
            (0, 0, 0)
        );
        assert_eq!(empty.count_from(0), 0);
        assert_eq!(empty.value_at_quantile(f64::NAN), 0);
    }

    #[test]
    fn samples_below_a_value_are_counted() {
        let mut histogram = ServiceHistogram::new();
        histogram.record_n(0, 2);
        histogram.record_n(1_000, 3);
        histogram.record_n(1_000_000, 4);
        let below = [0, 1, 1_000, 1_001, 1_000_000, 1_001_000, HIGHEST_NS];
        let below = below.map(|ns| histogram.count_below(ns));
        assert_eq!(below, [0, 2, 2, 5, 5, 9, 9]);
    }

    #[test]
    fn of_three_equal_thirds_each_is_a_third() {
        let mut histogram = ServiceHistogram::new();
        for ns in [1_000, 50_000, 2_000_000] {
            histogram.record_n(ns, 10_000);
        }
        let below = [1_000, 50_000, 2_000_000, HIGHEST_NS].map(|ns| histogram.count_below(ns));
        assert_eq!(below, [0, 10_000, 20_000, 30_000]);
        assert_eq!(histogram.count_from(2_000_000), 10_000);
        // what is out of range is in neither
        histogram.record(u64::MAX);
        assert_eq!(histogram.count_from(0), 30_000);
    }

    #[test]
    fn what_was_merged_can_be_taken_out_again() {
        let (mut one, mut other) = (ServiceHistogram::new(), ServiceHistogram::new());
        one.record_n(700, 3);
        one.record(u64::MAX);
        other.record_n(90_000, 5);
        let mut both = one.clone();
        both.merge(&other);
        assert_eq!(both.without(&other), Some(one.clone()));
        assert_eq!(both.without(&one), Some(other.clone()));
        assert_eq!(other.without(&one), None);
    }

    proptest! {
        #[test]
        fn counts_below_and_from_are_those_of_the_values(
            values in proptest::collection::vec(0..=HIGHEST_NS, 1..60),
            small in proptest::collection::vec(0..5_000_u64, 0..60),
            at in 0..=HIGHEST_NS,
        ) {
            let mut histogram = ServiceHistogram::new();
            let values: Vec<u64> = values.into_iter().chain(small).collect();
            values.iter().for_each(|&ns| histogram.record(ns));
            for at in values.iter().copied().chain([at]) {
                let lowest = histogram.counts.lowest_equivalent(at);
                let below = values.iter().filter(|&&ns| ns < lowest).count() as u64;
                prop_assert_eq!(histogram.count_below(at), below);
                prop_assert_eq!(histogram.count_from(at), values.len() as u64 - below);
            }
        }
    }
}
