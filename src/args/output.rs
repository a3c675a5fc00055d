//! Flags of what is printed and what is saved.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};

use super::html::HtmlArgs;

/// How a run is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutputFormat {
    /// Tables for a person
    Terminal,
    /// The record
    Json,
    /// A line an engine
    Csv,
    /// To paste into a pull request
    Markdown,
    /// The array that github-action-benchmark reads as customSmallerIsBetter
    GithubActionBenchmark,
    /// Bencher Metric Format, which Bencher reads with --adapter json
    Bencher,
    /// Histograms as an interval log that HdrHistogram's tools read
    Hlog,
    /// One engine's percentile distribution, for HdrHistogram's plotters
    Hgrm,
}

impl OutputFormat {
    /// Whether it holds histograms and nothing else.
    pub(crate) const fn is_of_histograms(self) -> bool {
        matches!(self, Self::Hlog | Self::Hgrm)
    }

    /// Reads the formats that a run prints itself: histograms are exported
    /// from its record.
    fn of_run() -> impl TypedValueParser<Value = Self> {
        let formats = Self::value_variants().iter();
        let formats = formats.filter(|format| !format.is_of_histograms());
        PossibleValuesParser::new(formats.filter_map(ValueEnum::to_possible_value))
            .try_map(|name| Self::from_str(&name, false))
    }
}

/// How what has no other formats is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TextFormat {
    /// Tables for a person
    Terminal,
    /// The file that is saved
    Json,
}

/// Where a record goes.
#[derive(Debug, Args)]
pub(crate) struct SaveArgs {
    /// Where the record goes: a file, or a folder [default: reports/<workload>-<time>.json]
    #[arg(short = 'o', long, value_name = "PATH")]
    pub(crate) out: Option<PathBuf>,
    /// Save no record
    #[arg(long, conflicts_with = "out")]
    pub(crate) no_save: bool,
}

/// What of a run is saved and printed.
#[derive(Debug, Args)]
pub(crate) struct OutputArgs {
    #[command(flatten)]
    pub(crate) save: SaveArgs,
    /// What is printed on stdout
    #[arg(long, value_parser = OutputFormat::of_run(), default_value = "terminal")]
    pub(crate) format: OutputFormat,
    #[command(flatten)]
    pub(crate) html: HtmlArgs,
}

/// How much of a report is printed.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct LengthArgs {
    /// Print the whole report [default: where stdout is no terminal, and of `report`]
    #[arg(long)]
    pub(crate) verbose: bool,
    /// Print the report in short: at most 40 lines at 100 columns [default: of runs, on a terminal]
    #[arg(long, conflicts_with_all = ["verbose", "format"])]
    pub(crate) brief: bool,
}

impl LengthArgs {
    /// Whether the report is printed in short; `usual` where nothing was said.
    pub(crate) fn is_brief(self, usual: bool) -> bool {
        self.brief || (usual && !self.verbose)
    }
}
