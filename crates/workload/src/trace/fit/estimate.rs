//! A number that was estimated, with its interval.

/// Standard deviations on either side of an interval of 95%.
pub(super) const QUANTILE: f64 = 1.959_963_985;

/// A number that was estimated, and its interval at 95%.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fitted {
    /// The estimate.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end; infinite where there is none.
    pub high: f64,
}

impl Fitted {
    pub(super) fn around(value: f64, deviation: f64, most: f64) -> Self {
        Self {
            value,
            low: (value - QUANTILE * deviation).max(0.0),
            high: (value + QUANTILE * deviation).min(most),
        }
    }

    /// Whether the interval holds a value.
    #[must_use]
    pub fn holds(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }
}
