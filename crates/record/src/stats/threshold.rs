//! The rate at which half of the tries hold: where to try next, and how sure
//! the answer is.
//!
//! A try at rate x holds with the chance λ + (1 − 2λ) ÷ (1 + exp((ln x − θ) ÷ s)):
//! a logistic curve in the logarithm of the rate whose middle θ is looked for.
//! The lapse λ is the chance that a try is decided by something else than its
//! rate, so that one outlier far from θ cannot pin the fit: F. A. Wichmann and
//! N. J. Hill, "The psychometric function: I", Perception & Psychophysics
//! 63(8), 2001.

use super::interval::{CONFIDENCE, LogMean};

/// λ.
const LAPSE: f64 = 0.02;
/// s while a search is under way; what the tries say of it is estimated from
/// all searches together.
const SEARCH_SPREAD: f64 = 0.1;
/// Standard deviation of the prior, in natural logarithms: a factor of 2.2
/// either way, which weighs less than a hundredth of what 8 tries say.
const PRIOR_SPREAD: f64 = 0.8;
/// Distance of two thresholds that are looked at during a search.
const GRID: f64 = 0.01;
/// Values of s that are looked at afterwards. The bounds make the fit robust
/// where the tries are separated completely: without a lower bound, the
/// likelihood rises as s falls to 0 (A. Albert and J. A. Anderson, "On the
/// existence of maximum likelihood estimates in logistic regression models",
/// Biometrika 71(1), 1984).
const SPREADS: [f64; 5] = [0.02, 0.04, 0.08, 0.16, 0.32];
/// The profile is looked at this far on both sides of the estimate, in natural
/// logarithms.
const REACH: f64 = 1.0;
/// Distance of two points of the profile; its ends are interpolated.
const PROFILE_GRID: f64 = 0.02;
/// Half of the 95% point of χ² with one degree of freedom: how far the log
/// likelihood may fall within the interval.
const DROP: f64 = 1.920_729;
/// Fewer independent searches than this give no interval.
pub const FEWEST_SEARCHES: usize = 3;

/// One try: a rate and whether it held.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Try {
    /// Natural logarithm of the rate.
    pub log_rate: f64,
    /// Whether it held.
    pub held: bool,
}

impl Try {
    /// The logarithm of its chance, given the threshold and s.
    fn log_chance(self, threshold: f64, spread: f64) -> f64 {
        let side = if self.held { 1.0 } else { -1.0 };
        let odds = (side * (self.log_rate - threshold) / spread).exp();
        (LAPSE + (1.0 - 2.0 * LAPSE) / (1.0 + odds)).ln()
    }
}

/// What the tries of one search say of its threshold.
///
/// The next try belongs at the posterior's mean, which keeps the expected
/// variance low: P. E. King-Smith and others, "Efficient and unbiased
/// modifications of the QUEST threshold method", Vision Research 34(7), 1994
/// (ZEST).
#[derive(Clone, Debug)]
pub struct SearchPosterior {
    thresholds: Vec<f64>,
    log_weights: Vec<f64>,
}

impl SearchPosterior {
    /// Thresholds between `low` and `high`, most likely near `expected`, all
    /// three as natural logarithms of a rate.
    #[must_use]
    pub fn new(expected: f64, low: f64, high: f64) -> Self {
        let count = ((high - low) / GRID).max(1.0) as usize;
        let thresholds: Vec<f64> = (0..=count).map(|at| low + at as f64 * GRID).collect();
        let weight = |at: &f64| -((at - expected) / PRIOR_SPREAD).powi(2) / 2.0;
        Self {
            log_weights: thresholds.iter().map(weight).collect(),
            thresholds,
        }
    }

    /// Takes in what a try said.
    pub fn add(&mut self, tried: Try) {
        for (weight, at) in self.log_weights.iter_mut().zip(&self.thresholds) {
            *weight += tried.log_chance(*at, SEARCH_SPREAD);
        }
    }

