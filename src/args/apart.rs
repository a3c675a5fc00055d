//! Flags of writers and readers apart.

use clap::Args;

use super::open_loop::rate;
use super::parse::whole;
use notibench_harness::{ApartOptions, OpenLoopOptions, Rate};

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
    /// Reads that come to --readers, such as 1M/s, whether or not they are answered [default: one
    /// group after the other]; --rate is that of events to --writers
    #[arg(long, value_name = "RATE", value_parser = rate, allow_negative_numbers = true)]
    pub(crate) read_rate: Option<Rate>,
}

impl ApartArgs {
    /// What was asked of an open loop and of roles apart: where roles are, its rate
    /// is that of the writers.
    pub(crate) fn options(self, mut open_loop: OpenLoopOptions) -> (OpenLoopOptions, ApartOptions) {
        let mut apart = ApartOptions {
            writers: self.writers,
            readers: self.readers,
            events_rate: None,
            reads_rate: self.read_rate,
        };
        if apart.is_asked() {
            apart.events_rate = open_loop.rate.take();
        }
        (open_loop, apart)
    }
}
