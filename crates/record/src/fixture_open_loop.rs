//! Plausible records of an open loop and of a search for capacity, for tests.

use super::capacity::*;
use super::fixture;
use super::open_loop::*;
use super::schema::{Record, WorkloadNote};
use crate::stats::ServiceHistogram;

const INTERVALS: u64 = 20;
const SECOND: u64 = 1_000_000_000;
const STEP_EVENTS: u64 = 2_000_000;

/// A record of 10 s at 100,000 events a second: three engines and `null`, one
/// round. `dashmap-naive` misses the rate and skips a tenth; `dashmap` has a
/// stall of 100 ms in its ninth interval.
pub fn record() -> Record {
    let mut record = fixture::with_rounds(1);
    record.command = ["notibench", "run", "steady_week", "--rate", "100k/s"]
        .map(str::to_owned)
        .to_vec();
    record.plan.open_loop = Some(OpenLoopPlan {
        arrivals: Arrivals::Poisson,
        offered_per_s: 100_000.0,
        duration_ns: 10 * SECOND,
        max_backlog: 100_000,
        idle: Idle::Spin,
        interval_ns: SECOND / 2,
    });
    record.engines.retain(|engine| !engine.control);
    record.plan.rounds = 1;
    record.plan.warmup_rounds = 0;
    record
        .proofs
        .retain(|proof| proof.engine != "dashmap-naive-again");
    record
        .trials
        .retain(|trial| trial.round == 0 && trial.engine != "dashmap-naive-again");
    for trial in &mut record.trials {
        trial.warmup = false;
        let service_ns = trial.wall_ns / trial.generated;
        let naive = trial.engine == "dashmap-naive";
        let open_loop = open_loop(service_ns, naive, trial.engine == "dashmap");
        trial.wall_ns = 10 * SECOND;
        trial.skipped = open_loop.skipped();
        trial.applied -= trial.skipped;
        trial.open_loop = Some(open_loop);
    }
    record.recording = vec![RecordingNote {
        engine: "dashmap".to_owned(),
        recorded_ns_per_event: 106.0,
        bare_ns_per_event: 100.0,
        share: 0.06,
        low: 0.04,
        high: 0.08,
        turns: 5,
    }];
    record
}

fn open_loop(service_ns: u64, overloaded: bool, stalled: bool) -> OpenLoopTrial {
    let offered = 1_000_000 / INTERVALS;
    let skipped = if overloaded { offered / 10 } else { 0 };
    let stall = |at: u64| if stalled && at == 8 { SECOND / 10 } else { 0 };
    let queue = |at: u64| {
        if overloaded {
            at * SECOND / 100
        } else {
            stall(at)
        }
    };
    let note = |at: u64| IntervalNote {
        end_ns: (at + 1) * SECOND / 2,
        offered,
        completed: offered - skipped,
        skipped,
        backlog: if overloaded { 1_000 * at } else { 2 },
        reads: 2_500,
        resident_bytes: 100_000_000 + at * 1_000_000,
        response_ns: times(service_ns * 3, queue(at)).to_base64(),
        service_ns: times(service_ns, stall(at)).to_base64(),
        read_response_ns: times(service_ns * 4, 0).to_base64(),
    };
    let (mut response, mut service) = (ServiceHistogram::new(), ServiceHistogram::new());
    for at in 0..INTERVALS {
        response.merge(&times(service_ns * 3, queue(at)));
        service.merge(&times(service_ns, stall(at)));
    }
    let mut batches = ServiceHistogram::new();
    batches.record_n(1, 800_000);
    batches.record_n(2, 50_000);
    batches.record_n(64, 1_562);
    let ranges = (0..INTERVALS).map(|at| SkippedRange {
        first: at * offered,
        end: at * offered + skipped * 2,
        step: 2,
    });
    OpenLoopTrial {
        offered: 1_000_000,
        achieved_per_s: (1_000_000 - skipped * INTERVALS) as f64 / 10.0,
        skipped_ranges: ranges.filter(|range| range.events() > 0).collect(),
        response_ns: response.to_base64(),
        service_ns: service.to_base64(),
        read_response_ns: times(service_ns * 4, 0).to_base64(),
        read_service_ns: times(service_ns * 2, 0).to_base64(),
        batch_events: batches.to_base64(),
        skipped_reads: 0,
        peak_backlog: if overloaded { 20_000 } else { 10_000 },
        steady_from_ns: (!overloaded).then_some(0),
        cut_events: 0,
        oracle_events_digest: None,
        oracle_snapshot_digest: None,
        intervals: (0..INTERVALS).map(note).collect(),
    }
}

/// Times of an interval: a long tail, and a ramp down from a wait.
fn times(typical_ns: u64, wait_ns: u64) -> ServiceHistogram {
    let mut histogram = ServiceHistogram::new();
    for at in 0..500_u64 {
        let part = at as f64 / 500.0;
        let ns = typical_ns as f64 * (1.0 + 9.0 * part.powi(50));
        let waited = wait_ns as f64 * (1.0 - 10.0 * part).max(0.0);
        histogram.record_n((ns + waited) as u64, 100);
    }
    histogram
}

