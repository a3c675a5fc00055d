//! How fast the machine was along a run.

use crate::html::article::Figure;
use crate::html::plot::{Axis, Lines, PlotData, Point, Series, Stroke, Unit};
use crate::html::series_style::SeriesStyle;
use crate::text::weather::probes;
use notibench_record::Record;
use notibench_record::stats::median;

/// Points of a line at most.
const POINTS: usize = 200;

/// The plot; none in a record without samples.
pub(in super::super) fn figure(record: &Record) -> Option<Figure> {
    let weather = record.weather.as_ref()?;
    let samples = weather.each();
    let each = samples.len().div_ceil(POINTS).max(1);
    let [load, step] = probes(weather).map(|(name, _)| name);
    let series =
        |name: &str, style: SeriesStyle, stroke: Stroke, of: fn(&[f64; 3]) -> f64| Series {
            name: name.to_owned(),
            style,
            stroke,
            marks: true,
            points: samples
                .chunks(each)
                .filter_map(|chunk| {
                    let value = median(&chunk.iter().map(of).collect::<Vec<_>>())?;
                    Some(Point::at(chunk[chunk.len() / 2][0] / 1e3, value))
                })
                .collect(),
        };
    let lines = Lines {
        x: Axis::linear("seconds since the first round began", Unit::Plain),
        y: Axis::log("time of one", Unit::Ns),
        series: vec![
            series(load, SeriesStyle::fixed(0, 0), Stroke::Solid, |sample| {
                sample[1]
            }),
            series(step, SeriesStyle::fixed(1, 1), Stroke::Dashed, |sample| {
                sample[2]
            }),
        ],
        guides: Vec::new(),
        levels: Vec::new(),
    };
    let of_several = match each {
        1 => String::new(),
        _ => format!(" Each mark is the median of {each} samples."),
    };
    let reading = format!(
        "Fixed work that the harness does between slices: where a line rises, the machine's other \
         guests took more of its memory or of its processors.{of_several}"
    );
    (!samples.is_empty()).then(|| {
        let title = "How fast the machine was meanwhile";
        Figure::new("weather", title, &reading, PlotData::Lines(lines))
    })
}
