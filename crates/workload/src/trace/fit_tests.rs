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
        let word = notibench_core::unit::mix::counter_word(seed, at);
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
    assert!(distance(&law, 0.8, 3_000.0) < 0.03);
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
fn a_single_member_ends_no_fit() {
    let alone = Popularity::of(vec![7; 100]);
    let found = fit_roles([&alone, &alone], 1.0);
    assert!(found.exponents[0].value == 0.0 && found.members.value >= 1.0);
    let nobody = Popularity::default();
    let found = fit_roles([&nobody, &alone], 1.0);
    assert!(found.exponents[0].high > 3.0);
}

#[test]
fn the_number_of_members_has_an_interval_only_where_the_trace_gives_one() {
    let (one, other) = (drawn(0.5, 3_000, 9_000, 1), drawn(0.0, 3_000, 9_000, 2));
    let seen = one.distinct().max(other.distinct()) as f64;
    let members = fit_roles([&one, &other], seen).members;
    assert!(members.holds(3_000.0), "{members:?}");
    assert!(
        (0.01..0.2).contains(&(members.high / members.low - 1.0)),
        "{members:?}"
    );
    // hardly any occurs twice: there may be any number of them
    let rare = |pairs: u64| Popularity::of((0..300).map(|id| id % (300 - pairs)).collect());
    let found = fit_roles([&rare(8), &rare(8)], 292.0);
    assert!(found.members.high.is_infinite(), "{:?}", found.members);
    assert!(!found.is_bound, "{:?}", found.members);
    let found = fit_roles([&rare(0), &rare(0)], 300.0);
    assert!(found.is_bound, "{:?}", found.members);
    // all were seen, often: no more are likely
    let all = drawn(0.0, 50, 50_000, 3);
    let members = fit_roles([&all, &all], 50.0).members;
    assert!(members.value == 50.0 && members.low == 50.0, "{members:?}");
    assert!(members.high < 51.0, "{members:?}");
}

/// Events of actors on recipients, at even times, without content.
fn events(pairs: impl Iterator<Item = (u64, u64)>) -> Trace {
    let events: Vec<Event> = (0..)
        .zip(pairs)
        .map(|(at, (actor, recipient))| {
            let actor = (actor, segment_of(actor));
            let kind = Kind::MemberFollow;
            Event::new(at, at * 1_000_000, kind, false, actor, recipient, 0)
        })
        .collect();
    Trace {
        format: crate::trace::TraceFormat::Table,
        digest: events.iter().map(Event::digest).sum(),
        events,
        counts: crate::trace::Counts::default(),
        origin_us: None,
    }
}

fn fitted(trace: &Trace) -> Result<Fit, Bad> {
    fit("a trace", trace, &Census::of(&trace.events))
}

#[test]
fn what_cannot_be_fitted_is_refused_with_its_reason() {
    for (pairs, reason) in [
        // each once: any number of members explains it
        (
            (0..301).map(|n| (n, n + 1_000)).collect::<Vec<_>>(),
            "each recipient occurs once",
        ),
        ((0..300).map(|n| (n, 7)).collect(), "the same recipient"),
        ((0..300).map(|n| (7, n % 40)).collect(), "the same actor"),
        (
            (0..300).map(|n| (n % 40, n % 40)).collect(),
            "other than the member",
        ),
        (
            (0..300).map(|n| (n, n % 40 + 1_000)).collect(),
            "each actor occurs once",
        ),
    ] {
        let refused = fitted(&events(pairs.into_iter())).unwrap_err().to_string();
        assert!(refused.contains(reason), "{refused}");
        assert!(refused.contains("run --trace"), "{refused}");
    }
}

#[test]
fn a_fit_says_what_it_does_not_hold() {
    // twenty recipients above a crowd: no exponent has such a head
    let crowd = (0..40_000_u64).map(|n| {
        (
            n % 700,
            if n % 4 == 0 {
                n % 20
            } else {
                1_000 + n % 3_001
            },
        )
    });
    let found = fitted(&events(crowd)).unwrap();
    let words = about(&found, "a test");
    assert!(!found.recipients.is_law && found.members.is_none());
    assert!(
        words.contains("no interval: the law does not hold"),
        "{words}"
    );
    assert!(words.contains("those that occur in the trace"), "{words}");
    assert!(words.contains("names no segments"), "{words}");
    assert!(file(&found).contains("# even: the trace names none"));
    let top = found.recipients;
    let off = top.top.value / top.events[1] as f64 - 1.0;
    assert_eq!(top.is_top_off(), off.abs() > 0.2, "{top:?}");
    assert_eq!(
        words.contains("The most frequent recipient has"),
        top.is_top_off(),
        "{words}"
    );
    assert!(top.is_top_off(), "{top:?}");
    assert!(!words.contains("The most frequent actor has") || found.actors.is_top_off());
}

#[test]
fn a_peak_beyond_what_a_workload_holds_is_said_to_be_that() {
    let mut trace = events((0..4_000).map(|n| (n % 40, n % 41)));
    // each day's thousand within a few minutes
    for (at, event) in (0..).zip(&mut trace.events) {
        let us = at / 1_000 * 86_400_000_000 + at % 1_000 * 300_000;
        let actor = (event.actor, event.segment());
        *event = Event::new(at, us, event.kind(), false, actor, event.recipient, 0);
    }
    trace.events.push(Event::new(
        4_000,
        4 * 86_400_000_000,
        Kind::MemberFollow,
        false,
        (1, segment_of(1)),
        2,
        0,
    ));
    let found = fitted(&trace).unwrap();
    assert!(
        found.peak_to_mean.unwrap().value > 8.0,
        "{:?}",
        found.peak_to_mean
    );
    let words = about(&found, "a test");
    assert!(words.contains("peak_to_mean is above 8"), "{words}");
    assert!(file(&found).contains("peak_to_mean = 8\n"));
}
