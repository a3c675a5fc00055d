//! What a page tells of one run.

use super::article::{Article, Section, Table};
use super::plots::{
    apart as apart_plot, heat, memory as memory_plot, open_loop, percentiles as curves, popularity,
    ratios, stream_parts as along_plot, throughput, weather as weather_plot,
};
use super::{question, trust};
use crate::model::failure::failures;
use crate::model::summary::{EngineLine, Summary};
use crate::style::plain;
use crate::text::block::Block;
use crate::text::terminal::incomplete;
use crate::text::{
    answer, apart, apart_answer, counters, engine_table, exchange, interleaved, limits, memory,
    open_loop_answer, percentile_differences, percentiles, stopping, stream_parts, weather,
};
use crate::warning::collect;
use notibench_core::unit::command_line::quoted;
use notibench_record::{Pass, Record};

/// The article of a run.
pub(super) fn article(record: &Record) -> Article {
    let summary = Summary::of(record);
    let warm = Summary::of_pass(record, Pass::Warm);
    let engines: Vec<String> = record
        .engines
        .iter()
        .map(|note| note.name.clone())
        .collect();
    let mut article = Article {
        heading: plain(&record.workload.name),
        kicker: format!("run · {}", plain(&record.started)),
        failures: alarms(record),
        asked: question::asked(record),
        answer: match (&record.plan.open_loop, &record.plan.apart) {
            (Some(plan), _) => open_loop_answer::answer(record, plan),
            (None, Some(plan)) => apart_answer::answer(record, &summary, plan),
            (None, None) => answer::answer(record, &summary),
        },
        command: quoted(&record.command),
        warnings: collect(record, &summary)
            .iter()
            .map(ToString::to_string)
            .collect(),
        ..Article::default()
    };
    trust::fill(&mut article, record, &summary);
    let mut first = [
        speed(record, &summary, &engines),
        over_warm_state(record, &warm, &engines),
        times(record, &summary, &engines),
    ];
    if record.plan.open_loop.is_some() {
        // there the rate was given, and the times are what was asked
        first.rotate_right(1);
    }
    article.push(apart_section(record, &summary, &engines));
    for section in first.into_iter().chain([
        in_turns(record, [&summary, &warm], &engines),
        of_memory(record, &summary, &engines),
        counts(record, [&summary, &warm], &engines),
        exchanged(record, &summary, &engines),
        stream(record),
        weather_of(record),
    ]) {
        article.push(section);
    }
    article
}

/// What must be seen before any figure.
fn alarms(record: &Record) -> Vec<String> {
    let mut found: Vec<String> = stopping::planted(record).into_iter().collect();
    found.extend(failures(record).iter().map(|words| plain(words)));
    found.extend(incomplete(record));
    found
}

fn tables(blocks: impl IntoIterator<Item = Block>, engines: &[String]) -> Vec<Table> {
    let blocks = blocks.into_iter();
    blocks.map(|block| Table::of(block, engines)).collect()
}

/// The tables of engines, ablations and probes; empty ones are left out.
fn outcomes(record: &Record, summary: &Summary) -> Vec<Block> {
    let block = |(title, lines): (String, Vec<&EngineLine>)| Block {
        title,
        rows: engine_table::engine_rows(record, &lines, summary.pass),
        notes: Vec::new(),
    };
    let mut blocks: Vec<Block> = engine_table::groups(summary)
        .into_iter()
        .map(block)
        .collect();
    if let Some(last) = blocks.last_mut().filter(|_| summary.pass == Pass::Fresh) {
        last.notes = engine_table::notes(record, summary);
    }
    if !summary.probes.is_empty() {
        let over = match summary.pass {
            Pass::Fresh => "",
            Pass::Warm => " over warm state",
        };
        blocks.push(Block {
            title: format!("probes{over}: what the harness and the machine take; not ranked"),
            rows: engine_table::probe_rows(&summary.probes),
            notes: Vec::new(),
        });
    }
    blocks
}

/// What writers and readers apart cost each other.
fn apart_section(record: &Record, summary: &Summary, engines: &[String]) -> Section {
    let mut section = Section::new("apart", "Writers and readers apart");
    section.figures = apart_plot::figures(record, summary);
    section.tables = tables(apart::blocks(record, summary), engines);
    section
}

/// Whether engines are compared by what a whole trial takes.
const fn compares_speed(record: &Record) -> bool {
    record.plan.open_loop.is_none() && record.plan.apart.is_none()
}

