//! Where the level of a series changes, and what its noise is between the
//! changes.
//!
//! E-divisive: the split of a series whose two parts are furthest apart by
//! energy distance, believed where few permutations of the series do as well,
//! then each part in turn. D. S. Matteson and N. A. James, "A nonparametric
//! approach for multiple change point analysis of multivariate data", JASA
//! 109(505), 2014, with α = 1.

use rand::rngs::StdRng;
use rand::seq::SliceRandom as _;
use rand::{Rng, SeedableRng as _};

use super::average::mean;
use super::interval::student_t;

/// Values on either side of a change, at least.
const FEWEST: usize = 3;
/// A series has this many values at least, where a change is seen in it.
pub const FEWEST_WITH_CHANGE: usize = 2 * FEWEST;
/// Permutations that a split is compared with.
const PERMUTATIONS: usize = 199;
/// The share of them that may do as well: of series without a change one in
/// twenty gives a false alarm.
const SIGNIFICANCE: f64 = 0.05;
/// Two-sided coverage of what is expected of the next value.
const EXPECTED: f64 = 0.95;
/// The permutations are the same each time.
const SEED: u64 = 0x6564_6976;

/// A change of level.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChangePoint {
    /// Index of the first value of the new level.
    pub at: usize,
    /// The share of permutations, this order included, that split as well.
    pub p: f64,
}

/// The changes of `values`, in order; none in fewer than
/// [`FEWEST_WITH_CHANGE`] values. Finite
/// numbers are expected: others are compared like any, and never split well.
#[must_use]
pub fn change_points(values: &[f64]) -> Vec<ChangePoint> {
    let mut rng = StdRng::seed_from_u64(SEED);
    let mut found = Vec::new();
    divide(values, 0, &mut rng, &mut found);
    found.sort_by_key(|change| change.at);
    found
}

fn divide(values: &[f64], from: usize, rng: &mut impl Rng, found: &mut Vec<ChangePoint>) {
    let Some((at, distance)) = best_split(values) else {
        return;
    };
    let mut shuffled = values.to_vec();
    let mut as_good = 1;
    for _ in 0..PERMUTATIONS {
        shuffled.shuffle(rng);
        as_good += usize::from(best_split(&shuffled).is_some_and(|(_, of)| of >= distance));
    }
    let p = as_good as f64 / (PERMUTATIONS + 1) as f64;
    if p > SIGNIFICANCE {
        return;
    }
    found.push(ChangePoint { at: from + at, p });
    divide(&values[..at], from, rng, found);
    divide(&values[at..], from + at, rng, found);
}

/// Where two parts are furthest apart, and how far: the energy distance
/// times mn ÷ (m + n).
fn best_split(values: &[f64]) -> Option<(usize, f64)> {
    let distance = |from: f64, part: &[f64]| part.iter().map(|to| (from - to).abs()).sum::<f64>();
    let whole: f64 = (0..values.len())
        .map(|at| distance(values[at], &values[..at]))
        .sum();
    // distances within the left part, and within the right one
    let (mut left, mut right) = (0.0, whole);
    let mut best: Option<(usize, f64)> = None;
    for at in 0..values.len().saturating_sub(FEWEST) {
        left += distance(values[at], &values[..at]);
        right -= distance(values[at], &values[at + 1..]);
        let (m, n) = ((at + 1) as f64, (values.len() - at - 1) as f64);
        if at + 1 < FEWEST {
            continue;
        }
        let pairs = |count: f64| count * (count - 1.0) / 2.0;
        let between = 2.0 * (whole - left - right) / (m * n);
        let apart = (between - left / pairs(m) - right / pairs(n)) * m * n / (m + n);
        if best.is_none_or(|(_, most)| apart > most) {
            best = Some((at + 1, apart));
        }
    }
    best.filter(|(_, apart)| *apart > 0.0)
}

/// The values since the last change.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    /// Their mean.
    pub mean: f64,
    /// Standard deviation of a value, from all levels of the series; none
    /// where no level has two.
    pub noise: Option<f64>,
    /// Where the next value lies in 95 of 100 cases, if nothing changes:
    /// Student's prediction interval with that noise.
    pub next: Option<(f64, f64)>,
}

