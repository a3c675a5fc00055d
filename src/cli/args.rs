//! The flags. Imports clap, `unit`, and the options that they fill.

mod cluster;
mod comparison;
mod external;
mod generate;
mod manual;
mod measurement;
mod open_loop;
mod output;
mod traces;
mod winners;

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Arg, ArgAction, Args, Parser, Subcommand, ValueEnum};

use super::args_adversary::AdversaryArgs;
use super::args_sweep::SweepArgs;
use super::capacity::CapacityArgs;
use super::history::HistoryArgs;
use super::html::HtmlArgs;
use crate::unit::quantity::{parse_count, parse_share};
pub(super) use cluster::{ClusterArgs, LocalClusterArgs};
pub(super) use comparison::{ComparisonArgs, ProcessArgs, SelftestArgs};
pub(super) use external::ExternalArgs;
pub(super) use generate::{GenerateArgs, StreamFormat};
pub(super) use manual::{CompletionsArgs, ManArgs};
pub(super) use measurement::{EngineArgs, PassArg, TrialArgs, options, slice_us};
pub(super) use open_loop::{IdleMode, OpenLoopArgs, arrivals, duration_ns};
pub(super) use output::{LengthArgs, OutputArgs, OutputFormat, SaveArgs, TextFormat};
pub(super) use traces::{DescribeArgs, FitArgs, ReadingArgs, TimeFrom, TraceArgs, UnitOfTime};
pub(super) use winners::{TableFormat, WinnersArgs};

/// Load-tests the hot path of notifications, and proves every engine right.
#[derive(Debug, Parser)]
#[command(name = "notibench", version, about, max_term_width = 100)]
#[command(mut_subcommands(without_quiet))]
pub(super) struct Arguments {
    /// Show no progress, and say not where files are written; warnings and errors are said
    #[arg(short, long, global = true)]
    pub(super) quiet: bool,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// Commands that write no file and show no progress.
const SILENT: [&str; 7] = [
    "winners",
    "history",
    "describe",
    "list",
    "policy",
    "doctor",
    "completions",
];

/// Takes `--quiet` out of the help of a command where it changes nothing; it
/// is still accepted there.
fn without_quiet(command: clap::Command) -> clap::Command {
    if !SILENT.contains(&command.get_name()) {
        return command;
    }
    let quiet = Arg::new("quiet").short('q').long("quiet");
    command.arg(quiet.action(ArgAction::SetTrue).hide(true))
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run a workload: engines in turn over the same events, each proved right
    Run(Box<RunArgs>),
    /// The same run at each value of one axis: threads, members, popularity or batch size
    Sweep(SweepArgs),
    /// The same run with its trials made by several processes together (feature `cluster`)
    Cluster(Box<LocalClusterArgs>),
    /// Search for the highest rate at which a response-time objective holds
    Capacity(CapacityArgs),
    /// Run a saved record again, exactly as it was run
    Rerun(RerunArgs),
    /// Make one process of a run with --processes
    #[command(hide = true)]
    RunProcess(ProcessArgs),
    /// Compare two builds in turns, or two saved records; a gate for regressions
    #[command(
        override_usage = "notibench compare --exe <OLD> --exe <NEW> [OPTIONS] <WORKLOAD>\n       notibench compare [OPTIONS] <BEFORE> <AFTER>"
    )]
    Compare(CompareArgs),
    /// Draw the report of a saved record, or of a saved sweep, again
    Report(ReportArgs),
    /// Say which engine is the fastest in each of several records and sweeps
    Winners(WinnersArgs),
    /// Show how each engine's speed vs the baseline went from record to record
    History(HistoryArgs),
    /// Check every engine against the oracle, at several numbers of threads
    Verify(VerifyArgs),
    /// Write a workload's events as CSV, NDJSON or ActivityStreams, so that other tools can check us
    Generate(GenerateArgs),
    /// Say what workloads' streams and traces really hold, beside each other
    Describe(DescribeArgs),
    /// Make a workload file out of a trace: mix, popularity and time, with intervals
    Fit(FitArgs),
    /// List workloads, engines or kinds of event
    List(ListArgs),
    /// Print the policy: what each kind of event does
    Policy,
    /// Compare an engine with itself, and with itself slowed down: are verdicts to be believed here?
    Selftest(SelftestArgs),
    /// Attack released views: can two worlds that differ in one view be told apart?
    Adversary(AdversaryArgs),
    /// Say what on this machine would spoil a measurement, and how to fix it
    Doctor,
    /// Print what lets a shell complete our commands and flags
    Completions(CompletionsArgs),
    /// Print the manual page, or write one for each command
    Man(ManArgs),
}

