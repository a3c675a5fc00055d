//! A plausible selftest for tests.

use super::fixture;
use super::selftest::{PlantedComparison, PlantedPlan, SELFTEST_SCHEMA, SameEngine, Selftest};
use super::spaced;
use super::weather::Weather;

/// Comparisons of one engine with itself; `time` gives ns of a copy, 0 or 1,
/// in a round. Of ten planted slowdowns of 3% all are plain to see.
pub fn selftest(comparisons: usize, rounds: usize, time: &dyn Fn(usize, usize) -> u64) -> Selftest {
    let run = fixture::with_rounds(1);
    let all = |copy| {
        spaced(
            &(0..comparisons * rounds)
                .map(|round| time(copy, round))
                .collect::<Vec<_>>(),
        )
    };
    let planted = PlantedComparison {
        as_is_ns: "1000000 1001000 999000 1002000 1000500".to_owned(),
        slowed_ns: "1030000 1032000 1029500 1031000 1030200".to_owned(),
        took_ms: 700,
    };
    Selftest {
        schema: SELFTEST_SCHEMA.to_owned(),
        version: run.version,
        command: vec!["notibench".to_owned(), "selftest".to_owned()],
        started: run.started,
        workload: run.workload,
        plan: super::Plan { rounds, ..run.plan },
        most_false: 0.08,
        planted_plan: PlantedPlan {
            engine: "dashmap".to_owned(),
            share: 0.03,
            threads: 1,
            precision: 0.015,
            rounds: 1_000,
        },
        environment: run.environment,
        same: vec![SameEngine {
            engine: "dashmap-naive".to_owned(),
            first_ns: all(0),
            second_ns: all(1),
        }],
        planted: vec![planted; 10],
        real_time: None,
        weather: Weather::default(),
        steal_ms: 3,
        involuntary_switches: 40,
        took_ms: 90_000,
    }
}
