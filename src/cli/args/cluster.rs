//! Flags of runs that several processes make together. Imports clap.

use std::path::PathBuf;

use clap::Args;

use super::{RunArgs, duration_ns, whole};

/// Which process of a cluster this is, if it is one.
#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct ClusterArgs {
    /// Make the trials of the engine `timely` in several processes: a file with the address of
    /// each, host:port, a line each (a build with the feature `cluster`)
    #[arg(long, value_name = "FILE", requires = "process")]
    pub(in crate::cli) hosts: Option<PathBuf>,
    /// Number of this process among them, from 0; 0 leads, and prints the report
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true, requires = "hosts")]
    pub(in crate::cli) process: Option<usize>,
    /// How long another process may keep silent before the run ends
    #[arg(long, value_name = "TIME", value_parser = duration_ns, allow_negative_numbers = true, default_value = "30s")]
    pub(in crate::cli) peer_timeout: u64,
}

/// `notibench cluster`.
#[derive(Debug, Args)]
pub(in crate::cli) struct LocalClusterArgs {
    /// Processes on this machine, connected over loopback; --threads is the workers of each
    /// [default threads: processors by processes]
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true, default_value = "2")]
    pub(in crate::cli) local: usize,
    #[command(flatten)]
    pub(in crate::cli) run: RunArgs,
}
