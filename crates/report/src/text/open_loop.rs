//! The sections of an open loop: whether the rate was kept, response time
//! beside service time, batches, and the time series.

use super::block::Block;
use crate::figures::show_share;
use crate::model::open_loop::{OpenLoopLine, Percentile, Times, counted, open_loop_lines};
use crate::model::percentiles::QUANTILES;
use crate::style::{Style, plain, wrap};
use notibench_core::unit::quantity::{show_bytes, show_count, show_ns, show_whole};
use notibench_record::stats::ServiceHistogram;
use notibench_record::{Arrivals, Idle, OpenLoopPlan, Record};

/// Engines that missed the rate, a clause each: `dashmap completed 4.50M of
/// 5.00M a second in time, 10.0% less than offered`. Probes are not judged.
#[must_use]
pub fn missed_rates(record: &Record) -> Vec<String> {
    let Some(plan) = &record.plan.open_loop else {
        return Vec::new();
    };
    let mut missed = Vec::new();
    for line in open_loop_lines(record).iter().filter(|line| !line.probe) {
        let kept = line.achieved_per_s / plan.offered_per_s;
        if kept >= OpenLoopPlan::KEPT && line.skipped == 0 {
            continue;
        }
        let skipped = if line.skipped == 0 {
            String::new()
        } else {
            format!(", and skipped {}", show_whole(line.skipped))
        };
        missed.push(format!(
            "{} completed {} of {} events a second in time, {} less than offered{skipped}",
            plain(&line.name),
            show_count(line.achieved_per_s),
            show_count(plan.offered_per_s),
            show_share((1.0 - kept).max(0.0)),
        ));
    }
    missed
}

/// The sections; empty in a closed loop.
pub(crate) fn section(record: &Record, style: Style) -> String {
    let Some(plan) = &record.plan.open_loop else {
        return String::new();
    };
    let mut text = style.heading("open loop: response time at one rate");
    text += &wrap("  ", &schedule_words(plan), style.width);
    for words in missed_rates(record) {
        text += &style.red(wrap("  MISSED  ", &words, style.width).trim_end());
        text.push('\n');
    }
    for block in blocks(record) {
        text.push('\n');
        text += &block.draw(style);
    }
    text.push('\n');
    text
}

/// The tables: rates, times of events and of reads, and the time series; empty
/// in a closed loop.
pub(crate) fn blocks(record: &Record) -> Vec<Block> {
    let Some(plan) = &record.plan.open_loop else {
        return Vec::new();
    };
    let mut lines = open_loop_lines(record);
    lines.sort_by_key(|line| (line.probe, line.response.merged.value_at_quantile(0.99)));
    let whole = [
        (
            "events: response time from the intended start, service time from the batch's start",
            lines
                .iter()
                .map(|l| (&l.name, &l.response, &l.service))
                .collect::<Vec<_>>(),
        ),
        (
            "reads: response time from the intended start, service time from the group's start",
            lines
                .iter()
                .map(|l| (&l.name, &l.read_response, &l.read_service))
                .collect(),
        ),
    ];
    let mut blocks = vec![rates(plan, &lines)];
    for (title, rows) in whole {
        let timed = |(_, response, _): &(&String, &Times, &Times)| !response.merged.is_empty();
        if rows.iter().any(timed) {
            blocks.push(times(title, &rows));
        }
    }
    if let Some(last) = blocks.last_mut() {
        last.notes.push(footnote(plan, &lines));
    }
    blocks.extend(series(record, &lines));
    blocks
}

/// How events arrived, and what workers did meanwhile.
pub(crate) fn schedule_words(plan: &OpenLoopPlan) -> String {
    let show = |ns: u64| show_ns(ns as f64);
    let arrivals = match plan.arrivals {
        Arrivals::Constant => "evenly spaced".to_owned(),
        Arrivals::Poisson => "as Poisson streams, one a worker".to_owned(),
        Arrivals::Bursts { on_ns, off_ns } => format!(
            "as Poisson streams for {}, then not at all for {}, by turns",
            show(on_ns),
            show(off_ns)
        ),
        Arrivals::Workload { real_ns, event_us } => format!(
            "at the workload's own times, {} times as fast",
            show_count(event_us as f64 * 1e3 / real_ns as f64)
        ),
    };
    let idle = match plan.idle {
        Idle::Spin => {
            "Workers spin while nothing is due: they start on time, and each takes a whole \
             processor"
        }
        Idle::Yield => {
            "Workers give their processor away while nothing is due: where others take it, they \
             start late, and that is in the response time"
        }
    };
    format!(
        "{} events a second arrive {arrivals}, for {}, whether or not an engine keeps up; at most \
         {} may wait, and what comes due beyond is skipped. {idle}.",
        show_count(plan.offered_per_s),
        show(plan.duration_ns),
        show_whole(plan.max_backlog),
    )
}

fn rates(plan: &OpenLoopPlan, lines: &[OpenLoopLine]) -> Block {
    let head = [
        "engine",
        "offered/s",
        "achieved/s",
        "kept",
        "skipped",
        "peak backlog",
        "batch p50",
        "p99",
        "max",
    ];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for line in lines {
        let batch = |quantile| show_whole(line.batches.value_at_quantile(quantile));
        rows.push(vec![
            name_of(&line.name, line.probe),
            show_count(plan.offered_per_s),
            show_count(line.achieved_per_s),
            show_share(line.achieved_per_s / plan.offered_per_s),
            show_whole(line.skipped),
            show_whole(line.peak_backlog),
            batch(0.5),
            batch(0.99),
            show_whole(line.batches.max()),
        ]);
    }
    Block {
        title: String::new(),
        rows,
        notes: Vec::new(),
    }
}

