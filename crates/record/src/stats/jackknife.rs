//! An interval of a figure that is no mean of rounds, such as the ratio of two
//! percentiles of merged rounds: by leaving each round out in turn.

use super::interval::{LogMean, RatioInterval};

/// The interval of a ratio whose logarithm is `whole` over all rounds, and
/// `without` over all rounds but one, each left out once.
///
/// Leaving out round i would move the figure by as much as an observation
/// x_i = whole + (n − 1) (whole − without_i) in a mean; the interval is
/// Student's t on those, n − 1 degrees of freedom, around `whole` (J. W.
/// Tukey, "Bias and confidence in not-quite large samples", 1958). A round is
/// a large group of samples, without which the jackknife fails for quantiles
/// (J. Shao and C. F. J. Wu, "A general theory for jackknife variance
/// estimation", Annals of Statistics 17(3), 1989).
///
/// `None` with fewer than two rounds, or where a figure or an end is not
/// finite.
#[must_use]
pub fn jackknifed_ratio(whole: f64, without: &[f64]) -> Option<RatioInterval> {
    let others = without.len() as f64 - 1.0;
    let observations: Vec<f64> = without
        .iter()
        .map(|without| whole + others * (whole - without))
        .collect();
    let mean = LogMean::of_logs(&observations)?;
    let centred = LogMean {
        centre: whole,
        ..mean
    };
    centred.interval(without.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::{ServiceHistogram, paired_ratio};
    use rand::{SeedableRng as _, rngs::StdRng};
    use rand_distr::{Distribution as _, StandardNormal};

    #[test]
    fn of_a_mean_it_is_the_interval_of_the_mean() {
        let logs = [0.1, 0.25, 0.3, 0.2];
        let sum: f64 = logs.iter().sum();
        let without = logs.map(|log| (sum - log) / 3.0);
        let found = jackknifed_ratio(sum / 4.0, &without).unwrap();
        let pairs = logs.map(|log| (1.0, log.exp()));
        let plain = paired_ratio(&pairs).unwrap();
        assert!((found.low / plain.low - 1.0).abs() < 1e-12);
        assert!((found.high / plain.high - 1.0).abs() < 1e-12);
        assert_eq!(found.rounds, 4);
    }

    #[test]
    fn what_is_too_little_has_none() {
        assert_eq!(jackknifed_ratio(0.1, &[0.1]), None);
        assert_eq!(jackknifed_ratio(f64::NAN, &[0.1, 0.2]), None);
        assert_eq!(jackknifed_ratio(0.1, &[0.1, f64::INFINITY]), None);
    }

    /// A round of a lognormal service time of median 1 ms, the round's own
    /// luck on it.
    fn round(rng: &mut StdRng, samples: usize, luck: f64) -> ServiceHistogram {
        let shift: f64 = StandardNormal.sample(rng);
        let mut histogram = ServiceHistogram::new();
        for _ in 0..samples {
            let own: f64 = StandardNormal.sample(rng);
            histogram.record((1e6 * (luck * shift + 0.3 * own).exp()) as u64);
        }
        histogram
    }

    fn merged<'h>(rounds: impl Iterator<Item = &'h ServiceHistogram>) -> ServiceHistogram {
        let mut all = ServiceHistogram::new();
        rounds.for_each(|round| all.merge(round));
        all
    }

    /// How often the interval of two equal engines' merged p99 holds 1.
    fn coverage(rounds: usize, luck: f64) -> f64 {
        let mut rng = StdRng::seed_from_u64(rounds as u64 ^ rng_key(luck));
        let times = 400;
        let held = (0..times)
            .filter(|_| {
                let samples = 300;
                let mut side = || -> Vec<ServiceHistogram> {
                    (0..rounds)
                        .map(|_| round(&mut rng, samples, luck))
                        .collect()
                };
                let (own, base) = (side(), side());
                let log = |left_out: usize| {
                    let kept = |all: &[ServiceHistogram]| {
                        let rounds = all.iter().enumerate();
                        let kept = rounds.filter(|(at, _)| *at != left_out);
                        merged(kept.map(|(_, round)| round)).value_at_quantile(0.99) as f64
                    };
                    (kept(&base) / kept(&own)).ln()
                };
                let without: Vec<f64> = (0..rounds).map(log).collect();
                let interval = jackknifed_ratio(log(rounds), &without).unwrap();
                (interval.low..=interval.high).contains(&1.0)
            })
            .count();
        held as f64 / f64::from(times)
    }

    fn rng_key(luck: f64) -> u64 {
        (luck * 1_000.0) as u64
    }

    #[test]
    fn intervals_of_merged_percentiles_hold_the_truth() {
        for rounds in [3, 5, 10] {
            for luck in [0.02, 0.1] {
                let held = coverage(rounds, luck);
                assert!((0.90..=0.99).contains(&held), "{rounds} {luck}: {held}");
            }
        }
    }
}
