//! How often members occur under a Zipf law, and how far observed counts are
//! from that.

use statrs::function::gamma::gamma_lr;

use super::super::census::Popularity;
use super::estimate::Fitted;
use super::harmonic::{EXACT, harmonic};

/// Steps of the integral over one window.
const STEPS: usize = 64;
/// ln v at which the integral begins: what lies before has no weight.
const START: f64 = -30.0;
/// The exponent in front of the middle of the first rank, at the most.
const HEAD_EXPONENT: f64 = 0.25;

/// How counts are distributed under one exponent and number of members.
#[derive(Clone, Copy, Debug)]
pub(super) struct Law {
    exponent: f64,
    members: f64,
    /// ln A.
    scale: f64,
}

impl Law {
    /// The law of `members` whose means sum to `total` events.
    pub(super) fn new(exponent: f64, members: f64, total: f64) -> Self {
        Self {
            exponent,
            members,
            scale: (total / harmonic(members, exponent)).ln(),
        }
    }

    /// ln f(count).
    pub(super) fn ln_probability(&self, count: f64) -> f64 {
        let end = (self.members + 0.5).ln();
        // below v = 1 two v make one u; there counts beyond the first rank's
        // stay possible, but the mean stays finite
        let head = self.exponent.min(HEAD_EXPONENT);
        let parts = [
            self.ln_integral(count, head, START, 0.0) - std::f64::consts::LN_2,
            self.ln_integral(count, self.exponent, 0.0, end),
        ];
        let most = parts[0].max(parts[1]);
        most + ((parts[0] - most).exp() + (parts[1] - most).exp()).ln() - self.members.ln()
    }

    /// ln of the integral of the Poisson probability of `count` over v, with
    /// w = ln v from `low` to `high`, by Simpson's rule in the window where
    /// the probability is not negligible.
    fn ln_integral(&self, count: f64, exponent: f64, low: f64, high: f64) -> f64 {
        let spread = 8.0 * (count + 1.0).sqrt() + 8.0;
        let (mut from, mut to) = (low, high);
        if exponent > 1e-9 {
            let at = |mean: f64| (self.scale - mean.ln()) / exponent;
            from = from.max(at(count + spread));
            if count > spread {
                to = to.min(at(count - spread));
            }
        }
        // where the window lies outside, the nearest end is what there is
        if from >= to {
            (from, to) = if from >= high {
                (high - 1e-3, high)
            } else {
                (low, low + 1e-3)
            };
        }
        let ln_factorial = libm::lgamma(count + 1.0);
        let step = (to - from) / STEPS as f64;
        let mut values = [0.0; STEPS + 1];
        let mut most = f64::NEG_INFINITY;
        for (k, value) in values.iter_mut().enumerate() {
            let w = from + step * k as f64;
            let ln_mean = self.scale - exponent * w;
            *value = w + count * ln_mean - ln_mean.exp() - ln_factorial;
            most = most.max(*value);
        }
        let sum: f64 = (0..)
            .zip(&values)
            .map(|(k, value)| weight(k) * (value - most).exp())
            .sum();
        most + (sum * step / 3.0).ln()
    }

    /// The members that occur more than `count` times, on average.
    fn beyond(&self, count: f64) -> f64 {
        let end = (self.members + 0.5).ln();
        let head = self.exponent.min(HEAD_EXPONENT);
        self.mass_beyond(count, head, START, 0.0) / 2.0
            + self.mass_beyond(count, self.exponent, 0.0, end)
    }

    /// The integral over v of the probability of more than `count`, with
    /// w = ln v from `low` to `high`: certain in front of a window, nothing
    /// behind it, and by Simpson's rule in it.
    fn mass_beyond(&self, count: f64, exponent: f64, low: f64, high: f64) -> f64 {
        if exponent <= 1e-9 {
            return (high.exp() - low.exp()) * more_than(count, self.scale.exp());
        }
        let spread = 8.0 * (count + 1.0).sqrt() + 8.0;
        let at = |mean: f64| (self.scale - mean.ln()) / exponent;
        let from = at(count + spread).clamp(low, high);
        let to = match count > spread {
            true => at(count - spread).clamp(low, high),
            false => high,
        };
        let step = (to - from) / STEPS as f64;
        let value = |k: usize| {
            let w = from + step * k as f64;
            w.exp() * more_than(count, (self.scale - exponent * w).exp())
        };
        let sum: f64 = (0..=STEPS).map(|k| weight(k) * value(k)).sum();
        from.exp() - low.exp() + sum * step / 3.0
    }

    /// The probability that nobody occurs more than `count` times, each rank
    /// with its own mean. Ranks beyond the first few share terms.
    fn none_beyond(&self, count: f64) -> f64 {
        let (mut ln, mut rank) = (0.0, 1.0);
        while rank <= self.members {
            let width = (rank * 0.03).floor().clamp(1.0, self.members - rank + 1.0);
            let mean = (self.scale - self.exponent * (rank + (width - 1.0) / 2.0).ln()).exp();
            ln += width * libm::log1p(-more_than(count, mean).min(1.0));
            rank += width;
        }
        ln.exp()
    }

