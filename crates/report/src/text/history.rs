//! Records over time as text: where an engine's level changed, and what its own
//! past says of the next record.

use super::columns::draw;
use crate::figures::{show_percent, show_ratio};
use crate::model::history::{Entry, History};
use crate::style::{Style, plain, wrap};
use notibench_record::stats::{FEWEST_WITH_CHANGE, change_points, level};

/// The histories as text: for each engine its present level, its noise and
/// what that says of the next record, then the changes.
#[must_use]
pub fn history(histories: &[History], style: &Style) -> String {
    let style = *style;
    let mut text: String = histories
        .iter()
        .map(|history| one(history, style))
        .collect();
    let words = "level: speed vs the baseline since the last change; noise: standard \
                 deviation from record to record; next within: 95 of 100, if nothing changes; \
                 !: not within what the records before it say. Changes by E-divisive at 5%: of \
                 twenty engines without a change one shows one";
    text += &wrap("  ", words, style.width);
    text
}

fn one(history: &History, style: Style) -> String {
    let heading = format!("history · {}", plain(&history.workload));
    let mut text = format!("{}\n", style.bold(&heading));
    text += &wrap("  ", &plain(&history.plan), style.width);
    text += &wrap("  ", &plain(&history.machine), style.width);
    text += &wrap("  ", &span(history), style.width);
    text.push('\n');
    let head = ["engine", "records", "level", "noise", "next within", "last"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    let mut changes = Vec::new();
    for engine in history.engines() {
        let series = history.series(engine);
        rows.push(row(engine, &series));
        changes.extend(changes_of(engine, &series));
    }
    text += &draw(&rows, style);
    text.push('\n');
    if changes.is_empty() {
        changes.push(if history.records.len() < FEWEST_WITH_CHANGE {
            format!("a change is seen in {FEWEST_WITH_CHANGE} records or more")
        } else {
            "no change of level is seen".to_owned()
        });
    }
    for change in changes {
        text += &wrap("  ", &change, style.width);
    }
    text.push('\n');
    text
}

/// The first record and the last one.
fn span(history: &History) -> String {
    let named = |entry: &Entry| format!("{}, {}", plain(&entry.started), plain(&entry.file));
    match &history.records[..] {
        [] => String::new(),
        [only] => named(only),
        [first, .., last] => format!("{} to {}", named(first), named(last)),
    }
}

fn row(engine: &str, series: &[(&Entry, f64)]) -> Vec<String> {
    let logs: Vec<f64> = series.iter().map(|(_, ratio)| ratio.ln()).collect();
    let unknown = || "-".to_owned();
    let present = level(&logs, &change_points(&logs));
    // the last record against its own past, without itself
    let past = &logs[..logs.len() - 1];
    let expected = level(past, &change_points(past)).and_then(|past| past.next);
    let last = logs[logs.len() - 1];
    let is_unusual = expected.is_some_and(|(low, high)| !(low..=high).contains(&last));
    let mark = if is_unusual { " !" } else { "" };
    vec![
        plain(engine),
        series.len().to_string(),
        present.map_or_else(unknown, |level| show_ratio(level.mean.exp())),
        present
            .and_then(|level| level.noise)
            .map_or_else(unknown, |noise| show_percent(noise.exp_m1())),
        present
            .and_then(|level| level.next)
            .map_or_else(unknown, |(low, high)| {
                format!("[{}, {}]", show_ratio(low.exp()), show_ratio(high.exp()))
            }),
        format!("{}{mark}", show_ratio(last.exp())),
    ]
}

/// Each change of an engine's level, in words.
fn changes_of(engine: &str, series: &[(&Entry, f64)]) -> Vec<String> {
    let logs: Vec<f64> = series.iter().map(|(_, ratio)| ratio.ln()).collect();
    let changes = change_points(&logs);
    let of_one = |at: usize| {
        let change = changes[at];
        let end = changes.get(at + 1).map_or(logs.len(), |next| next.at);
        let before = level(&logs[..change.at], &changes[..at])?.mean;
        let after = level(&logs[change.at..end], &[])?.mean;
        let entry = series[change.at].0;
        Some(format!(
            "{}: {} → {} ({}{}) from {}, {}, p = {:.3}",
            plain(engine),
            show_ratio(before.exp()),
            show_ratio(after.exp()),
            if after > before { "+" } else { "" },
            show_percent((after - before).exp_m1()),
            plain(&entry.started),
            plain(&entry.file),
            change.p
        ))
    };
    (0..changes.len()).filter_map(of_one).collect()
}

#[cfg(test)]
#[path = "history_tests.rs"]
mod tests;