/// Reads a whole number; the standard library's words for what is none
/// (`invalid digit found in string`) say neither what nor how to fix it.
pub(super) fn whole<T: FromStr>(text: &str) -> Result<T, String> {
    text.parse()
        .map_err(|_| format!("`{text}` is no whole number, or is too large: write it as 8"))
}

#[derive(Debug, Args)]
pub(super) struct RunArgs {
    /// Workload file, or the name of a built-in one (`notibench list workloads`)
    #[arg(required_unless_present = "trace", conflicts_with = "trace")]
    pub(super) workload: Option<PathBuf>,
    #[command(flatten)]
    pub(super) trace: TraceArgs,
    #[command(flatten)]
    pub(super) engines: EngineArgs,
    /// Workers [default: processors]
    #[arg(short = 't', long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true)]
    pub(super) threads: Option<usize>,
    /// Events of one ingest call [default: 1024]
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true)]
    pub(super) batch: Option<usize>,
    #[command(flatten)]
    pub(super) trials: TrialArgs,
    /// Read the processors' counters: cycles, instructions, cache and TLB misses
    #[arg(long)]
    pub(super) perf: bool,
    #[command(flatten)]
    pub(super) open_loop: OpenLoopArgs,
    #[command(flatten)]
    pub(super) external: ExternalArgs,
    #[command(flatten)]
    pub(super) cluster: ClusterArgs,
    #[command(flatten)]
    pub(super) comparison: ComparisonArgs,
    /// Show a screen while it runs (a build with the feature `live`)
    #[arg(long)]
    pub(super) live: bool,
    /// Write the first engine's final state here, as NDJSON
    #[arg(long, value_name = "FILE")]
    pub(super) snapshot: Option<PathBuf>,
    #[command(flatten)]
    pub(super) length: LengthArgs,
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
    pub(super) length: LengthArgs,
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
    /// Exit with 4 where an engine is significantly slower, and by more than this, such as 3%; and
    /// where one that the old side has can't be judged
    #[arg(long, value_name = "SHARE", value_parser = parse_share, allow_negative_numbers = true)]
    pub(super) fail_slower: Option<f64>,
    /// Exit with 4, too, where such a slowdown is not excluded: the interval reaches beyond it
    #[arg(long, requires = "fail_slower")]
    pub(super) fail_unsure: bool,
    /// Compare records that were not run alike, under a warning
    #[arg(long, conflicts_with = "exes")]
    pub(super) force: bool,
    /// What is printed on stdout
    #[arg(long, value_enum, default_value = "terminal")]
    pub(super) format: CompareFormat,
    #[command(flatten)]
    pub(super) html: HtmlArgs,
    /// Passes that are compared; with --exe, `warm` has both builds make them
    #[arg(long, value_enum, default_value = "fresh")]
    pub(super) pass: PassArg,
    /// Run each process alone, builds in turns of whole processes, in place of slices in turn
    #[arg(long, requires = "exes")]
    pub(super) isolated: bool,
    /// Turns that count, after one of warm-up: new processes of each build a turn
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true, default_value = "10", requires = "exes")]
    pub(super) turns: usize,
    /// Rounds that count in each process
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true, default_value = "3", requires = "exes")]
    pub(super) rounds: usize,
    /// Rounds thrown away before them, in each process
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true, default_value = "1", requires = "exes")]
    pub(super) warmup_rounds: usize,
    /// Engine to compare, repeatable [default: dashmap, and engines of one's own]
    #[arg(
        short = 'e',
        long = "engine",
        value_name = "NAME,…",
        value_delimiter = ',',
        requires = "exes"
    )]
    pub(super) engines: Vec<String>,
    /// Workers [default: the builds' own]
    #[arg(short = 't', long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true, requires = "exes")]
    pub(super) threads: Option<usize>,
    /// Events of each trial, such as 10M [default: the workload's]
    #[arg(short = 'n', long, value_name = "N", value_parser = parse_count, allow_negative_numbers = true, requires = "exes")]
    pub(super) events: Option<u64>,
    /// Seed of the stream [default: the workload's]
    #[arg(long, value_name = "N", value_parser = whole::<u64>, allow_negative_numbers = true, requires = "exes")]
    pub(super) seed: Option<u64>,
    /// What a slice takes on average [default: 10ms]
    #[arg(long, value_name = "TIME", value_parser = slice_us, allow_negative_numbers = true, conflicts_with = "isolated", requires = "exes")]
    pub(super) slice: Option<u64>,
    /// Seed of the order of turns, and of the lengths of slices [default: drawn, and shown]
    #[arg(long, value_name = "N", value_parser = whole::<u64>, allow_negative_numbers = true, requires = "exes")]
    pub(super) order_seed: Option<u64>,
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
    /// A saved record, sweep or search for capacity; several go onto one page, with --out
    #[arg(required = true, value_name = "RECORD")]
    pub(super) records: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) html: HtmlArgs,
    /// Write the report as one HTML file, and print nothing
    #[arg(short = 'o', long, value_name = "FILE", conflicts_with_all = ["format", "html"])]
    pub(super) out: Option<PathBuf>,
    /// Of a sweep, or of --format hlog and hgrm: the passes shown [default: fresh]
    #[arg(long, value_enum)]
    pub(super) pass: Option<PassArg>,
    /// Of --format hlog and hgrm: the engine shown [default: every engine]
    #[arg(long, value_name = "NAME")]
    pub(super) engine: Option<String>,
    /// Of a sweep, the whole report of the run at this value
    #[arg(long, value_name = "VALUE", allow_negative_numbers = true)]
    pub(super) point: Option<String>,
    /// Of a search for capacity, every step, too
    #[arg(long)]
    pub(super) steps: bool,
    #[command(flatten)]
    pub(super) length: LengthArgs,
    /// What is printed on stdout
    #[arg(long, value_enum, default_value = "terminal")]
    pub(super) format: OutputFormat,
}

