//! When an engine is taken to hang.

use std::time::Duration;

use clap::Args;

use super::open_loop::duration_ns;

/// When an engine is taken to hang.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct StallArgs {
    /// End with an error where an engine ingests and answers nothing for so long [default: 30s, 2m
    /// where its state lies in a server]
    #[arg(long, value_name = "TIME", value_parser = duration_ns, allow_negative_numbers = true)]
    stall_timeout: Option<u64>,
}

impl StallArgs {
    /// The time that was asked for.
    pub(crate) fn after(&self) -> Option<Duration> {
        self.stall_timeout.map(Duration::from_nanos)
    }
}
