//! One trial: one engine, one stream, fresh state; where asked, the same stream
//! once more over the state that it left.

use crate::host::counters::Counters;
use crate::host::environment::Usage;
use crate::trial::closed_loop::{build, config_of, drive, summarise};
use crate::trial::epoch_loop::run_epochs;
use crate::trial::error::TrialError;
use crate::trial::open_loop::OpenLoop;
use crate::trial::open_trial::{DrivenOpen, drive_open};
use crate::trial::outcome::TrialOutcome;
use crate::trial::setup::TrialSetup;
use crate::trial::timed_engine::{Builder, TimedEngine};
use crate::trial::worker::WorkerReport;
use notibench_core::engine::{Engine, EngineConfig, StopFlag};
use notibench_record::Pass;

/// Runs one trial of `E` from an empty state; then shows the engine, at rest,
/// to `inspect`.
///
/// # Errors
/// Where a worker panicked, or the trial was interrupted; where `E` needs
/// dense numbers and the source has none.
pub fn run_trial<E: Engine, T>(
    setup: &TrialSetup<'_>,
    inspect: impl FnOnce(&E) -> T,
) -> Result<(TrialOutcome, T), TrialError> {
    let config = config_of(Builder::of::<E>(), setup, StopFlag::default())?;
    let engine = E::build(&config);
    let outcome = run_pass(setup, &config, &engine)?;
    Ok((outcome, inspect(&engine)))
}

/// The same of an engine whose type is known no more.
pub(crate) fn run_trial_of<T>(
    builder: Builder,
    setup: &TrialSetup<'_>,
    inspect: impl FnOnce(&dyn TimedEngine, &EngineConfig, &TrialOutcome) -> T,
) -> Result<(TrialOutcome, T), TrialError> {
    let (engine, config) = build(builder, setup, StopFlag::default())?;
    let outcome = run_pass(setup, &config, &*engine)?;
    let seen = inspect(&*engine, &config, &outcome);
    Ok((outcome, seen))
}

/// As [`run_trial_of`]; then runs the same stream again, through sessions newly
/// opened, over the state that the first pass left. Of an open loop, the first
/// pass fills the state in a closed loop, and the second follows the schedule.
/// The engine is shown after each pass.
pub(crate) fn run_trial_twice<T>(
    builder: Builder,
    setup: &TrialSetup<'_>,
    inspect: impl Fn(&dyn TimedEngine, &EngineConfig, &TrialOutcome, Pass) -> T,
) -> Result<[(TrialOutcome, T); 2], TrialError> {
    let (engine, config) = build(builder, setup, StopFlag::default())?;
    let pass = |pass| {
        let setup = TrialSetup {
            open_loop: setup.open_loop.filter(|_| pass == Pass::Warm),
            ..*setup
        };
        let outcome = run_pass(&setup, &config, &*engine)?;
        let seen = inspect(&*engine, &config, &outcome, pass);
        Ok((outcome, seen))
    };
    Ok([pass(Pass::Fresh)?, pass(Pass::Warm)?])
}

/// What workers came back with.
enum Driven<'a> {
    Closed(Vec<WorkerReport>),
    Open(DrivenOpen, &'a OpenLoop),
}

/// Drives the whole stream through sessions of the engine, timed.
fn run_pass(
    setup: &TrialSetup<'_>,
    config: &EngineConfig,
    engine: &dyn TimedEngine,
) -> Result<TrialOutcome, TrialError> {
    if !config.views.are_plain() {
        return run_epochs(setup, config, engine);
    }
    let mut counters = setup.perf.then(Counters::open);
    let before = Usage::start();
    let all = match setup.share {
        Some(share) => share.range.clone(),
        None => 0..setup.source.events(),
    };
    let driven = match setup.open_loop {
        None => Driven::Closed(drive(setup, config, engine, all, counters.as_mut())?),
        Some(open_loop) => {
            let counters = counters.as_mut();
            let driven = drive_open(setup, open_loop, config, engine, counters)?;
            Driven::Open(driven, open_loop)
        }
    };
    let perf = counters.map(Counters::stop);
    let usage = before.until_now();
    if setup.stop.is_set() {
        return Err(TrialError::Interrupted);
    }
    let mut outcome = match driven {
        Driven::Closed(reports) => summarise(setup, config, engine, reports, usage),
        Driven::Open(driven, open_loop) => driven.summarise(setup, open_loop, engine, usage),
    };
    outcome.perf = perf;
    Ok(outcome)
}
