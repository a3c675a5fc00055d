//! Flags of writers and readers apart.

use clap::Args;

use super::parse::whole;
use notibench_harness::ApartOptions;

/// Threads that only write beside threads that only read.
#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Writers and readers apart: what each costs the other")]
pub(crate) struct ApartArgs {
    /// Threads that only ingest, alone and beside --readers, in place of --threads that do both
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true)]
    pub(crate) writers: Option<usize>,
    /// Threads that only ask the workload's reads, without end, alone and beside --writers
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true)]
    pub(crate) readers: Option<usize>,
}

impl ApartArgs {
    pub(crate) const fn options(self) -> ApartOptions {
        ApartOptions {
            writers: self.writers,
            readers: self.readers,
        }
    }
}
