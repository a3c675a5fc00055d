//! A sweep as text: a table for each figure, engines down and points across.

use super::apart::show_figure;
use super::block::Block;
use super::columns::draw;
use super::engine_table::show_versus;
use super::memory::NOT_COUNTED;
use super::{scaling, sweep_trust};
use crate::figures::{of_role, roles};
use crate::model::apart::{ApartLine, RoleFigures, apart_lines};
use crate::model::failure::failures;
use crate::model::scaling::speed_up;
use crate::model::summary::{EngineLine, Versus};
use crate::model::sweep::{PointView, SweepView};
use crate::style::{Style, plain, wrap};
use notibench_core::unit::quantity::{counted, show_bytes, show_count, show_whole};
use notibench_record::{ApartRole, EngineRole, Pass, Sweep, SweepAxis};

/// The report of a sweep: failures first, then a table for each figure, the
/// scaling law for a sweep of threads, the trust block and warnings. The
/// figures are of one kind of pass.
#[must_use]
pub fn sweep(sweep: &Sweep, pass: Pass, style: &Style) -> String {
    let style = *style;
    let view = SweepView::of(sweep, pass);
    let mut text = alarms(&view, style);
    text += &title(&view, style);
    if view.engines.is_empty() {
        return text + "\nno point has a figure\n";
    }
    for block in blocks(&view) {
        text += &grid(&view, &block, style);
    }
    if sweep.axis == SweepAxis::Threads {
        text += &format!("\n{}", scaling::block(&view).draw(style));
    }
    text += &sweep_trust::section(&view, style);
    text
}

/// The tables of figures: engines down, points across.
pub(crate) fn blocks(view: &SweepView<'_>) -> Vec<Block> {
    let mut blocks = vec![throughput(view), speed_ups(view)];
    blocks.extend(ratios(view));
    blocks.extend(of_roles(view));
    if view.sweep.axis == SweepAxis::Members {
        blocks.push(memory(view));
    }
    blocks
}

/// How many of the points came to their end, where not all did.
pub(crate) fn incomplete(view: &SweepView<'_>) -> Option<String> {
    let complete = view.points.iter().filter(|point| point.record.complete);
    (!view.sweep.complete).then(|| {
        format!(
            "incomplete: {} of {} came to their end",
            complete.count(),
            counted(view.sweep.asked.len(), "point")
        )
    })
}

