//! Flags of `generate`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::parse::whole;
use notibench_core::unit::quantity::parse_count;

#[derive(Debug, Args)]
pub(crate) struct GenerateArgs {
    /// Workload file, or the name of a built-in one (`notibench list workloads`)
    pub(crate) workload: PathBuf,
    /// How many events [default: the workload's]
    #[arg(short = 'n', long, value_name = "N", value_parser = parse_count, allow_negative_numbers = true)]
    pub(crate) events: Option<u64>,
    /// Index of the first one
    #[arg(long, value_name = "N", value_parser = parse_count, allow_negative_numbers = true, default_value = "0")]
    pub(crate) start: u64,
    /// Seed [default: the workload's]
    #[arg(long, value_name = "N", value_parser = whole::<u64>, allow_negative_numbers = true)]
    pub(crate) seed: Option<u64>,
    /// File that ends in .csv, .ndjson or .jsonl, or in .as2.ndjson; `-` is stdout
    #[arg(short = 'o', long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// Format on stdout
    #[arg(long, value_enum, default_value = "csv")]
    pub(crate) format: StreamFormat,
}

/// How a stream is written to stdout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum StreamFormat {
    /// A header, then a line an event
    Csv,
    /// An object an event
    Ndjson,
    /// An activity of ActivityStreams 2.0 an event
    ActivityStreams,
}
