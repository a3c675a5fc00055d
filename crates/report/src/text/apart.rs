//! The section of writers and readers apart: what each role does alone and
//! beside the other, and what it keeps of its speed.

use super::block::Block;
use crate::figures::{of_role, roles, show_ends, show_percent, show_ratio};
use crate::model::apart::{ApartLine, ROLES, RatioFigure, apart_lines, response_times, times};
use crate::model::percentiles::{QUANTILES, Row};
use crate::model::summary::Summary;
use crate::style::{Style, plain};
use crate::text::percentiles::mark;
use notibench_core::unit::quantity::{counted, show_count, show_ns, show_whole};
use notibench_record::{ApartPlan, ApartRole, Record};

/// A share of the rate below which a role does not keep up.
const KEPT_UP: f64 = 0.95;
/// A share of the writers' time from which finishing sessions is told.
const TOLD_FINISH: f64 = 0.01;

/// The section; empty where each worker does both.
pub(crate) fn section(record: &Record, summary: &Summary, style: Style) -> String {
    let blocks = blocks(record, summary);
    let drawn = blocks.iter().map(|block| block.draw(style) + "\n");
    drawn.collect()
}

/// The same as blocks: writers, readers, service times.
pub(crate) fn blocks(record: &Record, summary: &Summary) -> Vec<Block> {
    let lines = apart_lines(record, summary);
    let Some(plan) = record.plan.apart.filter(|_| !lines.is_empty()) else {
        return Vec::new();
    };
    let is_read = |line: &ApartLine| line.readers.beside_per_s.is_some();
    let mut blocks = vec![speeds(record, &plan, &lines, ApartRole::Writer)];
    if lines.iter().any(is_read) {
        blocks.push(speeds(record, &plan, &lines, ApartRole::Reader));
    }
    if let Some(last) = blocks.last_mut() {
        last.notes = notes(record, &plan, &lines);
    }
    blocks.extend(response_table(record, &lines));
    blocks.extend(service_times(record, &lines));
    blocks
}

/// The main figures of all in one table, for a report in short.
pub(crate) fn short_rows(record: &Record, summary: &Summary) -> (String, Vec<Vec<String>>) {
    let head = ["engine", "events/s", "writes keep", "reads/s", "reads keep"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for line in apart_lines(record, summary) {
        let mut row = vec![name_of(&line)];
        for role in ROLES {
            let figures = line.of(role);
            row.push(shown(figures.beside_per_s));
            row.push(show_figure(figures.kept.as_ref()));
        }
        rows.push(row);
    }
    let words = record.plan.apart.as_ref().map(roles);
    let title = format!(
        "{} beside each other, and what each keeps of its speed alone",
        words.unwrap_or_default()
    );
    (title, rows)
}

const fn other(role: ApartRole) -> ApartRole {
    match role {
        ApartRole::Writer => ApartRole::Reader,
        ApartRole::Reader => ApartRole::Writer,
    }
}

/// What a role does.
pub(crate) const fn operations(role: ApartRole) -> &'static str {
    match role {
        ApartRole::Writer => "events",
        ApartRole::Reader => "reads",
    }
}

fn speeds(record: &Record, plan: &ApartPlan, lines: &[ApartLine], role: ApartRole) -> Block {
    let what = operations(role);
    let baseline = plain(&record.plan.baseline);
    let mut rows = vec![vec![
        "engine".to_owned(),
        "alone/s".to_owned(),
        "beside/s".to_owned(),
        "keeps\n[95% interval]".to_owned(),
        format!("beside: × {baseline}\n[95% interval]"),
    ]];
    rows.extend(lines.iter().map(|line| {
        let figures = line.of(role);
        let versus = match &figures.versus {
            _ if line.probe => String::new(),
            None if line.name == record.plan.baseline => "1 (baseline)".to_owned(),
            versus => show_figure(versus.as_ref()),
        };
        vec![
            name_of(line),
            shown(figures.alone_per_s),
            shown(figures.beside_per_s),
            show_figure(figures.kept.as_ref()),
            versus,
        ]
    }));
    Block {
        title: format!(
            "{what} a second of {}, alone and beside {}",
            of_role(plan, role),
            of_role(plan, other(role)),
        ),
        rows,
        notes: Vec::new(),
    }
}

