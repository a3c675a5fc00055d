//! What a page tells of a comparison of two builds or two records.

use super::article::{Article, Figure, Section, Table};
use super::plot::{Axis, Guide, PlotData, Row, Rows, Unit};
use super::series_style::SeriesStyle;
use crate::compare::answer::answer;
use crate::compare::comparison::{Change, Comparison, Method};
use crate::compare::gate::Decision;
use crate::compare::terminal::{heading, notes, rows, title};
use crate::figures::{listed, show_near_one, show_percent, show_ratio};
use crate::model::badges::{Badge, State, control_badge};
use crate::style::plain;
use crate::text::block::Block;
use notibench_core::unit::command_line::quoted;

/// The article of a comparison; `command` is what made it.
pub(super) fn article(comparison: &Comparison, command: &[String]) -> Article {
    let [old, new] = comparison.method.sides();
    let engines: Vec<String> = comparison
        .changes
        .iter()
        .map(|c| c.engine.clone())
        .collect();
    let failure = comparison
        .failure()
        .map(|words| format!("GATE FAILED: {words}"));
    let what = match comparison.method {
        Method::Builds { .. } => "build",
        Method::Records { .. } => "record",
    };
    let mut article = Article {
        heading: title(comparison),
        kicker: "comparison".to_owned(),
        failures: failure.into_iter().collect(),
        asked: vec![format!(
            "Is {} faster in the {new} {what} than in the {old} one?",
            listed(&engines.iter().map(|e| plain(e)).collect::<Vec<_>>())
        )],
        answer: answer(comparison),
        badges: badges(comparison),
        warnings: comparison
            .warnings
            .iter()
            .map(ToString::to_string)
            .collect(),
        command: quoted(command),
        ..Article::default()
    };
    for line in heading(comparison) {
        let parts = line
            .split_once(": ")
            .filter(|(label, _)| [old, new].contains(label));
        let (label, words) = parts.unwrap_or(("how", &line));
        article.trust.push((label.to_owned(), words.to_owned()));
    }
    let mut section = Section::new("changes", "Changes");
    section.figures.extend(figure(comparison));
    let block = Block {
        title: format!("{new} vs {old}"),
        rows: rows(comparison),
        notes: notes(comparison),
    };
    section.tables.push(Table::of(block, &engines));
    article.push(section);
    article
}

fn badges(comparison: &Comparison) -> Vec<Badge> {
    let mut badges = Vec::new();
    let [events, state] = &comparison.digests;
    let digests = [("events", events), ("final state", state)];
    badges.extend(digests.into_iter().map(|(label, digest)| match digest {
        Some(_) => Badge {
            state: State::Good,
            label,
            words: "the same on both sides".to_owned(),
        },
        None => Badge {
            state: State::Unknown,
            label,
            words: "not known to be the same on both sides".to_owned(),
        },
    }));
    let control = comparison
        .control
        .as_ref()
        .and_then(|c| c.interval.as_ref());
    badges.extend(control.map(|interval| {
        let shown = show_near_one(interval.ratio, interval);
        control_badge(interval, &shown, comparison.plan.relevant)
    }));
    if let (Some(gate), Some(decision)) = (comparison.gate, comparison.decision()) {
        badges.push(Badge {
            state: match decision {
                Decision::Passed => State::Good,
                Decision::Unsure => State::Doubtful,
                Decision::Failed => State::Bad,
            },
            label: "gate",
            words: format!("{} at {}", decision.words(), show_percent(gate.slower)),
        });
    }
    badges
}

/// The forest plot of changes; none where there is nothing to draw.
fn figure(comparison: &Comparison) -> Option<Figure> {
    let [old, new] = comparison.method.sides();
    let row = |change: &Change, name: String, style: SeriesStyle| Row {
        name,
        style,
        value: change.ratio,
        interval: change
            .interval
            .map(|interval| [interval.low, interval.high]),
        dots: Vec::new(),
        label: change.interval.as_ref().map_or_else(
            || show_ratio(change.ratio),
            |interval| show_near_one(change.ratio, interval),
        ),
    };
    let changes = comparison.changes.iter();
    let mut rows: Vec<Row> = changes
        .map(|change| {
            row(
                change,
                plain(&change.engine),
                SeriesStyle::of(&change.engine),
            )
        })
        .collect();
    let control = comparison.control.iter();
    rows.extend(
        control.map(|change| row(change, "A/A control".to_owned(), SeriesStyle::neutral())),
    );
    let again = comparison.by_slice.iter().flat_map(|found| &found.again);
    rows.extend(again.map(|change| {
        let name = format!("{} (A/A)", plain(&change.engine));
        row(change, name, SeriesStyle::neutral())
    }));
    let mut guides = vec![Guide {
        at: 1.0,
        label: "equal".to_owned(),
    }];
    guides.extend(comparison.gate.map(|gate| Guide {
        at: 1.0 / (1.0 + gate.slower),
        label: "gate".to_owned(),
    }));
    let reading = format!(
        "Marks are how many times as fast the {new} side is as the {old} one, bars 95% \
         intervals: right of 1 is faster."
    );
    let relevant = comparison.plan.relevant;
    let shape = PlotData::Rows(Rows {
        x: Axis::log(&format!("speed, {new} ÷ {old} (1 is equal)"), Unit::Plain),
        rows,
        guides,
        band: Some([1.0 / (1.0 + relevant), 1.0 + relevant]),
    });
    (shape.marks() > 0).then(|| Figure::new("changes", "What changed", &reading, shape))
}
