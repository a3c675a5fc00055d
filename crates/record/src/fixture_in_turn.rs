//! A plausible record with interleaved rounds for tests.

use super::fixture;
use super::interleaving::{InterleavedRound, InterleavingPlan, SlicesNote};
use super::numbers::spaced;
use super::pass::Pass;
use super::schema::Record;
use super::weather::Weather;

/// The fixture's rounds, and as many of 40 slices each: `dashmap` takes
/// twice as long for a slice in the second half of the stream, and all
/// deviate together in every third. Beside them the machine's weather, whose
/// memory is half as fast in the end.
pub fn record() -> Record {
    let mut record = fixture::record();
    record.plan.interleaving = Some(InterleavingPlan {
        slice_us: 10_000,
        isolated_rounds: 5,
        groups: 1,
    });
    let ends: Vec<u64> = (1..=40).map(|at| at * record.plan.events / 40).collect();
    let mut added = Vec::new();
    for trial in record.trials.iter().filter(|trial| !trial.warmup) {
        let base = if trial.engine == "dashmap" {
            100.0
        } else {
            300.0
        };
        let each: Vec<u64> = (0..40)
            .map(|at| {
                let late = if trial.engine == "dashmap" && at >= 20 {
                    2.0
                } else {
                    1.0
                };
                let storm = if (at + trial.round) % 3 == 0 {
                    1.5
                } else {
                    1.0
                };
                (base * late * storm * 1_000.0) as u64
            })
            .collect();
        let mut trial = trial.clone();
        trial.round += 5;
        trial.wall_ns = each.iter().sum();
        trial.slices = Some(SlicesNote {
            ns: spaced(&each),
            finish_ns: 0,
        });
        added.push(trial);
    }
    for round in 6..11 {
        record.interleaved.push(InterleavedRound {
            process: 0,
            round,
            group: 0,
            pass: Pass::Fresh,
            slice_ends: spaced(&ends),
            steal_ms: 0,
            involuntary_switches: 0,
            peak_resident_bytes: 0,
        });
    }
    record.trials.extend(added);
    record.weather = Some(Weather {
        bytes: 64 << 20,
        at_ms: "0 100 200 300".to_owned(),
        arithmetic_ns: "1000000 1010000 1000000 1020000".to_owned(),
        loads_ns: "1000000 1000000 2000000 2100000".to_owned(),
        steps: 1_000_000,
        loads: 10_000,
    });
    record
}
