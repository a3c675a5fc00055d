//! The flags of `adversary`.

use std::path::PathBuf;

use clap::Args;

use super::output::{SaveArgs, TextFormat};
use super::parse::whole;
use notibench_core::unit::quantity::parse_count;

#[derive(Debug, Args)]
pub(crate) struct AdversaryArgs {
    /// Workload file that releases views, or the name of a built-in one
    #[arg(default_value = "extension_adversary")]
    pub(crate) workload: PathBuf,
    /// Trials of each attack, such as 1M [default: 400k; 20k with --short]
    #[arg(long, value_name = "N", value_parser = parse_count, allow_negative_numbers = true)]
    pub(crate) trials: Option<u64>,
    /// A smaller game, which fails only where all of an interval of 99.9% is beyond the bound
    #[arg(long)]
    pub(crate) short: bool,
    /// Seed of the worlds [default: the workload's]
    #[arg(long, value_name = "N", value_parser = whole::<u64>, allow_negative_numbers = true)]
    pub(crate) seed: Option<u64>,
    #[command(flatten)]
    pub(crate) save: SaveArgs,
    /// What is printed on stdout
    #[arg(long, value_enum, default_value = "terminal")]
    pub(crate) format: TextFormat,
}
