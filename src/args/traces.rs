//! Flags of traces: which file, and how it is read.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::parse::whole;
use notibench_core::unit::quantity::parse_count;

/// What numbers in a column of times count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum UnitOfTime {
    /// Seconds
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

/// What stands for the times of activities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TimeFrom {
    /// The order of the file
    Order,
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
pub(crate) struct ReadingArgs {
    /// What columns of a CSV, or keys of JSON (user.login), are: actor, recipient, at, and kind,
    /// content, undo, segment
    #[arg(long, value_name = "FIELD=COLUMN,…", value_delimiter = ',')]
    pub(crate) map: Vec<String>,
    /// Kind of every event, or what words of the column of kinds mean: like=post_like,
    /// unlike=post_like:undo
    #[arg(
        long,
        value_name = "[WORD=]KIND[:undo],…",
        value_delimiter = ',',
        requires = "map"
    )]
    pub(crate) kind: Vec<String>,
    /// What numbers in the column of times count [default: s]
    #[arg(long, value_enum, requires = "map", conflicts_with = "at")]
    pub(crate) time_unit: Option<UnitOfTime>,
    /// Between the columns of a CSV: one character, or `tab`
    #[arg(long, value_name = "C", value_parser = delimiter, default_value = ",", requires = "map")]
    pub(crate) delimiter: u8,
    /// Times: the order of the file, an entry each ms [default: what its entries say]
    #[arg(long, value_enum, value_name = "order")]
    pub(crate) at: Option<TimeFrom>,
    /// Author of what an activity is about, where the trace does not say: addressee, or a URI
    /// such as 'https://*/users/{}/statuses/*'; repeatable
    #[arg(long, value_name = "RULE", conflicts_with = "map")]
    pub(crate) author: Vec<String>,
    /// Count bad entries of a trace and go on, instead of ending at the first
    #[arg(long)]
    pub(crate) skip_bad: bool,
}

impl ReadingArgs {
    /// The words that, given again, read a trace in the same way.
    pub(crate) fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        if !self.map.is_empty() {
            words.extend(["--map".to_owned(), self.map.join(",")]);
            if !self.kind.is_empty() {
                words.extend(["--kind".to_owned(), self.kind.join(",")]);
            }
            if let Some(unit) = self.time_unit {
                words.extend(["--time-unit".to_owned(), unit.name().to_owned()]);
            }
            let delimiter = match self.delimiter {
                b'\t' => "tab".to_owned(),
                other => char::from(other).to_string(),
            };
            words.push(format!("--delimiter={delimiter}"));
        }
        if self.at.is_some() {
            words.extend(["--at", "order"].map(str::to_owned));
        }
        for rule in &self.author {
            words.push(format!("--author={rule}"));
        }
        if self.skip_bad {
            words.push("--skip-bad".to_owned());
        }
        words
    }
}

/// A trace in place of a generated stream.
#[derive(Debug, Clone, Args)]
pub(crate) struct TraceArgs {
    /// Trace to run in place of a workload's stream: .csv, .ndjson, .jsonl, .json
    #[arg(long, value_name = "FILE")]
    pub(crate) trace: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
    /// Passes over the trace in each trial, one after the other [default: 1]
    #[arg(
        long,
        value_name = "N",
        value_parser = parse_count,
        allow_negative_numbers = true
    )]
    pub(crate) repeat: Option<u64>,
    /// Reads beside each event of the trace, such as 0.25: six badges to three inbox pages and
    /// one content's reactions [default: none]
    #[arg(
        long,
        value_name = "X",
        value_parser = reads_per_event,
        allow_negative_numbers = true
    )]
    pub(crate) reads_per_event: Option<f64>,
}

impl TraceArgs {
    /// The words that, given again, make the same stream of the trace.
    pub(crate) fn words(&self) -> Vec<String> {
        let mut words = self.reading.words();
        words.extend(self.repeat.map(|passes| format!("--repeat={passes}")));
        let reads = self.reads_per_event;
        words.extend(reads.map(|reads| format!("--reads-per-event={reads}")));
        words
    }
}

/// Reads of each event, as a workload has them.
fn reads_per_event(text: &str) -> Result<f64, String> {
    let number = text.parse().ok();
    number
        .filter(|number| (0.0..=1_000.0).contains(number))
        // a minus zero would be written as one
        .map(f64::abs)
        .ok_or_else(|| format!("`{text}` is no number from 0 to 1,000: write it as 0.25"))
}

#[derive(Debug, Args)]
pub(crate) struct DescribeArgs {
    /// Workload files (.toml) or traces, up to four beside each other
    #[arg(required = true, num_args = 1..=4, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Events looked at, from the start [default: the workload's, all of a trace]
    #[arg(short = 'n', long, value_name = "N", value_parser = parse_count, allow_negative_numbers = true)]
    pub(crate) events: Option<u64>,
    /// Seed of a workload's stream [default: the workload's]
    #[arg(long, value_name = "N", value_parser = whole::<u64>, allow_negative_numbers = true)]
    pub(crate) seed: Option<u64>,
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
}

#[derive(Debug, Args)]
pub(crate) struct FitArgs {
    /// Trace to fit a workload to
    pub(crate) trace: PathBuf,
    /// Events looked at, from the start [default: all]
    #[arg(short = 'n', long, value_name = "N", value_parser = parse_count, allow_negative_numbers = true)]
    pub(crate) events: Option<u64>,
    /// Workload file to write; `-` is stdout
    #[arg(short = 'o', long, value_name = "FILE", default_value = "-")]
    pub(crate) out: PathBuf,
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
}
