//! Flags of a run that several processes make together.

use std::path::PathBuf;

use clap::Args;

use super::open_loop::duration_ns;
use super::parse::whole;

/// Which process of a cluster this is, if it is one.
#[derive(Clone, Debug, Args)]
pub(crate) struct ClusterArgs {
    /// Make the trials of the engine `timely` in several processes: a file with the address of
    /// each, host:port, a line each (a build with the feature `cluster`)
    #[arg(long, value_name = "FILE", requires = "process")]
    pub(crate) hosts: Option<PathBuf>,
    /// Number of this process among them, from 0; 0 leads, and prints the report
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true, requires = "hosts")]
    pub(crate) process: Option<usize>,
    /// How long another process may keep silent before the run ends
    #[arg(long, value_name = "TIME", value_parser = duration_ns, allow_negative_numbers = true, default_value = "30s")]
    pub(crate) peer_timeout: u64,
}