fn name_of(line: &ApartLine) -> String {
    let mark = match (line.probe, line.deferred) {
        (true, _) => " (probe)",
        (false, true) => " *",
        (false, false) => "",
    };
    format!("{}{mark}", plain(&line.name))
}

fn shown(per_s: Option<f64>) -> String {
    per_s.map_or_else(|| "-".to_owned(), show_count)
}

/// `0.81 [0.79, 0.83]`, of fewer than three rounds `0.81 (few rounds)`.
pub(crate) fn show_figure(figure: Option<&RatioFigure>) -> String {
    let Some(figure) = figure else {
        return "-".to_owned();
    };
    let ratio = show_ratio(figure.ratio);
    match &figure.interval {
        Some(interval) => format!("{ratio} {}", show_ends(interval)),
        None => format!("{ratio} (few rounds)"),
    }
}

fn notes(record: &Record, plan: &ApartPlan, lines: &[ApartLine]) -> Vec<String> {
    let mut notes = vec![format!(
        "the first {} fill the state and are in no figure; then slices for writers alone, for \
         readers alone and for both follow each other over one state. keeps: speed beside the \
         other role ÷ speed alone, paired within rounds; 1 is as fast as alone. A thread has one \
         role; readers ask the workload's reads, one group of 64 {}, and writers ingest {}",
        counted(plan.filled, "event"),
        match plan.reads_per_s {
            Some(_) => "when it is due",
            None => "after the other",
        },
        match plan.events_per_s {
            Some(_) => "each group when it is due",
            None => "as fast as they can",
        }
    )];
    notes.extend(missed_rates(plan, lines));
    if lines.iter().any(|line| line.probe) {
        notes.push(
            "what a probe loses is the machine's and the harness's: shared caches, memory and \
             processors, and no lock of an engine's"
                .to_owned(),
        );
    }
    if plan.readers == 0 {
        notes.push("no thread reads, so nothing is beside anything: give --readers 1".to_owned());
    }
    if lines.iter().any(|line| line.deferred) {
        notes.push(
            "* deferred: its reads may lag behind its events; compare with its own kind first"
                .to_owned(),
        );
    }
    let finished: Vec<String> = lines
        .iter()
        .filter(|line| !line.probe && line.finish_share > TOLD_FINISH)
        .map(|line| format!("{} {}", plain(&line.name), show_percent(line.finish_share)))
        .collect();
    if !finished.is_empty() {
        notes.push(format!(
            "what is put off until sessions are finished is in no figure; as a share of the \
             writers' time: {}",
            finished.join(", ")
        ));
    }
    if record.plan.threads as f64 > record.environment.usable_processors() {
        notes.push(
            "there are more threads than processors: what a role loses is also the processor's \
             time"
                .to_owned(),
        );
    }
    notes
}

/// Who does not keep up with its rate beside the other role, in words.
fn missed_rates(plan: &ApartPlan, lines: &[ApartLine]) -> Option<String> {
    let of_line = |line: &ApartLine| {
        let is_missed = |role: &ApartRole| {
            let rates = plan.rate(*role).zip(line.of(*role).beside_per_s);
            rates.is_some_and(|(rate, beside)| beside < rate * KEPT_UP)
        };
        let name = plain(&line.name);
        let missed = ROLES.into_iter().filter(is_missed);
        missed
            .map(|role| format!("{name} ({})", operations(role)))
            .collect::<Vec<String>>()
    };
    let engines = lines.iter().filter(|line| !line.probe);
    let missed: Vec<String> = engines.flat_map(of_line).collect();
    (!missed.is_empty()).then(|| {
        format!(
            "do not keep up with their rate beside the other role: {}; their response times grow \
             with the length of a slice",
            missed.join(", ")
        )
    })
}

