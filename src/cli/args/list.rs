//! Flags of `list`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub(in crate::cli) struct ListArgs {
    /// What to list [default: all of them]
    #[arg(value_enum)]
    pub(in crate::cli) what: Option<Listed>,
    /// Folder of workload files to list in place of those built in
    #[arg(long, value_name = "FOLDER")]
    pub(in crate::cli) folder: Option<PathBuf>,
}

/// What can be listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Listed {
    /// Workloads that are built in, or those of a folder
    Workloads,
    /// Engines and probes
    Engines,
    /// Kinds of event
    Kinds,
}
