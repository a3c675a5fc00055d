//! The flags. Imports nothing but clap, and `unit`.

mod comparison;
mod external;
mod winners;

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::args_sweep::SweepArgs;
use crate::unit::quantity::{parse_count, parse_share};
pub(super) use comparison::{ChildArgs, ComparisonArgs, SelftestArgs};
pub(super) use external::ExternalArgs;
pub(super) use winners::{TableFormat, WinnersArgs};

/// Load-tests the hot path of notifications, and proves every engine right.
#[derive(Debug, Parser)]
#[command(name = "notibench", version, about, max_term_width = 100)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run a workload: engines in shuffled turns over the same events, each proved right
    Run(RunArgs),
    /// The same run at each value of one axis: threads, members, popularity or batch size
    Sweep(SweepArgs),
    /// Run a saved record again, exactly as it was run
    Rerun(RerunArgs),
    /// Compare two builds in turns, or two saved records; a gate for regressions
    #[command(
        override_usage = "notibench compare --exe <OLD> --exe <NEW> [OPTIONS] <WORKLOAD>\n       notibench compare [OPTIONS] <BEFORE> <AFTER>"
    )]
    Compare(CompareArgs),
    /// Draw the report of a saved record, or of a saved sweep, again
    Report(ReportArgs),
    /// Say which engine is the fastest in each of several records and sweeps
    Winners(WinnersArgs),
    /// Hold every engine against the oracle, at several numbers of threads
    Verify(VerifyArgs),
    /// Write a workload's events as CSV or NDJSON, so that other tools can check us
    Generate(GenerateArgs),
    /// List workloads, engines or kinds of event
    List(ListArgs),
    /// Print the policy: what each kind of event does
    Policy,
    /// Compare an engine with itself, and with itself slowed down: are verdicts to be believed here?
    Selftest(SelftestArgs),
    /// Say what on this machine would spoil a measurement, and how to mend it
    Doctor,
}

/// Reads a whole number; the standard library's words for what is none
/// (`invalid digit found in string`) say neither what nor how to mend it.
pub(super) fn whole<T: FromStr>(text: &str) -> Result<T, String> {
    text.parse()
        .map_err(|_| format!("`{text}` is no whole number, or is too large: write it as 8"))
}

/// How results are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum OutputFormat {
    /// Tables for a person
    Terminal,
    /// The record
    Json,
    /// A line an engine
    Csv,
    /// To paste into a pull request
    Markdown,
    /// The array that github-action-benchmark reads as customSmallerIsBetter
    GithubActionBenchmark,
}

#[derive(Debug, Args)]
pub(super) struct OutputArgs {
    /// Where the record goes: a file, or a folder [default: reports/<workload>-<time>.json]
    #[arg(long, value_name = "PATH")]
    pub(super) out: Option<PathBuf>,
    /// Save no record
    #[arg(long, conflicts_with = "out")]
    pub(super) no_save: bool,
    /// What is printed on stdout
    #[arg(long, value_enum, default_value = "terminal")]
    pub(super) format: OutputFormat,
}

