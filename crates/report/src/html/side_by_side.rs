//! What runs on one page say together: the closed loop's service time beside
//! the response time under each rate that was offered.

use super::article::{Article, Figure, Section, Table};
use super::plot::{Axis, Lines, PlotData, Series, Stroke, Unit};
use super::plots::open_loop::curve;
use super::series_style::{HUES, SeriesStyle};
use crate::figures::show_ratio;
use crate::model::failure::difference;
use crate::model::open_loop::open_loop_lines;
use crate::model::percentiles::{Timed, row};
use crate::style::plain;
use crate::text::block::Block;
use notibench_core::unit::quantity::{show_count, show_ns, show_whole};
use notibench_record::{EngineRole, Record};

/// Percentiles of the table, and their names.
const QUANTILES: [(f64, &str); 4] = [(0.5, "p50"), (0.9, "p90"), (0.99, "p99"), (0.999, "p99.9")];

/// A percentile, where it is supported.
type Supported = Box<dyn Fn(f64) -> Option<u64>>;

/// One run's times of one engine.
struct Curve {
    name: String,
    /// Events a second; none in a closed loop.
    offered_per_s: Option<f64>,
    /// The percentile at a quantile, in ns, where it is supported.
    supported: Supported,
    most_ns: u64,
    stroke: Stroke,
    style: SeriesStyle,
}

/// The article of several runs; none where they are not of one workload, or
/// none of them is an open loop.
pub(in crate::html) fn article(records: &[&Record]) -> Option<Article> {
    let [first, .., last] = records else {
        return None;
    };
    let name = &first.workload.name;
    let alike = records.iter().all(|record| record.workload.name == *name);
    let opened = records.iter().any(|record| record.plan.open_loop.is_some());
    if !alike || !opened {
        return None;
    }
    let mut article = Article {
        heading: format!("{}: side by side", plain(name)),
        kicker: format!("{} runs", records.len()),
        asked: vec![
            "How long do events take when they arrive at a rate of their own, and what of it does a \
             closed loop hide?"
                .to_owned(),
        ],
        command: "notibench report RECORD… --out FILE: each run below names its own".to_owned(),
        ..Article::default()
    };
    let mut section = Section::new("together", "Percentiles side by side");
    let engines: Vec<&str> = last
        .engines
        .iter()
        .filter(|engine| engine.role == EngineRole::Engine && !engine.control)
        .map(|engine| engine.name.as_str())
        .collect();
    for (at, engine) in engines.into_iter().enumerate() {
        let curves = curves(records, engine);
        if curves.len() < 2 {
            continue;
        }
        article.answer.extend(hidden(engine, &curves));
        section.figures.push(figure(at, engine, &curves));
        section.tables.push(Table::of(table(engine, &curves), &[]));
    }
    if section.is_empty() {
        return None;
    }
    article.push(section);
    Some(article)
}

/// Closed loops first, then open ones by rate.
fn curves(records: &[&Record], engine: &str) -> Vec<Curve> {
    let mut found: Vec<Curve> = records
        .iter()
        .filter_map(|r| of_record(r, engine))
        .collect();
    let rate = |curve: &Curve| curve.offered_per_s.unwrap_or(0.0);
    found.sort_by(|a, b| rate(a).total_cmp(&rate(b)));
    // rates are told apart by colour: all are of one engine
    let open = found
        .iter_mut()
        .filter(|curve| curve.offered_per_s.is_some());
    for (at, curve) in open.enumerate() {
        let (hue, mark) = (at % usize::from(HUES - 1), at / usize::from(HUES - 1) % 4);
        curve.style = SeriesStyle::fixed(hue as u8, mark as u8);
    }
    found
}

/// None where the engine was wrong, or nothing was timed.
fn of_record(record: &Record, engine: &str) -> Option<Curve> {
    let note = record.engines.iter().find(|note| note.name == engine)?;
    if difference(record, note).is_some() {
        return None;
    }
    let Some(plan) = &record.plan.open_loop else {
        let row = row(record, engine, Timed::Ingest)?;
        let batch = show_whole(record.plan.batch as u64);
        return Some(Curve {
            name: format!("closed loop: service time of groups of batches of {batch}"),
            offered_per_s: None,
            most_ns: row.merged.max(),
            supported: Box::new(move |quantile| row.supported(quantile)),
            stroke: Stroke::Dashed,
            style: SeriesStyle::neutral(),
        });
    };
    let mut lines = open_loop_lines(record).into_iter();
    let times = lines.find(|line| line.name == engine)?.response;
    Some(Curve {
        name: format!(
            "response time at {} events/s offered",
            show_count(plan.offered_per_s)
        ),
        offered_per_s: Some(plan.offered_per_s),
        most_ns: times.merged.max(),
        supported: Box::new(move |quantile| times.supported(quantile)),
        stroke: Stroke::Solid,
        style: SeriesStyle::neutral(),
    })
}

/// How many times the closed loop's p99 the response time's is, at the highest
/// rate that was offered.
fn hidden(engine: &str, curves: &[Curve]) -> Option<String> {
    let closed = curves.iter().find(|curve| curve.offered_per_s.is_none())?;
    let open = curves
        .last()
        .filter(|curve| curve.offered_per_s.is_some())?;
    let (short, long) = ((closed.supported)(0.99)?, (open.supported)(0.99)?);
    Some(format!(
        "{}: at {} events a second offered, one event in a hundred takes {} or longer, {} times the \
         closed loop's p99 of whole groups, {}.",
        plain(engine),
        show_count(open.offered_per_s?),
        show_ns(long as f64),
        show_ratio(long as f64 / short.max(1) as f64),
        show_ns(short as f64)
    ))
}

fn figure(at: usize, engine: &str, curves: &[Curve]) -> Figure {
    let drawn = curves
        .iter()
        .map(|c| curve(c.name.clone(), c.style, c.stroke, &c.supported));
    let series: Vec<Series> = drawn.filter(|series| !series.points.is_empty()).collect();
    let shape = PlotData::Lines(Lines {
        x: Axis::linear("percentile", Unit::Quantile),
        y: Axis::log("time", Unit::Ns),
        series,
        guides: Vec::new(),
        levels: Vec::new(),
    });
    let title = format!("{}: closed loop and open loop", plain(engine));
    let reading = "Dashed: what a closed loop measures, the time of whole groups of calls, back to \
                   back. Solid: how long each event took from the moment at which it was due. The \
                   closed loop waits with its next group until the last is done, so that its times \
                   leave out all waiting.";
    Figure::new(&format!("together-{at}"), &title, reading, shape)
}

fn table(engine: &str, curves: &[Curve]) -> Block {
    let mut rows = vec![vec!["time".to_owned()]];
    rows[0].extend(QUANTILES.map(|(_, name)| name.to_owned()));
    rows[0].push("max".to_owned());
    for curve in curves {
        let mut row = vec![curve.name.clone()];
        row.extend(QUANTILES.map(|(quantile, _)| {
            let value = (curve.supported)(quantile);
            value.map_or_else(|| "-".to_owned(), |ns| show_ns(ns as f64))
        }));
        row.push(show_ns(curve.most_ns as f64));
        rows.push(row);
    }
    Block {
        title: format!("{}: percentiles side by side", plain(engine)),
        rows,
        notes: Vec::new(),
    }
}
