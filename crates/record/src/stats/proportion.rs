//! Intervals of a proportion, and how two means differ.

use statrs::distribution::{Beta, ContinuousCDF, StudentsT};

/// The interval of a proportion of `hits` of `count` that holds the true one
/// with at least that confidence, exactly: C. J. Clopper and E. S. Pearson,
/// "The use of confidence or fiducial limits", Biometrika 26, 1934.
///
/// `None` where `count` is 0, `hits` is more, or the confidence is no
/// proportion below 1.
#[must_use]
pub fn proportion_interval(hits: u64, count: u64, confidence: f64) -> Option<(f64, f64)> {
    if count == 0 || hits > count || !(0.0..1.0).contains(&confidence) {
        return None;
    }
    let tail = (1.0 - confidence) / 2.0;
    let (hits_f, misses) = (hits as f64, (count - hits) as f64);
    let low = match hits {
        0 => 0.0,
        _ => Beta::new(hits_f, misses + 1.0).ok()?.inverse_cdf(tail),
    };
    let high = match count - hits {
        0 => 1.0,
        _ => Beta::new(hits_f + 1.0, misses)
            .ok()?
            .inverse_cdf(1.0 - tail),
    };
    Some((low, high))
}

/// Whether two means differ: B. L. Welch's test, 1947.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WelchTest {
    /// Mean of the one sample.
    pub mean: f64,
    /// Mean of the other.
    pub other: f64,
    /// Their difference in standard errors.
    pub t: f64,
    /// Degrees of freedom, after Satterthwaite.
    pub freedom: f64,
    /// How often chance alone gives as much, in either direction.
    pub p: f64,
}

/// Welch's test of two samples; `None` with fewer than two values on a side,
/// or where nothing varies.
#[must_use]
pub fn welch(one: &[f64], other: &[f64]) -> Option<WelchTest> {
    let moments = |sample: &[f64]| {
        let count = sample.len() as f64;
        let mean = sample.iter().sum::<f64>() / count;
        let squares = sample.iter().map(|value| (value - mean).powi(2));
        let of_mean = squares.sum::<f64>() / (count - 1.0) / count;
        (sample.len() > 1).then_some((mean, of_mean, count - 1.0))
    };
    let ((mean, variance, freedom), (mean_2, variance_2, freedom_2)) =
        (moments(one)?, moments(other)?);
    let error = (variance + variance_2).sqrt();
    let parts = variance.powi(2) / freedom + variance_2.powi(2) / freedom_2;
    let freedom = (variance + variance_2).powi(2) / parts;
    let t = (mean_2 - mean) / error;
    let student = StudentsT::new(0.0, 1.0, freedom).ok()?;
    t.is_finite().then(|| WelchTest {
        mean,
        other: mean_2,
        t,
        freedom,
        p: 2.0 * student.cdf(-t.abs()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_its_ends_what_was_found_is_as_rare_as_stated() {
        // P(X = at) for each, by its recurrence
        let binomial = |count: i32, p: f64| {
            let mut all = vec![(1.0 - p).powi(count)];
            for at in 1..=count {
                let ratio = f64::from(count - at + 1) / f64::from(at) * p / (1.0 - p);
                all.push(all[at as usize - 1] * ratio);
            }
            all
        };
        for (hits, count) in [(7, 20), (1, 10), (150, 300)] {
            let (low, high) = proportion_interval(hits, count, 0.95).unwrap();
            let at_least: f64 = binomial(count as i32, low)[hits as usize..].iter().sum();
            let at_most: f64 = binomial(count as i32, high)[..=hits as usize].iter().sum();
            assert!((at_least - 0.025).abs() < 1e-6, "{at_least}");
            assert!((at_most - 0.025).abs() < 1e-6, "{at_most}");
        }
        assert_eq!(proportion_interval(0, 10, 0.95).unwrap().0, 0.0);
        assert_eq!(proportion_interval(10, 10, 0.95).unwrap().1, 1.0);
        let narrow = proportion_interval(200_000, 400_000, 0.95).unwrap();
        let wide = proportion_interval(200_000, 400_000, 0.999).unwrap();
        assert!(wide.0 < narrow.0 && narrow.1 < wide.1);
        assert!((narrow.1 - narrow.0 - 2.0 * 1.96 * (0.25_f64 / 400_000.0).sqrt()).abs() < 1e-5);
        assert_eq!(proportion_interval(1, 0, 0.95), None);
        assert_eq!(proportion_interval(3, 2, 0.95), None);
        assert_eq!(proportion_interval(1, 2, 1.0), None);
    }

    #[test]
    fn welch_is_what_a_hand_works_out() {
        // variances of the means 26.8 / 4 / 5 and 142 / 5 / 6
        let one = [3.0, 4.0, 5.0, 8.0, 9.0];
        let other = [5.0, 7.0, 9.0, 12.0, 13.0, 20.0];
        let test = welch(&one, &other).unwrap();
        assert!(
            (test.t - 5.2 / (1.34_f64 + 142.0 / 30.0).sqrt()).abs() < 1e-12,
            "{test:?}"
        );
        assert!((test.freedom - 7.482).abs() < 1e-3, "{test:?}");
        assert!((0.05..0.09).contains(&test.p), "{test:?}");
        assert_eq!(welch(&[1.0], &other), None);
        assert_eq!(welch(&[1.0, 1.0], &[1.0, 1.0]), None);
    }
}
