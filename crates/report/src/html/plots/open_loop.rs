//! Response and service times of an open loop, and what was offered, done and
//! left waiting over time.

use super::heat::heat;
use super::percentiles::QUANTILES;
use crate::html::article::Figure;
use crate::html::plot::{Axis, Guide, Lines, PlotData, Point, Series, Stroke, Unit};
use crate::html::series_style::SeriesStyle;
use crate::model::open_loop::{OpenLoopLine, Times, open_loop_lines};
use crate::model::summary::{EngineLine, Summary};
use crate::style::plain;
use notibench_record::stats::ServiceHistogram;
use notibench_record::{IntervalNote, OpenLoopTrial, Pass, Record, Trial};

/// The trials of an engine that count and ran in an open loop.
fn trials<'r>(
    record: &'r Record,
    engine: &str,
) -> impl Iterator<Item = (&'r Trial, &'r OpenLoopTrial)> {
    let counted = record.counted(engine, Pass::Fresh);
    counted.filter_map(|trial| Some((trial, trial.open_loop.as_ref()?)))
}

/// A curve of the percentiles that are supported.
pub(in super::super) fn curve(
    name: String,
    style: SeriesStyle,
    stroke: Stroke,
    supported: impl Fn(f64) -> Option<u64>,
) -> Series {
    let point = |quantile| Some(Point::at(quantile, supported(quantile)?.max(1) as f64));
    Series {
        name,
        style,
        stroke,
        marks: true,
        points: QUANTILES.into_iter().filter_map(point).collect(),
    }
}

fn lines(summary: &Summary) -> impl Iterator<Item = &EngineLine> {
    summary.ranked.iter().chain(&summary.ablations)
}

/// The engines' times, probes apart.
fn timed(record: &Record) -> Vec<OpenLoopLine> {
    let mut lines = open_loop_lines(record);
    lines.retain(|line| !line.probe);
    lines
}

/// Response and service times of one engine.
type Both = for<'l> fn(&'l OpenLoopLine) -> [&'l Times; 2];

fn percentiles(lines: &[OpenLoopLine], both: Both) -> Vec<Series> {
    let of_engine = |line: &OpenLoopLine| {
        let [response, service] = both(line);
        let drawn = [
            ("response", Stroke::Solid, response),
            ("service", Stroke::Dashed, service),
        ];
        drawn.map(|(what, stroke, times)| {
            let title = format!("{}: {what}", plain(&line.name));
            curve(title, SeriesStyle::of(&line.name), stroke, |quantile| {
                times.supported(quantile)
            })
        })
    };
    let all = lines.iter().flat_map(of_engine);
    all.filter(|series| !series.points.is_empty()).collect()
}

/// Percentiles of response and service time together, of events and of reads.
pub(in super::super) fn curves(record: &Record) -> Vec<Figure> {
    let reading = "Solid: response time, from the moment at which the schedule meant an event to \
                   start. Dashed: service time, from the moment at which its batch was taken. What \
                   lies between them is waiting, which a closed loop would have hidden. A curve ends \
                   where fewer than 100 samples, 10 batches, or 3 rounds or seconds lie beyond.";
    let events: Both = |line| [&line.response, &line.service];
    let reads: Both = |line| [&line.read_response, &line.read_service];
    let whole = [
        ("response", "Response and service time of events", events),
        (
            "response-reads",
            "Response and service time of reads",
            reads,
        ),
    ];
    let lines = timed(record);
    let figure = |(id, title, both)| {
        let series = percentiles(&lines, both);
        let some = !series.is_empty();
        let shape = PlotData::Lines(Lines {
            x: Axis::linear("percentile", Unit::Quantile),
            y: Axis::log("time", Unit::Ns),
            series,
            guides: Vec::new(),
            levels: Vec::new(),
        });
        some.then(|| Figure::new(id, title, reading, shape))
    };
    whole.into_iter().filter_map(figure).collect()
}

/// How many events a worker took at once.
pub(in super::super) fn batches(record: &Record) -> Option<Figure> {
    let of_engine = |line: &OpenLoopLine| {
        let (name, style) = (plain(&line.name), SeriesStyle::of(&line.name));
        let batches = &line.batches;
        // a tail of a hundred batches, as of samples elsewhere
        let supported = |quantile: f64| {
            let beyond = batches.count() as f64 * (1.0 - quantile);
            (beyond * (1.0 + 1e-9) >= 100.0).then(|| batches.value_at_quantile(quantile))
        };
        curve(name, style, Stroke::Solid, supported)
    };
    let series: Vec<Series> = timed(record)
        .iter()
        .map(of_engine)
        .filter(|series| !series.points.is_empty())
        .collect();
    let some = !series.is_empty();
    let shape = PlotData::Lines(Lines {
        x: Axis::linear("percentile of batches", Unit::Quantile),
        y: Axis::log("events of a batch", Unit::Count),
        series,
        guides: Vec::new(),
        levels: Vec::new(),
    });
    let reading = "A worker takes all that is due, up to the batch limit: single events while it \
                   keeps up, more as it falls behind.";
    some.then(|| Figure::new("batches", "Sizes of batches", reading, shape))
}

/// The trial that is shown over time: the first of each engine that counts.
fn shown<'r>(record: &'r Record, engine: &str) -> Option<(&'r Trial, &'r OpenLoopTrial)> {
    trials(record, engine).find(|(_, open_loop)| !open_loop.intervals.is_empty())
}

