//! Flags of traces: which file, and how it is read. Imports nothing but clap.

use std::path::PathBuf;

use clap::Args;

/// How a trace is read.
#[derive(Debug, Clone, Default, Args)]
pub(in crate::cli) struct ReadingArgs {
    /// Count bad entries of a trace and go on, instead of ending at the first
    #[arg(long)]
    pub(in crate::cli) skip_bad: bool,
}

impl ReadingArgs {
    /// The words that, given again, read a trace in the same way.
    pub(in crate::cli) fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        if self.skip_bad {
            words.push("--skip-bad".to_owned());
        }
        words
    }
}

/// A trace in place of a generated stream.
#[derive(Debug, Clone, Default, Args)]
pub(in crate::cli) struct TraceArgs {
    /// Trace to run in place of a workload's stream: .csv, .ndjson, .jsonl
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) trace: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) reading: ReadingArgs,
}