fn speed(record: &Record, summary: &Summary, engines: &[String]) -> Section {
    let title = if compares_speed(record) {
        "Speed"
    } else {
        "Engines without a figure"
    };
    let mut section = Section::new("speed", title);
    if compares_speed(record) {
        section.figures.extend(throughput::figure(record, summary));
        section.figures.extend(ratios::figure(record, summary));
    }
    let mut blocks = Vec::new();
    if !summary.errors.is_empty() {
        let mut rows = vec![vec!["engine".to_owned(), "first difference".to_owned()]];
        let row = |name: &str, words: &str| vec![plain(name), plain(words)];
        rows.extend(summary.errors.iter().map(|e| row(&e.name, &e.difference)));
        blocks.push(Block {
            title: "wrong, without a figure".to_owned(),
            rows,
            notes: Vec::new(),
        });
    }
    if compares_speed(record) {
        blocks.extend(outcomes(record, summary));
    }
    if !summary.unmeasured.is_empty() {
        let names: Vec<String> = summary.unmeasured.iter().map(|name| plain(name)).collect();
        blocks.push(Block {
            title: "no round that counts".to_owned(),
            rows: Vec::new(),
            notes: vec![names.join(", ")],
        });
    }
    if compares_speed(record) {
        blocks.extend(limits::block(record, summary));
    }
    section.tables = tables(blocks, engines);
    section
}

fn over_warm_state(record: &Record, warm: &Summary, engines: &[String]) -> Section {
    let mut section = Section::new("warm", "Speed over warm state");
    section.figures.extend(throughput::figure(record, warm));
    section.figures.extend(ratios::figure(record, warm));
    let mut blocks = outcomes(record, warm);
    blocks.extend(limits::block(record, warm));
    section.tables = tables(blocks, engines);
    section
}

/// What interleaved rounds tell beyond the speeds.
fn in_turns(record: &Record, summaries: [&Summary; 2], engines: &[String]) -> Section {
    let mut section = Section::new("turns", "In turn, along the stream");
    let summaries = summaries.into_iter().filter(|_| compares_speed(record));
    for summary in summaries {
        section.figures.extend(along_plot::figure(record, summary));
        let blocks = stream_parts::block(record, summary)
            .into_iter()
            .chain(interleaved::block(record, summary));
        section.tables.extend(tables(blocks, engines));
    }
    section
}

fn times(record: &Record, summary: &Summary, engines: &[String]) -> Section {
    if record.plan.open_loop.is_some() {
        return open_loop_times(record, summary, engines);
    }
    let mut section = Section::new("times", "Service time");
    section.figures.extend(curves::figures(record, summary));
    section.figures.extend(heat::figures(record, summary));
    let mut blocks = percentiles::blocks(record, summary);
    blocks.extend(percentile_differences::block(record, summary));
    section.tables = tables(blocks, engines);
    section
}

fn open_loop_times(record: &Record, summary: &Summary, engines: &[String]) -> Section {
    let mut section = Section::new("times", "Response time");
    section.figures.extend(open_loop::curves(record));
    section
        .figures
        .extend(open_loop::over_the_run(record, summary));
    section.figures.extend(open_loop::heats(record, summary));
    section.figures.extend(open_loop::batches(record));
    let mut rates = crate::text::open_loop::blocks(record);
    if let Some(first) = rates.first_mut() {
        first.title = "the rate".to_owned();
    }
    section.tables = tables(rates, engines);
    section
}

fn of_memory(record: &Record, summary: &Summary, engines: &[String]) -> Section {
    let mut section = Section::new("memory", "Memory");
    section.figures.extend(memory_plot::figure(record, summary));
    section.tables = tables(memory::block(record, summary), engines);
    section
}

fn counts(record: &Record, summaries: [&Summary; 2], engines: &[String]) -> Section {
    let mut section = Section::new("counts", "What the processors counted");
    let blocks = summaries
        .into_iter()
        .filter_map(|summary| counters::block(record, summary));
    section.tables = tables(blocks, engines);
    section
}

fn exchanged(record: &Record, summary: &Summary, engines: &[String]) -> Section {
    let mut section = Section::new("exchange", "What processes exchanged");
    section.tables = tables(exchange::block(record, summary), engines);
    section
}

fn stream(record: &Record) -> Section {
    let mut section = Section::new("stream", "The stream");
    section.figures.extend(popularity::figure(record));
    section.tables = tables(popularity::block(record), &[]);
    section
}

fn weather_of(record: &Record) -> Section {
    let mut section = Section::new("weather", "The machine meanwhile");
    section.figures.extend(weather_plot::figure(record));
    section.tables = tables(weather::block(record), &[]);
    section
}
