//! Flags of `run` and `rerun`.

use std::path::PathBuf;

use clap::Args;

use super::apart::ApartArgs;
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
pub(crate) struct RunArgs {
    /// Workload file, or the name of a built-in one (`notibench list workloads`)
    #[arg(required_unless_present = "trace", conflicts_with = "trace")]
    pub(crate) workload: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) trace: TraceArgs,
    #[command(flatten)]
    pub(crate) engines: EngineArgs,
    /// Workers [default: processors]
    #[arg(short = 't', long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true)]
    pub(crate) threads: Option<usize>,
    /// Events of one ingest call [default: 1024]
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true)]
    pub(crate) batch: Option<usize>,
    #[command(flatten)]
    pub(crate) trials: TrialArgs,
    /// Read the processors' counters: cycles, instructions, cache and TLB misses
    #[arg(long)]
    pub(crate) perf: bool,
    #[command(flatten)]
    pub(crate) open_loop: OpenLoopArgs,
    #[command(flatten)]
    pub(crate) apart: ApartArgs,
    #[command(flatten)]
    pub(crate) external: ExternalArgs,
    #[command(flatten)]
    pub(crate) cluster: ClusterArgs,
    #[command(flatten)]
    pub(crate) comparison: ComparisonArgs,
    #[command(flatten)]
    pub(crate) stall: StallArgs,
    /// Show a screen while it runs (a build with the feature `live`)
    #[arg(long)]
    pub(crate) live: bool,
    /// Write the first engine's final state here, as NDJSON
    #[arg(long, value_name = "FILE")]
    pub(crate) snapshot: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) length: LengthArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

#[derive(Debug, Args)]
pub(crate) struct RerunArgs {
    /// A saved record
    pub(crate) record: PathBuf,
    #[command(flatten)]
    pub(crate) stall: StallArgs,
    #[command(flatten)]
    pub(crate) external: ExternalArgs,
    #[command(flatten)]
    pub(crate) length: LengthArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}
