//! Flags of `cluster`.

use clap::Args;

use super::parse::whole;
use super::run::RunArgs;

/// `notibench cluster`.
#[derive(Debug, Args)]
pub(crate) struct LocalClusterArgs {
    /// Processes on this machine, connected over loopback; --threads is the workers of each
    /// [default threads: processors by processes]
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true, default_value = "2")]
    pub(crate) local: usize,
    #[command(flatten)]
    pub(crate) run: RunArgs,
}
