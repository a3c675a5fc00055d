//! The sampler against the closed form.

use super::*;
use crate::policy::Surface;
use crate::unit::mix::counter_word;

/// Noise under a key of that seed.
pub(super) fn key_of(seed: u64) -> NoiseKey {
    let mut key = NoiseKey::default();
    key.set(&std::array::from_fn(|at| {
        counter_word(seed, at as u64) as u32
    }));
    key
}

/// P(noise = k).
fn probability(epsilon: f64, k: i64) -> f64 {
    let alpha = (-epsilon).exp();
    (1.0 - alpha) / (1.0 + alpha) * alpha.powi(k.abs() as i32)
}

/// So many draws, of as many objects.
fn draws(seed: u64, epsilon: Epsilon, count: u64) -> Vec<i64> {
    let key = key_of(seed);
    let of = |object| {
        let noise = key.of(3, Surface::Content, object);
        noise.of_segment((object % 8) as usize, epsilon)
    };
    (0..count).map(of).collect()
}

/// χ² of draws against the closed form, each value of at least 50 expected a
/// cell of its own, the two tails one each; with its degrees of freedom.
fn chi_square(draws: &[i64], epsilon: f64) -> (f64, f64) {
    let all = draws.len() as f64;
    let mut edge = 0;
    while probability(epsilon, edge + 1) * all >= 50.0 {
        edge += 1;
    }
    let (mut sum, mut cells) = (0.0, 0.0);
    let mut add = |found: usize, expected: f64| {
        sum += (found as f64 - expected).powi(2) / expected;
        cells += 1.0;
    };
    for k in -edge..=edge {
        let found = draws.iter().filter(|&&draw| draw == k).count();
        add(found, probability(epsilon, k) * all);
    }
    let alpha = (-epsilon).exp();
    let tail = probability(epsilon, edge + 1) / (1.0 - alpha) * all;
    add(draws.iter().filter(|&&draw| draw > edge).count(), tail);
    add(draws.iter().filter(|&&draw| draw < -edge).count(), tail);
    (sum, cells - 1.0)
}

#[test]
fn draws_have_the_distribution_of_the_closed_form() {
    for thousandths in [100, 500, 1_000, 1_500, 333, 2_700] {
        let epsilon = Epsilon::of_thousandths(thousandths);
        let drawn = draws(u64::from(thousandths), epsilon, 200_000);
        let (sum, freedom) = chi_square(&drawn, epsilon.value());
        // mean and standard deviation of χ²; 5 of them
        let most = freedom + 5.0 * (2.0 * freedom).sqrt();
        assert!(sum < most, "ε {}: {sum} of {most}", epsilon.value());
    }
}

/// The test itself finds a sampler that is off by a tenth.
#[test]
fn another_epsilon_is_told_from_the_right_one() {
    let drawn = draws(1, Epsilon::of_thousandths(500), 200_000);
    let (sum, freedom) = chi_square(&drawn, 0.55);
    assert!(sum > freedom + 20.0 * (2.0 * freedom).sqrt());
}

#[test]
fn accuracy_is_as_stated() {
    let drawn = draws(2, Epsilon::of_thousandths(500), 400_000);
    let share = |fits: fn(i64) -> bool| {
        drawn.iter().filter(|&&draw| fits(draw)).count() as f64 / drawn.len() as f64
    };
    // 1 − 2α^6/(1 + α) and α^10/(1 + α), α = exp(−½)
    assert!((share(|draw| draw.abs() <= 5) - 0.938_02).abs() < 0.002);
    assert!((share(|draw| draw >= 10) - 0.004_194).abs() < 0.000_6);
}

#[test]
fn noise_is_a_function_of_its_key_and_place_alone() {
    let (key, epsilon) = (key_of(9), Epsilon::of_thousandths(500));
    let all = |key: &NoiseKey| {
        let mut all = Vec::new();
        for epoch in 0..5 {
            for surface in [Surface::Profile, Surface::Picture, Surface::Content] {
                for object in 0..20 {
                    let noise = key.of(epoch, surface, object);
                    all.push((0..8).map(move |segment| noise.of_segment(segment, epsilon)));
                }
            }
        }
        all.into_iter()
            .map(Iterator::collect)
            .collect::<Vec<Vec<i64>>>()
    };
    let first = all(&key);
    assert_eq!(first, all(&key));
    let other = all(&key_of(10));
    // places differ from each other, and so do keys: eight numbers agree by
    // chance in one of 40,000 pairs or so
    assert!(first.iter().zip(&other).filter(|(a, b)| a == b).count() <= 1);
    let mut distinct = first.clone();
    distinct.sort_unstable();
    distinct.dedup();
    assert!(distinct.len() + 6 >= first.len(), "{}", distinct.len());
}

#[test]
fn epsilon_is_a_fraction_in_lowest_terms() {
    let parts = |thousandths| {
        let epsilon = Epsilon::of_thousandths(thousandths);
        (epsilon.numerator, epsilon.denominator)
    };
    assert_eq!(parts(500), (1, 2));
    assert_eq!(parts(2_000), (2, 1));
    assert_eq!(parts(333), (333, 1000));
    assert_eq!(parts(0), (1, 1000));
    assert_eq!(Epsilon::of_thousandths(500).value(), 0.5);
}
