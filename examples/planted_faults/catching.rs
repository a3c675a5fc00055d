//! Trials of the engines with a planted fault, and which of them are caught.

use notibench_core::engine::StopFlag;
use notibench_harness::{Contender, OnHang, Silent, VerifyFailure, VerifyOptions, verify};
use notibench_workload::Workload;
use notibench_workload::generator::Generator;

use crate::engines::Planted;
use crate::faults;

/// What the check of answers under load begins with.
const UNDER_LOAD: &str = "no set of events explains an answer under load";

/// How trials are made.
#[derive(Clone, Debug)]
pub(crate) struct Trials {
    /// Events of a trial.
    pub(crate) events: u64,
    /// Workers.
    pub(crate) threads: usize,
    /// Events of an ingest call.
    pub(crate) batch: usize,
    /// How many times rarer than usual a fault strikes.
    pub(crate) rarer: u64,
}

/// Who caught a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Caught {
    /// The check of answers under load.
    UnderLoad,
    /// Another check.
    Otherwise,
    /// None.
    Not,
}

/// The engines with a planted fault, and those of the controls, by number.
pub(crate) fn contenders() -> Vec<Contender> {
    vec![
        Contender::of::<Planted<{ faults::RIGHT }>>(),
        Contender::of::<Planted<{ faults::OLD_ANSWER }>>(),
        Contender::of::<Planted<{ faults::HALF_OLD_PAGE }>>(),
        Contender::of::<Planted<{ faults::OTHER_BADGE }>>(),
        Contender::of::<Planted<{ faults::EARLY_RETURN }>>(),
        Contender::of::<Planted<{ faults::AHEAD_OF_CALL }>>(),
        Contender::of::<Planted<{ faults::BACK_IN_TIME }>>(),
        Contender::of::<Planted<{ faults::LOST_WAKE_UP }>>(),
        Contender::of::<Planted<{ faults::RIGHT_DEFERRED }>>(),
    ]
}

/// One trial of each contender on the stream of a seed: who caught it, and in
/// which words.
///
/// # Errors
/// Where a worker panics.
pub(crate) fn catch(
    workload: &Workload,
    seed: u64,
    contenders: &[Contender],
    trials: &Trials,
) -> Result<Vec<(Caught, String)>, String> {
    let stream = Generator::new(workload, seed).events(0..trials.events);
    faults::set_trials(stream, trials.rarer);
    let found = verify(workload, contenders, &options(trials, seed), &mut Silent)
        .map_err(|error| error.to_string())?;
    Ok(contenders
        .iter()
        .map(|contender| verdict(&found.failures, &contender.name))
        .collect())
}

/// The options of a trial whose engines' freshness is not looked at apart.
pub(crate) fn options(trials: &Trials, seed: u64) -> VerifyOptions {
    VerifyOptions {
        events: trials.events,
        seed: Some(seed),
        threads: vec![trials.threads],
        batch: trials.batch,
        freshness_events: 0,
        stop: StopFlag::default(),
        on_hang: OnHang::new(|words| {
            eprintln!("{words}");
            std::process::exit(1);
        }),
    }
}

fn verdict(failures: &[VerifyFailure], engine: &str) -> (Caught, String) {
    let of_it = failures.iter().find(|failure| failure.engine == engine);
    match of_it {
        None => (Caught::Not, String::new()),
        Some(failure) if failure.words.starts_with(UNDER_LOAD) => {
            (Caught::UnderLoad, failure.words.clone())
        }
        Some(failure) => (Caught::Otherwise, failure.words.clone()),
    }
}
