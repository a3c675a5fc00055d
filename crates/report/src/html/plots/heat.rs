//! A distribution of times, column by column: rounds of a closed loop.

use crate::html::article::Figure;
use crate::html::plot::{Axis, Heat, PlotData, Unit};
use crate::model::summary::Summary;
use crate::style::plain;
use notibench_record::stats::ServiceHistogram;
use notibench_record::{Pass, Record, Trial};

/// Classes of times a decade.
const CLASSES: f64 = 10.0;

/// Shares of histograms in classes of equal ratio, a histogram a column; none
/// where nothing was timed.
pub(in super::super) fn heat(
    x: &str,
    y: &str,
    columns: Vec<(String, ServiceHistogram)>,
) -> Option<Heat> {
    let timed = || {
        columns
            .iter()
            .filter(|(_, histogram)| !histogram.is_empty())
    };
    let least = timed()
        .map(|(_, h)| h.value_at_quantile(0.0).max(1))
        .min()? as f64;
    let most = timed().map(|(_, h)| h.max().max(1)).max()? as f64;
    let first = (least.log10() * CLASSES).floor() as i32;
    let last = (most.log10() * CLASSES).floor() as i32 + 1;
    let edge = |at: i32| 10_f64.powf(f64::from(at) / CLASSES);
    let edges: Vec<f64> = (first..=last).map(edge).collect();
    let mut cells = Vec::new();
    for (column, (_, histogram)) in columns.iter().enumerate() {
        let count = histogram.count();
        let mut below = 0;
        for class in 0..edges.len() - 1 {
            // what is not below the upper edge is in a class above
            let reached = if class + 2 == edges.len() {
                count
            } else {
                histogram.count_below(edges[class + 1] as u64)
            };
            let inside = reached.saturating_sub(below);
            below = reached.max(below);
            if inside > 0 {
                cells.push((column, class, inside as f64 / count as f64));
            }
        }
    }
    Some(Heat {
        x: x.to_owned(),
        columns: columns.into_iter().map(|(name, _)| name).collect(),
        y: Axis::log(y, Unit::Ns),
        edges,
        cells,
    })
}

/// The plots of ingest groups round by round, an engine each.
pub(in super::super) fn figures(record: &Record, summary: &Summary) -> Vec<Figure> {
    let lines = summary.ranked.iter().chain(&summary.ablations);
    let figure = |(at, line): (usize, &crate::model::summary::EngineLine)| {
        let trials = record
            .trials
            .iter()
            .filter(|trial| trial.engine == line.name && trial.pass == Pass::Fresh);
        let columns: Vec<_> = trials.filter_map(column).collect();
        let several = columns.len() > 1;
        let heat = heat("round", "service time of a group of ingest calls", columns)?;
        let title = format!("{}: service time, round by round", plain(&line.name));
        let reading = "Each column is one round; the darker a cell, the larger the share of the \
                       round's groups in it. Columns that differ tell of a machine, or an engine, \
                       that was not itself all the time.";
        several.then(|| Figure::new(&format!("heat-{at}"), &title, reading, PlotData::Heat(heat)))
    };
    lines.enumerate().filter_map(figure).collect()
}

fn column(trial: &Trial) -> Option<(String, ServiceHistogram)> {
    let histogram = ServiceHistogram::from_base64(&trial.ingest_service_ns).ok()?;
    let mark = if trial.warmup { " (warm-up)" } else { "" };
    let process = match trial.process {
        0 => String::new(),
        process => format!("{}.", process + 1),
    };
    (!histogram.is_empty()).then(|| (format!("{process}{}{mark}", trial.round + 1), histogram))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_is_in_one_cell() {
        let mut one = ServiceHistogram::new();
        one.record_n(1_000, 30);
        one.record_n(1_500, 10);
        one.record_n(100_000, 60);
        let mut other = ServiceHistogram::new();
        other.record_n(40_000_000, 7);
        let heat = heat(
            "x",
            "y",
            vec![("a".to_owned(), one), ("b".to_owned(), other)],
        )
        .unwrap();
        let shares: Vec<f64> = heat.cells.iter().map(|cell| cell.2).collect();
        assert_eq!(shares, [0.3, 0.1, 0.6, 1.0]);
        for (column, class, _) in &heat.cells {
            assert!(*column < 2 && class + 1 < heat.edges.len());
        }
        let (_, class, _) = heat.cells[3];
        assert!(heat.edges[class] <= 40_000_000.0 && 40_000_000.0 < heat.edges[class + 1] * 1.001);
    }

    #[test]
    fn without_samples_there_is_no_plot() {
        assert_eq!(
            heat("x", "y", vec![("a".to_owned(), ServiceHistogram::new())]),
            None
        );
        assert_eq!(heat("x", "y", Vec::new()), None);
    }
}
