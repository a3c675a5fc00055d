//! The flags.

pub(super) mod adversary;
pub(super) mod apart;
pub(super) mod capacity;
pub(super) mod choose;
pub(super) mod cluster;
pub(super) mod compare;
pub(super) mod comparison;
pub(super) mod external;
pub(super) mod generate;
pub(super) mod history;
pub(super) mod html;
pub(super) mod list;
pub(super) mod local_cluster;
pub(super) mod manual;
pub(super) mod measurement;
pub(super) mod open_loop;
pub(super) mod output;
pub(super) mod parse;
pub(super) mod report;
pub(super) mod run;
pub(super) mod stall;
pub(super) mod sweep;
pub(super) mod traces;
pub(super) mod verify;
pub(super) mod winners;

use clap::{Arg, ArgAction, Parser, Subcommand};

use adversary::AdversaryArgs;
use capacity::CapacityArgs;
use choose::ChooseArgs;
use compare::CompareArgs;
use comparison::{ProcessArgs, SelftestArgs};
use generate::GenerateArgs;
use history::HistoryArgs;
use list::ListArgs;
use local_cluster::LocalClusterArgs;
use manual::{CompletionsArgs, ManArgs};
use report::ReportArgs;
use run::{RerunArgs, RunArgs};
use sweep::SweepArgs;
use traces::{DescribeArgs, FitArgs};
use verify::VerifyArgs;
use winners::WinnersArgs;

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
    /// Say which engine to take for a workload or a log, and what it will do there
    Choose(Box<ChooseArgs>),
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
