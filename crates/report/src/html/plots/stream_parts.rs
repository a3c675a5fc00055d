//! Speed beside the baseline's along the stream, a line an engine.

use crate::html::article::Figure;
use crate::html::plot::{Axis, Guide, Lines, PlotData, Point, Series, Stroke, Unit};
use crate::html::series_style::SeriesStyle;
use crate::model::stream_parts::{StreamParts, compared};
use crate::model::summary::Summary;
use crate::style::plain;
use notibench_record::{Pass, Record};

/// The plot; none without interleaved rounds, or with too few slices.
pub(in crate::html) fn figure(record: &Record, summary: &Summary) -> Option<Figure> {
    let along = StreamParts::of_slices(record, summary.pass)?;
    let control = summary.control.as_ref().map(|control| &*control.name);
    let series = compared(record, summary).filter_map(|(name, shown)| {
        let is_control = control == Some(name);
        let parts = along.ratios(name).into_iter().enumerate();
        let points: Vec<Point> = parts
            .filter_map(|(at, part)| {
                let part = part?;
                Some(Point {
                    interval: part.interval.map(|i| [i.low, i.high]),
                    ..Point::at(along.middle(at), part.ratio)
                })
            })
            .collect();
        (!points.is_empty()).then(|| Series {
            name: shown,
            style: if is_control {
                SeriesStyle::neutral()
            } else {
                SeriesStyle::of(name)
            },
            stroke: if is_control {
                Stroke::Dotted
            } else {
                Stroke::Solid
            },
            marks: true,
            points,
        })
    });
    let series: Vec<Series> = series.collect();
    if series.is_empty() {
        return None;
    }
    let baseline = plain(&record.plan.baseline);
    let (id, over) = match summary.pass {
        Pass::Fresh => ("along", ""),
        Pass::Warm => ("along-warm", ", over warm state"),
    };
    let reading = format!(
        "Each mark is a part of the stream's events: the geometric mean over rounds of {baseline}'s \
         time for it over the engine's, bars their 95% intervals. A line that falls is of an \
         engine that pays more than {baseline} for a state that has grown. The A/A control should \
         stay at 1."
    );
    let shape = PlotData::Lines(Lines {
        x: Axis::linear("events of the stream", Unit::Count),
        y: Axis::log(
            &format!("times the speed of {baseline} (1 is equal)"),
            Unit::Plain,
        ),
        series,
        guides: Vec::new(),
        levels: vec![Guide {
            at: 1.0,
            label: "equal".to_owned(),
        }],
    });
    let title = format!("Speed beside {baseline} along the stream{over}");
    Some(Figure::new(id, &title, &reading, shape))
}