#[derive(Debug, Args)]
pub(super) struct RunArgs {
    /// Workload file
    pub(super) workload: PathBuf,
    /// Engine to run, repeatable [default: dashmap, dashmap-naive, sharded-mutex, partitioned]
    #[arg(long = "engine", value_name = "NAME")]
    pub(super) engines: Vec<String>,
    /// Run every engine of the registry, and every probe
    #[arg(long, conflicts_with = "engines")]
    pub(super) all: bool,
    /// Run the limit probes beside the engines: what this machine could do at most
    #[arg(long)]
    pub(super) limits: bool,
    /// Run each trial's stream a second time, over the state that it left
    #[arg(long)]
    pub(super) warm: bool,
    /// Engine that ratios are taken to [default: dashmap-naive where it runs, else the first]
    #[arg(long, value_name = "NAME")]
    pub(super) baseline: Option<String>,
    /// Workers [default: processors]
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true)]
    pub(super) threads: Option<usize>,
    /// Events of each trial, such as 10M [default: the workload's]
    #[arg(long, value_name = "N", value_parser = parse_count, allow_negative_numbers = true)]
    pub(super) events: Option<u64>,
    /// Rounds that count [default: 5]
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true)]
    pub(super) rounds: Option<usize>,
    /// Rounds thrown away before them [default: 1]
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true)]
    pub(super) warmup_rounds: Option<usize>,
    /// Seed of the stream and of the turns [default: the workload's]
    #[arg(long, value_name = "N", value_parser = whole::<u64>, allow_negative_numbers = true)]
    pub(super) seed: Option<u64>,
    /// Events of one ingest call [default: 1024]
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true)]
    pub(super) batch: Option<usize>,
    /// Pin workers to processors
    #[arg(long)]
    pub(super) pin: bool,
    /// Read the processors' counters: cycles, instructions, cache and TLB misses
    #[arg(long)]
    pub(super) perf: bool,
    /// Generate inside the timed part, in constant memory (`null` tells the tax)
    #[arg(long)]
    pub(super) inline: bool,
    /// Leave out the proof; the report says so
    #[arg(long)]
    pub(super) no_verify: bool,
    #[command(flatten)]
    pub(super) external: ExternalArgs,
    #[command(flatten)]
    pub(super) comparison: ComparisonArgs,
    /// Write the first engine's final state here, as NDJSON
    #[arg(long, value_name = "FILE")]
    pub(super) snapshot: Option<PathBuf>,
    #[command(flatten)]
    pub(super) output: OutputArgs,
}

#[derive(Debug, Args)]
pub(super) struct RerunArgs {
    /// A saved record
    pub(super) record: PathBuf,
    #[command(flatten)]
    pub(super) external: ExternalArgs,
    #[command(flatten)]
    pub(super) child: ChildArgs,
    #[command(flatten)]
    pub(super) output: OutputArgs,
}

/// How a comparison is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum CompareFormat {
    /// A table for a person
    Terminal,
    /// One object
    Json,
    /// To paste into a pull request
    Markdown,
}

#[derive(Debug, Args)]
pub(super) struct CompareArgs {
    /// With --exe the workload file that both builds run; without it two saved records
    #[arg(required = true, num_args = 1..=2, value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// A build of notibench, given twice: the old one, then the new one
    #[arg(long = "exe", value_name = "FILE")]
    pub(super) exes: Vec<PathBuf>,
    /// Exit with 4 where an engine is significantly slower, and by more than this, such as 3%
    #[arg(long, value_name = "SHARE", value_parser = parse_share, allow_negative_numbers = true)]
    pub(super) fail_slower: Option<f64>,
    /// Compare records that were not run alike, under a warning
    #[arg(long, conflicts_with = "exes")]
    pub(super) force: bool,
    /// What is printed on stdout
    #[arg(long, value_enum, default_value = "terminal")]
    pub(super) format: CompareFormat,
    /// Turns that count, after one of warm-up: one process of each build a turn
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true, default_value = "10", requires = "exes")]
    pub(super) turns: usize,
    /// Rounds that count in each process
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true, default_value = "3", requires = "exes")]
    pub(super) rounds: usize,
    /// Rounds thrown away before them, in each process
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true, default_value = "1", requires = "exes")]
    pub(super) warmup_rounds: usize,
    /// Engine to compare, repeatable [default: dashmap]
    #[arg(long = "engine", value_name = "NAME", requires = "exes")]
    pub(super) engines: Vec<String>,
    /// Workers [default: the builds' own]
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true, requires = "exes")]
    pub(super) threads: Option<usize>,
    /// Events of each trial, such as 10M [default: the workload's]
    #[arg(long, value_name = "N", value_parser = parse_count, allow_negative_numbers = true, requires = "exes")]
    pub(super) events: Option<u64>,
    /// Seed of the stream and of the order of turns [default: the workload's]
    #[arg(long, value_name = "N", value_parser = whole::<u64>, allow_negative_numbers = true, requires = "exes")]
    pub(super) seed: Option<u64>,
    /// Events of one ingest call [default: the builds' own]
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true, requires = "exes")]
    pub(super) batch: Option<usize>,
    /// Pin workers to processors
    #[arg(long, requires = "exes")]
    pub(super) pin: bool,
    /// Generate inside the timed part, in constant memory
    #[arg(long, requires = "exes")]
    pub(super) inline: bool,
    /// Leave out the proof in every process; the comparison says so
    #[arg(long, requires = "exes")]
    pub(super) no_verify: bool,
}

