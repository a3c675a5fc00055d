//! What writers and readers keep of their speed beside each other: a forest plot
//! a role.

use crate::html::article::Figure;
use crate::html::plot::{Axis, Guide, PlotData, Row, Rows, Unit};
use crate::html::series_style::SeriesStyle;
use crate::model::apart::{ApartLine, ROLES, apart_lines};
use crate::model::summary::Summary;
use crate::style::plain;
use crate::text::apart::show_figure;
use notibench_record::{ApartRole, Record};

/// The plots; none where each worker does both, or no thread reads.
pub(in super::super) fn figures(record: &Record, summary: &Summary) -> Vec<Figure> {
    let lines = apart_lines(record, summary);
    let plots = ROLES.into_iter();
    plots.filter_map(|role| figure(&lines, role)).collect()
}

fn figure(lines: &[ApartLine], role: ApartRole) -> Option<Figure> {
    let rows: Vec<Row> = lines.iter().filter_map(|line| row(line, role)).collect();
    if rows.is_empty() {
        return None;
    }
    let (id, title, axis) = match role {
        ApartRole::Writer => (
            "writers-keep",
            "What writers keep of their speed beside readers",
            "events a second beside readers ÷ alone (1 is as fast as alone)",
        ),
        ApartRole::Reader => (
            "readers-keep",
            "What readers keep of their speed beside writers",
            "reads a second beside writers ÷ alone (1 is as fast as alone)",
        ),
    };
    let reading = "Marks are geometric means over rounds, bars their 95% intervals, small rings the \
                   rounds; both speeds of a round are of one trial, in slices in turn. What the \
                   probe loses is the machine's and the harness's share, and no engine's.";
    let shape = PlotData::Rows(Rows {
        x: Axis::linear(axis, Unit::Plain),
        rows,
        guides: vec![Guide {
            at: 1.0,
            label: "as alone".to_owned(),
        }],
        band: None,
    });
    Some(Figure::new(id, title, reading, shape))
}

fn row(line: &ApartLine, role: ApartRole) -> Option<Row> {
    let kept = line.of(role).kept.as_ref()?;
    Some(Row {
        name: if line.probe {
            format!("{} (probe)", plain(&line.name))
        } else {
            plain(&line.name)
        },
        style: if line.probe {
            SeriesStyle::neutral()
        } else {
            SeriesStyle::of(&line.name)
        },
        value: kept.ratio,
        interval: kept.interval.map(|interval| [interval.low, interval.high]),
        dots: kept.rounds.clone(),
        label: show_figure(Some(kept)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use notibench_record::{fixture, fixture_apart};

    #[test]
    fn each_role_has_a_plot_with_a_row_an_engine() {
        let record = fixture_apart::record();
        let plots = figures(&record, &Summary::of(&record));
        assert_eq!(plots.len(), 2);
        // three engines and the probe
        assert!(
            plots.iter().all(|plot| plot.shape.marks() == 4),
            "{plots:?}"
        );
    }

    #[test]
    fn without_readers_or_roles_there_is_none() {
        for record in [fixture::record(), fixture_apart::without_readers()] {
            assert!(figures(&record, &Summary::of(&record)).is_empty());
        }
    }
}
