//! Flags of `list`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// What to list [default: all of them]
    #[arg(value_enum)]
    pub(crate) what: Option<Listed>,
    /// Folder of workload files to list in place of those built in
    #[arg(long, value_name = "FOLDER")]
    pub(crate) folder: Option<PathBuf>,
}

/// What can be listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Listed {
    /// Workloads that are built in, or those of a folder
    Workloads,
    /// Engines and probes
    Engines,
    /// Kinds of event
    Kinds,
}
