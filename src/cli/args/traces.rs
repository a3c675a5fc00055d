//! Flags of traces: which file, and how it is read. Imports clap and `unit`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::whole;
use crate::unit::quantity::parse_count;

/// What numbers in a column of times count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum UnitOfTime {
    /// Seconds
    #[default]
    S,
    /// Milliseconds
    Ms,
    /// Microseconds
    Us,
}

impl UnitOfTime {
    const fn name(self) -> &'static str {
        match self {
            Self::S => "s",
            Self::Ms => "ms",
            Self::Us => "us",
        }
    }
}

/// One ASCII character that no value is likely to have, or `tab`.
fn delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        b"tab" => Ok(b'\t'),
        [one] if one.is_ascii() && !one.is_ascii_alphanumeric() && !b"\"\r\n#".contains(one) => {
            Ok(*one)
        }
        _ => Err("write one character such as ; or |, or the word tab".to_owned()),
    }
}

/// How a trace is read.
#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct ReadingArgs {
    /// What the columns of a CSV are: actor, recipient, at, and kind, content, undo, segment
    #[arg(long, value_name = "FIELD=COLUMN,…", value_delimiter = ',')]
    pub(in crate::cli) map: Vec<String>,
    /// Kind of every event of a CSV, or what its words mean: like=post_like
    #[arg(
        long,
        value_name = "[WORD=]KIND,…",
        value_delimiter = ',',
        requires = "map"
    )]
    pub(in crate::cli) kind: Vec<String>,
    /// What numbers in the column of times count
    #[arg(long, value_enum, default_value = "s", requires = "map")]
    pub(in crate::cli) time_unit: UnitOfTime,
    /// Between the columns of a CSV: one character, or `tab`
    #[arg(long, value_name = "C", value_parser = delimiter, default_value = ",", requires = "map")]
    pub(in crate::cli) delimiter: u8,
    /// Count bad entries of a trace and go on, instead of ending at the first
    #[arg(long)]
    pub(in crate::cli) skip_bad: bool,
}

impl ReadingArgs {
    /// The words that, given again, read a trace in the same way.
    pub(in crate::cli) fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        if !self.map.is_empty() {
            words.extend(["--map".to_owned(), self.map.join(",")]);
            if !self.kind.is_empty() {
                words.extend(["--kind".to_owned(), self.kind.join(",")]);
            }
            words.extend(["--time-unit".to_owned(), self.time_unit.name().to_owned()]);
            let delimiter = match self.delimiter {
                b'\t' => "tab".to_owned(),
                other => char::from(other).to_string(),
            };
            words.push(format!("--delimiter={delimiter}"));
        }
        if self.skip_bad {
            words.push("--skip-bad".to_owned());
        }
        words
    }
}

/// A trace in place of a generated stream.
#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct TraceArgs {
    /// Trace to run in place of a workload's stream: .csv, .ndjson, .jsonl, .json
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) trace: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) reading: ReadingArgs,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct DescribeArgs {
    /// Workload files (.toml) or traces, up to four beside each other
    #[arg(required = true, num_args = 1..=4, value_name = "PATH")]
    pub(in crate::cli) paths: Vec<PathBuf>,
    /// Events looked at, from the start [default: the workload's, all of a trace]
    #[arg(short = 'n', long, value_name = "N", value_parser = parse_count, allow_negative_numbers = true)]
    pub(in crate::cli) events: Option<u64>,
    /// Seed of a workload's stream [default: the workload's]
    #[arg(long, value_name = "N", value_parser = whole::<u64>, allow_negative_numbers = true)]
    pub(in crate::cli) seed: Option<u64>,
    #[command(flatten)]
    pub(in crate::cli) reading: ReadingArgs,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct FitArgs {
    /// Trace to fit a workload to
    pub(in crate::cli) trace: PathBuf,
    /// Events looked at, from the start [default: all]
    #[arg(short = 'n', long, value_name = "N", value_parser = parse_count, allow_negative_numbers = true)]
    pub(in crate::cli) events: Option<u64>,
    /// Workload file to write; `-` is stdout
    #[arg(short = 'o', long, value_name = "FILE", default_value = "-")]
    pub(in crate::cli) out: PathBuf,
    #[command(flatten)]
    pub(in crate::cli) reading: ReadingArgs,
}
