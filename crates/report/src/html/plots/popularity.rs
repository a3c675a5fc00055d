//! How popular recipients really were, beside the Zipf law that the workload
//! asks for.

use crate::html::article::Figure;
use crate::html::plot::{Axis, Lines, PlotData, Point, Series, Stroke, Unit};
use crate::html::series_style::SeriesStyle;
use crate::text::block::Block;
use notibench_core::unit::quantity::{counted, show_count, show_whole};
use notibench_record::{Realised, Record};
use notibench_workload::Workload;

/// Ranks whose weights are added one by one; those beyond are integrated.
const ADDED: u64 = 10_000;

/// What the workload asks for.
struct Intended {
    members: u64,
    exponent: f64,
    hot: bool,
}

/// The plot; none in records that are older than its data.
pub(in super::super) fn figure(record: &Record) -> Option<Figure> {
    let realised = measured(record)?;
    let mut series = vec![Series {
        name: "realised".to_owned(),
        style: SeriesStyle::fixed(0, 0),
        stroke: Stroke::None,
        marks: true,
        points: points(
            realised
                .popularity
                .iter()
                .map(|&[rank, n]| (rank, n as f64)),
        ),
    }];
    let mut reading = format!(
        "Each mark is a recipient: its rank among all, and its events of the {} looked at.",
        show_whole(realised.events)
    );
    if let Some(intended) = intended(record) {
        let expected = |rank| (rank, expected(&intended, rank, realised.events));
        let ranks = realised.popularity.iter().map(|&[rank, _]| rank);
        series.push(Series {
            name: format!("intended: Zipf, exponent {}", intended.exponent),
            style: SeriesStyle::fixed(1, 0),
            stroke: Stroke::Solid,
            marks: false,
            points: points(ranks.map(expected)),
        });
        reading += &format!(
            " The line is what a Zipf law of exponent {} over {} expects of that rank. At \
             the far right it falls below one event, where chance decides who is seen at all.",
            intended.exponent,
            counted(intended.members, "member")
        );
        if intended.hot {
            reading += " Hot contents add events to their owners beyond the law.";
        }
    }
    let shape = PlotData::Lines(Lines {
        x: Axis::log("rank of the recipient", Unit::Count),
        y: Axis::log("events that it got", Unit::Count),
        series,
        guides: Vec::new(),
        levels: Vec::new(),
    });
    Some(Figure::new(
        "popularity",
        "Popularity of recipients",
        &reading,
        shape,
    ))
}

/// The same as a table.
pub(in super::super) fn block(record: &Record) -> Option<Block> {
    let realised = measured(record)?;
    let intended = intended(record);
    let mut rows = vec![["rank", "events", "expected"].map(str::to_owned).to_vec()];
    let decades = |rank: u64| (0..=19).any(|power| rank == 10_u64.pow(power));
    let shown = realised
        .popularity
        .iter()
        .filter(|[rank, _]| decades(*rank) || *rank == realised.recipients);
    rows.extend(shown.map(|&[rank, count]| {
        let law = intended
            .as_ref()
            .map(|i| expected(i, rank, realised.events));
        let law = law.map_or_else(|| "-".to_owned(), show_count);
        vec![show_whole(rank), show_whole(count), law]
    }));
    Some(Block {
        title: "popularity of recipients".to_owned(),
        rows,
        notes: Vec::new(),
    })
}

fn measured(record: &Record) -> Option<&Realised> {
    let realised = record.realised.as_ref()?;
    (!realised.popularity.is_empty()).then_some(realised)
}

fn points(all: impl Iterator<Item = (u64, f64)>) -> Vec<Point> {
    all.map(|(rank, events)| Point::at(rank as f64, events))
        .filter(|point| point.x > 0.0 && point.y > 0.0)
        .collect()
}

fn intended(record: &Record) -> Option<Intended> {
    let workload = Workload::parse(&record.workload.name, &record.workload.toml).ok()?;
    let population = &workload.population;
    Some(Intended {
        members: population.members,
        exponent: population.recipient_exponent,
        hot: population.hot_contents > 0 && population.hot_share > 0.0,
    })
}

/// Events that a rank gets of so many, by the law: its weight rank^-s over
/// the sum of all weights.
fn expected(intended: &Intended, rank: u64, events: u64) -> f64 {
    let weight = (rank as f64).powf(-intended.exponent);
    events as f64 * weight / weights(intended.members, intended.exponent)
}

/// Sum of i^-s for i from 1 to n: the first terms one by one, the others by
/// Euler and Maclaurin's formula (D. E. Knuth, "The Art of Computer
/// Programming" 1, section 1.2.11.2), to more digits than a plot shows.
fn weights(n: u64, s: f64) -> f64 {
    let term = |i: u64| (i as f64).powf(-s);
    let added = n.min(ADDED);
    let head: f64 = (1..=added).map(term).sum();
    if n == added {
        return head;
    }
    let (from, to) = (added as f64, n as f64);
    let integral = if (s - 1.0).abs() < 1e-9 {
        (to / from).ln()
    } else {
        (to.powf(1.0 - s) - from.powf(1.0 - s)) / (1.0 - s)
    };
    head + integral + (term(n) - term(added)) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_of_weights_is_that_of_its_terms() {
        for s in [0.0, 0.5, 0.99, 1.0, 1.5, 3.0] {
            for n in [1, 500, 200_000] {
                let slow: f64 = (1..=n).map(|i| (i as f64).powf(-s)).sum();
                let fast = weights(n, s);
                assert!((fast / slow - 1.0).abs() < 1e-9, "{n} {s}: {fast} {slow}");
            }
        }
    }
}
