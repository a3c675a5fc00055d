//! Curves of percentiles, from the median to the tail.

use crate::html::article::Figure;
use crate::html::plot::{Axis, Lines, PlotData, Point, Series, Stroke, Unit};
use crate::html::series_style::SeriesStyle;
use crate::model::percentiles::{Row, Timed, row};
use crate::model::summary::Summary;
use crate::style::plain;
use notibench_record::Record;

/// The quantiles of a curve, where the samples support them.
pub(in super::super) const QUANTILES: [f64; 18] = [
    0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995, 0.9998, 0.9999,
    0.99995, 0.99998, 0.99999, 0.999995,
];

/// The plots of ingest calls and of reads; none where nothing was timed.
pub(in super::super) fn figures(record: &Record, summary: &Summary) -> Vec<Figure> {
    let whole = [
        (
            Timed::Ingest,
            "percentiles",
            "Service time of groups of ingest calls",
        ),
        (
            Timed::Read,
            "percentiles-reads",
            "Service time of groups of reads",
        ),
    ];
    whole
        .into_iter()
        .filter_map(|(timed, id, title)| figure(record, summary, timed, id, title))
        .collect()
}

fn figure(
    record: &Record,
    summary: &Summary,
    timed: Timed,
    id: &str,
    title: &str,
) -> Option<Figure> {
    let lines = summary.ranked.iter().chain(&summary.ablations);
    let series: Vec<Series> = lines
        .filter_map(|line| curve(&line.name, &row(record, &line.name, timed)?))
        .collect();
    if series.is_empty() {
        return None;
    }
    let reading = "Closed loop: each worker sends its next group when the last is done, so these \
                   are service times, not what a user would wait. A curve ends where fewer than \
                   100 samples, or fewer than 3 rounds, lie beyond.";
    let shape = PlotData::Lines(Lines {
        x: Axis::linear("percentile of groups", Unit::Quantile),
        y: Axis::log("service time of a group", Unit::Ns),
        series,
        guides: Vec::new(),
        levels: Vec::new(),
    });
    Some(Figure::new(id, title, reading, shape))
}

fn curve(engine: &str, row: &Row) -> Option<Series> {
    let point = |quantile: f64| Some(Point::at(quantile, row.supported(quantile)?.max(1) as f64));
    let points: Vec<Point> = QUANTILES.into_iter().filter_map(point).collect();
    (!points.is_empty()).then(|| Series {
        name: plain(engine),
        style: SeriesStyle::of(engine),
        // a closed loop has service times only: drawn as they are elsewhere
        stroke: Stroke::Dashed,
        marks: true,
        points,
    })
}
