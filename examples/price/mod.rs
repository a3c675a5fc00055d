//! What the examples of prices share: engines in turns over several sources, of
//! which the fastest trial counts, since only disturbance makes one slower.
//! Nothing is verified here: `notibench verify` does that.

use std::process::ExitCode;

use notibench_core::engine::{Engine, StopFlag};
use notibench_engines::registry::{EngineVisitor, dispatch};
use notibench_harness::{OnHang, Source, TrialOutcome, TrialSetup, run_trial};

const TRIALS: usize = 3;

/// One trial of an engine on a source.
struct One<'a>(&'a Source, usize);

impl EngineVisitor for One<'_> {
    type Output = Result<TrialOutcome, String>;

    fn visit<E: Engine>(self) -> Self::Output {
        let (stop, on_hang) = (
            StopFlag::default(),
            OnHang::new(|message| panic!("{message}")),
        );
        let setup = TrialSetup::new(self.0, (self.1, 1_024), &stop, on_hang);
        let outcome = run_trial::<E, ()>(&setup, |_| ());
        outcome
            .map(|(outcome, ())| outcome)
            .map_err(|e| e.to_string())
    }
}

/// The fastest time and the most bytes a state of an engine on each source.
pub(crate) fn best_of(
    name: &str,
    sources: &[Source],
    threads: usize,
) -> Result<Vec<(f64, f64)>, String> {
    let mut best = vec![(f64::INFINITY, 0.0_f64); sources.len()];
    for _ in 0..TRIALS {
        for ((ns, bytes), source) in best.iter_mut().zip(sources) {
            let one = dispatch(name, One(source, threads));
            let outcome = one.unwrap_or_else(|| Err("no such engine".to_owned()))?;
            *ns = ns.min(outcome.wall_ns as f64);
            *bytes = bytes.max(outcome.bytes_a_state());
        }
    }
    Ok(best)
}

/// Reads `[WORKLOAD [EVENTS [THREADS [ENGINE]]]]` and prints the table.
pub(crate) fn main_with(
    workload: &str,
    table: impl Fn(&str, u64, usize, Option<&String>) -> Result<(), String>,
) -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, default: u64| {
        words
            .get(at)
            .map_or(Ok(default), |word| word.parse::<u64>())
    };
    let path = words.first().map_or(workload, String::as_str);
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let found = match (number(1, 2_000_000), number(2, cores as u64)) {
        (Ok(events), Ok(threads)) if events > 0 && threads > 0 => {
            table(path, events, threads as usize, words.get(3))
        }
        _ => Err(
            "give a workload file, a number of events, one of threads and an engine's name"
                .to_owned(),
        ),
    };
    match found {
        Ok(()) => ExitCode::SUCCESS,
        Err(words) => {
            eprintln!("error: {words}");
            ExitCode::FAILURE
        }
    }
}
