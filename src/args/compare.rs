//! Flags of `compare`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::html::HtmlArgs;
use super::measurement::{PassArg, slice_us};
use super::parse::whole;
use notibench_core::unit::quantity::{parse_count, parse_share};

/// How a comparison is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CompareFormat {
    /// A table for a person
    Terminal,
    /// One object
    Json,
    /// To paste into a pull request
    Markdown,
}

#[derive(Debug, Args)]
pub(crate) struct CompareArgs {
    /// With --exe the workload file that both builds run; without it two saved records
    #[arg(required = true, num_args = 1..=2, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// A build of notibench, given twice: the old one, then the new one
    #[arg(long = "exe", value_name = "FILE")]
    pub(crate) exes: Vec<PathBuf>,
    /// Exit with 4 where an engine is significantly slower, and by more than this, such as 3%; and
    /// where one that the old side has can't be judged
    #[arg(long, value_name = "SHARE", value_parser = parse_share, allow_negative_numbers = true)]
    pub(crate) fail_slower: Option<f64>,
    /// Exit with 4, too, where such a slowdown is not excluded: the interval reaches beyond it
    #[arg(long, requires = "fail_slower")]
    pub(crate) fail_unsure: bool,
    /// Compare records that were not run alike, under a warning
    #[arg(long, conflicts_with = "exes")]
    pub(crate) force: bool,
    /// What is printed on stdout
    #[arg(long, value_enum, default_value = "terminal")]
    pub(crate) format: CompareFormat,
    #[command(flatten)]
    pub(crate) html: HtmlArgs,
    /// Passes that are compared; with --exe, `warm` has both builds make them
    #[arg(long, value_enum, default_value = "fresh")]
    pub(crate) pass: PassArg,
    /// Run each process alone, builds in turns of whole processes, in place of slices in turn
    #[arg(long, requires = "exes")]
    pub(crate) isolated: bool,
    /// Turns that count, after one of warm-up: new processes of each build a turn
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true, default_value = "10", requires = "exes")]
    pub(crate) turns: usize,
    /// Rounds that count in each process
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true, default_value = "3", requires = "exes")]
    pub(crate) rounds: usize,
    /// Rounds thrown away before them, in each process
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true, default_value = "1", requires = "exes")]
    pub(crate) warmup_rounds: usize,
    /// Engine to compare, repeatable [default: dashmap, and engines of one's own]
    #[arg(
        short = 'e',
        long = "engine",
        value_name = "NAME,…",
        value_delimiter = ',',
        requires = "exes"
    )]
    pub(crate) engines: Vec<String>,
    /// Workers [default: the builds' own]
    #[arg(short = 't', long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true, requires = "exes")]
    pub(crate) threads: Option<usize>,
    /// Events of each trial, such as 10M [default: the workload's]
    #[arg(short = 'n', long, value_name = "N", value_parser = parse_count, allow_negative_numbers = true, requires = "exes")]
    pub(crate) events: Option<u64>,
    /// Seed of the stream [default: the workload's]
    #[arg(long, value_name = "N", value_parser = whole::<u64>, allow_negative_numbers = true, requires = "exes")]
    pub(crate) seed: Option<u64>,
    /// What a slice takes on average [default: 10ms]
    #[arg(long, value_name = "TIME", value_parser = slice_us, allow_negative_numbers = true, conflicts_with = "isolated", requires = "exes")]
    pub(crate) slice: Option<u64>,
    /// Seed of the order of turns, and of the lengths of slices [default: drawn, and shown]
    #[arg(long, value_name = "N", value_parser = whole::<u64>, allow_negative_numbers = true, requires = "exes")]
    pub(crate) order_seed: Option<u64>,
    /// Events of one ingest call [default: the builds' own]
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true, requires = "exes")]
    pub(crate) batch: Option<usize>,
    /// Pin workers to processors
    #[arg(long, requires = "exes")]
    pub(crate) pin: bool,
    /// Generate inside the timed part, in constant memory
    #[arg(long, requires = "exes")]
    pub(crate) inline: bool,
    /// Leave out the proof in every process; the comparison says so
    #[arg(long, requires = "exes")]
    pub(crate) no_verify: bool,
}