/// Response time over time, an engine a plot.
pub(in super::super) fn heats(record: &Record, summary: &Summary) -> Vec<Figure> {
    let figure = |(at, line): (usize, &EngineLine)| {
        let (trial, open_loop) = shown(record, &line.name)?;
        let column = |interval: &IntervalNote| {
            let histogram = ServiceHistogram::from_base64(&interval.response_ns);
            (seconds(interval.end_ns), histogram.unwrap_or_default())
        };
        let columns = open_loop.intervals.iter().map(column).collect();
        let heat = heat("end of the interval, in seconds", "response time", columns)?;
        let title = format!("{}: response time over time", plain(&line.name));
        let reading = format!(
            "Round {}. Each column is one interval; the darker a cell, the larger the share of the \
             events completed in it. A stall stands out as a column that reaches up.",
            trial.round + 1
        );
        Some(Figure::new(
            &format!("response-heat-{at}"),
            &title,
            &reading,
            PlotData::Heat(heat),
        ))
    };
    lines(summary).enumerate().filter_map(figure).collect()
}

fn seconds(ns: u64) -> String {
    let text = format!("{:.3}", ns as f64 / 1e9);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A series of one figure an interval.
fn over_time(name: String, style: SeriesStyle, stroke: Stroke, points: Vec<Point>) -> Series {
    Series {
        name,
        style,
        stroke,
        // a mark an interval, where they are few enough to be told apart
        marks: points.len() <= 60,
        points,
    }
}

/// Each interval with its start, in ns.
fn intervals(open_loop: &OpenLoopTrial) -> impl Iterator<Item = (u64, &IntervalNote)> {
    let mut start = 0;
    open_loop.intervals.iter().map(move |interval| {
        let began = start;
        start = interval.end_ns;
        (began, interval)
    })
}

/// A count of each interval as a rate, at the interval's middle.
fn rates(open_loop: &OpenLoopTrial, count: fn(&IntervalNote) -> u64) -> Vec<Point> {
    let point = |(start, interval): (u64, &IntervalNote)| {
        let length = interval.end_ns.saturating_sub(start) as f64 / 1e9;
        let middle = start as f64 / 1e9 + length / 2.0;
        (length > 0.0).then(|| Point::at(middle, count(interval) as f64 / length))
    };
    intervals(open_loop).filter_map(point).collect()
}

fn any_above_zero(all: &[Series]) -> bool {
    all.iter()
        .flat_map(|s| &s.points)
        .any(|point| point.y > 0.0)
}

/// A figure of each interval at its end.
fn at_ends(figure: fn(&IntervalNote) -> u64) -> impl Fn(&OpenLoopTrial) -> Vec<Point> {
    move |open_loop| {
        let intervals = open_loop.intervals.iter();
        let point = |i: &IntervalNote| Point::at(i.end_ns as f64 / 1e9, figure(i) as f64);
        intervals.map(point).collect()
    }
}

/// Offered and achieved rate, backlog and memory over time.
pub(in super::super) fn over_the_run(record: &Record, summary: &Summary) -> Vec<Figure> {
    let shown: Vec<(&EngineLine, &OpenLoopTrial)> = lines(summary)
        .filter_map(|line| Some((line, shown(record, &line.name)?.1)))
        .collect();
    let Some((_, first)) = shown.first() else {
        return Vec::new();
    };
    let of_engines = |stroke, points: &dyn Fn(&OpenLoopTrial) -> Vec<Point>| -> Vec<Series> {
        let one = |(line, open_loop): &(&EngineLine, &OpenLoopTrial)| {
            over_time(
                plain(&line.name),
                SeriesStyle::of(&line.name),
                stroke,
                points(open_loop),
            )
        };
        shown.iter().map(one).collect()
    };
    let load = of_engines(Stroke::Solid, &|t| rates(t, |interval| interval.completed));
    let backlog = of_engines(Stroke::Solid, &at_ends(|interval| interval.backlog));
    let skipped = of_engines(Stroke::Solid, &at_ends(|interval| interval.skipped));
    let memory = of_engines(Stroke::Solid, &at_ends(|interval| interval.resident_bytes));
    let mut figures = vec![load_figure(load, first), backlog_figure(backlog, record)];
    if any_above_zero(&skipped) {
        let y = "events skipped in an interval";
        figures.push(time_figure(
            "skipped",
            "Skipped",
            y,
            Unit::Count,
            skipped,
            Vec::new(),
        ));
    }
    if any_above_zero(&memory) {
        let y = "resident size of the process";
        figures.push(time_figure(
            "resident",
            "Memory over time",
            y,
            Unit::Bytes,
            memory,
            Vec::new(),
        ));
    }
    figures
}

fn load_figure(mut load: Vec<Series>, first: &OpenLoopTrial) -> Figure {
    // last, so that it lies above those that keep up
    load.push(Series {
        marks: false,
        ..over_time(
            "offered".to_owned(),
            SeriesStyle::neutral(),
            Stroke::Dotted,
            rates(first, |interval| interval.offered),
        )
    });
    let y = "events a second";
    time_figure(
        "load",
        "Offered and achieved",
        y,
        Unit::Count,
        load,
        Vec::new(),
    )
}

fn backlog_figure(backlog: Vec<Series>, record: &Record) -> Figure {
    let limit = record.plan.open_loop.map(|plan| Guide {
        at: plan.max_backlog as f64,
        label: "--max-backlog".to_owned(),
    });
    // a limit far above would flatten what there is
    let near = |guide: &Guide| {
        let mut points = backlog.iter().flat_map(|series| &series.points);
        points.any(|point| point.y * 4.0 > guide.at)
    };
    let levels: Vec<Guide> = limit.into_iter().filter(near).collect();
    let y = "events due and not started";
    time_figure("backlog", "Backlog", y, Unit::Count, backlog, levels)
}

fn time_figure(
    id: &str,
    title: &str,
    y: &str,
    unit: Unit,
    series: Vec<Series>,
    levels: Vec<Guide>,
) -> Figure {
    let reading = match id {
        "load" => {
            "What the schedule let come due in each interval, and what was completed in it: \
                   an engine that keeps up lies on the offered line."
        }
        "backlog" => {
            "Events due and neither completed nor skipped at the end of each interval: a \
                      line that climbs is an engine that falls behind."
        }
        "skipped" => "Events given up because the backlog was full.",
        _ => "At the end of each interval, the waiting stream included.",
    };
    let shape = PlotData::Lines(Lines {
        x: Axis::linear("seconds since the start", Unit::Plain),
        y: Axis::linear(y, unit),
        series,
        guides: Vec::new(),
        levels,
    });
    Figure::new(id, title, reading, shape)
}
