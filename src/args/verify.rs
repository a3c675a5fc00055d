//! Flags of `verify`.

use std::path::PathBuf;

use clap::Args;

use super::external::ExternalArgs;
use super::parse::whole;
use super::stall::StallArgs;
use super::traces::TraceArgs;
use notibench_core::unit::quantity::parse_count;

#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// Workload files, or names of built-in ones [default: those built in, but for `scale/…`]
    #[arg(conflicts_with = "trace")]
    pub(crate) workloads: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) trace: TraceArgs,
    /// Engine to verify, repeatable [default: all]
    #[arg(
        short = 'e',
        long = "engine",
        value_name = "NAME,…",
        value_delimiter = ','
    )]
    pub(crate) engines: Vec<String>,
    /// Verify every engine, as where none is named
    #[arg(long, conflicts_with = "engines")]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) stall: StallArgs,
    /// Events of each workload
    #[arg(short = 'n', long, value_name = "N", value_parser = parse_count, allow_negative_numbers = true, default_value = "200k")]
    pub(crate) events: u64,
    /// Seed [default: each workload's]
    #[arg(long, value_name = "N", value_parser = whole::<u64>, allow_negative_numbers = true)]
    pub(crate) seed: Option<u64>,
    /// Numbers of threads
    #[arg(
        short = 't', long,
        value_name = "N,…",
        value_parser = whole::<usize>,
        value_delimiter = ',',
        allow_negative_numbers = true,
        default_value = "1,2,8"
    )]
    pub(crate) threads: Vec<usize>,
    /// Events of one ingest call
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true, default_value = "256")]
    pub(crate) batch: usize,
    #[command(flatten)]
    pub(crate) external: ExternalArgs,
}
