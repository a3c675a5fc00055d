//! Speed beside the baseline's, a forest plot.

use crate::figures::show_share;
use crate::html::article::Figure;
use crate::html::plot::{Axis, Guide, PlotData, Row, Rows, Unit};
use crate::html::series_style::SeriesStyle;
use crate::model::outcome::ratio_of;
use crate::model::summary::{EngineLine, Summary, Versus};
use crate::style::plain;
use crate::text::engine_table::show_versus;
use notibench_record::{Pass, Record};

/// The plot; none where there is no ratio.
pub(in super::super) fn figure(record: &Record, summary: &Summary) -> Option<Figure> {
    let lines = summary.ranked.iter().chain(&summary.ablations);
    let mut rows: Vec<Row> = lines
        .filter_map(|line: &EngineLine| row(record, summary.pass, &line.name, &line.versus))
        .collect();
    if rows.is_empty() {
        return None;
    }
    let control = summary.control.iter();
    rows.extend(control.filter_map(|control| {
        let found = row(record, summary.pass, &control.name, &control.versus)?;
        Some(Row {
            name: "A/A control".to_owned(),
            style: SeriesStyle::neutral(),
            ..found
        })
    }));
    let baseline = plain(&record.plan.baseline);
    let (id, title) = match summary.pass {
        Pass::Fresh => ("ratios", format!("Speed vs {baseline}")),
        Pass::Warm => (
            "ratios-warm",
            format!("Speed over warm state vs {baseline}"),
        ),
    };
    let relevant = record.plan.relevant;
    let reading = format!(
        "Marks are geometric means of the ratios of rounds, bars their 95% intervals, small rings \
         the rounds: right of 1 is faster than {baseline}. The shaded band is ±{} (--relevant): a \
         difference within it is too small to matter. The A/A control is {baseline} vs \
         itself, and should hold 1.",
        show_share(relevant)
    );
    let shape = PlotData::Rows(Rows {
        x: Axis::log(
            &format!("times the speed of {baseline} (1 is equal)"),
            Unit::Plain,
        ),
        rows,
        guides: vec![Guide {
            at: 1.0,
            label: "equal".to_owned(),
        }],
        band: Some([1.0 / (1.0 + relevant), 1.0 + relevant]),
    });
    Some(Figure::new(id, &title, &reading, shape))
}

fn row(record: &Record, pass: Pass, engine: &str, versus: &Versus) -> Option<Row> {
    let (ratio, interval) = ratio_of(versus);
    let pairs = record.paired_times(engine, pass);
    Some(Row {
        name: plain(engine),
        style: SeriesStyle::of(engine),
        value: ratio?,
        interval: interval.map(|interval| [interval.low, interval.high]),
        dots: pairs.iter().map(|(own, base)| base / own).collect(),
        label: show_versus(versus),
    })
}
