//! How surprising a difference would be if there were none, for one comparison
//! and for many at once.

use statrs::distribution::{ContinuousCDF as _, StudentsT};

/// The chance that a mean without any effect is as far from 0 as `centre`.
pub(super) fn two_sided(centre: f64, standard_error: f64, freedom: f64) -> f64 {
    if centre == 0.0 {
        return 1.0;
    }
    if standard_error == 0.0 {
        return 0.0;
    }
    let t = (centre / standard_error).abs();
    StudentsT::new(0.0, 1.0, freedom).map_or(1.0, |student| (2.0 * student.sf(t)).min(1.0))
}

/// p-values adjusted for their number by Holm's step-down method: where all
/// that are below 0.05 are called significant, the chance that any of them is
/// so by luck alone is at most 5%, however they depend on each other.
///
/// The k-th smallest of m is multiplied by m − k + 1, and is at least as large
/// as the one before it: S. Holm, "A simple sequentially rejective multiple
/// test procedure", Scandinavian Journal of Statistics 6(2), 1979. The order
/// is that of `p_values`, which lie between 0 and 1.
#[must_use]
pub fn holm_adjusted(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&one, &other| p_values[one].total_cmp(&p_values[other]));
    let mut adjusted = vec![1.0; p_values.len()];
    let mut highest: f64 = 0.0;
    for (rank, &at) in order.iter().enumerate() {
        let weighed = p_values[at] * (p_values.len() - rank) as f64;
        highest = highest.max(weighed.min(1.0));
        adjusted[at] = highest;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::super::paired_ratio;
    use super::*;
    use proptest::prelude::*;
    use rand::{SeedableRng as _, rngs::StdRng};
    use rand_distr::{Distribution as _, StandardNormal};

    #[test]
    fn holm_by_hand() {
        let adjusted = holm_adjusted(&[0.01, 0.04, 0.03, 0.005]);
        let expected = [0.03, 0.06, 0.06, 0.02];
        for (found, right) in adjusted.iter().zip(expected) {
            assert!((found - right).abs() < 1e-12, "{adjusted:?}");
        }
        assert_eq!(holm_adjusted(&[]), Vec::<f64>::new());
        assert_eq!(holm_adjusted(&[0.7, 0.9]), [1.0, 1.0]);
    }

    /// How often, of 2,000 families of 12 comparisons without any difference,
    /// at least one is called significant.
    fn false_families(adjust: fn(&[f64]) -> Vec<f64>) -> f64 {
        let mut rng = StdRng::seed_from_u64(19_79);
        let times = 2_000;
        let found = (0..times)
            .filter(|_| {
                let family: Vec<f64> = (0..12)
                    .map(|_| {
                        let pairs: Vec<(f64, f64)> = (0..5)
                            .map(|_| {
                                let noise: f64 = StandardNormal.sample(&mut rng);
                                (1.0, (0.05 * noise).exp())
                            })
                            .collect();
                        paired_ratio(&pairs).unwrap().p_value()
                    })
                    .collect();
                adjust(&family).iter().any(|&p| p < 0.05)
            })
            .count();
        found as f64 / f64::from(times)
    }

    #[test]
    fn of_a_report_without_differences_one_in_twenty_sees_any() {
        // unadjusted it is 1 − 0.95^12 = 0.46; standard errors 0.005 and 0.011
        let held = false_families(holm_adjusted);
        assert!((0.03..0.065).contains(&held), "{held}");
        let naive = false_families(<[f64]>::to_vec);
        assert!((0.42..0.50).contains(&naive), "{naive}");
    }

    proptest! {
        #[test]
        fn an_adjusted_value_is_no_smaller_and_keeps_its_place(
            p in proptest::collection::vec(0.0..=1.0_f64, 0..20),
        ) {
            let adjusted = holm_adjusted(&p);
            for (one, a) in p.iter().zip(&adjusted) {
                prop_assert!(a >= one && *a <= 1.0);
                for (other, b) in p.iter().zip(&adjusted) {
                    prop_assert!(one > other || a <= b);
                }
            }
        }
    }
}
