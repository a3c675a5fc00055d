//! Fits of counts whose law is known.

use super::*;

/// Counts of `members` ids drawn `events` times by a Zipf law, from a
/// counter-based source of words; by inversion of the cumulated law.
fn drawn(exponent: f64, members: u32, events: u64, seed: u64) -> Popularity {
    let mut cumulated = Vec::new();
    let mut sum = 0.0;
    for rank in 1..=members {
        sum += f64::from(rank).powf(-exponent);
        cumulated.push(sum);
    }
    let draw = |at: u64| {
        let word = crate::unit::mix::counter_word(seed, at);
        let wanted = word as f64 / 18_446_744_073_709_551_616.0 * sum;
        cumulated.partition_point(|&upto| upto < wanted) as u64
    };
    Popularity::of((0..events).map(draw).collect())
}

#[test]
fn exponents_are_recovered_within_their_intervals() {
    let mut outside = Vec::new();
    let mut tried = 0;
    for (exponent, members, events) in [
        (0.0, 2_000, 50_000),
        (0.5, 2_000, 50_000),
        (0.741, 5_000, 60_000),
        (0.99, 5_000, 60_000),
        (1.4, 3_000, 60_000),
    ] {
        for seed in 1..=4 {
            let one = drawn(exponent, members, events, 2 * seed);
            let other = drawn(0.5, members, events, 2 * seed + 1);
            let seen = one.distinct().max(other.distinct()) as f64;
            let found = fit_roles([&one, &other], seen);
            tried += 2;
            for (fitted, wanted) in found.exponents.iter().zip([exponent, 0.5]) {
                // 0 is the end of what is possible
                if !fitted.holds(wanted) && fitted.low > wanted + 1e-3 || fitted.high < wanted {
                    outside.push((wanted, *fitted));
                }
                assert!((fitted.value - wanted).abs() < 0.06, "{wanted}: {fitted:?}");
                // an interval that holds everything would say nothing
                assert!(fitted.high - fitted.low < 0.25, "{wanted}: {fitted:?}");
            }
            let off = found.members.value / f64::from(members);
            assert!(
                (0.95..1.15).contains(&off),
                "{exponent}: {:?}",
                found.members
            );
        }
    }
    // at 95% two of 40 are to be expected
    assert!(
        outside.len() <= 3,
        "{} of {tried}: {outside:?}",
        outside.len()
    );
}

#[test]
fn the_distance_tells_a_law_from_what_is_none() {
    let law = drawn(0.8, 3_000, 100_000, 5);
    assert!(distance(&law, 0.8, 3_000.0) < 0.02);
    let mut two_steps = vec![1_000; 20];
    two_steps.extend([10; 2_000]);
    let no_law = Popularity {
        total: two_steps.iter().sum(),
        counts: two_steps,
    };
    let found = fit_roles([&no_law, &no_law], 2_020.0);
    let far = distance(&no_law, found.exponents[0].value, found.members.value);
    assert!(far > 0.1, "{far} {:?}", found.exponents);
}

#[test]
fn a_single_member_has_no_exponent_and_ends_no_fit() {
    let alone = Popularity::of(vec![7; 100]);
    let found = fit_roles([&alone, &alone], 1.0);
    assert!(found.exponents[0].value == 0.0 && found.members.value >= 1.0);
    let nobody = Popularity::default();
    let found = fit_roles([&nobody, &alone], 1.0);
    assert!(found.exponents[0].high > 3.0);
}