/// The present level of `values`, which change at `changes`; none of nothing.
#[must_use]
pub fn level(values: &[f64], changes: &[ChangePoint]) -> Option<Level> {
    let mut edges: Vec<usize> = changes.iter().map(|change| change.at).collect();
    edges.insert(0, 0);
    edges.push(values.len());
    let parts = edges.windows(2).map(|pair| &values[pair[0]..pair[1]]);
    let (mut squares, mut freedom) = (0.0, 0);
    for part in parts.filter(|part| !part.is_empty()) {
        let centre = mean(part)?;
        squares += part.iter().map(|x| (x - centre).powi(2)).sum::<f64>();
        freedom += part.len() - 1;
    }
    let present = &values[edges[edges.len() - 2]..];
    let centre = mean(present)?;
    let noise = (freedom > 0).then(|| (squares / freedom as f64).sqrt());
    let next = noise.map(|noise| {
        let t = student_t(0.5 + EXPECTED / 2.0, freedom as f64);
        let half = t * noise * (1.0 + 1.0 / present.len() as f64).sqrt();
        (centre - half, centre + half)
    });
    Some(Level {
        mean: centre,
        noise,
        next,
    })
}

#[cfg(test)]
mod tests {
    use super::super::proportion_interval;
    use super::*;
    use rand_distr::{Distribution as _, StandardNormal, StudentT};

    fn normal(rng: &mut StdRng, count: usize, level: f64) -> Vec<f64> {
        (0..count)
            .map(|_| {
                let noise: f64 = StandardNormal.sample(rng);
                level + noise
            })
            .collect()
    }

    /// Series without a change that have one all the same.
    fn false_alarms(count: usize, mut series: impl FnMut(usize) -> Vec<f64>) -> u64 {
        let alarms = (0..400).filter(|_| !change_points(&series(count)).is_empty());
        alarms.count() as u64
    }

    #[test]
    fn of_series_without_a_change_one_in_twenty_gives_an_alarm() {
        let mut rng = StdRng::seed_from_u64(7);
        let tails = StudentT::new(3.0).unwrap();
        for count in [8, 20, 40] {
            let even = false_alarms(count, |count| normal(&mut rng, count, 0.0));
            let heavy = false_alarms(count, |count| {
                (0..count).map(|_| tails.sample(&mut rng)).collect()
            });
            for alarms in [even, heavy] {
                println!("{count} values: {alarms} of 400");
                let (least, _) = proportion_interval(alarms, 400, 0.99).unwrap();
                assert!(least <= SIGNIFICANCE, "{count} values: {alarms} of 400");
            }
        }
    }

    #[test]
    fn a_change_of_three_standard_deviations_is_found_where_it_is() {
        let mut rng = StdRng::seed_from_u64(8);
        let near = (0..100).filter(|_| {
            let mut series = normal(&mut rng, 10, 0.0);
            series.extend(normal(&mut rng, 10, 3.0));
            let found = change_points(&series);
            found.iter().any(|change| (9..=11).contains(&change.at))
        });
        assert!(near.count() >= 95);
    }

    #[test]
    fn two_changes_and_the_level_after_them() {
        let mut series = [1.0, 1.1, 0.9, 1.0, 1.05, 0.95].repeat(2);
        series.extend([2.0, 2.1, 1.9, 2.0, 2.05, 1.95].repeat(2));
        series.extend([1.5, 1.6, 1.4, 1.5, 1.55, 1.45].repeat(2));
        let found = change_points(&series);
        let at: Vec<usize> = found.iter().map(|change| change.at).collect();
        assert_eq!(at, [12, 24]);
        let level = level(&series, &found).unwrap();
        assert!((level.mean - 1.5).abs() < 1e-9);
        let noise = level.noise.unwrap();
        assert!((0.06..0.07).contains(&noise), "{noise}");
        let (low, high) = level.next.unwrap();
        assert!(low < 1.4 && low > 1.3 && high > 1.6 && high < 1.7);
    }

    #[test]
    fn little_and_nothing_have_no_change() {
        for series in [&[][..], &[1.0], &[1.0, 1.0, 1.0, 5.0, 5.0], &[2.0; 30]] {
            assert_eq!(change_points(series), []);
        }
        assert_eq!(level(&[], &[]), None);
        let one = level(&[3.0], &[]).unwrap();
        assert_eq!((one.mean, one.noise, one.next), (3.0, None, None));
    }
}
