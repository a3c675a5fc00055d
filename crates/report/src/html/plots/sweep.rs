//! Figures along the axis of a sweep: throughput with the sizes of the caches
//! marked, speed-ups, memory, and the Universal Scalability Law.

use crate::html::article::Figure;
use crate::html::plot::{Axis, Guide, Lines, PlotData, Point, Series, Stroke, Unit};
use crate::html::series_style::SeriesStyle;
use crate::model::memory::in_all;
use crate::model::outcome::ratio_of;
use crate::model::rounds::over_rounds;
use crate::model::scaling;
use crate::model::sweep::{PointView, SweepView};
use crate::style::plain;
use notibench_core::unit::quantity::{show_bytes, show_count};
use notibench_record::{Pass, SweepAxis};

/// Steps of a drawn curve.
const STEPS: usize = 64;

/// The axis of the sweep.
fn across(view: &SweepView<'_>) -> Axis {
    let (name, log) = match view.sweep.axis {
        SweepAxis::Threads => ("threads", false),
        SweepAxis::Members => ("members of the population", true),
        SweepAxis::Zipf => ("Zipf exponent of recipients", false),
        SweepAxis::Batch => ("events of one ingest call", true),
        SweepAxis::Readers => ("threads that only read", false),
    };
    let unit = match view.sweep.axis {
        SweepAxis::Members => Unit::Count,
        SweepAxis::Threads | SweepAxis::Batch | SweepAxis::Readers => Unit::Whole,
        SweepAxis::Zipf => Unit::Plain,
    };
    if log {
        Axis::log(name, unit)
    } else {
        Axis::linear(name, unit)
    }
}

/// A series an engine, of the points that have a figure.
fn series(view: &SweepView<'_>, of: impl Fn(&PointView<'_>, &str) -> Option<Point>) -> Vec<Series> {
    let one = |engine: &String| {
        let points: Vec<Point> = view.points.iter().filter_map(|p| of(p, engine)).collect();
        (!points.is_empty()).then(|| Series {
            name: plain(engine),
            style: SeriesStyle::of(engine),
            stroke: Stroke::Solid,
            marks: true,
            points,
        })
    };
    view.engines.iter().filter_map(one).collect()
}

/// A figure of the view's passes; a page may hold one of each.
fn figure(
    view: &SweepView<'_>,
    id: &str,
    title: &str,
    reading: &str,
    lines: Lines,
) -> Option<Figure> {
    let [id_end, title_end] = match view.pass {
        Pass::Fresh => ["", ""],
        Pass::Warm => ["-warm", ", over warm state"],
    };
    let (id, title) = (format!("{id}{id_end}"), format!("{title}{title_end}"));
    let found = !lines.series.is_empty();
    found.then(|| Figure::new(&id, &title, reading, PlotData::Lines(lines)))
}

fn throughput_at(point: &PointView<'_>, engine: &str) -> Option<Point> {
    let line = point.line(engine)?;
    Some(Point {
        interval: line.speed.map(|i| [i.low, i.high]),
        hollow: point.oversubscribed,
        ..Point::at(point.value, line.events_per_s)
    })
}

/// Events a second at each point.
pub(in super::super) fn throughput(view: &SweepView<'_>) -> Option<Figure> {
    let (guides, words) = caches(view);
    let axis = view.sweep.axis.name();
    let crowded = if view.points.iter().any(|point| point.oversubscribed) {
        " Hollow marks have more threads than there are processors."
    } else {
        ""
    };
    let reading =
        format!("Marks are geometric means over rounds, bars their 95% intervals.{crowded}{words}");
    let lines = Lines {
        x: across(view),
        y: Axis::linear("events a second", Unit::Count),
        series: series(view, throughput_at),
        guides,
        levels: Vec::new(),
    };
    figure(
        view,
        "throughput",
        &format!("Throughput by {axis}"),
        &reading,
        lines,
    )
}

/// The speed beside that of the first point.
pub(in super::super) fn speed_up(view: &SweepView<'_>) -> Option<Figure> {
    let first = view.points.first()?;
    let axis = view.sweep.axis.name();
    let at = |point: &PointView<'_>, engine: &str| {
        if point.value == first.value {
            point.line(engine)?;
            return Some(Point::at(point.value, 1.0));
        }
        let versus = scaling::speed_up(view, point, engine);
        let (ratio, interval) = ratio_of(&versus);
        Some(Point {
            interval: interval.map(|i| [i.low, i.high]),
            hollow: point.oversubscribed,
            ..Point::at(point.value, ratio?)
        })
    };
    let lines = Lines {
        x: across(view),
        y: Axis::linear(
            &format!("times the speed with {axis} {}", first.label),
            Unit::Plain,
        ),
        series: series(view, at),
        guides: Vec::new(),
        levels: vec![Guide {
            at: 1.0,
            label: "equal".to_owned(),
        }],
    };
    let reading = "Each engine vs itself at the first point, with 95% intervals.";
    figure(
        view,
        "speed-up",
        &format!("Speed-up by {axis}"),
        reading,
        lines,
    )
}

