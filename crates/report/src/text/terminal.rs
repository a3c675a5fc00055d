//! The whole report as text.

use super::{
    apart, counters, engine_table, exchange, interleaved, limits, memory, open_loop,
    percentile_differences, percentiles, stopping, trust,
};
use crate::figures::workers;
use crate::model::failure::failures;
use crate::model::summary::Summary;
use crate::style::{Style, plain, wrap};
use crate::warning::{Warning, collect};
use notibench_core::unit::quantity::counted;
use notibench_record::{Pass, Plan, Record, Trial};

/// The report of a record: failures first, then title, verdicts,
/// percentiles, trust block and warnings. A pure function of both.
#[must_use]
pub fn terminal(record: &Record, style: &Style) -> String {
    let style = *style;
    let summary = Summary::of(record);
    let warm = Summary::of_pass(record, Pass::Warm);
    let mut text = alarms(record, style);
    text += &title(record, style);
    text.push('\n');
    if record.plan.open_loop.is_some() {
        text += &engine_table::errors(&summary, style);
        text += &open_loop::section(record, style);
    } else if record.plan.apart.is_some() {
        text += &engine_table::errors(&summary, style);
        text += &apart::section(record, &summary, style);
    } else {
        text += &engine_table::section(record, &summary, style);
        text += &limits::section(record, &summary, style);
        text += &engine_table::warm_section(record, style);
        text += &limits::section(record, &warm, style);
        text += &interleaved::section(record, &summary, style);
        text += &interleaved::section(record, &warm, style);
        text += &percentiles::section(record, &summary, style);
        text += &percentile_differences::section(record, &summary, style);
        text += &exchange::section(record, &summary, style);
    }
    text += &memory::section(record, &summary, style);
    text += &counters::section(record, &summary, style);
    text += &counters::section(record, &warm, style);
    text += &trust::section(record, &summary, style);
    text += &warnings(record, &summary, style);
    text
}

/// What must be seen before any figure.
fn alarms(record: &Record, style: Style) -> String {
    let mut text = String::new();
    if let Some(words) = stopping::planted(record) {
        text += &style.red(wrap("PLANTED  ", &words, style.width).trim_end());
        text.push('\n');
    }
    for failure in failures(record) {
        text += &style.red(wrap("FAILED  ", &plain(&failure), style.width).trim_end());
        text.push('\n');
    }
    if let Some(words) = incomplete(record) {
        text += &style.red(&words);
        text.push('\n');
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

/// That the run did not come to its end, where it did not.
pub(crate) fn incomplete(record: &Record) -> Option<String> {
    if record.complete {
        return None;
    }
    let fresh = |trial: &&Trial| trial.pass == Pass::Fresh;
    let trials = counted(record.trials.iter().filter(fresh).count(), "trial");
    let how = if record.failure.is_some() {
        "ended by the failure"
    } else {
        "interrupted"
    };
    Some(format!("incomplete: {how} after {trials}"))
}

pub(crate) fn title(record: &Record, style: Style) -> String {
    let heading = format!(
        "{} · {}",
        plain(&record.workload.name),
        plain(&record.started)
    );
    format!(
        "{}\n{}",
        style.bold(&heading),
        wrap(
            "  ",
            &shape(&record.plan, &stopping::repeated(record)),
            style.width
        )
    )
}

/// Sizes, workers, rounds (`repeated`: how many, in words) and seed.
pub(crate) fn shape(plan: &Plan, repeated: &str) -> String {
    // readers of their own ask without end
    let reads = match plan.apart {
        Some(_) => String::new(),
        None => format!(" and {}", counted(plan.reads, "read")),
    };
    format!(
        "{}{reads} a trial{}, {}, batches of {}{}, {repeated} after {} of warm-up, seed \
         {}{}{}",
        counted(plan.events, "event"),
        if plan.warm { ", twice" } else { "" },
        workers(plan),
        counted(plan.batch, "event"),
        if plan.open_loop.is_some() {
            " at most"
        } else {
            ""
        },
        plan.warmup_rounds,
        plan.seed,
        if plan.inline {
            ", generated inline"
        } else {
            ""
        },
        if plan.pin { ", pinned" } else { "" },
    )
}

fn warnings(record: &Record, summary: &Summary, style: Style) -> String {
    let mut text = String::new();
    for warning in collect(record, summary) {
        text.push('\n');
        let lines = wrap("warning: ", &warning.to_string(), style.width);
        text += &of_gravity(&warning, lines.trim_end(), style);
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

/// The lines of a warning in their colour.
pub(crate) fn of_gravity(warning: &Warning, lines: &str, style: Style) -> String {
    match warning {
        Warning::ControlDiffers(_) | Warning::DebugBuild => style.red(lines),
        _ => style.yellow(lines),
    }
}
