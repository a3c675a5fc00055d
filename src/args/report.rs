//! Flags of `report`.

use std::path::PathBuf;

use clap::Args;

use super::html::HtmlArgs;
use super::measurement::PassArg;
use super::output::{LengthArgs, OutputFormat};

#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// A saved record, sweep or search for capacity; several go onto one page, with --out
    #[arg(required = true, value_name = "RECORD")]
    pub(crate) records: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) html: HtmlArgs,
    /// Write the report as one HTML file, and print nothing
    #[arg(short = 'o', long, value_name = "FILE", conflicts_with_all = ["format", "html"])]
    pub(crate) out: Option<PathBuf>,
    /// Of a sweep, or of --format hlog and hgrm: the passes shown [default: fresh]
    #[arg(long, value_enum)]
    pub(crate) pass: Option<PassArg>,
    /// Of --format hlog and hgrm: the engine shown [default: every engine]
    #[arg(long, value_name = "NAME")]
    pub(crate) engine: Option<String>,
    /// Of a sweep, the whole report of the run at this value
    #[arg(long, value_name = "VALUE", allow_negative_numbers = true)]
    pub(crate) point: Option<String>,
    /// Of a search for capacity, every step, too
    #[arg(long)]
    pub(crate) steps: bool,
    #[command(flatten)]
    pub(crate) length: LengthArgs,
    /// What is printed on stdout
    #[arg(long, value_enum, default_value = "terminal")]
    pub(crate) format: OutputFormat,
}
