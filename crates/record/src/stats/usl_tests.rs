//! Tests of the fit on points whose law is known.

use super::*;
use proptest::prelude::*;
use rand::{SeedableRng as _, rngs::StdRng};
use rand_distr::{Distribution as _, StandardNormal};

const COUNTS: [usize; 6] = [1, 2, 4, 8, 16, 32];

fn law(count: usize, lambda: f64, sigma: f64, kappa: f64) -> f64 {
    let n = count as f64;
    lambda * n / (1.0 + sigma * (n - 1.0) + kappa * n * (n - 1.0))
}

/// Points of the law with noise: each round shares `shared`, each point of it
/// has `own` besides, both as shares of the throughput.
struct Noise {
    rng: StdRng,
    shared: f64,
    own: f64,
}

impl Noise {
    fn new(shared: f64, own: f64) -> Self {
        let rng = StdRng::seed_from_u64(20_261_124);
        Self { rng, shared, own }
    }

    fn points(&mut self, rounds: usize, sigma: f64, kappa: f64) -> Vec<(usize, Vec<f64>)> {
        let mut normal = || -> f64 { StandardNormal.sample(&mut self.rng) };
        let common: Vec<f64> = (0..rounds).map(|_| self.shared * normal()).collect();
        COUNTS
            .map(|count| {
                let throughput = law(count, 5e6, sigma, kappa);
                let noisy = |common: &f64| throughput * (common + self.own * normal()).exp();
                (count, common.iter().map(noisy).collect())
            })
            .to_vec()
    }
}

fn exact(sigma: f64, kappa: f64) -> Vec<(usize, Vec<f64>)> {
    COUNTS
        .map(|count| (count, vec![law(count, 5e6, sigma, kappa); 5]))
        .to_vec()
}

fn holds(estimate: Estimate, truth: f64) -> bool {
    (estimate.low..=estimate.high).contains(&truth)
}

#[test]
fn exact_points_give_the_parameters_back() {
    let fit = fit_usl(&exact(0.03, 0.002), 64.0).unwrap();
    assert!((fit.lambda.value - 5e6).abs() < 1.0);
    assert!((fit.sigma.value - 0.03).abs() < 1e-8);
    assert!((fit.kappa.value - 0.002).abs() < 1e-9);
    assert!(fit.misfit < 1e-8);
    assert_eq!(fit.counts, COUNTS);
    // √(0.97 / 0.002) = 22.02
    let Peak::At(peak) = fit.peak else {
        panic!("{:?}", fit.peak)
    };
    assert!((peak.value - 22.02).abs() < 0.01);
}

#[test]
fn a_table_of_the_literature_gives_its_own_parameters() {
    // of a test of CRAN's package `usl` 3.0.4 (tests/coef.R): σ = κ = 0.02,
    // rounded to five digits
    let table = [
        (1, 1.0),
        (2, 1.8868),
        (4, 3.0769),
        (6, 3.5294),
        (8, 3.5398),
        (10, 3.3557),
    ];
    let points: Vec<(usize, Vec<f64>)> = table.map(|(n, c)| (n, vec![c; 2])).to_vec();
    let fit = fit_usl(&points, 16.0).unwrap();
    assert!((fit.sigma.value - 0.02).abs() < 5e-4, "{fit:?}");
    assert!((fit.kappa.value - 0.02).abs() < 5e-5, "{fit:?}");
}

/// How often, of `times`, the intervals of σ, κ, λ and the peak hold the truth.
fn coverage(noise: &mut Noise, rounds: usize, sigma: f64, kappa: f64, times: usize) -> [f64; 4] {
    let mut held = [0_usize; 4];
    let mut fits = 0;
    for _ in 0..times {
        let Ok(fit) = fit_usl(&noise.points(rounds, sigma, kappa), 64.0) else {
            continue;
        };
        fits += 1;
        held[0] += usize::from(holds(fit.sigma, sigma));
        held[1] += usize::from(holds(fit.kappa, kappa));
        held[2] += usize::from(holds(fit.lambda, 5e6));
        let peak = ((1.0 - sigma) / kappa).sqrt();
        held[3] += usize::from(matches!(fit.peak, Peak::At(found) if holds(found, peak)));
    }
    assert!(fits * 10 >= times * 9, "only {fits} of {times} fitted");
    held.map(|held| held as f64 / fits as f64)
}

