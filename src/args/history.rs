//! Flags of `history`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::measurement::PassArg;

/// How a history is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum HistoryFormat {
    /// Tables for a person
    Terminal,
    /// What Apache Otava imports: a line a record, a column an engine
    Csv,
}

/// `history`.
#[derive(Debug, Args)]
pub(crate) struct HistoryArgs {
    /// Saved records and sweeps, in any order
    #[arg(required = true)]
    pub(crate) records: Vec<PathBuf>,
    /// Only of workloads of this name
    #[arg(long, value_name = "NAME")]
    pub(crate) workload: Option<String>,
    /// Only of these passes [default: all; fresh with --format csv]
    #[arg(long, value_enum)]
    pub(crate) pass: Option<PassArg>,
    /// What is printed on stdout
    #[arg(long, value_enum, default_value = "terminal")]
    pub(crate) format: HistoryFormat,
}
