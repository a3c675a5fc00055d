//! Where a time series becomes steady.

use notibench_record::stats::trend;

/// Intervals that a series has at least.
const FEWEST: usize = 8;
/// What the cut must do to the error of the mean to be worth it.
const WORTH: f64 = 0.5;
/// Change from the steady state's first interval to its last that is let
/// pass, however certain: a tenth.
const LEVEL: f64 = 0.1;
/// A trend is one where chance makes one as steep less often than this.
const CERTAIN: f64 = 0.01;

/// The first interval of the steady state; `None` where there is none.
///
/// `typical_ns` is each interval's median response time. The cut is where the
/// marginal standard error of the mean of the logarithms of what is left is
/// least (MSER: K. P. White, "An effective truncation heuristic for bias
/// reduction in simulation output", Simulation 69(6), 1997), at most half of
/// the series, and nothing unless that halves the error's square. What is
/// left must have no trend: of more than a tenth, at 1%.
#[must_use]
pub(super) fn steady_from(typical_ns: &[u64]) -> Option<usize> {
    if typical_ns.len() < FEWEST {
        return None;
    }
    // a median of 0 ns is one below the clock's step
    let values: Vec<f64> = typical_ns.iter().map(|&ns| ns.max(1) as f64).collect();
    let logs: Vec<f64> = values.iter().map(|value| value.ln()).collect();
    let half = logs.len() / 2;
    let errors: Vec<f64> = (0..=half).map(|cut| squared_error(&logs[cut..])).collect();
    let best = (0..=half).min_by(|&one, &other| errors[one].total_cmp(&errors[other]))?;
    // rounding alone makes an error of what is level
    let cut = if errors[0] > 1e-12 && errors[best] < WORTH * errors[0] {
        best
    } else {
        0
    };
    if cut == half {
        return None;
    }
    let left = trend(&values[cut..])?;
    let is_level = left.change.abs() <= LEVEL || left.p_value >= CERTAIN;
    is_level.then_some(cut)
}

/// The square of the marginal standard error of the mean.
fn squared_error(values: &[f64]) -> f64 {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (count * count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};

    #[test]
    fn a_warm_up_is_cut_and_nothing_else() {
        let mut series = vec![900, 400, 150];
        series.extend([100, 102, 99, 101, 100, 98, 103, 100, 101, 99, 100]);
        assert_eq!(steady_from(&series), Some(3));
        assert_eq!(steady_from(&series[3..]), Some(0));
    }

    #[test]
    fn what_rises_to_the_end_is_not_steady() {
        let rising: Vec<u64> = (1..20).map(|at| 100 * at).collect();
        assert_eq!(steady_from(&rising), None);
        let late: Vec<u64> = (0..20)
            .map(|at| if at < 14 { 1_000 } else { 100 })
            .collect();
        assert_eq!(steady_from(&late), None);
    }

    #[test]
    fn few_intervals_say_nothing() {
        assert_eq!(steady_from(&[100; 7]), None);
        assert_eq!(steady_from(&[100; 8]), Some(0));
        assert_eq!(steady_from(&[0; 8]), Some(0));
    }

    #[test]
    fn noise_is_seldom_cut() {
        let mut rng = StdRng::seed_from_u64(3);
        let runs = 1_000;
        let whole = (0..runs)
            .filter(|_| {
                let noise: Vec<u64> = (0..20).map(|_| rng.random_range(900..1_100)).collect();
                steady_from(&noise) == Some(0)
            })
            .count();
        assert!(whole > runs * 9 / 10, "{whole} of {runs}");
    }
}
