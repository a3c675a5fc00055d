//! Tests of the threshold of searches.

use super::*;

fn tries(of: &[(f64, bool)]) -> Vec<Try> {
    let one = |&(rate, held): &(f64, bool)| Try {
        log_rate: f64::ln(rate),
        held,
    };
    of.iter().map(one).collect()
}

fn at(rate: f64) -> Found {
    Found::At(rate.ln())
}

fn posterior_of(of: &[(f64, bool)]) -> f64 {
    let mut posterior = SearchPosterior::new(f64::ln(600.0), f64::ln(100.0), f64::ln(8_000.0));
    tries(of).into_iter().for_each(|tried| posterior.add(tried));
    posterior.mean().exp()
}

#[test]
fn the_threshold_lies_between_what_held_and_what_failed() {
    let found = posterior_of(&[(400.0, true), (500.0, false)]);
    assert!((400.0..500.0).contains(&found), "{found}");
    // one failure far below, and much that held above it, is a lapse
    let lapse = posterior_of(&[
        (200.0, false),
        (400.0, true),
        (420.0, true),
        (440.0, true),
        (500.0, false),
        (480.0, false),
    ]);
    assert!((430.0..480.0).contains(&lapse), "{lapse}");
}

#[test]
fn equal_searches_have_no_interval_of_no_width() {
    let all = tries(&[(980.0, true), (1_020.0, false), (950.0, true)].repeat(3));
    let found = threshold(&[at(1_000.0); 3], &all).unwrap();
    let (low, high) = found.interval.unwrap();
    assert!((found.rate - 1_000.0).abs() < 1e-9);
    assert!(low < 990.0 && high > 1_010.0, "[{low}, {high}]");
}

#[test]
fn complete_separation_has_finite_ends() {
    for gap in [1.001, 1.1, 2.0, 20.0] {
        let all = tries(&[(1_000.0 / gap, true), (1_000.0 * gap, false)].repeat(8));
        let found = threshold(&[at(1_000.0); 4], &all).unwrap();
        let (low, high) = found.interval.unwrap();
        assert!(low > 300.0 && low < 1_000.0, "{gap}: {low}");
        assert!(high > 1_000.0 && high < 3_000.0, "{gap}: {high}");
        assert!(found.spread > 0.0);
    }
}

#[test]
fn searches_that_differ_decide_the_width() {
    // each search is sure of itself, and they differ by a third
    let mut all = Vec::new();
    let mut own = Vec::new();
    for rate in [800.0, 1_000.0, 1_250.0] {
        all.extend(tries(
            &[(rate * 0.99, true), (rate * 1.01, false)].repeat(20),
        ));
        own.push(at(rate));
    }
    let (low, high) = threshold(&own, &all).unwrap().interval.unwrap();
    // t of 2 degrees of freedom, 4.30, times ln 1.25 over the root of 3
    let half = 4.302_653 * f64::ln(1.25) / 3.0_f64.sqrt();
    assert!((high / (1_000.0 * half.exp()) - 1.0).abs() < 1e-6, "{high}");
    assert!((low / (1_000.0 / half.exp()) - 1.0).abs() < 1e-6, "{low}");
}

#[test]
fn the_ranks_are_those_of_the_sign_test() {
    // Dixon and Mood's table, two-sided 5%: the k-th from both ends
    let ranks = [
        (5, None),
        (6, Some(1)),
        (8, Some(1)),
        (9, Some(2)),
        (12, Some(3)),
    ];
    for (count, rank) in ranks {
        assert_eq!(sign_test_rank(count), rank, "{count}");
    }
    assert_eq!(sign_test_rank(1_000), Some(469));
}

#[test]
fn a_search_without_a_threshold_counts_as_one_beyond_its_rates() {
    let rates = [
        800.0, 850.0, 900.0, 950.0, 1_000.0, 1_050.0, 1_100.0, 1_150.0,
    ];
    let mut all = Vec::new();
    for rate in rates {
        all.extend(tries(
            &[(rate * 0.99, true), (rate * 1.01, false)].repeat(8),
        ));
    }
    let with = |more: &[Found]| {
        let searches: Vec<Found> = rates.map(at).into_iter().chain(more.to_vec()).collect();
        threshold(&searches, &all)
    };
    let near = |found: f64, wanted: f64| (found / wanted - 1.0).abs() < 1e-9;
    // of nine the fifth, between the second and the eighth
    let found = with(&[Found::Below(f64::ln(100.0))]).unwrap();
    let (low, high) = found.interval.unwrap();
    assert!(near(found.rate, 950.0), "{found:?}");
    assert!(near(low, 800.0) && near(high, 1_100.0), "[{low}, {high}]");
    let found = with(&[Found::Above(f64::ln(900.0))]).unwrap();
    let (low, high) = found.interval.unwrap();
    assert!(near(found.rate, f64::sqrt(950.0 * 1_000.0)), "{found:?}");
    // it may be as low as 900, and as high as anything
    assert!(near(low, 850.0) && near(high, 1_150.0), "[{low}, {high}]");
    // with two of ten on one side that end is open
    let two = with(&[Found::Below(1.0), Found::Below(1.0)]).unwrap();
    assert_eq!(two.interval, None);
    assert_eq!(with(&[Found::Below(1.0); 9]), None, "the median is open");
}

#[test]
fn too_little_has_no_interval_or_no_answer() {
    let all = tries(&[(900.0, true), (1_100.0, false)]);
    let two = threshold(&[at(1_000.0); 2], &all).unwrap();
    assert_eq!(two.interval, None);
    assert_eq!(threshold(&[], &all), None);
    assert_eq!(threshold(&[Found::At(f64::NAN); 3], &all), None);
    assert_eq!(
        threshold(&[Found::At(1.0); 3], &all[..1]),
        None,
        "none failed"
    );
}
