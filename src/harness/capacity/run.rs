//! Searches for capacity on this machine: engines in turns, a step a trial.
//! Imports `generator`, `record`, `stats`, `workload`; its parent's trials.

use std::time::Duration;

use super::bench::{Bench, StepError};
use super::floor::stall_floor;
use super::search::{LEAST_SHARE, search};
use crate::engine::StopFlag;
use crate::harness::contender::Contender;
use crate::harness::round::shuffled;
use crate::harness::trace_stream::TraceStream;
use crate::harness::trial::TrialError;
use crate::harness::watch::Observer;
use crate::record::{
    CAPACITY_SCHEMA, Capacity, CapacityPlan, CapacityVerdict, EngineCapacity, Environment,
    Objective, Search, WorkloadNote,
};
use crate::stats::paired_ratio;
use crate::workload::Workload;

/// How long the stall floor is looked for.
const FLOOR: Duration = Duration::from_secs(2);

/// Everything that a search needs.
#[derive(Debug)]
pub struct CapacityRequest<'a> {
    /// What is run.
    pub workload: &'a Workload,
    /// The text of its file.
    pub toml: String,
    /// The trace that is run in place of the workload's stream, over and over.
    pub trace: Option<&'a TraceStream>,
    /// How it is searched.
    pub plan: CapacityPlan,
    /// The conditions.
    pub slo: Vec<Objective>,
    /// Who takes part.
    pub contenders: Vec<Contender>,
    /// Where.
    pub environment: Environment,
    /// The command line.
    pub command: Vec<String>,
    /// Set on an interruption.
    pub stop: StopFlag,
    /// Called where a worker can't be stopped.
    pub on_hang: fn(&str),
}

/// Searches. A failure is told in what is given back, not as an error.
pub fn capacity(request: &CapacityRequest<'_>, observer: &mut dyn Observer) -> Capacity {
    observer.stage("looking for the stall floor");
    let mut found = blank(request);
    match searches(request, &mut found.engines, observer) {
        Ok(()) => found.complete = true,
        Err(error) => found.failure = Some(error.to_string()),
    }
    found.engines.iter_mut().for_each(conclude);
    found
}

/// What nothing is known of yet but the stall floor.
fn blank(request: &CapacityRequest<'_>) -> Capacity {
    let blank = |contender: &Contender| EngineCapacity {
        name: contender.name.clone(),
        freshness: contender.info.freshness.name().to_owned(),
        verdict: CapacityVerdict::Unfinished,
        capacity_per_s: None,
        low_per_s: None,
        high_per_s: None,
        closed_loop_per_s: 0.0,
        searches: Vec::new(),
    };
    Capacity {
        schema: CAPACITY_SCHEMA.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        complete: false,
        failure: None,
        command: request.command.clone(),
        started: jiff::Timestamp::now()
            .strftime("%Y-%m-%dT%H:%M:%SZ")
            .to_string(),
        workload: WorkloadNote {
            name: request.workload.name.clone(),
            toml: request.toml.clone(),
            trace: request.trace.map(|trace| trace.note.clone()),
        },
        plan: request.plan,
        slo: request.slo.clone(),
        environment: request.environment.clone(),
        stall_floor: stall_floor(FLOOR),
        engines: request.contenders.iter().map(blank).collect(),
        warnings: Vec::new(),
    }
}

fn searches(
    request: &CapacityRequest<'_>,
    engines: &mut [EngineCapacity],
    observer: &mut dyn Observer,
) -> Result<(), TrialError> {
    let mut bench = Bench::new(request);
    observer.stage("closed loops");
    for (contender, engine) in request.contenders.iter().zip(engines.iter_mut()) {
        engine.closed_loop_per_s = bench.closed_loop(contender)?;
    }
    let total = request.plan.searches * engines.len();
    for round in 0..request.plan.searches {
        for (turn, at) in shuffled(engines.len(), request.plan.seed, round).enumerate() {
            let engine = &mut engines[at];
            if matches!(engine.verdict, CapacityVerdict::Wrong(_)) {
                continue;
            }
            observer.turn(round * request.contenders.len() + turn, total, &engine.name);
            let mut failure = None;
            let contender = &request.contenders[at];
            let closed = engine.closed_loop_per_s;
            let one = search(closed, request.plan.tolerance, |kind, rate| {
                match bench.step(contender, kind, rate) {
                    Ok(step) => Some(step),
                    Err(error) => {
                        failure = Some(error);
                        None
                    }
                }
            });
            engine.searches.push(one);
            match failure {
                None => {}
                Some(StepError::Wrong(words)) => engine.verdict = CapacityVerdict::Wrong(words),
                Some(StepError::Trial(error)) => return Err(error),
            }
        }
    }
    Ok(())
}

/// What an engine's searches come to.
fn conclude(engine: &mut EngineCapacity) {
    if matches!(engine.verdict, CapacityVerdict::Wrong(_)) {
        return;
    }
    let found: Vec<f64> = engine
        .searches
        .iter()
        .filter_map(|s| s.capacity_per_s)
        .collect();
    if found.len() == engine.searches.len() && !found.is_empty() {
        engine.verdict = CapacityVerdict::Attained;
        let pairs: Vec<(f64, f64)> = found.iter().map(|&rate| (1.0, rate)).collect();
        let logs: f64 = found.iter().map(|rate| rate.ln()).sum();
        engine.capacity_per_s = Some((logs / found.len() as f64).exp());
        if let Some(interval) = paired_ratio(&pairs) {
            engine.low_per_s = Some(interval.low);
            engine.high_per_s = Some(interval.high);
        }
        return;
    }
    let least = engine.closed_loop_per_s * LEAST_SHARE * 1.01;
    let hopeless = |search: &Search| search.failed_above_per_s.is_some_and(|rate| rate <= least);
    if !engine.searches.is_empty() && engine.searches.iter().all(hopeless) {
        engine.verdict = CapacityVerdict::NotAttainable;
    }
}