    /// The threshold that is expected now, as a natural logarithm.
    #[must_use]
    pub fn mean(&self) -> f64 {
        let most = self.log_weights.iter().copied().fold(f64::MIN, f64::max);
        let pairs = self.log_weights.iter().zip(&self.thresholds);
        let (sum, weighted) = pairs.fold((0.0, 0.0), |(sum, weighted), (log, at)| {
            let weight = (log - most).exp();
            (sum + weight, weighted + weight * at)
        });
        weighted / sum
    }
}

/// What one search says of its threshold, as a natural logarithm of a rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Found {
    /// It is this.
    At(f64),
    /// It lies below this, the least rate of a search in which nothing held.
    Below(f64),
    /// It lies above this, the highest rate of one in which everything held.
    Above(f64),
}

impl Found {
    /// The least and the most that it can be.
    const fn ends(self) -> (f64, f64) {
        match self {
            Self::At(at) => (at, at),
            Self::Below(at) => (f64::NEG_INFINITY, at),
            Self::Above(at) => (at, f64::INFINITY),
        }
    }

    const fn rate(self) -> f64 {
        match self {
            Self::At(at) | Self::Below(at) | Self::Above(at) => at,
        }
    }
}

/// What several searches come to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Threshold {
    /// The rate at which half of the tries hold: the geometric mean of the
    /// searches' own, or their median where one is only bounded.
    pub rate: f64,
    /// Its 95% interval; none of fewer than [`FEWEST_SEARCHES`], and where
    /// searches that are only bounded leave an end open.
    pub interval: Option<(f64, f64)>,
    /// s of the logistic curve through all tries: at exp(−2.9 s) of the
    /// threshold 95% of the tries hold. Where the searches differ, it is wider
    /// than within one search.
    pub spread: f64,
}

/// Puts searches together: each search's own threshold, as a natural
/// logarithm, and the tries of all.
///
/// The interval is the wider of two at each end. The first is Student's t on
/// the searches' thresholds, which are the independent unit: whatever differs
/// from one search to the next, the machine's hour among it, is in their
/// spread (R. J. Hayes and L. H. Moulton, "Cluster Randomised Trials", 2nd
/// edition, 2017, chapter 10: with few clusters, analyse one summary a
/// cluster); neighbours that correlate are averaged first, as for rounds. Where
/// a search is only bounded, there is no mean: the first is then the interval
/// of the sign test around the median, between two of the sorted thresholds,
/// whatever their distribution (H. A. David and H. N. Nagaraja, "Order
/// Statistics", 3rd edition, 2003, section 7.1), in which a bounded one stands
/// for the least it can be at the lower end, and for the most at the upper. The
/// second is the profile-likelihood interval of the logistic curve through all
/// tries (D. J. Venzon and S. H. Moolgavkar, Applied Statistics 37(1), 1988),
/// below which no luck of equal searches takes it.
///
/// `None` where there is no search, a number is not finite, or all tries hold,
/// or none does; and where half of the searches are only bounded.
#[must_use]
pub fn threshold(searches: &[Found], tries: &[Try]) -> Option<Threshold> {
    let is_finite = searches.iter().all(|found| found.rate().is_finite())
        && tries.iter().all(|tried| tried.log_rate.is_finite());
    let is_bracketed = tries.iter().any(|t| t.held) && tries.iter().any(|t| !t.held);
    if searches.is_empty() || !is_finite || !is_bracketed {
        return None;
    }
    let (centre, between) = by_mean(searches).or_else(|| by_rank(searches))?;
    let profile = Profile::around(centre, tries);
    let interval = between.map(|(low, high)| {
        let (least, most) = profile.interval();
        (low.min(least).exp(), high.max(most).exp())
    });
    Some(Threshold {
        rate: centre.exp(),
        interval,
        spread: profile.spread,
    })
}

/// A middle and, where there is one, its interval.
type Middle = (f64, Option<(f64, f64)>);