#[test]
fn intervals_hold_the_truth_95_times_in_100() {
    // 2,000 draws: the standard error of a coverage of 0.95 is 0.005; rounds
    // that share their luck must not look surer than they are
    for (shared, own, rounds) in [(0.0, 0.01, 5), (0.05, 0.01, 5), (0.02, 0.02, 10)] {
        let mut noise = Noise::new(shared, own);
        for held in coverage(&mut noise, rounds, 0.04, 0.003, 2_000) {
            assert!(
                (0.93..0.97).contains(&held),
                "{shared} {own} {rounds}: {held}"
            );
        }
    }
}

/// Of 500 sweeps whose throughput is off the law by `share` at 4 threads: how
/// many show intervals, and how many of these hold the law's σ.
fn shown_where_the_law_is_off(noise: &mut Noise, rounds: usize, share: f64) -> (usize, usize) {
    let (mut shown, mut held) = (0, 0);
    for _ in 0..500 {
        let mut points = noise.points(rounds, 0.04, 0.003);
        points[2].1.iter_mut().for_each(|x| *x *= 1.0 + share);
        let Ok(fit) = fit_usl(&points, 64.0) else {
            continue;
        };
        if fit.lack_of_fit.is_none() {
            shown += 1;
            held += usize::from(holds(fit.sigma, 0.04));
        }
    }
    (shown, held)
}

#[test]
fn where_the_law_is_off_by_more_than_the_noise_no_interval_is_shown() {
    for (own, rounds) in [(0.003, 5), (0.01, 5), (0.01, 10)] {
        let mut noise = Noise::new(0.05, own);
        let (shown, _) = shown_where_the_law_is_off(&mut noise, rounds, 0.04);
        assert!(shown <= 10, "{own} {rounds}: {shown} of 500");
        // one in twenty of those that are right is lost
        let (shown, held) = shown_where_the_law_is_off(&mut noise, rounds, 0.0);
        assert!((455..=490).contains(&shown), "{own} {rounds}: {shown}");
        assert!(
            held * 100 >= shown * 92,
            "{own} {rounds}: {held} of {shown}"
        );
    }
}

#[test]
fn where_the_noise_hides_it_the_intervals_hold_what_they_can() {
    // 4% beside rounds that differ by 4%: seen in some sweeps; elsewhere the
    // intervals are wide enough to hold the truth nine times in ten
    let mut noise = Noise::new(0.05, 0.04);
    let (shown, held) = shown_where_the_law_is_off(&mut noise, 5, 0.04);
    assert!(shown > 300, "{shown}");
    assert!(held * 100 >= shown * 80, "{held} of {shown}");
}

#[test]
fn at_the_edge_the_intervals_are_cut_and_still_hold_the_truth() {
    let mut noise = Noise::new(0.02, 0.01);
    let mut held = 0;
    let mut refused = 0;
    for _ in 0..2_000 {
        match fit_usl(&noise.points(5, 0.1, 0.0), 64.0) {
            Ok(fit) => {
                assert!(fit.kappa.value >= 0.0 && fit.kappa.low == 0.0 || fit.kappa.low > 0.0);
                held += usize::from(holds(fit.kappa, 0.0));
            }
            Err(UslRefusal::Negative { symbol: "κ", .. }) => refused += 1,
            Err(other) => panic!("{other}"),
        }
    }
    // what an interval misses on the one side is refused, not shown
    assert!(
        (0.01..0.045).contains(&(f64::from(refused) / 2_000.0)),
        "{refused}"
    );
    assert!((1_880..=1_980).contains(&held), "{held}");
}

