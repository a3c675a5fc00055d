//! Capacity by engine, and the steps of its search.

use crate::html::article::Figure;
use crate::html::plot::{Axis, Guide, Lines, PlotData, Point, Row, Rows, Series, Stroke, Unit};
use crate::html::series_style::SeriesStyle;
use crate::style::plain;
use notibench_core::unit::quantity::{show_ns, show_tenths};
use notibench_record::stats::ServiceHistogram;
use notibench_record::{Capacity, EngineCapacity, SearchStep};

/// Capacity with its interval, an engine a row; none where none was found.
pub(in super::super) fn by_engine(capacity: &Capacity) -> Option<Figure> {
    let row = |engine: &EngineCapacity| {
        let value = engine.capacity_per_s?;
        let interval = engine.low_per_s.zip(engine.high_per_s);
        let shown = interval.map_or_else(String::new, |(low, high)| {
            format!(" [{}, {}]", show_tenths(low), show_tenths(high))
        });
        Some(Row {
            name: plain(&engine.name),
            style: SeriesStyle::of(&engine.name),
            value,
            interval: interval.map(|(low, high)| [low, high]),
            dots: engine
                .searches
                .iter()
                .filter_map(|s| s.capacity_per_s)
                .collect(),
            label: format!("{}{shown}", show_tenths(value)),
        })
    };
    let mut rows: Vec<Row> = capacity.engines.iter().filter_map(row).collect();
    rows.sort_by(|a, b| b.value.total_cmp(&a.value));
    let some = !rows.is_empty();
    let reading = "The rate at which half of the steps hold: the geometric mean over searches with \
                   its 95% interval; small rings are the searches.";
    let shape = PlotData::Rows(Rows {
        x: Axis::linear("events a second", Unit::Count),
        rows,
        guides: Vec::new(),
        band: None,
    });
    some.then(|| Figure::new("capacity", "Capacity", reading, shape))
}

/// The rates that were tried, step by step, an engine a plot.
pub(in super::super) fn steps(capacity: &Capacity) -> Vec<Figure> {
    let figure = |(at, engine): (usize, &EngineCapacity)| {
        let series = searches(engine, |number, step| {
            Point::at((number + 1) as f64, step.offered_per_s)
        });
        let levels = engine.capacity_per_s.map(|at| Guide {
            at,
            label: format!("capacity {}", show_tenths(at)),
        });
        let shape = PlotData::Lines(Lines {
            x: Axis::linear("step of the search", Unit::Whole),
            y: Axis::log("events a second, offered", Unit::Count),
            series,
            guides: Vec::new(),
            levels: levels.into_iter().collect(),
        });
        let title = format!("{}: steps of the search", plain(&engine.name));
        let reading = "Each mark is a rate that was offered: filled where every condition held, \
                       hollow where one failed. Each search begins elsewhere and closes in.";
        (shape.marks() > 0).then(|| Figure::new(&format!("steps-{at}"), &title, reading, shape))
    };
    capacity
        .engines
        .iter()
        .enumerate()
        .filter_map(figure)
        .collect()
}

/// What the objective's percentile was at each rate, all engines together.
pub(in super::super) fn response(capacity: &Capacity) -> Option<Figure> {
    let objective = capacity.slo.first()?;
    let quantile = objective.quantile;
    let value = |step: &SearchStep| {
        let histogram = ServiceHistogram::from_base64(&step.response_ns).ok()?;
        (!histogram.is_empty()).then(|| histogram.value_at_quantile(quantile).max(1) as f64)
    };
    let one = |engine: &EngineCapacity| {
        let all = engine.searches.iter().flat_map(|search| &search.steps);
        let mut points: Vec<Point> = all
            .filter_map(|step| {
                Some(Point {
                    hollow: !step.pass,
                    note: note(step),
                    ..Point::at(step.offered_per_s, value(step)?)
                })
            })
            .collect();
        points.sort_by(|a, b| a.x.total_cmp(&b.x));
        (!points.is_empty()).then(|| Series {
            name: plain(&engine.name),
            style: SeriesStyle::of(&engine.name),
            stroke: Stroke::None,
            marks: true,
            points,
        })
    };
    let series: Vec<Series> = capacity.engines.iter().filter_map(one).collect();
    let some = !series.is_empty();
    let text = plain(&objective.text);
    let percentile = format!("p{}", (quantile * 1e8).round() / 1e6);
    let reading = format!(
        "Each mark is one step: the {percentile} of the response time under the rate \
         that was offered, filled where every condition held. The line is what {text} allows."
    );
    let shape = PlotData::Lines(Lines {
        x: Axis::log("events a second, offered", Unit::Count),
        y: Axis::log(&format!("response time, {percentile}"), Unit::Ns),
        series,
        guides: Vec::new(),
        levels: vec![Guide {
            at: objective.limit_ns.max(1) as f64,
            label: format!("{text}: {}", show_ns(objective.limit_ns as f64)),
        }],
    });
    some.then(|| Figure::new("slo", "Response time by rate", &reading, shape))
}

/// What failed.
fn note(step: &SearchStep) -> String {
    let failed: Vec<String> = step
        .conditions
        .iter()
        .filter(|condition| !condition.pass)
        .map(|condition| plain(&condition.name))
        .collect();
    match &failed[..] {
        [] => "PASS".to_owned(),
        _ => format!("FAIL {}", failed.join(", ")),
    }
}

fn searches(engine: &EngineCapacity, of: impl Fn(usize, &SearchStep) -> Point) -> Vec<Series> {
    let strokes = [Stroke::Solid, Stroke::Dashed, Stroke::Dotted];
    let one = |(at, search): (usize, &notibench_record::Search)| Series {
        name: format!("search {}", at + 1),
        style: SeriesStyle::of(&engine.name),
        stroke: strokes[at % strokes.len()],
        marks: true,
        points: search
            .steps
            .iter()
            .enumerate()
            .map(|(number, step)| Point {
                hollow: !step.pass,
                note: note(step),
                ..of(number, step)
            })
            .collect(),
    };
    engine.searches.iter().enumerate().map(one).collect()
}