#[derive(Debug, Args)]
pub(super) struct VerifyArgs {
    /// Workload files, or names of built-in ones [default: those built in, but for `scale/…`]
    #[arg(conflicts_with = "trace")]
    pub(super) workloads: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) trace: TraceArgs,
    /// Engine to verify, repeatable [default: all]
    #[arg(
        short = 'e',
        long = "engine",
        value_name = "NAME,…",
        value_delimiter = ','
    )]
    pub(super) engines: Vec<String>,
    /// Verify every engine, as where none is named
    #[arg(long, conflicts_with = "engines")]
    pub(super) all: bool,
    /// Events of each workload
    #[arg(short = 'n', long, value_name = "N", value_parser = parse_count, allow_negative_numbers = true, default_value = "200k")]
    pub(super) events: u64,
    /// Seed [default: each workload's]
    #[arg(long, value_name = "N", value_parser = whole::<u64>, allow_negative_numbers = true)]
    pub(super) seed: Option<u64>,
    /// Numbers of threads
    #[arg(
        short = 't', long,
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
pub(super) struct ListArgs {
    /// What to list [default: all of them]
    #[arg(value_enum)]
    pub(super) what: Option<Listed>,
    /// Folder of workload files to list in place of those built in
    #[arg(long, value_name = "FOLDER")]
    pub(super) folder: Option<PathBuf>,
}

/// What can be listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Listed {
    /// Workloads that are built in, or those of a folder
    Workloads,
    /// Engines and probes
    Engines,
    /// Kinds of event
    Kinds,
}