/// The mean with Student's interval; `None` where a search is only bounded.
fn by_mean(searches: &[Found]) -> Option<Middle> {
    let at = |found: &Found| match found {
        Found::At(at) => Some(*at),
        Found::Below(_) | Found::Above(_) => None,
    };
    let logs: Vec<f64> = searches.iter().map(at).collect::<Option<_>>()?;
    let centre = logs.iter().sum::<f64>() / logs.len() as f64;
    let between = LogMean::of_logs(&logs).filter(|_| logs.len() >= FEWEST_SEARCHES);
    let interval = between.map(|between| {
        let half = between.half_width();
        (centre - half, centre + half)
    });
    Some((centre, interval))
}

/// The median with the interval of the sign test; `None` where the median is
/// one that is only bounded.
fn by_rank(searches: &[Found]) -> Option<Middle> {
    let sorted = |end: fn(Found) -> f64| {
        let mut ends: Vec<f64> = searches.iter().map(|found| end(*found)).collect();
        ends.sort_by(f64::total_cmp);
        ends
    };
    let (lows, highs) = (sorted(|it| it.ends().0), sorted(|it| it.ends().1));
    let count = searches.len();
    let middle = |ends: &[f64]| (ends[(count - 1) / 2] + ends[count / 2]) / 2.0;
    let centre = (middle(&lows) + middle(&highs)) / 2.0;
    let ends = sign_test_rank(count).map(|rank| (lows[rank - 1], highs[count - rank]));
    let interval = ends.filter(|(low, high)| low.is_finite() && high.is_finite());
    centre.is_finite().then_some((centre, interval))
}

/// The largest k for which the median lies outside the k-th least and the k-th
/// most of so many values with a chance of at most 5%; `None` below six.
fn sign_test_rank(count: usize) -> Option<usize> {
    let mut chance = 0.5_f64.powi(count as i32);
    let (mut tail, mut rank) = (chance, 0);
    while 2.0 * tail <= 1.0 - CONFIDENCE {
        rank += 1;
        chance *= (count - rank + 1) as f64 / rank as f64;
        tail += chance;
    }
    (rank > 0).then_some(rank)
}

/// The log likelihood of all tries by threshold, each with the s that suits it
/// best.
struct Profile {
    points: Vec<(f64, f64)>,
    most: f64,
    spread: f64,
}

impl Profile {
    fn around(centre: f64, tries: &[Try]) -> Self {
        let steps = (REACH / PROFILE_GRID) as i64;
        let mut found = Self {
            points: Vec::new(),
            most: f64::MIN,
            spread: SPREADS[0],
        };
        for step in -steps..=steps {
            let at = centre + step as f64 * PROFILE_GRID;
            let mut best = f64::MIN;
            for spread in SPREADS {
                let sum: f64 = tries.iter().map(|t| t.log_chance(at, spread)).sum();
                if sum > found.most {
                    (found.most, found.spread) = (sum, spread);
                }
                best = best.max(sum);
            }
            found.points.push((at, best));
        }
        found
    }

    /// The outermost thresholds whose likelihood is near enough to the most.
    fn interval(&self) -> (f64, f64) {
        let least = self.most - DROP;
        let inside = |&(_, value): &(f64, f64)| value >= least;
        let last = self.points.len() - 1;
        let first_in = self.points.iter().position(inside).unwrap_or(0);
        let last_in = self.points.iter().rposition(inside).unwrap_or(last);
        let crossing = |outside: usize, inside: usize| {
            let ((out, low), (into, high)) = (self.points[outside], self.points[inside]);
            out + (into - out) * ((least - low) / (high - low)).clamp(0.0, 1.0)
        };
        let low = match first_in {
            0 => self.points[0].0,
            at => crossing(at - 1, at),
        };
        let high = match last_in {
            at if at == last => self.points[last].0,
            at => crossing(at + 1, at),
        };
        (low, high)
    }
}

#[cfg(test)]
#[path = "threshold_tests.rs"]
mod tests;
