//! Events a second with their intervals, an engine a row.

use crate::html::article::Figure;
use crate::html::plot::{Axis, Guide, PlotData, Row, Rows, Unit};
use crate::html::series_style::SeriesStyle;
use crate::model::limits::limits;
use crate::model::summary::{EngineLine, Summary};
use crate::style::plain;
use notibench_core::unit::quantity::show_count;
use notibench_record::{Pass, Record};

/// The plot; none where no engine has a figure.
pub(in super::super) fn figure(record: &Record, summary: &Summary) -> Option<Figure> {
    let lines = summary.ranked.iter().chain(&summary.ablations);
    let rows: Vec<Row> = lines.map(|line| row(record, summary.pass, line)).collect();
    if rows.is_empty() {
        return None;
    }
    let known = limits(record);
    let is_limit = |line: &&EngineLine| known.contains(&line.name.as_str());
    let guide = |line: &EngineLine| Guide {
        at: line.events_per_s,
        label: plain(&line.name),
    };
    let guides = summary.probes.iter().filter(is_limit).map(guide).collect();
    let (id, title) = match summary.pass {
        Pass::Fresh => ("throughput", "Throughput"),
        Pass::Warm => ("throughput-warm", "Throughput over warm state"),
    };
    let reading = "The mark is the geometric mean over rounds, as in the table; the bar is its 95% \
                   interval; small rings are the rounds. Rounds share the \
                   machine's good and bad moments: compare engines by their ratios, not by whether \
                   these bars overlap.";
    let axis = Axis::linear("events a second", Unit::Count);
    let shape = PlotData::Rows(Rows {
        x: axis,
        rows,
        guides,
        band: None,
    });
    Some(Figure::new(id, title, reading, shape))
}

fn row(record: &Record, pass: Pass, line: &EngineLine) -> Row {
    let rounds = record.compared(&line.name, pass);
    let interval = line.speed.map(|i| [i.low, i.high]);
    let shown = interval.map_or_else(String::new, |[low, high]| {
        format!(" [{}, {}]", show_count(low), show_count(high))
    });
    Row {
        name: plain(&line.name),
        style: SeriesStyle::of(&line.name),
        value: line.events_per_s,
        interval,
        dots: rounds
            .filter_map(|t| Some(1e9 / t.ns_per_event()?))
            .collect(),
        label: format!("{}{shown}", show_count(line.events_per_s)),
    }
}
