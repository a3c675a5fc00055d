//! Flags of `completions` and `man`.

use std::path::PathBuf;

use clap::Args;
use clap_complete::Shell;

/// `completions`.
#[derive(Debug, Args)]
pub(in crate::cli) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub(in crate::cli) shell: Shell,
}

/// `man`.
#[derive(Debug, Args)]
pub(in crate::cli) struct ManArgs {
    /// Folder that gets a page for each command, such as notibench-run.1
    #[arg(short = 'o', long, value_name = "FOLDER")]
    pub(in crate::cli) out: Option<PathBuf>,
}
