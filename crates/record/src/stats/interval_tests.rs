//! Tests of the paired interval.

use super::*;
use proptest::prelude::*;
use rand::{SeedableRng as _, rngs::StdRng};
use rand_distr::{Distribution as _, StandardNormal};

fn normal(rng: &mut StdRng) -> f64 {
    StandardNormal.sample(rng)
}

/// How often, of `times`, the interval of `rounds` rounds holds the true
/// ratio, where the noise of a round is `keep` of the last one's plus fresh.
fn coverage(times: usize, rounds: usize, keep: f64, sigma: f64) -> f64 {
    let mut rng = StdRng::seed_from_u64(20_261_123);
    let truth: f64 = 1.7;
    let held = (0..times)
        .filter(|_| {
            let mut noise = normal(&mut rng) / (1.0 - keep * keep).sqrt();
            let pairs: Vec<(f64, f64)> = (0..rounds)
                .map(|_| {
                    noise = keep * noise + normal(&mut rng);
                    // what both engines share in a round cancels
                    let shared = 100.0 * (1.0 + normal(&mut rng).abs());
                    (shared, shared * truth * (sigma * noise).exp())
                })
                .collect();
            let interval = paired_ratio(&pairs).unwrap();
            (interval.low..=interval.high).contains(&truth)
        })
        .count();
    held as f64 / times as f64
}

#[test]
fn the_interval_holds_the_truth_95_times_in_100() {
    // 4,000 draws: the standard error of a coverage of 0.95 is 0.0034. From
    // 8 rounds on, the check for correlation may widen or narrow it a little.
    for (rounds, low, high) in [(2, 0.94, 0.96), (5, 0.94, 0.96), (12, 0.93, 0.965)] {
        let held = coverage(4_000, rounds, 0.0, 0.05);
        assert!((low..high).contains(&held), "{rounds} rounds: {held}");
    }
}

#[test]
fn block_means_repair_the_coverage_of_rounds_that_drift() {
    // without them it is 0.67: the mean of 64 such rounds strays twice as far
    // as that of 64 independent ones
    let held = coverage(2_000, 64, 0.6, 0.05);
    assert!((0.88..0.97).contains(&held), "{held}");
}

#[test]
fn too_few_rounds_or_times_that_are_none_give_none() {
    assert_eq!(paired_ratio(&[]), None);
    assert_eq!(paired_ratio(&[(1.0, 2.0)]), None);
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert_eq!(paired_ratio(&[(1.0, 2.0), (1.0, bad)]), None);
        assert_eq!(paired_ratio(&[(bad, 2.0), (1.0, 2.0)]), None);
    }
    assert_eq!(
        paired_ratio(&[(f64::MIN_POSITIVE, f64::MAX), (1.0, 1.0)]),
        None
    );
}

#[test]
fn a_known_interval() {
    // log-ratios 0.1, 0.2, 0.3: mean 0.2, standard error 0.1/√3,
    // t(0.975, 2) = 4.302653, t(0.8, 2) = 1.060660 (NIST's table)
    let pairs = [0.1, 0.2, 0.3].map(|log: f64| (1.0, log.exp()));
    let interval = paired_ratio(&pairs).unwrap();
    let error = 0.1 / 3_f64.sqrt();
    assert!((interval.ratio.ln() - 0.2).abs() < 1e-12);
    assert!((interval.low.ln() - (0.2 - 4.302_653 * error)).abs() < 1e-6);
    assert!((interval.high.ln() - (0.2 + 4.302_653 * error)).abs() < 1e-6);
    let detectable = interval.minimum_detectable.ln_1p();
    assert!((detectable - (4.302_653 + 1.060_660) * error).abs() < 1e-6);
    assert_eq!(
        (interval.rounds, interval.block, interval.correlated),
        (3, 1, false)
    );
}

