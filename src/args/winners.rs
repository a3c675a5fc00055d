//! Flags of `winners`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::measurement::PassArg;

/// How the table is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TableFormat {
    /// For a person
    Terminal,
    /// To paste into a document
    Markdown,
}

/// `winners`.
#[derive(Debug, Args)]
pub(crate) struct WinnersArgs {
    /// Saved records and sweeps
    #[arg(required = true)]
    pub(crate) records: Vec<PathBuf>,
    /// Engine that gets a column: its speed beside the fastest other of its kind
    #[arg(long, value_name = "NAME")]
    pub(crate) beside: Option<String>,
    /// Engines to leave out
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    pub(crate) without: Vec<String>,
    /// In place of winners, each engine's ratio in interleaved rounds beside that in isolated ones
    #[arg(long, conflicts_with_all = ["beside", "without"])]
    pub(crate) isolated: bool,
    /// With --isolated: the passes compared
    #[arg(long, value_enum, default_value = "fresh", requires = "isolated")]
    pub(crate) pass: PassArg,
    /// What is printed on stdout
    #[arg(long, value_enum, default_value = "terminal")]
    pub(crate) format: TableFormat,
}
