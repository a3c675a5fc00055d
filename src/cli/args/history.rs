//! Flags of `history`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::measurement::PassArg;

/// How a history is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum HistoryFormat {
    /// Tables for a person
    Terminal,
    /// What Apache Otava imports: a line a record, a column an engine
    Csv,
}

/// `history`.
#[derive(Debug, Args)]
pub(in crate::cli) struct HistoryArgs {
    /// Saved records and sweeps, in any order
    #[arg(required = true)]
    pub(in crate::cli) records: Vec<PathBuf>,
    /// Only of workloads of this name
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) workload: Option<String>,
    /// Only of these passes [default: all; fresh with --format csv]
    #[arg(long, value_enum)]
    pub(in crate::cli) pass: Option<PassArg>,
    /// What is printed on stdout
    #[arg(long, value_enum, default_value = "terminal")]
    pub(in crate::cli) format: HistoryFormat,
}