#[test]
fn a_known_p_value() {
    // log-ratios 0.1, 0.2, 0.3: t = 0.2 / (0.1/√3) = 3.4641, two degrees
    // of freedom, for which p = 1 − t/√(2 + t²)
    let pairs = [0.1, 0.2, 0.3].map(|log: f64| (1.0, log.exp()));
    let t = 2.0 * 3_f64.sqrt();
    let expected = 1.0 - t / (2.0 + t * t).sqrt();
    assert!((paired_ratio(&pairs).unwrap().p_value() - expected).abs() < 1e-9);
}

#[test]
fn rounds_that_are_all_alike_leave_no_doubt() {
    let p = |pairs: &[(f64, f64)]| paired_ratio(pairs).unwrap().p_value();
    assert_eq!(p(&[(1.0, 1.0), (3.0, 3.0)]), 1.0);
    assert_eq!(p(&[(1.0, 2.0), (1.0, 2.0)]), 0.0);
}

#[test]
fn a_difference_no_larger_than_the_controls_is_none() {
    let engine = RatioInterval::of_ends(1.005, 1.015);
    assert_eq!(engine.verdict(), Verdict::Faster);
    let of = |control| engine.with_floor_of(&control).verdict();
    // whether it is by chance or not, and either way
    assert_eq!(
        of(RatioInterval::of_ends(0.97, 1.06)),
        Verdict::NoDifferenceSeen
    );
    assert_eq!(
        of(RatioInterval::of_ends(0.97, 0.98)),
        Verdict::NoDifferenceSeen
    );
    assert_eq!(of(RatioInterval::of_ends(0.99, 1.015)), Verdict::Faster);
}

/// Log-ratios of `count` engines to a baseline that they share, each of `rounds`
/// rounds with noise of its own beside the baseline's, as intervals.
fn family(rng: &mut StdRng, rounds: usize, count: usize) -> Vec<RatioInterval> {
    let base: Vec<f64> = (0..rounds).map(|_| normal(rng)).collect();
    let mut engine = || {
        let pair = |base: &f64| ((0.02 * normal(rng)).exp(), (0.02 * base).exp());
        paired_ratio(&base.iter().map(pair).collect::<Vec<_>>()).unwrap()
    };
    (0..count).map(|_| engine()).collect()
}

#[test]
fn intervals_of_a_family_are_as_wide_as_their_largest_t_takes() {
    // the quantile of the largest |t| of so many comparisons with one baseline,
    // from 20,000 draws (standard error about 1%), beside Šidák's; pooling the
    // variances, as Dunnett's table does, would give 2.8 of 5 rounds and 3
    // engines, since it supposes that all engines are equally noisy
    for (rounds, count) in [(5, 3), (5, 8), (8, 3), (8, 12), (20, 5), (40, 16)] {
        let mut rng = StdRng::seed_from_u64((rounds * 100 + count) as u64);
        let largest = |_| {
            let all = family(&mut rng, rounds, count).into_iter();
            let t = |i: RatioInterval| {
                i.ratio.ln().abs() / ((i.high / i.ratio).ln() / student_t(0.975, i.freedom))
            };
            all.filter(|i| i.block == 1).map(t).fold(0.0, f64::max)
        };
        let mut draws: Vec<f64> = (0..20_000).map(largest).collect();
        draws.sort_by(f64::total_cmp);
        let exact = draws[19_000];
        let level = 0.95_f64.powf(1.0 / count as f64);
        let of_sidak = student_t(0.5 + level / 2.0, rounds as f64 - 1.0);
        let share = of_sidak / exact;
        assert!((0.97..1.05).contains(&share), "{rounds} {count}: {share}");
        let one = RatioInterval {
            freedom: rounds as f64 - 1.0,
            ..RatioInterval::of_ends(0.99, 1.02)
        };
        let wider = (one.among(count).high / one.ratio).ln() / (one.high / one.ratio).ln();
        let expected = of_sidak / student_t(0.975, one.freedom);
        assert!((wider - expected).abs() < 1e-9);
        assert_eq!(one.among(1).high, one.high);
    }
}