/// Bytes per member at each point, where the axis changes them.
pub(in super::super) fn memory(view: &SweepView<'_>) -> Option<Figure> {
    if !matches!(view.sweep.axis, SweepAxis::Members | SweepAxis::Zipf) {
        return None;
    }
    let at = |point: &PointView<'_>, engine: &str| {
        Some(Point::at(
            point.value,
            point.line(engine)?.bytes_per_member?,
        ))
    };
    let lines = Lines {
        x: across(view),
        y: Axis::log("bytes per member that has state", Unit::Bytes),
        series: series(view, at),
        guides: Vec::new(),
        levels: Vec::new(),
    };
    let title = format!("Memory by {}", view.sweep.axis.name());
    figure(view, "memory", &title, "Medians over the rounds.", lines)
}

/// The law's curves beside the points that they were fitted to.
pub(in super::super) fn law(view: &SweepView<'_>) -> Option<Figure> {
    let mut drawn = Vec::new();
    for measured in series(view, throughput_at) {
        let engine = view.engines.iter().find(|e| plain(e) == measured.name)?;
        let Ok(fit) = scaling::law(view, engine) else {
            continue;
        };
        let (Some(least), Some(most)) = (fit.counts.first(), fit.counts.last()) else {
            continue;
        };
        let (least, most) = (*least as f64, *most as f64);
        let at = |step: usize| {
            let n = least + (most - least) * step as f64 / STEPS as f64;
            Point::at(n, fit.throughput(n))
        };
        drawn.push(Series {
            name: format!("{}: law", measured.name),
            stroke: Stroke::Dashed,
            marks: false,
            points: (0..=STEPS).map(at).collect(),
            ..measured.clone()
        });
        drawn.push(Series {
            stroke: Stroke::None,
            ..measured
        });
    }
    let lines = Lines {
        x: across(view),
        y: Axis::linear("events a second", Unit::Count),
        series: drawn,
        guides: Vec::new(),
        levels: Vec::new(),
    };
    let reading = "Marks are measured, dashed lines the law that fits them best, drawn as far as \
                   it was checked against anything. Engines that it was not fitted to are named below \
                   the table, with the reason.";
    figure(
        view,
        "law",
        "Scaling, and the law fitted to it",
        reading,
        lines,
    )
}

/// Where the whole state of the fastest engine is as large as a cache of the
/// machine, and that in words.
fn caches(view: &SweepView<'_>) -> (Vec<Guide>, String) {
    let nothing = (Vec::new(), String::new());
    if !matches!(view.sweep.axis, SweepAxis::Members | SweepAxis::Zipf) {
        return nothing;
    }
    let (Some(engine), Some(first)) = (view.engines.first(), view.points.first()) else {
        return nothing;
    };
    let whole = |point: &PointView<'_>| {
        let bytes = over_rounds(point.record, engine, Pass::Fresh, &|trial| in_all(trial))?;
        Some((point.value, bytes))
    };
    let sizes: Vec<(f64, f64)> = view.points.iter().filter_map(whole).collect();
    let (mut guides, mut words) = (Vec::new(), String::new());
    let log = view.sweep.axis == SweepAxis::Members;
    let all = first.record.environment.caches.iter();
    for cache in all.filter(|cache| cache.level >= 2) {
        let name = format!("L{} ({})", cache.level, show_bytes(cache.bytes as f64));
        match crossing(&sizes, cache.bytes as f64, log) {
            Some(at) => {
                words += &format!(
                    " {name} holds the whole state of {} up to about {} {}.",
                    plain(engine),
                    if log {
                        show_count(at)
                    } else {
                        format!("{at:.2}")
                    },
                    view.sweep.axis.name()
                );
                guides.push(Guide { at, label: name });
            }
            None => {
                let smaller = sizes.iter().all(|(_, bytes)| *bytes <= cache.bytes as f64);
                let holds = if smaller {
                    "holds it at every point"
                } else {
                    "holds it at none"
                };
                words += &format!(" {name} {holds}.");
            }
        }
    }
    if !words.is_empty() {
        words = format!(
            " Sizes of the caches, compared with the whole state of {}:{words}",
            plain(engine)
        );
    }
    (guides, words)
}

/// Where sizes that grow or fall along the axis pass `bytes`, between two
/// points by the logarithm of the sizes; `log`: by that of the axis, too.
fn crossing(sizes: &[(f64, f64)], bytes: f64, log: bool) -> Option<f64> {
    sizes.windows(2).find_map(|pair| {
        let [(a, low), (b, high)] = [pair[0], pair[1]];
        let passes = (low < bytes) != (high < bytes);
        if !passes || low <= 0.0 || high <= 0.0 {
            return None;
        }
        let part = (bytes / low).ln() / (high / low).ln();
        Some(if log {
            a * (b / a).powf(part)
        } else {
            a + (b - a) * part
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cache_is_marked_where_the_state_outgrows_it() {
        let sizes = [(1e3, 1e5), (1e4, 1e6), (1e5, 1e7)];
        let at = crossing(&sizes, 2e6, true).unwrap();
        assert!((at / 2e4 - 1.0).abs() < 1e-9, "{at}");
        assert_eq!(crossing(&sizes, 1e9, true), None);
        assert_eq!(crossing(&sizes, 1.0, true), None);
        // and where it shrinks into it
        let falling = [(0.0, 4e6), (1.0, 1e6)];
        assert!((crossing(&falling, 2e6, false).unwrap() - 0.5).abs() < 1e-9);
    }
}
