//! Flags that `run` and `sweep` share: the engines, and what they run on.

use clap::{Args, ValueEnum};

use super::open_loop::duration_ns;
use super::parse::whole;
use notibench_core::unit::quantity::parse_count;
use notibench_harness::RunOptions;
use notibench_record::Pass;

/// The engines of a run.
#[derive(Debug, Args)]
pub(crate) struct EngineArgs {
    /// Engine to run, repeatable [default: dashmap, dashmap-naive, sharded-mutex, partitioned, and
    /// engines of one's own]
    #[arg(
        short = 'e',
        long = "engine",
        value_name = "NAME,…",
        value_delimiter = ','
    )]
    pub(crate) engines: Vec<String>,
    /// Run every engine of the registry, and every probe
    #[arg(long, conflicts_with = "engines")]
    pub(crate) all: bool,
    /// Run the limit probes beside the engines: what this machine could do at most
    #[arg(long)]
    pub(crate) limits: bool,
    /// Run each trial's stream a second time, over the state that it left
    #[arg(long)]
    pub(crate) warm: bool,
    /// Engine that ratios are taken to [default: dashmap-naive where it runs, else the first]
    #[arg(long, value_name = "NAME")]
    pub(crate) baseline: Option<String>,
}

/// What each trial is, and how many there are.
#[derive(Debug, Args)]
pub(crate) struct TrialArgs {
    /// Events of each trial, such as 10M [default: the workload's]
    #[arg(short = 'n', long, value_name = "N", value_parser = parse_count, allow_negative_numbers = true)]
    pub(crate) events: Option<u64>,
    /// Rounds that count [default: as many as --precision 3% takes within a minute, at most 100; 5 where
    /// each engine has its whole trial alone]
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true)]
    pub(crate) rounds: Option<usize>,
    /// Rounds thrown away before them [default: 1]
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true)]
    pub(crate) warmup_rounds: Option<usize>,
    /// Seed of the stream [default: the workload's]
    #[arg(long, value_name = "N", value_parser = whole::<u64>, allow_negative_numbers = true)]
    pub(crate) seed: Option<u64>,
    /// Give each engine its whole trial alone, in place of slices in turn
    #[arg(long)]
    pub(crate) isolated: bool,
    /// Rounds of each engine alone beside the interleaved ones, for percentiles and memory
    /// [default: 3]
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true, conflicts_with = "isolated")]
    pub(crate) isolated_rounds: Option<usize>,
    /// What a slice of an interleaved round takes on average [default: 10ms]
    #[arg(long, value_name = "TIME", value_parser = slice_us, allow_negative_numbers = true, conflicts_with = "isolated")]
    pub(crate) slice: Option<u64>,
    /// Wait until the machine's memory is quiet before the first round, at most so long
    #[arg(long, value_name = "TIME", value_parser = duration_ns, allow_negative_numbers = true)]
    pub(crate) wait_quiet: Option<u64>,
    /// Seed of the order of turns [default: drawn, and kept in the record]
    #[arg(long, value_name = "N", value_parser = whole::<u64>, allow_negative_numbers = true)]
    pub(crate) order_seed: Option<u64>,
    /// Pin workers to processors
    #[arg(long)]
    pub(crate) pin: bool,
    /// Generate inside the timed part, in constant memory (`null` tells the tax)
    #[arg(long)]
    pub(crate) inline: bool,
    /// Leave out the proof; the report says so
    #[arg(long)]
    pub(crate) no_verify: bool,
}

/// A slice's time in µs.
pub(crate) fn slice_us(text: &str) -> Result<u64, String> {
    let us = duration_ns(text)? / 1_000;
    if (100..=10_000_000).contains(&us) {
        return Ok(us);
    }
    Err(format!(
        "`{text}` is out of range: a slice takes 100us to 10s, as in 10ms"
    ))
}

/// Which passes figures are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PassArg {
    /// From an empty state
    Fresh,
    /// Over the state that the first pass left; of runs with --warm
    Warm,
}

impl From<PassArg> for Pass {
    fn from(arg: PassArg) -> Self {
        match arg {
            PassArg::Fresh => Self::Fresh,
            PassArg::Warm => Self::Warm,
        }
    }
}

/// What both ask for.
pub(crate) fn options(engines: &EngineArgs, trials: &TrialArgs) -> RunOptions {
    RunOptions {
        engines: engines.engines.clone(),
        all: engines.all,
        limits: engines.limits,
        warm: engines.warm,
        baseline: engines.baseline.clone(),
        events: trials.events,
        rounds: trials.rounds,
        warmup_rounds: trials.warmup_rounds,
        seed: trials.seed,
        isolated: trials.isolated,
        isolated_rounds: trials.isolated_rounds,
        slice_us: trials.slice,
        order_seed: trials.order_seed,
        pin: trials.pin,
        inline: trials.inline,
        no_verify: trials.no_verify,
        ..RunOptions::default()
    }
}
