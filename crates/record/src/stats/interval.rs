//! How much faster one engine is than another, and how sure that is: an
//! interval from paired rounds.
//!
//! Rounds are the sampling unit. The logarithm of each round's ratio is one
//! observation; the interval is Student's t on their mean, which is exact for
//! normal log-ratios at any number of rounds from 2 on (a percentile
//! bootstrap of so few is too narrow).

use statrs::distribution::{ContinuousCDF as _, StudentsT};

use super::average::mean;
use super::significance::two_sided;

/// Two-sided confidence of an interval.
pub const CONFIDENCE: f64 = 0.95;
/// Chance of seeing an effect that is as large as the detectable one.
pub const POWER: f64 = 0.8;
/// Fewer block means than this tell less than the rounds themselves.
const FEWEST_BLOCKS: usize = 4;

/// What an interval says of the ratio.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The whole interval is above 1.
    Faster,
    /// The whole interval is below 1.
    Slower,
    /// The interval holds 1.
    NoDifferenceSeen,
}

impl Verdict {
    /// In words, for reports.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Faster => "faster",
            Self::Slower => "slower",
            Self::NoDifferenceSeen => "no difference seen",
        }
    }
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.words())
    }
}

/// A ratio of speeds with its 95% interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RatioInterval {
    /// Geometric mean of the rounds' ratios: baseline's time over engine's,
    /// so that above 1 is faster.
    pub ratio: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Rounds it is from.
    pub rounds: usize,
    /// Rounds averaged into one observation: 1 unless neighbours correlate.
    pub block: usize,
    /// Whether neighbouring observations correlate beyond their noise and
    /// there were too few rounds to average that away: the interval is then
    /// not as sure as it says.
    pub correlated: bool,
    /// The smallest change that these observations would show with a chance
    /// of 80%, as a fraction: 0.05 is 5%.
    ///
    /// (t(0.975) + t(0.8)) · s / √n of the log-ratios, n − 1 degrees of
    /// freedom: H. S. Bloom, "Minimum detectable effects", Evaluation Review
    /// 19(5), 1995; turned into a fraction by exp(x) − 1.
    pub minimum_detectable: f64,
    /// Degrees of freedom of Student's t that it is from.
    pub freedom: f64,
    /// The logarithm of the ratio that is seen where there is no difference,
    /// by an A/A control: a ratio that is nearer to 1 is no difference seen,
    /// whatever the interval says. 0 where there is no control.
    pub floor: f64,
}

impl RatioInterval {
    /// What it says.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        if self.is_below_floor() {
            Verdict::NoDifferenceSeen
        } else if self.low > 1.0 {
            Verdict::Faster
        } else if self.high < 1.0 {
            Verdict::Slower
        } else {
            Verdict::NoDifferenceSeen
        }
    }

    /// Whether the ratio is nearer to 1 than what is seen where there is no
    /// difference.
    #[must_use]
    pub fn is_below_floor(&self) -> bool {
        self.ratio.ln().abs() < self.floor
    }

    /// The same with the deviation of an A/A control as its floor.
    #[must_use]
    pub fn with_floor_of(self, control: &Self) -> Self {
        let floor = control.ratio.ln().abs();
        Self { floor, ..self }
    }

    /// The two-sided p-value of "no difference": below 0.05 exactly where the
    /// interval excludes 1. Rounds that all have the same ratio give 0, or 1
    /// where that ratio is 1.
    #[must_use]
    pub fn p_value(&self) -> f64 {
        let quantile = student_t(0.5 + CONFIDENCE / 2.0, self.freedom);
        let standard_error = (self.high / self.low).ln() / 2.0 / quantile;
        two_sided(self.ratio.ln(), standard_error, self.freedom)
    }

    /// The same, widened so that `comparisons` of its kind all hold the truth
    /// with 95%, by Šidák's inequality: each at the level 0.95^(1/comparisons).
    ///
    /// It holds however the comparisons share their rounds or a baseline (Z.
    /// Šidák, "Rectangular confidence regions for the means of multivariate
    /// normal distributions", JASA 62(318), 1967), and where each has a
    /// variance of its own, which C. W. Dunnett's test of one pooled variance
    /// ("A multiple comparison procedure for comparing several treatments with
    /// a control", JASA 50(272), 1955) supposes not to be.
    #[must_use]
    pub fn among(&self, comparisons: usize) -> Self {
        let level = CONFIDENCE.powf(1.0 / comparisons.max(1) as f64);
        let quantile = |level: f64| student_t(0.5 + level / 2.0, self.freedom);
        let wider = quantile(level) / quantile(CONFIDENCE);
        let end = |end: f64| self.ratio * (end / self.ratio).powf(wider);
        Self {
            low: end(self.low),
            high: end(self.high),
            ..*self
        }
    }

    /// Of five rounds, with these ends.
    #[cfg(any(test, feature = "fixtures"))]
    pub fn of_ends(low: f64, high: f64) -> Self {
        Self {
            ratio: (low * high).sqrt(),
            low,
            high,
            rounds: 5,
            block: 1,
            correlated: false,
            minimum_detectable: 0.01,
            freedom: 4.0,
            floor: 0.0,
        }
    }

    /// Its width as a fraction of the ratio: 0.1 is from 5% below to 5% above.
    #[must_use]
    pub fn relative_width(&self) -> f64 {
        (self.high - self.low) / self.ratio
    }
}

