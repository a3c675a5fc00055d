//! Whether comparisons on this machine can be believed: engines beside second
//! copies of themselves, many times, and an engine beside itself slowed down by
//! a known share, in interleaved rounds as a run has them.

mod plan;
mod real_time;
mod request;
mod series;

pub use plan::{SelftestOptions, resolve_selftest};
pub use request::{SelftestError, SelftestPlan, SelftestRequest};

use std::time::Instant;

use parking_lot::Mutex;

use super::contender::Contender;
use super::run::{noted, source_of, weather_of};
use crate::host::environment::at_end;
use crate::host::weather::WeatherStation;
use crate::plan::views::views_of;
use crate::proof::realised::realised;
use crate::run::new_record::{new_record, now};
use crate::run::request::RunRequest;
use crate::run::round::Rounds;
use crate::trial::error::TrialError;
use crate::trial::source::Source;
use crate::trial::watch::{Observer, Silent};
use notibench_record::{
    ClockNote, Plan, PlantedComparison, Realised, SELFTEST_SCHEMA, SameEngine, Selftest,
    WorkloadNote,
};
use plan::twice;
use series::Series;

/// Compares each engine with its second copy, then one engine with itself
/// slowed down. Every round is one of `run`, without the proof by the oracle:
/// what was ingested is counted again, and the engine's own counts are held
/// against it.
///
/// # Errors
/// Where a trial fails, an engine loses an event, or it is interrupted.
pub fn selftest(
    request: &SelftestRequest<'_>,
    observer: &mut dyn Observer,
) -> Result<Selftest, SelftestError> {
    let (start, started) = (Instant::now(), now());
    let plan = &request.plan;
    let run = run_of(request, plan.run.clone(), twice(&request.engines))?;
    let source = source_of(&run, observer);
    let weather = Mutex::new(weather_of(&run, observer));
    let rounds = |run| Shared {
        run,
        source: &source,
        weather: &weather,
        start,
    };
    let (same, same_series) = same(request, &rounds(&run), observer)?;
    let mut slowed = request.planted.planted(plan.planted.share);
    slowed.name += " (slowed)";
    let how = Plan {
        threads: plan.planted.threads,
        rounds: plan.planted.rounds,
        precision: Some(plan.planted.precision),
        baseline: request.planted.name.clone(),
        ..plan.run.clone()
    };
    let beside = run_of(request, how, vec![request.planted.clone(), slowed])?;
    let (planted, planted_series) = planted(request, &rounds(&beside), observer)?;
    let weather = noted(&run, &weather).unwrap_or_default();
    let real_time = match request.real_time {
        true => real_time::real_time(request, observer)?,
        false => None,
    };
    let mut environment = request.environment.clone();
    at_end(&mut environment);
    Ok(Selftest {
        schema: SELFTEST_SCHEMA.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        command: request.command.clone(),
        started,
        workload: WorkloadNote {
            name: request.workload.name.clone(),
            toml: request.toml.clone(),
            trace: None,
        },
        plan: plan.run.clone(),
        most_false: plan.most_false,
        planted_plan: plan.planted.clone(),
        environment,
        same,
        planted,
        real_time,
        weather,
        steal_ms: same_series.steal_ms + planted_series.steal_ms,
        involuntary_switches: same_series.involuntary_switches
            + planted_series.involuntary_switches,
        took_ms: start.elapsed().as_millis() as u64,
    })
}

/// What the rounds of all comparisons have in common.
struct Shared<'a> {
    run: &'a RunRequest<'a>,
    source: &'a Source,
    weather: &'a Mutex<WeatherStation>,
    start: Instant,
}

impl Shared<'_> {
    fn series(&self) -> Series {
        // the stream is looked at by `run`; here nothing of it is shown
        let realised: Realised = realised(self.source);
        Series::new(new_record(self.run, ClockNote::default(), realised, None))
    }

    /// The rounds of the next comparison: those of [`run`](super::run()).
    fn compare(&self, series: &mut Series) -> Result<(), SelftestError> {
        let rounds = Rounds {
            request: self.run,
            source: self.source,
            expected: None,
            start: self.start,
            weather: self.weather,
            taker: None,
        };
        series.compare(&mut |record, round| rounds.run(record, &mut Silent, round))
    }
}

/// Every engine beside its second copy.
fn same(
    request: &SelftestRequest<'_>,
    shared: &Shared<'_>,
    observer: &mut dyn Observer,
) -> Result<(Vec<SameEngine>, Series), SelftestError> {
    let comparisons = request.plan.comparisons_of_each;
    let total = comparisons + request.plan.planted_comparisons;
    let mut series = shared.series();
    let names = request.engines.iter().map(|engine| engine.name.clone());
    let mut same: Vec<SameEngine> = names
        .map(|engine| SameEngine {
            engine,
            first_ns: String::new(),
            second_ns: String::new(),
        })
        .collect();
    for number in 0..comparisons {
        observer.turn(number, total, "engines beside themselves");
        shared.compare(&mut series)?;
        for (engine, found) in request.engines.iter().zip(&mut same) {
            append(&mut found.first_ns, &series.times(&engine.name));
            append(
                &mut found.second_ns,
                &series.times(&engine.as_control().name),
            );
        }
    }
    Ok((same, series))
}

/// The slowed engine beside itself as it is.
fn planted(
    request: &SelftestRequest<'_>,
    shared: &Shared<'_>,
    observer: &mut dyn Observer,
) -> Result<(Vec<PlantedComparison>, Series), SelftestError> {
    let plan = &request.plan;
    let total = plan.comparisons_of_each + plan.planted_comparisons;
    let mut series = shared.series();
    let mut found = Vec::new();
    for number in plan.comparisons_of_each..total {
        observer.turn(number, total, "planted slowdown");
        let before = Instant::now();
        shared.compare(&mut series)?;
        let [as_is, slowed] = &shared.run.contenders[..] else {
            break;
        };
        found.push(PlantedComparison {
            as_is_ns: series.times(&as_is.name),
            slowed_ns: series.times(&slowed.name),
            took_ms: before.elapsed().as_millis() as u64,
        });
    }
    Ok((found, series))
}

/// Adds numbers to those that are there, one space between them.
fn append(text: &mut String, more: &str) {
    if !text.is_empty() {
        text.push(' ');
    }
    text.push_str(more);
}

/// The run that the rounds are of.
fn run_of<'a>(
    request: &'a SelftestRequest<'_>,
    plan: Plan,
    contenders: Vec<Contender>,
) -> Result<RunRequest<'a>, TrialError> {
    Ok(RunRequest {
        workload: request.workload,
        toml: String::new(),
        trace: None,
        plan,
        views: views_of(request.workload).map_err(TrialError::NoRandomKey)?,
        contenders,
        environment: request.environment.clone(),
        command: Vec::new(),
        wait_quiet: None,
        stop: request.stop.clone(),
        on_hang: request.on_hang,
        process: 0,
    })
}

#[cfg(test)]
mod tests;