    /// How often the most frequent occurs: the median, and what lies below
    /// and above it in one case of forty each.
    pub(super) fn top(&self) -> Fitted {
        let quantile = |share: f64| {
            // twice the first rank's mean, and more where that is small
            let (mut low, mut high) = (0.0, 2.0 * self.scale.exp() + 64.0);
            while high - low > 0.5 {
                let middle = f64::midpoint(low, high);
                if self.none_beyond(middle.floor()) < share {
                    low = middle;
                } else {
                    high = middle;
                }
            }
            high.floor()
        };
        Fitted {
            value: quantile(0.5),
            low: quantile(0.025),
            high: quantile(0.975),
        }
    }
}

/// The distance of Kolmogorov and Smirnov between how often the ids seen
/// occur and how often the law says, with one exponent and number of members:
/// from 0 to 1.
pub(super) fn distance(of: &Popularity, exponent: f64, members: f64) -> f64 {
    let law = Law::new(exponent, members, of.total as f64);
    let seen = law.beyond(0.0).max(f64::MIN_POSITIVE);
    let (mut far, mut last) = (0.0_f64, 0);
    for same in of.counts.chunk_by(|a, b| a == b).rev() {
        let count = same[0];
        // large counts that differ by less than a hundredth share a look
        if count > EXACT && count - last < last / 100 {
            continue;
        }
        last = count;
        // the shares step at each count: both sides of the step are looked at
        for count in [count - 1, count] {
            let above = of.counts.partition_point(|&other| other > count);
            let observed = above as f64 / of.counts.len() as f64;
            let expected = (law.beyond(count as f64) / seen).min(1.0);
            far = far.max((observed - expected).abs());
        }
    }
    far
}

/// The probability that a Poisson variable exceeds `count`: above [`EXACT`] by
/// Wilson's and Hilferty's approximation, which is off by less than 1e-4 there.
fn more_than(count: f64, mean: f64) -> f64 {
    let shape = count + 1.0;
    if count <= EXACT as f64 {
        return gamma_lr(shape, mean);
    }
    let ninth = 1.0 / (9.0 * shape);
    let z = ((mean / shape).cbrt() - 1.0 + ninth) / ninth.sqrt();
    0.5 * libm::erfc(-z / std::f64::consts::SQRT_2)
}

/// Simpson's weight of a step.
fn weight(k: usize) -> f64 {
    match k {
        0 | STEPS => 1.0,
        _ if k % 2 == 1 => 4.0,
        _ => 2.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_sum_to_one_and_have_the_mean_asked_for() {
        for (exponent, members, total) in [(0.0, 50.0, 500.0_f64), (0.8, 400.0, 4_000.0)] {
            let law = Law::new(exponent, members, total);
            let (mut sum, mut mean) = (0.0, 0.0);
            for count in 0..20_000 {
                let p = law.ln_probability(f64::from(count)).exp();
                sum += p;
                mean += p * f64::from(count);
            }
            assert!((sum - 1.0).abs() < 1e-3, "{exponent}: {sum}");
            let relative = mean * members / total - 1.0;
            assert!(relative.abs() < 0.05, "{exponent}: {relative}");
        }
    }

    #[test]
    fn what_lies_beyond_a_count_is_the_sum_of_the_rest() {
        for (exponent, members, total) in [(0.0, 50.0, 500.0), (0.8, 400.0, 4_000.0)] {
            let law = Law::new(exponent, members, total);
            let mut upto = 0.0;
            for count in 0..60 {
                upto += law.ln_probability(f64::from(count)).exp();
                let beyond = law.beyond(f64::from(count)) / members;
                assert!(
                    (1.0 - upto - beyond).abs() < 2e-3,
                    "{exponent} {count}: {upto} {beyond}"
                );
            }
        }
        // both ways of computing it meet
        for mean in [150.0, 190.0, 201.0, 215.0, 260.0] {
            let off = more_than(200.0, mean) - more_than(200.5, mean);
            assert!((-1e-3..0.03).contains(&off), "{mean}: {off}");
        }
    }

    #[test]
    fn the_distance_is_a_share_however_large_the_counts_are() {
        let of = |counts: Vec<u64>| Popularity {
            total: counts.iter().sum(),
            counts,
        };
        for counts in [
            vec![1_000_000; 50],
            vec![1 << 31],
            vec![1 << 30, 1],
            vec![1; 300],
            vec![100_000, 90_000, 80_000, 3, 2, 1],
        ] {
            let of = of(counts);
            for exponent in [0.0, 0.5, 1.0, 4.0] {
                for unseen in [1.0, 7.0, 1_000.0] {
                    let far = distance(&of, exponent, of.distinct() as f64 * unseen);
                    assert!(
                        (0.0..=1.0).contains(&far),
                        "{exponent} {unseen}: {far} {of:?}"
                    );
                }
            }
        }
        // half of even counts lie on either side of their mean
        let far = distance(&of(vec![1_000_000; 50]), 0.0, 50.0);
        assert!((far - 0.5).abs() < 0.01, "{far}");
    }

    #[test]
    fn the_most_frequent_occurs_as_often_as_its_rank_says() {
        let steep = Law::new(1.0, 100.0, 1e6).top();
        let first = 1e6 / harmonic(100.0, 1.0);
        assert!(
            (steep.value / first - 1.0).abs() < 1e-3,
            "{steep:?} {first}"
        );
        assert!(steep.low < steep.value && steep.value < steep.high);
        // of many even ones the luckiest has more than the mean
        let even = Law::new(0.0, 2_000.0, 50_000.0).top();
        assert!((40.0..48.0).contains(&even.value), "{even:?}");
    }
}
