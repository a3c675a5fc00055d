//! Tests of how an open loop is settled.

use super::*;
use crate::plan::rate::Rate;
use notibench_workload::generator::Generator;

const A_RATE: Rate = Rate {
    events: 100,
    per_ns: SECOND,
};

fn settled(options: OpenLoopOptions, events: Option<u64>) -> Result<Settled, String> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../workloads/diurnal_week.toml"
    );
    let (workload, _) = Workload::load(std::path::Path::new(path)).unwrap();
    let settled = settle(&options, events, &workload, &|at| {
        Generator::new(&workload, 1).event(at).at_us
    });
    settled
        .map(|found| found.expect("an open loop"))
        .map_err(|error| error.to_string())
}

fn options(change: impl FnOnce(&mut OpenLoopOptions)) -> OpenLoopOptions {
    let mut options = OpenLoopOptions::default();
    change(&mut options);
    options
}

#[test]
fn any_two_of_rate_length_and_number_give_the_third() {
    let per_second = |events| {
        let per_ns = SECOND;
        Some(Rate { events, per_ns })
    };
    let rate = options(|o| o.rate = per_second(1_000));
    let long = options(|o| (o.rate, o.duration_ns) = (per_second(1_000), Some(3 * SECOND)));
    let slow = options(|o| {
        let (events, per_ns) = (5, 10 * SECOND);
        o.rate = Some(Rate { events, per_ns });
    });
    let length = options(|o| o.duration_ns = Some(2 * SECOND));
    for (options, events, expected) in [
        (rate, None, (10_000, 10 * SECOND, 1_000.0)),
        (rate, Some(500), (500, SECOND / 2, 1_000.0)),
        (long, None, (3_000, 3 * SECOND, 1_000.0)),
        (length, Some(5_000), (5_000, 2 * SECOND, 2_500.0)),
        (slow, None, (5, 10 * SECOND, 0.5)),
        (slow, Some(3), (3, 6 * SECOND, 0.5)),
    ] {
        let found = settled(options, events).unwrap();
        let plan = found.plan;
        let found = (found.events, plan.duration_ns, plan.offered_per_s);
        assert_eq!(found, expected);
    }
}

#[test]
fn what_contradicts_is_named() {
    let rate = |o: &mut OpenLoopOptions| o.rate = Some(A_RATE);
    let scale = |o: &mut OpenLoopOptions| o.time_scale = Some((SECOND, 1_000_000));
    let length = |o: &mut OpenLoopOptions| o.duration_ns = Some(SECOND);
    let both = options(|o| (rate(o), scale(o)).0);
    assert!(
        settled(both, None)
            .unwrap_err()
            .starts_with("--rate and --time-scale")
    );
    let three = options(|o| (rate(o), length(o)).0);
    let words = settled(three, Some(5)).unwrap_err();
    assert!(
        words.starts_with("--rate, --duration and --events"),
        "{words}"
    );
    let ends = options(|o| (scale(o), length(o)).0);
    let words = settled(ends, Some(5)).unwrap_err();
    assert!(words.starts_with("--duration and --events"), "{words}");
    let words = settled(options(length), None).unwrap_err();
    assert!(words.starts_with("--duration says how long"), "{words}");
    let drawn = options(|o| {
        scale(o);
        o.arrivals = Some(Arrivals::Constant);
    });
    assert!(settled(drawn, None).unwrap_err().starts_with("--arrivals"));
}

#[test]
fn a_time_scale_squeezes_the_workloads_own_times() {
    // 30 s for a week
    let week = options(|o| o.time_scale = Some((30 * SECOND, 604_800_000_000)));
    let whole = settled(week, None).unwrap();
    assert!(whole.plan.duration_ns <= 30 * SECOND + 1);
    assert!(whole.plan.duration_ns > 29 * SECOND);
    let half = OpenLoopOptions {
        duration_ns: Some(15 * SECOND),
        ..week
    };
    let half = settled(half, None).unwrap();
    assert_eq!(half.plan.duration_ns, 15 * SECOND);
    let share = half.events as f64 / whole.events as f64;
    assert!((0.3..0.7).contains(&share), "{share}");
}

#[test]
fn intervals_are_neither_too_short_nor_too_many() {
    let of = |seconds: u64, interval_ns: Option<u64>| {
        let options = options(|o| {
            o.rate = Some(A_RATE);
            o.duration_ns = Some(seconds * SECOND);
            o.interval_ns = interval_ns;
        });
        settled(options, None).map(|found| found.plan.interval_ns)
    };
    assert_eq!(of(2, None), Ok(SECOND / 10));
    assert_eq!(of(30, None), Ok(SECOND));
    assert_eq!(of(600, None), Ok(10 * SECOND));
    assert_eq!(of(2, Some(SECOND / 100)), Ok(SECOND / 100));
    assert!(of(2, Some(1)).unwrap_err().contains("--interval"));
    assert!(of(86_000, Some(SECOND)).unwrap_err().contains("--interval"));
}
