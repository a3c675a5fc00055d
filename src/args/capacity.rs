//! Flags of `capacity`.

use std::path::PathBuf;

use clap::Args;

use super::html::HtmlArgs;
use super::open_loop::{IdleMode, arrivals};
use super::output::TextFormat;
use super::parse::whole;
use super::stall::StallArgs;
use super::traces::TraceArgs;
use notibench_core::unit::quantity::parse_count;
use notibench_harness as harness;
use notibench_record::{Arrivals, Objective};

/// `capacity`.
#[derive(Debug, Args)]
pub(crate) struct CapacityArgs {
    /// Workload file, or the name of a built-in one (`notibench list workloads`)
    #[arg(required_unless_present = "trace", conflicts_with = "trace")]
    pub(crate) workload: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) trace: TraceArgs,
    /// What must hold, repeatable, such as 'p99.9 < 1ms', 'max < 50ms' or 'reads p99 < 200us'
    #[arg(long, value_name = "OBJECTIVE", required = true, value_parser = harness::parse_objective)]
    pub(crate) slo: Vec<Objective>,
    #[command(flatten)]
    pub(crate) stall: StallArgs,
    /// Engine to search, repeatable [default: dashmap, and engines of one's own]
    #[arg(
        short = 'e',
        long = "engine",
        value_name = "NAME,…",
        value_delimiter = ','
    )]
    pub(crate) engines: Vec<String>,
    /// Workers [default: processors]
    #[arg(short = 't', long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true)]
    pub(crate) threads: Option<usize>,
    /// Most events of one ingest call [default: 1024]
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true)]
    pub(crate) batch: Option<usize>,
    /// Seed of the stream, of arrivals and of the turns [default: the workload's]
    #[arg(long, value_name = "N", value_parser = whole::<u64>, allow_negative_numbers = true)]
    pub(crate) seed: Option<u64>,
    /// Pin workers to processors
    #[arg(long)]
    pub(crate) pin: bool,
    /// How arrivals follow one another: constant, poisson, bursts:ON/OFF [default: poisson]
    #[arg(long, value_name = "HOW", value_parser = arrivals)]
    pub(crate) arrivals: Option<Arrivals>,
    /// What workers do while nothing is due [default: spin]
    #[arg(long, value_enum, value_name = "HOW")]
    pub(crate) idle: Option<IdleMode>,
    /// Events of a step [default: what is due in 20 times the objective's limit at the fastest
    /// engine's closed-loop rate, 1M to 16M]
    #[arg(long, value_name = "N", value_parser = parse_count, allow_negative_numbers = true)]
    pub(crate) events: Option<u64>,
    /// Begin each step with an empty state, in place of what the same events left
    #[arg(long)]
    pub(crate) growth: bool,
    /// Searches of each engine; three or more give an interval [default: 9]
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true)]
    pub(crate) searches: Option<usize>,
    /// Steps of a search [default: 8]
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true)]
    pub(crate) search_steps: Option<usize>,
    /// Print every step of every search, too
    #[arg(long)]
    pub(crate) steps: bool,
    /// Where the file goes [default: reports/<workload>-capacity-<time>.json]
    #[arg(short = 'o', long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Save nothing
    #[arg(long, conflicts_with = "out")]
    pub(crate) no_save: bool,
    /// What is printed on stdout
    #[arg(long, value_enum, default_value = "terminal")]
    pub(crate) format: TextFormat,
    #[command(flatten)]
    pub(crate) html: HtmlArgs,
}
