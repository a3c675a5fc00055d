//! What a page tells of a sweep.

use super::article::{Article, Section, Table};
use super::plots::sweep as plots;
use super::trust;
use crate::figures::{listed, show_ratio};
use crate::model::badges::{Badge, State};
use crate::model::failure::failures;
use crate::model::scaling::speed_up;
use crate::model::summary::Versus;
use crate::model::sweep::{PointView, SweepView};
use crate::style::plain;
use crate::text::block::Block;
use crate::text::sweep::{blocks, headings, incomplete};
use crate::text::{scaling, sweep_trust};
use notibench_core::unit::command_line::quoted;
use notibench_core::unit::quantity::{counted, show_count, show_whole};
use notibench_record::{Pass, ProofVerdict, Sweep, SweepAxis};

/// Lines of the trust block that stay folded.
const FOLDED: [&str; 5] = ["oracle", "recipients", "peak resident", "limits", "machine"];

/// The article of a sweep.
pub(super) fn article(sweep: &Sweep) -> Article {
    let view = SweepView::of(sweep, Pass::Fresh);
    let [_, shape] = headings(&view);
    let name = view.points.first().map(|p| plain(&p.record.workload.name));
    let name = name.unwrap_or_default();
    let axis = sweep.axis.name();
    let asked: Vec<String> = sweep.asked.iter().map(|&v| sweep.axis.show(v)).collect();
    let mut article = Article {
        heading: format!("{name}: sweep of {axis}"),
        kicker: format!("sweep · {}", plain(&sweep.started)),
        failures: alarms(&view),
        asked: vec![format!(
            "How does the speed of {} change on {name} with {axis} of {}? {}.",
            listed(&view.engines.iter().map(|e| plain(e)).collect::<Vec<_>>()),
            listed(&asked),
            capital(&shape)
        )],
        answer: answer(&view),
        command: quoted(&sweep.command),
        badges: badges(&view),
        warnings: sweep_trust::all_warnings(&view),
        ..Article::default()
    };
    for (label, words) in sweep_trust::lines(&view) {
        let target = if FOLDED.contains(&label) {
            &mut article.more_trust
        } else {
            &mut article.trust
        };
        trust::push(target, label, words);
    }
    let whole = sweep_trust::WHOLE.to_owned();
    trust::push(&mut article.trust, "more", whole);
    let warm = SweepView::of(sweep, Pass::Warm);
    for section in sections(&view).into_iter().chain(over_warm_state(&warm)) {
        article.push(section);
    }
    article
}

fn capital(words: &str) -> String {
    let mut all = words.chars();
    let first = all.next().map(|c| c.to_uppercase().to_string());
    first.unwrap_or_default() + all.as_str()
}

fn alarms(view: &SweepView<'_>) -> Vec<String> {
    let found = view.merged(|point| failures(point.record)).into_iter();
    let mut found: Vec<String> = found.map(|(place, words)| place + &plain(&words)).collect();
    found.extend(incomplete(view));
    found
}

/// The fastest at the first and the last point, and how far each came.
fn answer(view: &SweepView<'_>) -> Vec<String> {
    let (Some(first), Some(last)) = (view.points.first(), view.points.last()) else {
        return vec!["There is no answer: no point was begun.".to_owned()];
    };
    let axis = view.sweep.axis.name();
    let mut found = Vec::new();
    for point in [first, last] {
        let Some(line) = point.summary.ranked.first() else {
            continue;
        };
        let words = format!(
            "with {axis} {} {} is fastest: {} events a second",
            point.label,
            plain(&line.name),
            show_count(line.events_per_s)
        );
        found.push(words);
    }
    if found.is_empty() {
        return vec!["There is no answer: no engine has a figure.".to_owned()];
    }
    let mut answer = vec![format!("{}.", capital(&found.join("; ")))];
    let change = |engine: &String| match speed_up(view, last, engine) {
        Versus::Ratio {
            ratio, interval, ..
        } => {
            let ends = interval.map_or_else(String::new, |interval| {
                format!(
                    " ({} to {})",
                    show_ratio(interval.low),
                    show_ratio(interval.high)
                )
            });
            Some(format!("{} {}{ends}", plain(engine), show_ratio(ratio)))
        }
        _ => None,
    };
    let changes: Vec<String> = view.engines.iter().filter_map(change).collect();
    if view.points.len() > 1 && !changes.is_empty() {
        answer.push(format!(
            "Speed with {axis} {} as a multiple of that with {}, and its 95% interval: {}.",
            last.label,
            first.label,
            changes.join(", ")
        ));
    }
    answer
}

fn badges(view: &SweepView<'_>) -> Vec<Badge> {
    let points = &view.points;
    let verdicts = || {
        points
            .iter()
            .flat_map(|p| &p.record.proofs)
            .map(|p| &p.verdict)
    };
    let equal = verdicts().filter(|v| **v == ProofVerdict::Equal).count() as u64;
    let wrong = verdicts()
        .filter(|v| matches!(v, ProofVerdict::Differs(_)))
        .count();
    let (state, words) = match (wrong, equal) {
        (1.., _) => (
            State::Bad,
            format!("wrong: {}", counted(wrong, "final state")),
        ),
        (0, 0) => (State::Unknown, "no final state was compared".to_owned()),
        _ => (
            State::Good,
            format!("all {} final states equal the oracle's", show_whole(equal)),
        ),
    };
    let complete = points.iter().filter(|point| point.record.complete).count();
    let asked = view.sweep.asked.len();
    let whole = if view.sweep.complete {
        (State::Good, format!("all {asked} came to their end"))
    } else {
        (
            State::Bad,
            format!("{complete} of {asked} came to their end"),
        )
    };
    [(state, "proof", words), (whole.0, "points", whole.1)]
        .into_iter()
        .map(|(state, label, words)| Badge {
            state,
            label,
            words,
        })
        .collect()
}

fn tables(view: &SweepView<'_>, blocks: Vec<Block>) -> Vec<Table> {
    let blocks = blocks.into_iter();
    blocks
        .map(|block| Table::of(block, &view.engines))
        .collect()
}

/// The speed of second passes, where the sweep has them.
fn over_warm_state(view: &SweepView<'_>) -> Option<Section> {
    let has_any = |point: &PointView<'_>| !point.summary.ranked.is_empty();
    if !view.points.iter().any(has_any) {
        return None;
    }
    let mut section = Section::new("warm", "Speed over warm state");
    section.figures.extend(plots::throughput(view));
    section.figures.extend(plots::speed_up(view));
    section.tables = tables(view, blocks(view));
    Some(section)
}

fn sections(view: &SweepView<'_>) -> Vec<Section> {
    if view.engines.is_empty() {
        return Vec::new();
    }
    let mut speed = Section::new("speed", "Speed");
    speed.figures.extend(plots::throughput(view));
    speed.figures.extend(plots::speed_up(view));
    speed.figures.extend(plots::memory(view));
    speed.tables = tables(view, blocks(view));
    let mut law = Section::new("law", "Universal Scalability Law");
    if view.sweep.axis == SweepAxis::Threads {
        law.figures.extend(plots::law(view));
        law.tables = tables(view, vec![scaling::block(view)]);
    }
    vec![speed, law]
}
