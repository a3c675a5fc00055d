//! Searches for capacity on this machine: engines in turns, a step a trial.

use std::time::Duration;

use super::bench::{Bench, CLOSED_EVENTS, Offer, StepError, least_events, source_of};
use super::conditions::{strictest_ns, unseen_excess};
use super::floor::stall_floor;
use super::plan::events_of_a_step;
use super::request::CapacityRequest;
use super::search::{is_hopeless, search, together};
use crate::contender::Contender;
use crate::run::round::shuffled;
use crate::trial::error::TrialError;
use crate::trial::source::Source;
use crate::trial::watch::Observer;
use notibench_core::unit::mix::mix;
use notibench_core::unit::quantity::show_ns;
use notibench_record::stats::FEWEST_SEARCHES;
use notibench_record::{
    CAPACITY_SCHEMA, Capacity, CapacityVerdict, EngineCapacity, StallFloor, WorkloadNote,
};

/// How long the stall floor is looked for.
const FLOOR: Duration = Duration::from_secs(2);
/// A step that lets an overload of more than this share pass is too short, and
/// that is said.
const MOST_EXCESS: f64 = 0.05;

/// Searches. A failure is told in what is given back, not as an error.
pub fn capacity(request: &CapacityRequest<'_>, observer: &mut dyn Observer) -> Capacity {
    observer.stage("looking for the stall floor");
    let mut found = blank_with(request, stall_floor(FLOOR));
    match searches(request, &mut found, observer) {
        Ok(()) => found.complete = true,
        Err(words) => found.failure = Some(words.into()),
    }
    concluded(found)
}

/// The same with what its searches come to.
fn concluded(mut found: Capacity) -> Capacity {
    let tries = found.plan.search_steps;
    for engine in &mut found.engines {
        conclude(engine, tries);
    }
    found.warnings = warnings(&found);
    found
}

/// What nothing is known of yet but the stall floor.
fn blank_with(request: &CapacityRequest<'_>, stall_floor: StallFloor) -> Capacity {
    let blank = |contender: &Contender| EngineCapacity {
        name: contender.name.clone(),
        freshness: contender.info.freshness.name().to_owned(),
        verdict: CapacityVerdict::Unfinished,
        capacity_per_s: None,
        low_per_s: None,
        high_per_s: None,
        spread: None,
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
        stall_floor,
        engines: request.contenders.iter().map(blank).collect(),
        warnings: Vec::new(),
    }
}

/// Closed loops, the stream of a step, then round after round a search of each
/// engine.
fn searches(
    request: &CapacityRequest<'_>,
    found: &mut Capacity,
    observer: &mut dyn Observer,
) -> Result<(), String> {
    observer.stage("making the stream of the closed loops");
    let source = source_of(request, closed_events(request))?;
    closed_loops(request, &Bench::new(request, &source), found, observer)
        .map_err(|error| error.to_string())?;
    found.plan.events = settled_events(request, &source, &found.engines);
    observer.stage("making the stream of a step, and asking the oracle");
    drop(source);
    let source = source_of(request, found.plan.events)?;
    let mut bench = Bench::new(request, &source);
    if request.plan.events == 0 {
        // over the state that the steps have
        closed_loops(request, &bench, found, observer).map_err(|error| error.to_string())?;
    }
    bench.ask_oracle().map_err(|error| error.to_string())?;
    for round in 0..request.plan.searches {
        round_of(request, &bench, round, found, observer).map_err(|error| error.to_string())?;
    }
    Ok(())
}

fn closed_events(request: &CapacityRequest<'_>) -> u64 {
    match request.plan.events {
        0 => CLOSED_EVENTS,
        asked => asked,
    }
}

fn closed_loops(
    request: &CapacityRequest<'_>,
    bench: &Bench<'_>,
    found: &mut Capacity,
    observer: &mut dyn Observer,
) -> Result<(), TrialError> {
    let total = request.contenders.len();
    for (at, contender) in request.contenders.iter().enumerate() {
        observer.turn(at, total, &format!("closed loop of {}", contender.name));
        found.engines[at].closed_loop_per_s = bench.closed_loop(contender)?;
    }
    observer.searched(&concluded(found.clone()));
    Ok(())
}

