//! What the comparisons of a selftest come to, in virtual time.

use rand::SeedableRng as _;
use rand::rngs::StdRng;
use rand_distr::Distribution as _;
use rand_distr::StandardNormal;

use super::*;
use notibench_record::stats::paired_ratio;

fn judged(comparisons: usize, faster: usize, slower: usize) -> Judged {
    Judged {
        comparisons,
        faster,
        slower,
        half_width_median: None,
    }
}

#[test]
fn three_answers_and_where_they_change() {
    let of = |hits: usize| judged(400, hits / 2, hits - hits / 2).false_rate(0.08);
    assert_eq!([0, 22].map(of), [FalseRate::Within; 2]);
    assert_eq!([23, 29].map(of), [FalseRate::Unsure; 2]);
    assert_eq!([30, 400].map(of), [FalseRate::Beyond; 2]);
    let short = |hits| judged(80, hits, 0).false_rate(0.15);
    assert_eq!([6, 7, 8, 9].map(short), {
        use FalseRate::{Beyond, Unsure, Within};
        [Within, Unsure, Unsure, Beyond]
    });
    // a handful tells nothing, whatever it says
    assert_eq!(judged(2, 0, 0).false_rate(0.08), FalseRate::Unsure);
    assert_eq!(judged(0, 0, 0).false_rate(0.08), FalseRate::Unsure);
}

/// Verdicts over 400 comparisons of five rounds each, by seed. A shift that
/// all rounds of a comparison share makes the interval too narrow: with a
/// variance of v beside the rounds' 1, a false verdict is one where Student's
/// t of four degrees exceeds 2.776 / √(1 + 5 v).
fn answers(shared_variance: f64) -> [usize; 3] {
    let mut found = [0; 3];
    for seed in 0..60 {
        let mut rng = StdRng::seed_from_u64(seed);
        let mut normal = || -> f64 { StandardNormal.sample(&mut rng) };
        let intervals: Vec<RatioInterval> = (0..400)
            .filter_map(|_| {
                let shared = shared_variance.sqrt() * normal();
                let round = |noise: f64| (1e6 * (0.02 * (shared + noise)).exp(), 1e6);
                let pairs: Vec<(f64, f64)> = (0..5).map(|_| round(normal())).collect();
                paired_ratio(&pairs)
            })
            .collect();
        found[Judged::of(&intervals).false_rate(0.08) as usize] += 1;
    }
    found
}

#[test]
fn a_false_rate_of_one_in_twenty_passes_and_one_in_ten_fails() {
    // 22 of 400 or fewer in 73 of 100, 30 or more in 2
    let [within, beyond, _] = answers(0.0);
    assert!(within >= 36 && beyond <= 4, "{within} {beyond}");
    // 2.776 / 2.132, the quantiles of 5 and 10%, squared is 1.695
    let [within, beyond, _] = answers(0.139);
    assert!(within == 0 && beyond >= 54, "{within} {beyond}");
}

fn interval(low: f64, high: f64) -> RatioInterval {
    RatioInterval {
        minimum_detectable: 0.02,
        ..RatioInterval::of_ends(low, high)
    }
}

#[test]
fn only_what_could_show_it_is_held_to_it() {
    let plan = PlantedPlan {
        engine: "dashmap".to_owned(),
        share: 0.03,
        threads: 1,
        precision: 0.015,
        rounds: 1_000,
    };
    let judge = |intervals: &[RatioInterval]| PlantedJudged::of_intervals(intervals, &plan);
    let mut intervals = vec![interval(0.96, 0.98); 9];
    intervals.push(interval(0.985, 1.01));
    intervals.extend(vec![interval(0.8, 1.2); 10]);
    let judged = judge(&intervals);
    assert_eq!((judged.able, judged.found), (10, 9));
    assert!(judged.is_judged() && judged.is_passed());
    intervals[0] = interval(0.985, 1.01);
    let judged = judge(&intervals);
    assert!(judged.is_judged() && !judged.is_passed());
    // one comparison more that can't show it, and nothing is said
    intervals.push(interval(0.8, 1.2));
    let judged = judge(&intervals);
    assert!(!judged.is_judged() && judged.is_passed());
    assert!(judge(&[]).is_passed());
}
