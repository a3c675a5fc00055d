//! From what was asked to how a selftest is made.

use super::request::SelftestPlan;
use crate::contender::Contender;
use crate::plan::error::PlanError;
use crate::plan::options::RunOptions;
use crate::plan::resolve::resolve;
use crate::plan::rounds::{DEFAULT_SLICE_US, in_range};
use notibench_record::{Environment, InterleavingPlan, PlantedPlan};
use notibench_workload::Workload;

/// Comparisons, and rounds of one, at the most.
const MOST: u64 = 10_000;
/// Workers at the most, as everywhere.
const MOST_THREADS: u64 = 1_024;

/// What a selftest was asked for; what is `None` is the workload's or our
/// choice.
#[derive(Clone, Debug)]
pub struct SelftestOptions {
    /// Events of a round.
    pub events: u64,
    /// Workers; as many as processors unless told.
    pub threads: Option<usize>,
    /// Events of one ingest call.
    pub batch: Option<usize>,
    /// Seed of the stream.
    pub seed: Option<u64>,
    /// Comparisons of engines with themselves, of all engines together.
    pub comparisons: usize,
    /// Rounds of each of them.
    pub rounds: usize,
    /// Largest false rate that passes, as a fraction.
    pub most_false: f64,
    /// Comparisons with the slowed engine.
    pub planted_comparisons: usize,
    /// The slowdown, as a fraction of the engine's own time.
    pub planted_share: f64,
    /// Workers of the comparisons with the slowed engine. Only with one is the
    /// whole slowed by what was planted: among several, those that do not spin
    /// find locks and memory less busy.
    pub planted_threads: usize,
    /// Rounds of each of them at the most.
    pub planted_rounds: usize,
}

/// Settles every number of a selftest of `engines`, each of which stands beside
/// its second copy; `planted` is the one that is slowed down.
///
/// # Errors
/// Numbers out of range; more memory than there is.
pub fn resolve_selftest(
    options: &SelftestOptions,
    workload: &Workload,
    engines: &[Contender],
    planted: &Contender,
    environment: &Environment,
) -> Result<SelftestPlan, PlanError> {
    check_counts(options)?;
    let asked = RunOptions {
        threads: options.threads,
        events: Some(options.events),
        rounds: Some(options.rounds),
        seed: options.seed,
        batch: options.batch,
        no_verify: true,
        planted_share: options.planted_share,
        ..RunOptions::default()
    };
    let baseline = engines
        .first()
        .map_or_else(String::new, |first| first.name.clone());
    let copies = twice(engines);
    let mut run = resolve(&asked, workload, &copies, baseline, environment)?;
    // what is planted is planted into one engine, not into all
    run.planted_share = 0.0;
    // one engine alone takes turns with its copy
    let is_together = run
        .interleaving
        .map_or(engines.len() < 2, |how| how.groups == 1);
    if run.inline || !is_together {
        return Err(PlanError::Conflict(
            "the stream and two copies of each engine do not fit into the memory together: lower \
             --events, or name fewer engines with --engine"
                .to_owned(),
        ));
    }
    run.interleaving = Some(InterleavingPlan {
        slice_us: DEFAULT_SLICE_US,
        isolated_rounds: 0,
        groups: 1,
    });
    Ok(SelftestPlan {
        comparisons_of_each: options.comparisons.div_ceil(engines.len().max(1)),
        most_false: options.most_false,
        planted_comparisons: options.planted_comparisons,
        planted: PlantedPlan {
            engine: planted.name.clone(),
            share: options.planted_share,
            threads: options.planted_threads,
            // an effect of twice the half-width is found 19 times in 20
            precision: options.planted_share / 2.0,
            rounds: options.planted_rounds,
        },
        run,
    })
}

/// Refuses numbers out of range.
fn check_counts(options: &SelftestOptions) -> Result<(), PlanError> {
    let counts = [
        ("--comparisons", options.comparisons, 1, MOST),
        ("--rounds", options.rounds, 2, MOST),
        (
            "--planted-comparisons",
            options.planted_comparisons,
            0,
            MOST,
        ),
        ("--planted-rounds", options.planted_rounds, 2, MOST),
        (
            "--planted-threads",
            options.planted_threads,
            1,
            MOST_THREADS,
        ),
    ];
    for (flag, value, low, high) in counts {
        in_range(flag, value as u64, low, high)?;
    }
    Ok(())
}

/// Each engine, and its second copy after it.
pub(super) fn twice(engines: &[Contender]) -> Vec<Contender> {
    let copies = |engine: &Contender| [engine.clone(), engine.as_control()];
    engines.iter().flat_map(copies).collect()
}