/// Marks a percentile of few rounds or seconds, or of one for the most part.
const FEW: &str = " ‡";

fn name_of(name: &str, probe: bool) -> String {
    let note = if probe { " (probe)" } else { "" };
    format!("{}{note}", plain(name))
}

fn times(title: &str, rows: &[(&String, &Times, &Times)]) -> Block {
    let mut cells = vec![vec!["engine".to_owned(), "time".to_owned()]];
    cells[0].extend(QUANTILES.iter().map(|(_, name)| (*name).to_owned()));
    cells[0].push("max".to_owned());
    for (name, response, service) in rows {
        for (what, times) in [("response", response), ("service", service)] {
            let first = if what == "response" {
                plain(name)
            } else {
                String::new()
            };
            let mut row = vec![first, what.to_owned()];
            row.extend(QUANTILES.iter().map(|&(quantile, _)| {
                // service times of reads are not kept by the second: where the
                // response times say something, so do they
                let by = if times.parts.len() < response.parts.len() {
                    response
                } else {
                    times
                };
                by.shown(quantile).map_or_else(
                    || "-".to_owned(),
                    |known| {
                        let ns = times.merged.value_at_quantile(quantile);
                        let mark = if known.is_doubtful() { FEW } else { "" };
                        format!("{}{mark}", show_ns(ns as f64))
                    },
                )
            }));
            row.push(show_ns(times.merged.max() as f64));
            cells.push(row);
        }
    }
    Block {
        title: title.to_owned(),
        rows: cells,
        notes: Vec::new(),
    }
}

fn footnote(plan: &OpenLoopPlan, lines: &[OpenLoopLine]) -> String {
    let mut words = "every event's own times; a batch's events share one completion. Nothing is \
                     interpolated or corrected; `-`: fewer than 100 events or 10 batches beyond it"
        .to_owned();
    let few = |times: &Times| {
        QUANTILES
            .iter()
            .any(|(q, _)| times.shown(*q).is_some_and(Percentile::is_doubtful))
    };
    if lines
        .iter()
        .any(|line| few(&line.response) || few(&line.read_response))
    {
        words += &format!(
            ";{FEW}: of fewer than 3 rounds or seconds, or one has more than half of what lies \
             beyond, so that one hiccup may be all of it: give --rounds 3, or --duration 5s or more"
        );
    }
    if plan.arrivals.is_stationary() {
        let cut: Vec<String> = lines
            .iter()
            .filter(|line| line.cut_events > 0)
            .map(|line| format!("{} of {}", show_whole(line.cut_events), plain(&line.name)))
            .collect();
        if !cut.is_empty() {
            words += &format!(
                ". Left out as warm-up, before the steady state, events: {}",
                cut.join(", ")
            );
        }
        let unsteady: Vec<String> = lines
            .iter()
            .filter(|line| line.steady_from_ns.is_none() && !line.probe)
            .map(|line| plain(&line.name))
            .collect();
        if !unsteady.is_empty() {
            words += &format!(
                ". No steady state was found, and nothing is left out, of: {}",
                unsteady.join(", ")
            );
        }
    }
    words
}

/// The time series of each engine's first trial that counts, in at most ten
/// lines: intervals stand together.
fn series(record: &Record, lines: &[OpenLoopLine]) -> Option<Block> {
    let head = [
        "engine",
        "until",
        "offered/s",
        "completed/s",
        "response p50",
        "p99",
        "max",
        "backlog",
        "resident",
    ];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for line in lines.iter().filter(|line| !line.probe) {
        let Some(open) = counted(record, &line.name).into_iter().next() else {
            continue;
        };
        let together = open.intervals.len().div_ceil(10).max(1);
        let mut from = 0;
        for (nth, part) in open.intervals.chunks(together).enumerate() {
            let Some(last) = part.last() else { continue };
            let seconds = (last.end_ns.saturating_sub(from)).max(1) as f64 / 1e9;
            from = last.end_ns;
            let mut response = ServiceHistogram::new();
            for interval in part {
                if let Ok(of_one) = ServiceHistogram::from_base64(&interval.response_ns) {
                    response.merge(&of_one);
                }
            }
            let offered: u64 = part.iter().map(|interval| interval.offered).sum();
            let completed: u64 = part.iter().map(|interval| interval.completed).sum();
            let at = |quantile| show_ns(response.value_at_quantile(quantile) as f64);
            rows.push(vec![
                if nth == 0 {
                    plain(&line.name)
                } else {
                    String::new()
                },
                show_ns(last.end_ns as f64),
                show_count(offered as f64 / seconds),
                show_count(completed as f64 / seconds),
                at(0.5),
                at(0.99),
                show_ns(response.max() as f64),
                show_whole(last.backlog),
                show_bytes(last.resident_bytes as f64),
            ]);
        }
    }
    if rows.len() == 1 {
        return None;
    }
    Some(Block {
        title: "over the time: by completion; the first round that counts".to_owned(),
        rows,
        notes: Vec::new(),
    })
}

/// The trust block's lines of what recording costs.
pub(crate) fn recording_words(record: &Record) -> Vec<String> {
    let notes = record.recording.iter();
    notes
        .map(|note| {
            format!(
                "{}: {} per event with it, {} without, {} [{}, {}] at the saturation point",
                plain(&note.engine),
                show_ns(note.recorded_ns_per_event),
                show_ns(note.bare_ns_per_event),
                show_signed(note.share),
                show_signed(note.low),
                show_signed(note.high)
            )
        })
        .collect()
}

fn show_signed(share: f64) -> String {
    format!("{:+.1}%", share * 100.0)
}

#[cfg(test)]
#[path = "open_loop_tests.rs"]
mod tests;