/// The interval of the ratio of speeds from `pairs`, one a round: the
/// engine's time and the baseline's, in the same unit.
///
/// `None` with fewer than two rounds, where a time is not positive and finite,
/// or where the rounds differ so wildly that the interval has no finite end.
#[must_use]
pub fn paired_ratio(pairs: &[(f64, f64)]) -> Option<RatioInterval> {
    LogMean::of(pairs)?.interval(pairs.len())
}

/// The mean of the log-ratios of rounds, and how sure it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct LogMean {
    /// The mean of the rounds' log-ratios.
    pub(super) centre: f64,
    /// Its standard error.
    pub(super) standard_error: f64,
    /// Degrees of freedom of that error.
    pub(super) freedom: f64,
    /// As in [`RatioInterval::block`].
    pub(super) block: usize,
    /// As in [`RatioInterval::correlated`].
    pub(super) correlated: bool,
}

impl LogMean {
    /// Of pairs as [`paired_ratio`] takes them; `None` with fewer than two
    /// rounds, or where a time is not positive and finite.
    pub(super) fn of(pairs: &[(f64, f64)]) -> Option<Self> {
        let usable = |time: f64| time.is_finite() && time > 0.0;
        if pairs.len() < 2
            || pairs
                .iter()
                .any(|&(engine, base)| !usable(engine) || !usable(base))
        {
            return None;
        }
        let logs: Vec<f64> = pairs
            .iter()
            .map(|&(engine, base)| base.ln() - engine.ln())
            .collect();
        Self::of_logs(&logs)
    }

    /// Of numbers on a scale of their own, one a round; `None` with fewer
    /// than two.
    pub(super) fn of_logs(logs: &[f64]) -> Option<Self> {
        let (observations, block) = uncorrelated(logs);
        Some(Self {
            centre: mean(logs)?,
            standard_error: standard_error(&observations)?,
            freedom: (observations.len() - 1) as f64,
            block,
            correlated: neighbours_correlate(&observations),
        })
    }

    /// Half the width of Student's interval around it.
    pub(super) fn half_width(&self) -> f64 {
        student_t(0.5 + CONFIDENCE / 2.0, self.freedom) * self.standard_error
    }

    /// Student's interval around it, taken back from logarithms; `None` where
    /// it has no finite end.
    pub(super) fn interval(&self, rounds: usize) -> Option<RatioInterval> {
        let half = self.half_width();
        let detectable = half + student_t(POWER, self.freedom) * self.standard_error;
        let interval = RatioInterval {
            ratio: self.centre.exp(),
            low: (self.centre - half).exp(),
            high: (self.centre + half).exp(),
            rounds,
            block: self.block,
            correlated: self.correlated,
            minimum_detectable: detectable.exp_m1(),
            freedom: self.freedom,
            floor: 0.0,
        };
        let ends = [
            interval.ratio,
            interval.low,
            interval.high,
            interval.minimum_detectable,
        ];
        (ends.iter().all(|end| end.is_finite()) && interval.low > 0.0).then_some(interval)
    }
}

/// Quantile of Student's t distribution.
pub(super) fn student_t(quantile: f64, freedom: f64) -> f64 {
    StudentsT::new(0.0, 1.0, freedom)
        .expect("at least two observations leave a degree of freedom")
        .inverse_cdf(quantile)
}

/// Standard error of the mean; `None` with fewer than two observations.
fn standard_error(observations: &[f64]) -> Option<f64> {
    if observations.len() < 2 {
        return None;
    }
    let centre = mean(observations)?;
    let squares: f64 = observations.iter().map(|x| (x - centre).powi(2)).sum();
    let count = observations.len() as f64;
    Some((squares / (count - 1.0) / count).sqrt())
}

/// The observations themselves, or means of blocks of neighbours, twice as
/// long each time, until neighbours no longer correlate or only a few blocks
/// would be left. Once some did, the blocks are made twice as long again: of
/// fewer means a correlation that is still there hides in the noise.
fn uncorrelated(logs: &[f64]) -> (Vec<f64>, usize) {
    let mut observations = logs.to_vec();
    let mut block = 1;
    let mut spare = false;
    while logs.len() / (block * 2) >= FEWEST_BLOCKS {
        let correlate = neighbours_correlate(&observations);
        if !correlate && (block == 1 || spare) {
            break;
        }
        spare = !correlate;
        block *= 2;
        observations = block_means(logs, logs.len() / block);
    }
    (observations, block)
}

/// Means of `blocks` runs of neighbours, as equal in length as can be, so
/// that every round counts.
fn block_means(logs: &[f64], blocks: usize) -> Vec<f64> {
    let edge = |block: usize| block * logs.len() / blocks;
    (0..blocks)
        .filter_map(|block| mean(&logs[edge(block)..edge(block + 1)]))
        .collect()
}

/// Whether the lag-1 autocorrelation is outside 1.96 / √n, the band that it
/// keeps to 95 times in 100 where neighbours are independent (Box and
/// Jenkins, "Time series analysis", section 2.1.6).
fn neighbours_correlate(observations: &[f64]) -> bool {
    let bound = 1.96 / (observations.len() as f64).sqrt();
    lag_1_autocorrelation(observations).is_some_and(|r1| r1.abs() > bound)
}

/// The correlation of neighbours; `None` where nothing varies.
fn lag_1_autocorrelation(observations: &[f64]) -> Option<f64> {
    let centre = mean(observations)?;
    let total: f64 = observations.iter().map(|x| (x - centre).powi(2)).sum();
    let paired: f64 = observations
        .windows(2)
        .map(|pair| (pair[0] - centre) * (pair[1] - centre))
        .sum();
    (total > 0.0).then(|| paired / total)
}

#[cfg(test)]
#[path = "interval_tests.rs"]
mod tests;
