//! Whether a curve misses the means of its points by more than the noise of
//! rounds explains.

use statrs::distribution::{ContinuousCDF as _, FisherSnedecor};

/// The p-value of the classical F-test of lack of fit (N. R. Draper and H.
/// Smith, "Applied Regression Analysis", Wiley 1998, section 2.1): by how much
/// the curve misses the points' means, `misses`, beside how far the rounds lie
/// apart, `rounds`, of each what no change of the curve's `parameters`
/// explains. What all points of a round share is such a change where the
/// curve has a scale, so that it passes for no noise.
///
/// It supposes that all points are equally noisy. 1 where as many parameters
/// as points leave nothing to miss.
pub(super) fn lack_of_fit(misses: &[f64], rounds: &[Vec<f64>], parameters: usize) -> f64 {
    let free = misses.len().saturating_sub(parameters) as f64;
    let others = rounds.len().saturating_sub(1) as f64 * free;
    let squares = |values: &[f64]| values.iter().map(|x| x * x).sum::<f64>();
    let missed = squares(misses) * rounds.len() as f64 / free;
    let noise = rounds.iter().map(|round| squares(round)).sum::<f64>() / others;
    // rounding alone is no miss
    if free == 0.0 || misses.iter().all(|miss| miss.abs() < 1e-9) {
        return 1.0;
    }
    let ratio = missed / noise;
    let f = FisherSnedecor::new(free, others);
    f.map_or(0.0, |f| if ratio.is_finite() { f.sf(ratio) } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_p_value() {
        // 1 and 4 degrees of freedom: F is t², and 2.776² is exceeded by 5%.
        // 5 rounds of ± 1 in each of 4 points: 4 × 4 / (4 × 1) of noise
        let noise: Vec<Vec<f64>> = [1.0, -1.0, 1.0, -1.0, 0.0].map(|x| vec![x; 4]).to_vec();
        let miss = (2.776_f64.powi(2) * 4.0 / 5.0 / 4.0).sqrt();
        let p = lack_of_fit(&[miss; 4], &noise, 3);
        assert!((p - 0.05).abs() < 1e-4, "{p}");
    }

    #[test]
    fn nothing_to_miss_is_no_lack_and_no_noise_at_all_leaves_no_doubt() {
        assert_eq!(
            lack_of_fit(&[0.1; 3], &[vec![0.1; 3], vec![0.2; 3]], 3),
            1.0
        );
        assert_eq!(
            lack_of_fit(&[1e-12; 4], &[vec![0.0; 4], vec![0.0; 4]], 3),
            1.0
        );
        assert_eq!(
            lack_of_fit(&[0.01; 4], &[vec![0.0; 4], vec![0.0; 4]], 3),
            0.0
        );
    }
}
