//! The flags of `sweep`. Imports clap, and the flags that it shares.

use std::path::PathBuf;

use clap::Args;

use super::args::{OutputArgs, whole};
use crate::unit::quantity::parse_count;

/// What every sweep varies: exactly one of four flags has several values.
#[derive(Debug, Args)]
pub(super) struct SweepArgs {
    /// Workload file
    pub(super) workload: PathBuf,
    /// Workers; several values are the sweep [default: processors]
    #[arg(
        long,
        value_name = "N,…",
        value_parser = whole::<usize>,
        value_delimiter = ',',
        allow_negative_numbers = true
    )]
    pub(super) threads: Vec<usize>,
    /// Members of the population, such as 10k,100k,1M [default: the workload's]
    #[arg(
        long,
        value_name = "N,…",
        value_parser = parse_count,
        value_delimiter = ',',
        allow_negative_numbers = true
    )]
    pub(super) members: Vec<u64>,
    /// Zipf exponent of recipients, such as 0,0.74,0.99 [default: the workload's]
    #[arg(
        long,
        value_name = "X,…",
        value_parser = exponent,
        value_delimiter = ',',
        allow_negative_numbers = true
    )]
    pub(super) zipf: Vec<f64>,
    /// Events of one ingest call, such as 1,16,256 [default: 1024]
    #[arg(
        long,
        value_name = "N,…",
        value_parser = whole::<usize>,
        value_delimiter = ',',
        allow_negative_numbers = true
    )]
    pub(super) batch: Vec<usize>,
    /// Engine to run, repeatable [default: as of `run`]
    #[arg(long = "engine", value_name = "NAME")]
    pub(super) engines: Vec<String>,
    /// Run every engine of the registry
    #[arg(long, conflicts_with = "engines")]
    pub(super) all: bool,
    /// Engine that ratios are taken to [default: dashmap-naive where it runs, else the first]
    #[arg(long, value_name = "NAME")]
    pub(super) baseline: Option<String>,
    /// Events of each trial, such as 10M [default: the workload's]
    #[arg(long, value_name = "N", value_parser = parse_count, allow_negative_numbers = true)]
    pub(super) events: Option<u64>,
    /// Rounds that count, at each point [default: 5]
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true)]
    pub(super) rounds: Option<usize>,
    /// Rounds thrown away before them, at each point [default: 1]
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true)]
    pub(super) warmup_rounds: Option<usize>,
    /// Seed of the streams and of the turns [default: the workload's]
    #[arg(long, value_name = "N", value_parser = whole::<u64>, allow_negative_numbers = true)]
    pub(super) seed: Option<u64>,
    /// Run the limit probes, too
    #[arg(long)]
    pub(super) limits: bool,
    /// Run each trial's stream a second time, over warm state; `report --point` shows it
    #[arg(long)]
    pub(super) warm: bool,
    /// Pin workers to processors
    #[arg(long)]
    pub(super) pin: bool,
    /// Generate inside the timed part, in constant memory (`null` tells the tax)
    #[arg(long)]
    pub(super) inline: bool,
    /// Leave out the proof; the report says so
    #[arg(long)]
    pub(super) no_verify: bool,
    #[command(flatten)]
    pub(super) output: OutputArgs,
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