#[test]
fn no_peak_is_told_where_there_may_be_none_or_too_far_out() {
    let flat = Noise::new(0.01, 0.01).points(5, 0.05, 0.0);
    assert_eq!(fit_usl(&flat, 64.0).unwrap().peak, Peak::NoneSeen);
    // √(0.95 / 0.0001) = 97, and 32 threads were measured
    assert_eq!(
        fit_usl(&exact(0.05, 1e-4), 64.0).unwrap().peak,
        Peak::Beyond
    );
    // it falls from the first thread on
    let fit = fit_usl(&exact(0.9, 0.5), 64.0).unwrap();
    assert!(matches!(fit.peak, Peak::At(Estimate { value: 1.0, .. })));
}

#[test]
fn counts_beyond_the_processors_are_left_out() {
    let mut points = exact(0.03, 1e-4);
    // time-slicing: no thread beyond the sixteen processors helps
    points[5].1 = points[4].1.clone();
    let fit = fit_usl(&points, 16.0).unwrap();
    assert_eq!(fit.counts, [1, 2, 4, 8, 16]);
    assert!((fit.kappa.value - 1e-4).abs() < 1e-9);
    // had they been fitted, they would have passed for coherency, unnoticed
    let spoiled = fit_usl(&points, 0.0).unwrap();
    assert!(spoiled.kappa.value > 5e-4, "{spoiled:?}");
}

#[test]
fn two_processors_are_refused_in_words_that_help() {
    let refusal = fit_usl(&exact(0.03, 0.002), 2.0).unwrap_err();
    let words = refusal.to_string();
    for needed in [
        "3 parameters",
        "at least 4 thread counts",
        "here are 2 (1, 2)",
        "4, 8, 16, 32 are beyond the 2 processors",
        "time-slicing, not scaling",
        "4 processors or more",
    ] {
        assert!(words.contains(needed), "no {needed:?} in: {words}");
    }
    let words = fit_usl(&exact(0.03, 0.002)[..3], 8.0)
        .unwrap_err()
        .to_string();
    assert!(
        words.ends_with("here are 3 (1, 2, 4): give --threads 1,2,4,8, say"),
        "{words}"
    );
}

#[test]
fn one_round_says_nothing_of_noise() {
    let points = exact(0.03, 0.002)
        .into_iter()
        .map(|(n, all)| (n, all[..1].to_vec()));
    let refusal = fit_usl(&points.collect::<Vec<_>>(), 64.0).unwrap_err();
    assert_eq!(refusal, UslRefusal::TooFewRounds(1));
}

#[test]
fn points_that_are_not_of_the_law_are_refused() {
    let mut points = exact(0.03, 0.002);
    // a second socket: half of what was to be expected from 16 threads on
    for (_, all) in &mut points[4..] {
        all.iter_mut().for_each(|throughput| *throughput *= 0.5);
    }
    let refusal = fit_usl(&points, 64.0).unwrap_err();
    assert!(matches!(refusal, UslRefusal::Misfit { .. }), "{refusal:?}");
    assert!(refusal.to_string().contains("more than 5%"), "{refusal}");
}

#[test]
fn throughput_that_grows_faster_than_threads_is_refused() {
    let mut noise = Noise::new(0.01, 0.002);
    let points: Vec<_> = noise
        .points(5, 0.0, 0.0)
        .into_iter()
        .map(|(n, all)| {
            let gain = 1.0 + 0.05 * (n as f64 - 1.0) / 31.0;
            (n, all.iter().map(|throughput| throughput * gain).collect())
        })
        .collect();
    let refusal = fit_usl(&points, 64.0).unwrap_err();
    assert!(
        matches!(refusal, UslRefusal::Negative { .. }),
        "{refusal:?}"
    );
}

proptest! {
    #[test]
    fn no_throughputs_panic(
        points in proptest::collection::vec(
            (1..2_000_usize, proptest::collection::vec(-1.0..1e9_f64, 0..5)),
            0..8,
        ),
        processors in -1.0..64.0_f64,
    ) {
        if let Ok(fit) = fit_usl(&points, processors) {
            for estimate in [fit.lambda, fit.sigma, fit.kappa] {
                prop_assert!(estimate.low <= estimate.value && estimate.value <= estimate.high);
                prop_assert!(estimate.low >= 0.0 && estimate.value.is_finite());
            }
            prop_assert!(fit.misfit <= WORST_MISFIT);
        }
    }
}
