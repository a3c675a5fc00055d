//! A plausible record of writers and readers apart, for tests.

use super::apart::{ApartPhase, ApartPlan, ApartTrial};
use super::fixture;
use super::schema::{Record, Trial};
use crate::stats::ServiceHistogram;

/// What is kept of the speed alone beside the other role, by writers and by
/// readers.
fn kept(engine: &str) -> [f64; 2] {
    match engine {
        "dashmap" => [0.8, 0.9],
        "null" => [1.0, 1.0],
        _ => [0.5, 0.5],
    }
}

/// The fixture's rounds with one writer and one reader: a read takes alone half
/// of an event's time, and both keep a half of their speed, in `dashmap` 0.8
/// and 0.9.
pub fn record() -> Record {
    let mut record = fixture::record();
    let filled = record.plan.events / 2;
    record.plan.apart = Some(ApartPlan {
        writers: 1,
        readers: 1,
        filled,
        events_per_s: None,
        reads_per_s: None,
    });
    (record.plan.threads, record.plan.reads) = (2, 0);
    for trial in &mut record.trials {
        let apart = of_trial(trial, filled);
        trial.apart = Some(apart);
        (trial.ingest_service_ns, trial.read_service_ns) = (String::new(), String::new());
    }
    record
}

/// The same at rates: what a group takes, and a tenth more since it was due.
pub fn at_rates() -> Record {
    let mut record = record();
    if let Some(plan) = &mut record.plan.apart {
        (plan.events_per_s, plan.reads_per_s) = (Some(2e5), Some(1e6));
    }
    for apart in record.trials.iter_mut().filter_map(|t| t.apart.as_mut()) {
        let phases = [
            &mut apart.writers_alone,
            &mut apart.readers_alone,
            &mut apart.writers_beside,
            &mut apart.readers_beside,
        ];
        for phase in phases {
            let ns = phase.wall_ns as f64 / phase.operations.max(1) as f64;
            phase.response_ns = times(ns * 70.4, phase.operations / 64);
        }
    }
    record
}

/// The same without readers.
pub fn without_readers() -> Record {
    let mut record = record();
    if let Some(plan) = &mut record.plan.apart {
        plan.readers = 0;
    }
    record.plan.threads = 1;
    for apart in record.trials.iter_mut().filter_map(|t| t.apart.as_mut()) {
        apart.writers_alone = ApartPhase::default();
        apart.readers_alone = ApartPhase::default();
        apart.readers_beside = ApartPhase::default();
    }
    record
}

fn of_trial(trial: &Trial, filled: u64) -> ApartTrial {
    let events = filled / 2;
    let ns = trial.wall_ns as f64 / trial.generated as f64;
    // noise of its own beside the other role, of about 1%
    let noise = 1.0 + ((trial.round * 5 + trial.turn) % 7) as f64 / 700.0;
    let [writes, reads] = kept(&trial.engine);
    let phase = |operations: u64, ns_each: f64| ApartPhase {
        wall_ns: (operations as f64 * ns_each) as u64,
        operations,
        service_ns: times(ns_each * 64.0, operations / 64),
        response_ns: String::new(),
    };
    ApartTrial {
        slices: 60,
        fill_ns: trial.wall_ns / 2,
        finish_ns: 2_000,
        writers_alone: phase(events, ns),
        readers_alone: phase(2 * events, ns / 2.0),
        writers_beside: phase(events, ns / writes * noise),
        readers_beside: phase(2 * events, ns / 2.0 / reads * noise),
    }
}

fn times(typical_ns: f64, groups: u64) -> String {
    let mut histogram = ServiceHistogram::new();
    histogram.record_n(typical_ns as u64, groups);
    histogram.record_n((typical_ns * 10.0) as u64, groups / 50);
    histogram.to_base64()
}