fn settled_events(
    request: &CapacityRequest<'_>,
    source: &Source,
    engines: &[EngineCapacity],
) -> u64 {
    if request.plan.events > 0 {
        return request.plan.events;
    }
    let fastest = engines.iter().map(|engine| engine.closed_loop_per_s);
    let reads_per_event = source.reads() as f64 / source.events() as f64;
    events_of_a_step(
        fastest.fold(0.0, f64::max),
        strictest_ns(&request.slo),
        least_events(&request.slo, reads_per_event),
    )
}

/// One search of each engine, in an order of its own.
fn round_of(
    request: &CapacityRequest<'_>,
    bench: &Bench<'_>,
    round: usize,
    found: &mut Capacity,
    observer: &mut dyn Observer,
) -> Result<(), TrialError> {
    let plan = &request.plan;
    let contenders = request.contenders.len();
    let total = plan.searches * contenders;
    for (turn, at) in shuffled(contenders, plan.seed, round).enumerate() {
        let engine = &mut found.engines[at];
        if matches!(engine.verdict, CapacityVerdict::Wrong(_)) {
            continue;
        }
        observer.turn(round * contenders + turn, total, &engine.name);
        let contender = &request.contenders[at];
        let seed = mix(plan.seed ^ mix((round * contenders + at) as u64 + 1));
        let mut failure = None;
        let one = search(
            engine.closed_loop_per_s,
            plan.search_steps,
            seed,
            |at, rate| {
                let step = bench.step(contender, &Offer { rate, seed, at });
                step.map_err(|error| failure = Some(error)).ok()
            },
        );
        engine.searches.push(one);
        match failure {
            None => {}
            Some(StepError::Wrong(words)) => engine.verdict = CapacityVerdict::Wrong(words),
            Some(StepError::Trial(error)) => return Err(error),
        }
        observer.searched(&concluded(found.clone()));
    }
    Ok(())
}

/// What an engine's searches come to, each of so many steps.
fn conclude(engine: &mut EngineCapacity, tries: usize) {
    if matches!(engine.verdict, CapacityVerdict::Wrong(_)) || engine.searches.is_empty() {
        return;
    }
    let closed = engine.closed_loop_per_s;
    if let Some(found) = together(&engine.searches, closed, tries) {
        engine.verdict = CapacityVerdict::Attained;
        engine.capacity_per_s = Some(found.rate);
        engine.spread = Some(found.spread);
        (engine.low_per_s, engine.high_per_s) = found.interval.unzip();
        return;
    }
    let mut searches = engine.searches.iter();
    if searches.all(|search| is_hopeless(search, closed)) {
        engine.verdict = CapacityVerdict::NotAttainable;
    }
}

/// What a reader should know of how it was searched.
fn warnings(found: &Capacity) -> Vec<String> {
    let mut warnings = Vec::new();
    if found.plan.searches < FEWEST_SEARCHES {
        warnings.push(format!(
            "fewer than {FEWEST_SEARCHES} searches give no interval: give --searches {FEWEST_SEARCHES} or more"
        ));
    }
    let shortest = found.steps().map(|step| step.hold_ns).min();
    if let Some(hold_ns) = shortest
        && unseen_excess(&found.slo, hold_ns) > MOST_EXCESS
    {
        let excess = unseen_excess(&found.slo, hold_ns);
        let longer = found.plan.events as f64 * excess / MOST_EXCESS;
        warnings.push(format!(
            "the shortest step lasted {}, in which an overload of {:.0}% is not seen under this              objective: give --events {} or more",
            show_ns(hold_ns as f64),
            excess * 100.0,
            longer.ceil()
        ));
    }
    warnings
}

#[cfg(test)]
#[path = "run_tests.rs"]
mod tests;