/// Three searches of two engines under `p99.9 < 1ms`: `dashmap` comes to
/// 8 million a second, `dashmap-naive` can't attain it.
pub fn capacity() -> Capacity {
    let record = fixture::record();
    Capacity {
        schema: CAPACITY_SCHEMA.to_owned(),
        version: record.version,
        complete: true,
        failure: None,
        command: [
            "notibench",
            "capacity",
            "steady_week",
            "--slo",
            "p99.9 < 1ms",
        ]
        .map(str::to_owned)
        .to_vec(),
        started: record.started,
        workload: WorkloadNote {
            name: "steady_week".to_owned(),
            toml: "seed = 1".to_owned(),
            trace: None,
        },
        plan: CapacityPlan {
            seed: 42,
            threads: 2,
            batch: 1_024,
            pin: false,
            inbox_capacity: 32,
            arrivals: Arrivals::Poisson,
            idle: Idle::Spin,
            events: STEP_EVENTS,
            growth: false,
            search_steps: 5,
            searches: 3,
        },
        slo: vec![Objective {
            text: "p99.9 < 1ms".to_owned(),
            of: Judged::Events,
            quantile: 0.999,
            limit_ns: 1_000_000,
        }],
        environment: record.environment,
        stall_floor: StallFloor {
            duration_ns: SECOND,
            wait_ns: times(20, 400_000).to_base64(),
            gap_ns: times(25, 500_000).to_base64(),
            steal_ms: 0,
            involuntary_switches: 2,
        },
        engines: vec![attained(), not_attainable()],
        warnings: Vec::new(),
    }
}

fn attained() -> EngineCapacity {
    let search = |seed: u64, luck: f64| Search {
        seed,
        capacity_per_s: Some(8e6 * luck),
        steps: vec![
            step(5e6 * luck, 200_000),
            step(1e7 * luck, 40_000_000),
            step(7.8e6 * luck, 800_000),
            step(8.4e6 * luck, 3_000_000),
            step(8.1e6 * luck, 1_100_000),
        ],
    };
    EngineCapacity {
        name: "dashmap".to_owned(),
        freshness: "immediate".to_owned(),
        verdict: CapacityVerdict::Attained,
        capacity_per_s: Some(8e6),
        low_per_s: Some(7.6e6),
        high_per_s: Some(8.4e6),
        spread: Some(0.02),
        closed_loop_per_s: 1e7,
        searches: vec![search(1, 0.99), search(2, 1.01), search(3, 1.0)],
    }
}

fn not_attainable() -> EngineCapacity {
    let hopeless = |seed: u64| Search {
        seed,
        capacity_per_s: None,
        steps: vec![step(2e5, 2_000_000)],
    };
    EngineCapacity {
        name: "dashmap-naive".to_owned(),
        verdict: CapacityVerdict::NotAttainable,
        capacity_per_s: None,
        low_per_s: None,
        high_per_s: None,
        spread: None,
        closed_loop_per_s: 2e6,
        searches: (4..7).map(hopeless).collect(),
        ..attained()
    }
}

fn step(offered_per_s: f64, p99_9_ns: u64) -> SearchStep {
    let holds = p99_9_ns < 1_000_000;
    let grown = if p99_9_ns > 10_000_000 { 5e5 } else { 100.0 };
    let most = offered_per_s * 1e-3 / 4.0;
    let condition = |name: &str, unit: &str, limit, value, pass| Condition {
        name: name.to_owned(),
        unit: unit.to_owned(),
        limit,
        value,
        pass,
    };
    SearchStep {
        offered_per_s,
        achieved_per_s: offered_per_s.min(9.6e6),
        hold_ns: (STEP_EVENTS as f64 * 1e9 / offered_per_s) as u64,
        events: STEP_EVENTS,
        response_ns: times(p99_9_ns / 10, 0).to_base64(),
        conditions: vec![
            condition("p99.9", "ns", 1e6, p99_9_ns as f64, holds),
            condition("p99.9 samples", "events", 1e5, STEP_EVENTS as f64, true),
            condition("backlog", "events", most, grown, grown < most),
            condition("conserved", "events", 1.0, 0.0, true),
        ],
        pass: holds && grown < most,
        proved: true,
        steal_ms: 0,
        involuntary_switches: 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn both_fixtures_load_again() {
        let record = record();
        let path = Path::new("r.json");
        assert_eq!(
            Record::from_json(record.to_json().as_bytes(), path).unwrap(),
            record
        );
        let capacity = capacity();
        let json = capacity.to_json().unwrap();
        assert_eq!(
            Capacity::from_json(json.as_bytes(), path).unwrap(),
            capacity
        );
        assert!(Record::from_json(json.as_bytes(), path).is_err());
        assert!(Capacity::from_json(record.to_json().as_bytes(), path).is_err());
    }

    #[test]
    fn what_is_skipped_must_be_skipped_in_an_interval() {
        let mut record = record();
        let open_loop = record.trials[0].open_loop.as_mut().unwrap();
        open_loop.skipped_ranges.pop();
        assert!(record.validate().unwrap_err().contains("skipped_ranges"));
    }

    #[test]
    fn what_is_generated_is_accounted_for_in_the_fixture() {
        for trial in record().trials {
            let sum = trial.applied + trial.discarded + trial.failed + trial.skipped;
            assert_eq!(sum, trial.generated, "{}", trial.engine);
        }
    }

    #[test]
    fn a_number_that_is_none_is_not_saved() {
        let mut capacity = capacity();
        capacity.engines[0].searches[0].steps[0].achieved_per_s = f64::NAN;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("capacity.json");
        assert!(capacity.save(&path).is_err() && !path.exists());
    }
}
