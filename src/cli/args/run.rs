//! Flags of `run` and `rerun`.

use std::path::PathBuf;

use clap::Args;

use super::cluster::ClusterArgs;
use super::comparison::ComparisonArgs;
use super::external::ExternalArgs;
use super::measurement::{EngineArgs, TrialArgs};
use super::open_loop::OpenLoopArgs;
use super::output::{LengthArgs, OutputArgs};
use super::parse::whole;
use super::stall::StallArgs;
use super::traces::TraceArgs;

#[derive(Debug, Args)]
pub(in crate::cli) struct RunArgs {
    /// Workload file, or the name of a built-in one (`notibench list workloads`)
    #[arg(required_unless_present = "trace", conflicts_with = "trace")]
    pub(in crate::cli) workload: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) trace: TraceArgs,
    #[command(flatten)]
    pub(in crate::cli) engines: EngineArgs,
    /// Workers [default: processors]
    #[arg(short = 't', long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true)]
    pub(in crate::cli) threads: Option<usize>,
    /// Events of one ingest call [default: 1024]
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true)]
    pub(in crate::cli) batch: Option<usize>,
    #[command(flatten)]
    pub(in crate::cli) trials: TrialArgs,
    /// Read the processors' counters: cycles, instructions, cache and TLB misses
    #[arg(long)]
    pub(in crate::cli) perf: bool,
    #[command(flatten)]
    pub(in crate::cli) open_loop: OpenLoopArgs,
    #[command(flatten)]
    pub(in crate::cli) external: ExternalArgs,
    #[command(flatten)]
    pub(in crate::cli) cluster: ClusterArgs,
    #[command(flatten)]
    pub(in crate::cli) comparison: ComparisonArgs,
    #[command(flatten)]
    pub(in crate::cli) stall: StallArgs,
    /// Show a screen while it runs (a build with the feature `live`)
    #[arg(long)]
    pub(in crate::cli) live: bool,
    /// Write the first engine's final state here, as NDJSON
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) snapshot: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) length: LengthArgs,
    #[command(flatten)]
    pub(in crate::cli) output: OutputArgs,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct RerunArgs {
    /// A saved record
    pub(in crate::cli) record: PathBuf,
    #[command(flatten)]
    pub(in crate::cli) stall: StallArgs,
    #[command(flatten)]
    pub(in crate::cli) external: ExternalArgs,
    #[command(flatten)]
    pub(in crate::cli) length: LengthArgs,
    #[command(flatten)]
    pub(in crate::cli) output: OutputArgs,
}
