//! Flags of `winners`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::measurement::PassArg;

/// How the table is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum TableFormat {
    /// For a person
    Terminal,
    /// To paste into a document
    Markdown,
}

/// `winners`.
#[derive(Debug, Args)]
pub(in crate::cli) struct WinnersArgs {
    /// Saved records and sweeps
    #[arg(required = true)]
    pub(in crate::cli) records: Vec<PathBuf>,
    /// Engine that gets a column: its speed beside the fastest other of its kind
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) beside: Option<String>,
    /// Engines to leave out
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    pub(in crate::cli) without: Vec<String>,
    /// In place of winners, each engine's ratio in interleaved rounds beside that in isolated ones
    #[arg(long, conflicts_with_all = ["beside", "without"])]
    pub(in crate::cli) isolated: bool,
    /// With --isolated: the passes compared
    #[arg(long, value_enum, default_value = "fresh", requires = "isolated")]
    pub(in crate::cli) pass: PassArg,
    /// What is printed on stdout
    #[arg(long, value_enum, default_value = "terminal")]
    pub(in crate::cli) format: TableFormat,
}