#[derive(Debug, Args)]
pub(super) struct ReportArgs {
    /// A saved record or sweep
    pub(super) record: PathBuf,
    /// Of a sweep, the whole report of the run at this value
    #[arg(long, value_name = "VALUE", allow_negative_numbers = true)]
    pub(super) point: Option<String>,
    /// What is printed on stdout
    #[arg(long, value_enum, default_value = "terminal")]
    pub(super) format: OutputFormat,
}

#[derive(Debug, Args)]
pub(super) struct VerifyArgs {
    /// Workload files [default: all in workloads/ and workloads/smoke/]
    pub(super) workloads: Vec<PathBuf>,
    /// Engine to verify, repeatable [default: all]
    #[arg(long = "engine", value_name = "NAME")]
    pub(super) engines: Vec<String>,
    /// Events of each workload
    #[arg(long, value_name = "N", value_parser = parse_count, allow_negative_numbers = true, default_value = "200k")]
    pub(super) events: u64,
    /// Seed [default: each workload's]
    #[arg(long, value_name = "N", value_parser = whole::<u64>, allow_negative_numbers = true)]
    pub(super) seed: Option<u64>,
    /// Numbers of threads
    #[arg(
        long,
        value_name = "N,…",
        value_parser = whole::<usize>,
        value_delimiter = ',',
        allow_negative_numbers = true,
        default_value = "1,2,8"
    )]
    pub(super) threads: Vec<usize>,
    /// Events of one ingest call
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true, default_value = "256")]
    pub(super) batch: usize,
    #[command(flatten)]
    pub(super) external: ExternalArgs,
}

#[derive(Debug, Args)]
pub(super) struct GenerateArgs {
    /// Workload file
    pub(super) workload: PathBuf,
    /// How many events [default: the workload's]
    #[arg(long, value_name = "N", value_parser = parse_count, allow_negative_numbers = true)]
    pub(super) events: Option<u64>,
    /// Index of the first one
    #[arg(long, value_name = "N", value_parser = parse_count, allow_negative_numbers = true, default_value = "0")]
    pub(super) start: u64,
    /// Seed [default: the workload's]
    #[arg(long, value_name = "N", value_parser = whole::<u64>, allow_negative_numbers = true)]
    pub(super) seed: Option<u64>,
    /// File that ends in .csv, .ndjson or .jsonl; `-` is stdout
    #[arg(long, value_name = "FILE")]
    pub(super) out: PathBuf,
    /// Format on stdout
    #[arg(long, value_enum, default_value = "csv")]
    pub(super) format: StreamFormat,
}

/// How a stream is written to stdout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum StreamFormat {
    /// A header, then a line an event
    Csv,
    /// An object an event
    Ndjson,
}

#[derive(Debug, Args)]
pub(super) struct ListArgs {
    /// What to list
    #[arg(value_enum)]
    pub(super) what: Listed,
    /// Folder of workload files
    #[arg(long, value_name = "FOLDER", default_value = "workloads")]
    pub(super) folder: PathBuf,
}

/// What can be listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Listed {
    /// Workload files of a folder
    Workloads,
    /// Engines and probes
    Engines,
    /// Kinds of event
    Kinds,
}
