//! The flags of `sweep`.

use std::path::PathBuf;

use clap::Args;

use super::html::HtmlArgs;
use super::measurement::{EngineArgs, TrialArgs};
use super::output::{SaveArgs, TextFormat};
use super::parse::whole;
use super::stall::StallArgs;
use super::traces::TraceArgs;
use notibench_core::unit::quantity::parse_count;

/// What every sweep varies: exactly one of five flags has several values.
#[derive(Debug, Args)]
pub(crate) struct SweepArgs {
    /// Workload file, or the name of a built-in one (`notibench list workloads`)
    #[arg(required_unless_present = "trace", conflicts_with = "trace")]
    pub(crate) workload: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) trace: TraceArgs,
    /// Workers; several values are the sweep [default: processors]
    #[arg(
        short = 't', long,
        value_name = "N,…",
        value_parser = whole::<usize>,
        value_delimiter = ',',
        allow_negative_numbers = true
    )]
    pub(crate) threads: Vec<usize>,
    /// Members of the population, such as 10k,100k,1M [default: the workload's]
    #[arg(
        long,
        value_name = "N,…",
        value_parser = parse_count,
        value_delimiter = ',',
        allow_negative_numbers = true
    )]
    pub(crate) members: Vec<u64>,
    /// Zipf exponent of recipients, such as 0,0.74,0.99 [default: the workload's]
    #[arg(
        long,
        value_name = "X,…",
        value_parser = exponent,
        value_delimiter = ',',
        allow_negative_numbers = true
    )]
    pub(crate) zipf: Vec<f64>,
    /// Events of one ingest call, such as 1,16,256 [default: 1024]
    #[arg(
        long,
        value_name = "N,…",
        value_parser = whole::<usize>,
        value_delimiter = ',',
        allow_negative_numbers = true
    )]
    pub(crate) batch: Vec<usize>,
    /// Threads that only ingest, alone and beside --readers, in place of --threads that do both
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true)]
    pub(crate) writers: Option<usize>,
    /// Threads that only read, such as 0,1,2, beside --writers
    #[arg(
        long,
        value_name = "N,…",
        value_parser = whole::<usize>,
        value_delimiter = ',',
        allow_negative_numbers = true
    )]
    pub(crate) readers: Vec<usize>,
    #[command(flatten)]
    pub(crate) engines: EngineArgs,
    #[command(flatten)]
    pub(crate) trials: TrialArgs,
    #[command(flatten)]
    pub(crate) stall: StallArgs,
    #[command(flatten)]
    pub(crate) save: SaveArgs,
    /// What is printed on stdout
    #[arg(long, value_enum, default_value = "terminal")]
    pub(crate) format: TextFormat,
    #[command(flatten)]
    pub(crate) html: HtmlArgs,
}

/// Reads a Zipf exponent.
fn exponent(text: &str) -> Result<f64, String> {
    text.parse::<f64>()
        .ok()
        .filter(|number| (0.0..=10.0).contains(number))
        // a minus zero would be written as one
        .map(f64::abs)
        .ok_or_else(|| format!("`{text}` is no exponent from 0 to 10: write it as 0.99"))
}
