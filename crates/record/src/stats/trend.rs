//! Whether a figure rises or falls from round to round beyond its noise.

use super::average::mean;
use super::significance::two_sided;

/// A straight line through the logarithms of values taken one after another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trend {
    /// Change from the first value to the last along the line, as a fraction:
    /// 0.1 is 10% more.
    pub change: f64,
    /// The chance of a slope as steep without any trend.
    pub p_value: f64,
}

/// The trend of positive values; `None` of fewer than four, or where one is
/// not positive and finite.
///
/// Least squares, and the t-test of a slope of 0 with n − 2 degrees of
/// freedom: N. R. Draper and H. Smith, "Applied regression analysis",
/// section 1.4.
#[must_use]
pub fn trend(values: &[f64]) -> Option<Trend> {
    let usable = |value: &f64| value.is_finite() && *value > 0.0;
    if values.len() < 4 || !values.iter().all(usable) {
        return None;
    }
    let logs: Vec<f64> = values.iter().map(|value| value.ln()).collect();
    let centre = mean(&logs)?;
    let middle = (logs.len() - 1) as f64 / 2.0;
    let offsets = || (0..logs.len()).map(|at| at as f64 - middle);
    let squares: f64 = offsets().map(|x| x * x).sum();
    let slope = offsets()
        .zip(&logs)
        .map(|(x, y)| x * (y - centre))
        .sum::<f64>()
        / squares;
    let left: f64 = offsets()
        .zip(&logs)
        .map(|(x, y)| (y - centre - slope * x).powi(2))
        .sum();
    let freedom = (logs.len() - 2) as f64;
    let error = (left / freedom / squares).sqrt();
    Some(Trend {
        change: (slope * 2.0 * middle).exp_m1(),
        p_value: two_sided(slope, error, freedom),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{SeedableRng as _, rngs::StdRng};
    use rand_distr::{Distribution as _, StandardNormal};

    #[test]
    fn a_known_line() {
        // logs 0, 1, 2, 5: slope 1.6, residual sum of squares 1.2, squares 5,
        // so t = 1.6 / √(1.2 / 2 / 5) = 4.6188; two degrees of freedom
        let values = [0.0_f64, 1.0, 2.0, 5.0].map(f64::exp);
        let found = trend(&values).unwrap();
        assert!((found.change.ln_1p() - 4.8).abs() < 1e-9, "{found:?}");
        let t = 1.6 / 0.12_f64.sqrt();
        let expected = 1.0 - t / (2.0 + t * t).sqrt();
        assert!((found.p_value - expected).abs() < 1e-9, "{found:?}");
    }

    #[test]
    fn what_has_no_trend_has_none() {
        assert_eq!(trend(&[1.0, 2.0, 3.0]), None);
        assert_eq!(trend(&[1.0, 2.0, 3.0, 0.0]), None);
        let level = trend(&[2.0; 6]).unwrap();
        assert_eq!((level.change, level.p_value), (0.0, 1.0));
    }

    #[test]
    fn noise_looks_like_a_trend_as_often_as_said() {
        let mut rng = StdRng::seed_from_u64(7);
        let seen = (0..4_000)
            .filter(|_| {
                let values: Vec<f64> = (0..5)
                    .map(|_| {
                        let noise: f64 = StandardNormal.sample(&mut rng);
                        100.0 * (0.05 * noise).exp()
                    })
                    .collect();
                trend(&values).unwrap().p_value < 0.01
            })
            .count();
        let share = seen as f64 / 4_000.0;
        assert!((0.005..0.015).contains(&share), "{share}");
    }
}
