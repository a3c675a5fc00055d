//! A record as it is printed.

use std::io;

use super::args::output::{OutputFormat, TextFormat};
use super::exit::{Failure, print};
use notibench_record::{Pass, Record};
use notibench_report::{self as report, Style};

/// Prints a record, its report in short or whole; of histograms only those of `engine`, and of one kind of pass.
pub(crate) fn show_of(
    record: &Record,
    format: OutputFormat,
    brief: bool,
    engine: Option<&str>,
    pass: Pass,
) -> Result<(), Failure> {
    print(&match format {
        OutputFormat::Hlog => report::hlog(record, engine, pass).map_err(Failure::Usage)?,
        OutputFormat::Hgrm => report::hgrm(record, engine, pass).map_err(Failure::Usage)?,
        OutputFormat::Json => report::json(record),
        OutputFormat::Csv => report::csv(record),
        OutputFormat::Markdown => report::markdown(record),
        OutputFormat::GithubActionBenchmark => report::github_action(record),
        OutputFormat::Bencher => report::bencher(record),
        OutputFormat::Terminal if brief => report::brief(record, &style()),
        OutputFormat::Terminal => report::terminal(record, &style()),
    })
}

/// Prints what a command found, as JSON or as text.
pub(crate) fn show_as(
    format: TextFormat,
    json: impl FnOnce() -> io::Result<String>,
    text: impl FnOnce(&Style) -> String,
) -> Result<(), Failure> {
    let cannot = |error| Failure::Error(format!("cannot write what was found as JSON: {error}"));
    print(&match format {
        TextFormat::Json => json().map_err(cannot)?,
        TextFormat::Terminal => text(&style()),
    })
}

/// How text is drawn on stdout; `COLUMNS` says how wide.
pub(crate) fn style() -> Style {
    let style = Style::for_stdout();
    let wanted = std::env::var("COLUMNS")
        .ok()
        .and_then(|columns| columns.parse::<usize>().ok());
    Style {
        width: wanted.map_or(style.width, |columns| columns.clamp(40, 240)),
        ..style
    }
}