#[test]
fn of_equal_engines_hardly_ever_one_is_called_faster_than_the_baseline() {
    let mut rng = StdRng::seed_from_u64(1_955);
    let mut found = |comparisons: usize| {
        let any = (0..2_000).filter(|_| {
            let all = family(&mut rng, 7, 8).into_iter();
            let mut verdicts = all.map(|i| i.among(comparisons).verdict());
            verdicts.any(|verdict| verdict != Verdict::NoDifferenceSeen)
        });
        any.count() as f64 / 2_000.0
    };
    let (together, alone) = (found(8), found(1));
    assert!((0.025..0.065).contains(&together), "{together}");
    assert!(alone > 0.2, "{alone}");
}

#[test]
fn verdicts() {
    let of = |logs: &[f64]| {
        let pairs: Vec<_> = logs.iter().map(|log| (1.0, log.exp())).collect();
        paired_ratio(&pairs).unwrap().verdict().words()
    };
    assert_eq!(of(&[0.50, 0.51, 0.49]), "faster");
    assert_eq!(of(&[-0.50, -0.51, -0.49]), "slower");
    assert_eq!(of(&[0.01, -0.01, 0.002]), "no difference seen");
    assert_eq!(of(&[0.0, 0.0]), "no difference seen");
}

#[test]
fn rounds_that_drift_are_averaged_into_blocks() {
    let drifting: Vec<_> = (0..32)
        .map(|at| (1.0, (f64::from(at) / 100.0).exp()))
        .collect();
    let interval = paired_ratio(&drifting).unwrap();
    assert!(interval.block > 1);
    // too few to average: it says so
    let few: Vec<_> = (0..7).map(|at| (1.0, 1.0 + f64::from(at % 2))).collect();
    let interval = paired_ratio(&few).unwrap();
    assert!(interval.correlated && interval.block == 1);
}

#[test]
fn blocks_use_every_round() {
    let logs: Vec<f64> = (0..11).map(f64::from).collect();
    let means = block_means(&logs, 5);
    assert_eq!(means, [0.5, 2.5, 4.5, 6.5, 9.0]);
}

proptest! {
    #[test]
    fn the_p_value_and_the_interval_say_the_same(
        times in proptest::collection::vec((1.0..1.5_f64, 1.0..1.5_f64), 2..30),
    ) {
        let interval = paired_ratio(&times).unwrap();
        let p = interval.p_value();
        // right at the edge rounding may decide
        if (p - 0.05).abs() > 1e-6 {
            prop_assert_eq!(p < 0.05, interval.verdict() != Verdict::NoDifferenceSeen);
        }
    }

    #[test]
    fn scaling_changes_nothing(
        times in proptest::collection::vec((1.0..1e6_f64, 1.0..1e6_f64), 2..40),
        scale in 1e-3..1e3_f64,
    ) {
        let scaled: Vec<_> = times.iter().map(|&(x, y)| (x * scale, y * scale)).collect();
        if let (Some(one), Some(other)) = (paired_ratio(&times), paired_ratio(&scaled)) {
            // a correlation right on its bound may fall either way
            if one.block == other.block {
                prop_assert!((one.low / other.low - 1.0).abs() < 1e-6);
                prop_assert!((one.high / other.high - 1.0).abs() < 1e-6);
            }
            prop_assert!((one.ratio / other.ratio - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn swapping_gives_the_reciprocal(
        times in proptest::collection::vec((1.0..1e3_f64, 1.0..1e3_f64), 2..40),
    ) {
        let swapped: Vec<_> = times.iter().map(|&(x, y)| (y, x)).collect();
        if let (Some(one), Some(other)) = (paired_ratio(&times), paired_ratio(&swapped)) {
            prop_assert!((one.ratio * other.ratio - 1.0).abs() < 1e-9);
            if one.block == other.block {
                prop_assert!((one.low * other.high - 1.0).abs() < 1e-6);
                prop_assert!(one.low <= one.ratio && one.ratio <= one.high);
            }
        }
    }
}