/// Percentiles of groups of calls, alone and beside; none where nothing was
/// timed.
fn service_times(record: &Record, lines: &[ApartLine]) -> Option<Block> {
    let (rows, calls) = percentile_rows(record, lines, times)?;
    Some(Block {
        title: "service time of groups of calls, alone and beside the other role".to_owned(),
        rows,
        notes: vec![format!(
            "a group of events is {} of {}, one of reads a call of 64: times of whole groups, not of \
             single operations, and no response times; rounds merged, never averaged; `-`: fewer than \
             100 samples, or fewer than 3 rounds, beyond it; ‡: more than half of these are of one \
             round",
            counted(calls, "ingest call"),
            counted(record.plan.batch, "event"),
        )],
    })
}

/// The same from when each group was due; none where there is no rate.
fn response_table(record: &Record, lines: &[ApartLine]) -> Option<Block> {
    let (rows, _) = percentile_rows(record, lines, response_times)?;
    Some(Block {
        title: "response time of groups of calls at their rate, alone and beside".to_owned(),
        rows,
        notes: vec![
            "from when a group's last operation was due, whatever came of the groups before it, to \
             its end; operations come evenly in each slice"
                .to_owned(),
        ],
    })
}

/// Rows of percentiles of a role alone and beside the other, and the most ingest
/// calls of a group.
fn percentile_rows(
    record: &Record,
    lines: &[ApartLine],
    times: fn(&Record, &str, ApartRole) -> [Option<Row>; 2],
) -> Option<(Vec<Vec<String>>, u64)> {
    let mut rows = vec![vec!["engine".to_owned(), "times of".to_owned()]];
    rows[0].push("groups".to_owned());
    rows[0].extend(QUANTILES.iter().map(|(_, name)| (*name).to_owned()));
    rows[0].push("max".to_owned());
    let mut calls = 0;
    for line in lines.iter().filter(|line| !line.probe) {
        let mut name = name_of(line);
        for role in ROLES {
            let [alone, beside] = times(record, &line.name, role);
            for (place, row) in [("alone", alone), ("beside", beside)] {
                let Some(row) = row else {
                    continue;
                };
                calls = calls.max(row.group_calls.iter().copied().max().unwrap_or(0));
                let what = format!("{} {place}", operations(role));
                rows.push(cells(std::mem::take(&mut name), what, &row));
            }
        }
    }
    (rows.len() > 1).then_some((rows, calls))
}

fn cells(name: String, what: String, row: &Row) -> Vec<String> {
    let mut cells = vec![name, what, show_whole(row.merged.count())];
    cells.extend(QUANTILES.iter().map(|&(quantile, _)| {
        row.with_tail(quantile).map_or_else(
            || "-".to_owned(),
            |(ns, tail)| show_ns(ns as f64) + mark(tail),
        )
    }));
    cells.push(show_ns(row.merged.max() as f64));
    cells
}

#[cfg(test)]
mod tests {
    use super::*;
    use notibench_record::{fixture, fixture_apart};

    fn text(record: &Record) -> String {
        section(record, &Summary::of(record), Style::default())
    }

    #[test]
    fn the_section_looks_like_this() {
        insta::assert_snapshot!(text(&fixture_apart::record()));
    }

    #[test]
    fn at_rates_there_are_response_times() {
        insta::assert_snapshot!(text(&fixture_apart::at_rates()));
    }

    #[test]
    fn without_readers_the_writers_stand_alone() {
        let text = text(&fixture_apart::without_readers());
        assert!(text.contains("give --readers 1"), "{text}");
        assert!(!text.contains("reads a second"), "{text}");
        assert!(!text.contains("NaN"), "{text}");
    }

    #[test]
    fn other_runs_have_no_such_section() {
        assert_eq!(text(&fixture::record()), "");
    }

    #[test]
    fn what_is_put_off_is_told() {
        let mut record = fixture_apart::record();
        assert!(!text(&record).contains("put off"));
        let trials = record.trials.iter_mut();
        for trial in trials.filter(|trial| trial.engine == "dashmap") {
            if let Some(apart) = &mut trial.apart {
                apart.finish_ns = apart.writers_alone.wall_ns;
            }
        }
        let text = text(&record);
        assert!(
            text.contains("put off") && text.contains("dashmap 4"),
            "{text}"
        );
    }
}
