//! Zipf exponents out of how often each id occurs, by maximum likelihood.
//!
//! Ranks are not observed: the most frequent id of a sample need not be the
//! most popular one, and ids that never occur are missing. A likelihood of
//! sorted counts as if they were ranks takes this noise for skew (a uniform
//! popularity gets an exponent well above 0). So the ranks are integrated
//! out: a member's rank `u` is uniform on (0, n], its count is Poisson with
//! mean `A v^-s`, where `v = u + 1/2` (the middle of rank k gets `k^-s`) and
//! `A` makes the n means sum to the events. With f(c) the probability of
//! count c, D members seen of n, and m_c of them with count c,
//!
//! ```text
//! ln L(s, n) = ln(n! / (n - D)!) + (n - D) ln f(0) + sum of m_c ln f(c)
//! ```
//!
//! Above its smallest counts f is the power law with exponent 1 + 1/s that
//! Clauset, Shalizi and Newman fit by maximum likelihood ("Power-law
//! distributions in empirical data", SIAM Review 51, 2009); here the small
//! counts take part, too, and no cut-off has to be chosen. Counts of n members
//! that share the same ranks vary less than n independent ones, so intervals
//! from this likelihood are rather too wide than too narrow.

use super::super::census::Popularity;
use super::estimate::Fitted;
use super::harmonic::{EXACT, harmonic};
use super::law::Law;

/// Exponents looked at.
pub(super) const MAX_EXPONENT: f64 = 4.0;

/// Counts and how many ids have each.
#[derive(Clone, Debug)]
pub(super) struct Frequencies {
    /// Count and number of ids, by rising count.
    terms: Vec<(f64, f64)>,
    seen: f64,
    total: f64,
}

impl Frequencies {
    pub(super) fn of(popularity: &Popularity) -> Self {
        let mut terms: Vec<(f64, f64)> = Vec::new();
        let mut start = 0.0;
        for &count in popularity.counts.iter().rev() {
            let count = count as f64;
            match terms.last_mut() {
                Some((mean, ids)) if count == *mean => *ids += 1.0,
                Some((mean, ids)) if count > EXACT as f64 && count < start * 1.02 => {
                    // the geometric mean: ln f is nearly straight in ln c
                    *mean = ((mean.ln() * *ids + count.ln()) / (*ids + 1.0)).exp();
                    *ids += 1.0;
                }
                _ => {
                    terms.push((count, 1.0));
                    start = count;
                }
            }
        }
        Self {
            terms,
            seen: popularity.distinct() as f64,
            total: popularity.total as f64,
        }
    }

    pub(super) const fn seen(&self) -> f64 {
        self.seen
    }

    /// ln L of the module's head.
    pub(super) fn log_likelihood(&self, exponent: f64, members: f64) -> f64 {
        let law = Law::new(exponent, members, self.total);
        let unseen = (members - self.seen).max(0.0);
        let mut sum = libm::lgamma(members + 1.0) - libm::lgamma(unseen + 1.0);
        if unseen > 0.0 {
            sum += unseen * law.ln_probability(0.0);
        }
        let terms = self.terms.iter();
        sum + terms
            .map(|&(count, ids)| ids * law.ln_probability(count))
            .sum::<f64>()
    }

    /// The best exponent for so many members, with its likelihood.
    pub(super) fn best_exponent(&self, members: f64) -> (f64, f64) {
        let at = |exponent: f64| self.log_likelihood(exponent, members);
        maximum(at, 0.0, MAX_EXPONENT, 2e-4)
    }
}

/// The exponent by the likelihood of ranks taken for what they are, of so many
/// members: sum of c ln(r^-s / H). Right where counts are large; elsewhere it
/// takes noise for skew.
pub(super) fn rank_exponent(counts: &[u64], members: f64) -> Fitted {
    let total: f64 = counts.iter().map(|&count| count as f64).sum();
    let ln_ranks: f64 = (1_u32..)
        .zip(counts)
        .map(|(rank, &count)| count as f64 * f64::from(rank).ln())
        .sum();
    let at = |s: f64| -s * ln_ranks - total * harmonic(members, s).ln();
    let (exponent, most) = maximum(at, 0.0, MAX_EXPONENT, 1e-5);
    let step = 1e-2;
    let middle = exponent.max(step);
    let curvature = (2.0 * most - at(middle - step) - at(middle + step)) / (step * step);
    let deviation = 1.0 / curvature.max(1e-6).sqrt();
    Fitted::around(exponent, deviation, MAX_EXPONENT)
}

/// The maximum of a function with one peak between two ends, by golden
/// section, and its value.
pub(super) fn maximum(
    of: impl Fn(f64) -> f64,
    mut low: f64,
    mut high: f64,
    close: f64,
) -> (f64, f64) {
    const GOLDEN: f64 = 0.618_033_988_749_894_8;
    let ends = [low, high];
    let mut left = high - GOLDEN * (high - low);
    let mut right = low + GOLDEN * (high - low);
    let (mut at_left, mut at_right) = (of(left), of(right));
    while high - low > close {
        if at_left >= at_right {
            (high, right, at_right) = (right, left, at_left);
            left = high - GOLDEN * (high - low);
            at_left = of(left);
        } else {
            (low, left, at_left) = (left, right, at_right);
            right = low + GOLDEN * (high - low);
            at_right = of(right);
        }
    }
    // an end may be higher than all between: an exponent of 0
    let middle = f64::midpoint(low, high);
    let [first, last] = ends;
    [first, middle, last]
        .map(|at| (at, of(at)))
        .into_iter()
        .fold(
            (middle, f64::NEG_INFINITY),
            |a, b| if b.1 > a.1 { b } else { a },
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn harmonic_sums_are_the_plain_sums() {
        for s in [0.0, 0.5, 1.0, 1.7, 3.0] {
            for n in [1_u32, 10, 256, 257, 5_000] {
                let plain: f64 = (1..=n).map(|k| f64::from(k).powf(-s)).sum();
                let found = harmonic(f64::from(n), s);
                assert!(
                    (found / plain - 1.0).abs() < 1e-9,
                    "{s} {n}: {found} {plain}"
                );
            }
        }
    }

    #[test]
    fn a_peak_is_found_inside_and_at_an_end() {
        let (at, _) = maximum(|x| -(x - 0.3) * (x - 0.3), 0.0, 2.0, 1e-6);
        assert!((at - 0.3).abs() < 1e-5);
        assert!(maximum(|x| -x, 0.0, 2.0, 1e-6).0 < 1e-5);
    }
}