/// What must be seen before any figure.
fn alarms(view: &SweepView<'_>, style: Style) -> String {
    let mut text = String::new();
    for (place, words) in view.merged(|point| failures(point.record)) {
        let words = format!("{place}{}", plain(&words));
        text += &style.red(wrap("FAILED  ", &words, style.width).trim_end());
        text.push('\n');
    }
    if let Some(words) = incomplete(view) {
        text += &style.red(&words);
        text.push('\n');
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

fn title(view: &SweepView<'_>, style: Style) -> String {
    let [heading, shape] = headings(view);
    format!(
        "{}\n{}",
        style.bold(&heading),
        wrap("  ", &shape, style.width)
    )
}

/// What was swept, and how each point was run.
pub(crate) fn headings(view: &SweepView<'_>) -> [String; 2] {
    let sweep = view.sweep;
    let name = view.points.first().map(|point| &point.record.workload.name);
    let asked: Vec<String> = sweep.asked.iter().map(|&v| sweep.axis.show(v)).collect();
    let heading = format!(
        "{} · sweep of {}: {}{} · {}",
        plain(name.map_or("", String::as_str)),
        sweep.axis.name(),
        asked.join("; "),
        crate::figures::of_pass(view.pass),
        plain(&sweep.started)
    );
    let order = if sweep.interleaved {
        "all points in shuffled turns, round by round"
    } else {
        "one point after the other"
    };
    let plan = view.points.first().map(|point| &point.record.plan);
    let shape = plan.map_or_else(String::new, |plan| {
        let mut parts = vec![counted(plan.events, "event")];
        let same_reads = view
            .points
            .iter()
            .all(|p| p.record.plan.reads == plan.reads);
        if same_reads && plan.apart.is_none() {
            parts.push(format!("{} a trial", counted(plan.reads, "read")));
        }
        match &plan.apart {
            Some(apart) if sweep.axis == SweepAxis::Readers => {
                parts.push(of_role(apart, ApartRole::Writer));
            }
            Some(apart) => parts.push(roles(apart)),
            None if sweep.axis == SweepAxis::Threads => {}
            None => parts.push(format!("threads {}", plan.threads)),
        }
        if sweep.axis != SweepAxis::Batch {
            parts.push(format!("batches of {}", show_whole(plan.batch as u64)));
        }
        parts.push(format!(
            "at each point {} that count after {} of warm-up",
            crate::figures::rounds(plan.rounds),
            plan.warmup_rounds
        ));
        parts.push(format!("seed {}", plan.seed));
        parts.extend(plan.inline.then(|| "generated inline".to_owned()));
        parts.extend(plan.pin.then(|| "pinned".to_owned()));
        parts.push(order.to_owned());
        parts.join(", ")
    });
    [heading, shape]
}

/// One table: a row of cells, one a point, for each name.
fn block(view: &SweepView<'_>, title: String, rows: Vec<(String, Vec<String>)>) -> Block {
    let head = [vec![view.sweep.axis.name().to_owned()], view.heads()].concat();
    let mut all = vec![head];
    all.extend(
        rows.into_iter()
            .map(|(name, cells)| [vec![name], cells].concat()),
    );
    Block {
        title,
        rows: all,
        notes: Vec::new(),
    }
}

/// The table for a terminal: points that do not fit the width go on below.
fn grid(view: &SweepView<'_>, block: &Block, style: Style) -> String {
    let widest = |texts: &mut dyn Iterator<Item = &str>| {
        let lines = texts.flat_map(str::lines);
        lines.map(|line| line.chars().count()).max().unwrap_or(0)
    };
    let rows = &block.rows;
    let names = widest(&mut rows.iter().map(|row| row[0].as_str()));
    let cells = rows.iter().flat_map(|row| &row[1..]);
    let column = widest(&mut cells.map(String::as_str)) + 2;
    let fit = (style.width.saturating_sub(names + 4) / column).max(1);
    let points = view.points.len();
    let mut text = format!("\n{}\n", style.bold(&block.title));
    for from in (0..points).step_by(fit) {
        let part = from + 1..points.min(from + fit) + 1;
        let cut = |row: &Vec<String>| [&row[..1], &row[part.clone()]].concat();
        let table: Vec<Vec<String>> = rows.iter().map(cut).collect();
        text += &draw(&table, style);
    }
    for note in &block.notes {
        text += &wrap("  ", note, style.width);
    }
    text
}

/// A row for each engine; `cell` is its figure at a point.
fn engine_rows(
    view: &SweepView<'_>,
    cell: impl Fn(&PointView<'_>, &EngineLine) -> String,
) -> Vec<(String, Vec<String>)> {
    let row = |engine: &String| {
        let figure = |point: &PointView<'_>| match point.line(engine) {
            Some(line) => cell(point, line),
            None => point.missing(engine),
        };
        let lines = || view.points.iter().filter_map(|point| point.line(engine));
        let mark = if lines().any(|line| line.deferred) {
            " *"
        } else {
            ""
        };
        let cells = view.points.iter().map(figure).collect();
        (format!("{}{mark}", plain(engine)), cells)
    };
    view.engines.iter().map(row).collect()
}

fn throughput(view: &SweepView<'_>) -> Block {
    let mut rows = engine_rows(view, |_, line| show_count(line.events_per_s));
    for probe in view.names(|role, _| role == EngineRole::Probe) {
        let cells = view.points.iter().map(|point| {
            let line = point.line(&probe);
            line.map_or_else(|| "-".to_owned(), |line| show_count(line.events_per_s))
        });
        rows.push((format!("{} (probe)", plain(&probe)), cells.collect()));
    }
    let deferred = rows.iter().any(|(name, _)| name.ends_with(" *"));
    let mut block = block(view, "events/s".to_owned(), rows);
    if deferred {
        let words = "* deferred: its reads may lag behind its events; compare with its own kind \
                     first";
        block.notes.push(words.to_owned());
    }
    if let Some(point) = view.points.iter().find(|point| point.oversubscribed) {
        let processors = point.record.environment.usable_processors();
        block.notes.push(format!(
            "† more threads than the {processors} processors: measures time-slicing, not scaling"
        ));
    }
    block
}

/// A ratio on one line, its interval on the next.
fn two_lines(versus: &Versus) -> String {
    show_versus(versus)
        .replacen(" [", "\n[", 1)
        .replacen(" (", "\n(", 1)
}

fn speed_ups(view: &SweepView<'_>) -> Block {
    let first = &view.points[0];
    let rows = engine_rows(view, |point, line| {
        if point.value == first.value {
            return "1 (first)".to_owned();
        }
        two_lines(&speed_up(view, point, &line.name))
    });
    let title = format!(
        "speed vs {} {} [95% interval]",
        view.sweep.axis.name(),
        first.label
    );
    let note = if view.sweep.interleaved {
        "above 1 faster; Student's t on log-ratios of the rounds, which the points shared"
    } else {
        "above 1 faster; Welch's t on the logarithms: the points ran minutes apart over streams of \
         their own, and what the machine did between them is in the ratios, not in the intervals"
    };
    Block {
        notes: vec![note.to_owned()],
        ..block(view, title, rows)
    }
}

fn ratios(view: &SweepView<'_>) -> Option<Block> {
    let baseline = &view.points.first()?.record.plan.baseline;
    let mut rows = engine_rows(view, |_, line| two_lines(&line.versus));
    rows.retain(|(name, _)| name.trim_end_matches(" *") != plain(baseline));
    if rows.is_empty() {
        return None;
    }
    let title = format!(
        "speed vs {}, point by point [95% interval]",
        plain(baseline)
    );
    Some(block(view, title, rows))
}

/// What readers do, and what each role keeps of its speed beside the other;
/// empty where each worker does both.
fn of_roles(view: &SweepView<'_>) -> Vec<Block> {
    let points = view.points.iter();
    let found: Vec<Vec<ApartLine>> = points
        .map(|point| apart_lines(point.record, &point.summary))
        .collect();
    if found.iter().all(Vec::is_empty) {
        return Vec::new();
    }
    let table = |title: &str, cell: &dyn Fn(&ApartLine) -> String| {
        let rows = engine_rows(view, |point, line| {
            let mut places = view.points.iter();
            let at = places.position(|other| other.value == point.value);
            let lines = at.map_or(&[][..], |at| &found[at][..]);
            let own = lines.iter().find(|own| own.name == line.name);
            own.map_or_else(|| "-".to_owned(), cell)
        });
        block(view, title.to_owned(), rows)
    };
    let kept = |figures: &RoleFigures| show_figure(figures.kept.as_ref()).replacen(" [", "\n[", 1);
    let per_s = |line: &ApartLine| {
        let per_s = line.readers.beside_per_s;
        per_s.map_or_else(|| "-".to_owned(), show_count)
    };
    vec![
        table("reads/s beside the writers", &per_s),
        table(
            "share of their speed alone that writers keep [95% interval]",
            &|line: &ApartLine| kept(&line.writers),
        ),
        table(
            "share of their speed alone that readers keep [95% interval]",
            &|line: &ApartLine| kept(&line.readers),
        ),
    ]
}

fn memory(view: &SweepView<'_>) -> Block {
    let rows = engine_rows(view, |_, line| {
        line.bytes_per_member
            .map_or_else(|| NOT_COUNTED.to_owned(), show_bytes)
    });
    block(view, "bytes per member that has state".to_owned(), rows)
}

#[cfg(test)]
#[path = "sweep_tests.rs"]
mod tests;
