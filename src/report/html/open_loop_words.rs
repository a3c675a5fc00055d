//! What an open loop's answer is, in sentences and tables. Imports `record`
//! and the report's own parts.

use super::plots::open_loop::{merged, supported};
use crate::record::{OpenLoopPlan, OpenLoopTrial, Pass, Record};
use crate::report::block::Block;
use crate::report::summary::{EngineLine, Summary};
use crate::report::text::{plain, show_percent};
use crate::stats::{ServiceHistogram, median};
use crate::unit::quantity::{show_count, show_ns, show_whole};

/// The percentiles of the tables, and their names.
const QUANTILES: [(f64, &str); 5] = [
    (0.5, "p50"),
    (0.9, "p90"),
    (0.99, "p99"),
    (0.999, "p99.9"),
    (0.9999, "p99.99"),
];

/// Engines and ablations, those that wait least at p99 first.
fn lines<'s>(record: &Record, summary: &'s Summary) -> Vec<&'s EngineLine> {
    let mut lines: Vec<&EngineLine> = summary.ranked.iter().chain(&summary.ablations).collect();
    let waits = |line: &EngineLine| {
        let response = merged(record, &line.name, |trial| &trial.response_ns);
        response.map_or(u64::MAX, |histogram| histogram.value_at_quantile(0.99))
    };
    lines.sort_by_key(|line| waits(line));
    lines
}

/// What the answer is: of each engine what it achieved and how long events
/// took, the best at p99 first.
pub(super) fn answer(record: &Record, summary: &Summary, plan: &OpenLoopPlan) -> Vec<String> {
    let found: Vec<String> = lines(record, summary)
        .into_iter()
        .filter_map(|line| of_engine(record, line, plan))
        .collect();
    if found.is_empty() {
        return vec!["There is no answer: no round of any engine counts.".to_owned()];
    }
    found
}

fn of_engine(record: &Record, line: &EngineLine, plan: &OpenLoopPlan) -> Option<String> {
    let response = merged(record, &line.name, |trial| &trial.response_ns)?;
    let service = merged(record, &line.name, |trial| &trial.service_ns)?;
    let both = |quantile| {
        Some((
            supported(&response, quantile)?,
            supported(&service, quantile)?,
        ))
    };
    let show = |ns: u64| show_ns(ns as f64);
    let name = plain(&line.name);
    let times = match (both(0.5), both(0.99)) {
        (Some((middle, _)), Some((high, own))) => format!(
            "half of the events were answered within {}, 99 of 100 within {} (service time alone: \
             {})",
            show(middle),
            show(high),
            show(own)
        ),
        _ => format!(
            "too few events for a percentile; the longest took {}",
            show(response.max())
        ),
    };
    let achieved: Vec<f64> = trials(record, line).map(|t| t.achieved_per_s).collect();
    let share = median(&achieved)? / plan.offered_per_s;
    let skipped: u64 = trials(record, line).map(OpenLoopTrial::skipped).sum();
    let rate = match skipped {
        0 => format!(
            "{} of the rate achieved, nothing skipped",
            show_percent(share)
        ),
        _ => format!(
            "only {} of the rate achieved, {} events skipped",
            show_percent(share),
            show_whole(skipped)
        ),
    };
    Some(format!("{name}: {times}; {rate}."))
}

fn trials<'r>(record: &'r Record, line: &EngineLine) -> impl Iterator<Item = &'r OpenLoopTrial> {
    let counted = record.counted(&line.name, Pass::Fresh);
    counted.filter_map(|trial| trial.open_loop.as_ref())
}

/// One histogram of a trial, as a row.
type Kind = (&'static str, fn(&OpenLoopTrial) -> &str);

/// The tables: rates, then response and service times of events and reads.
pub(super) fn blocks(record: &Record, summary: &Summary) -> Vec<Block> {
    let events: [Kind; 2] = [
        ("response", |t| &t.response_ns),
        ("service", |t| &t.service_ns),
    ];
    let reads: [Kind; 2] = [
        ("response", |t| &t.read_response_ns),
        ("service", |t| &t.read_service_ns),
    ];
    let mut blocks = vec![rates(record, summary)];
    for (title, kinds) in [
        ("response and service time of events", events),
        ("response and service time of reads", reads),
    ] {
        let rows = times(record, summary, kinds);
        if rows.len() > 1 {
            blocks.push(Block {
                title: title.to_owned(),
                rows,
                notes: Vec::new(),
            });
        }
    }
    if let Some(last) = blocks.last_mut() {
        let note = "response: from the moment at which the schedule meant it to start; service: from \
                    the moment at which its batch was taken; trials merged, never averaged; `-`: \
                    fewer than 100 samples beyond it";
        last.notes.push(note.to_owned());
    }
    blocks
}

fn times(record: &Record, summary: &Summary, kinds: [Kind; 2]) -> Vec<Vec<String>> {
    let mut rows = vec![vec![
        "engine".to_owned(),
        "time".to_owned(),
        "samples".to_owned(),
    ]];
    rows[0].extend(QUANTILES.map(|(_, name)| name.to_owned()));
    rows[0].push("max".to_owned());
    for line in lines(record, summary) {
        for (kind, text) in kinds {
            rows.extend(merged(record, &line.name, text).map(|h| row(&line.name, kind, &h)));
        }
    }
    rows
}

fn row(engine: &str, kind: &str, histogram: &ServiceHistogram) -> Vec<String> {
    let mut row = vec![
        plain(engine),
        kind.to_owned(),
        show_whole(histogram.count()),
    ];
    let cell = |(quantile, _)| {
        let value = supported(histogram, quantile);
        value.map_or_else(|| "-".to_owned(), |ns| show_ns(ns as f64))
    };
    row.extend(QUANTILES.map(cell));
    row.push(show_ns(histogram.max() as f64));
    row
}

fn rates(record: &Record, summary: &Summary) -> Block {
    let header = [
        "engine",
        "offered",
        "achieved\nevents/s",
        "skipped",
        "peak\nbacklog",
        "batch\np50",
        "batch\nmax",
    ];
    let mut rows = vec![header.map(str::to_owned).to_vec()];
    for line in lines(record, summary) {
        let achieved: Vec<f64> = trials(record, line).map(|t| t.achieved_per_s).collect();
        let Some(achieved) = median(&achieved) else {
            continue;
        };
        let sum = |of: fn(&OpenLoopTrial) -> u64| {
            trials(record, line).map(of).fold(0, u64::saturating_add)
        };
        let batches = merged(record, &line.name, |trial| &trial.batch_events);
        let batch = |of: &dyn Fn(&ServiceHistogram) -> u64| {
            batches
                .as_ref()
                .map_or_else(|| "-".to_owned(), |h| show_whole(of(h)))
        };
        rows.push(vec![
            plain(&line.name),
            show_whole(sum(|t| t.offered)),
            show_count(achieved),
            show_whole(sum(OpenLoopTrial::skipped)),
            show_whole(
                trials(record, line)
                    .map(|t| t.peak_backlog)
                    .max()
                    .unwrap_or(0),
            ),
            batch(&|h| h.value_at_quantile(0.5)),
            batch(&ServiceHistogram::max),
        ]);
    }
    Block {
        title: "offered and achieved".to_owned(),
        rows,
        notes: vec!["counts over all trials that count; the rate is the median trial's".to_owned()],
    }
}
