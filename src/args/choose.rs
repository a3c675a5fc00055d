//! Flags of `choose`.

use std::path::PathBuf;

use clap::Args;

use super::comparison::duration_ms;
use super::external::ExternalArgs;
use super::output::SaveArgs;
use super::parse::whole;
use super::stall::StallArgs;
use super::traces::ReadingArgs;
use notibench_core::unit::quantity::parse_count;

/// `choose`.
#[derive(Debug, Args)]
pub(crate) struct ChooseArgs {
    /// Workload file, or the name of a built-in one (`notibench list workloads`)
    #[arg(required_unless_present = "trace", conflicts_with = "trace")]
    pub(crate) workload: Option<PathBuf>,
    /// Log to choose for: a workload is fitted to it
    #[arg(long, value_name = "FILE")]
    pub(crate) trace: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
    /// Engine to choose from, repeatable [default: all whose reads are immediate, maps of --map-lib and
    /// engines of one's own]
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
    /// Events of each trial [default: the workload's, at least 1M]
    #[arg(short = 'n', long, value_name = "N", value_parser = parse_count, allow_negative_numbers = true)]
    pub(crate) events: Option<u64>,
    /// Begin no round later than this after the first
    #[arg(long, value_name = "TIME", value_parser = duration_ms, allow_negative_numbers = true, default_value = "1m")]
    pub(crate) max_time: u64,
    #[command(flatten)]
    pub(crate) external: ExternalArgs,
    #[command(flatten)]
    pub(crate) stall: StallArgs,
    #[command(flatten)]
    pub(crate) save: SaveArgs,
}
