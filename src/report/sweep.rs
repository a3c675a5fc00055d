//! A sweep as text: a table for each figure, engines down and points across.
//! A pure function of the saved sweep. Imports `record` and the sections
//! beside it.

use super::block::Block;
use super::columns::draw;
use super::failure::failures;
use super::memory::NOT_COUNTED;
use super::scaling;
use super::summary::{EngineLine, Summary, Versus};
use super::sweep_trust;
use super::table::show_versus;
use super::text::{Style, plain, wrap};
use crate::record::{Pass, Record, Sweep, SweepAxis};
use crate::unit::quantity::{counted, show_bytes, show_count, show_whole};

/// One point, its figures drawn once.
pub(super) struct PointView<'s> {
    /// Its value, as people write it.
    pub(super) label: String,
    pub(super) value: f64,
    pub(super) record: &'s Record,
    pub(super) summary: Summary,
    /// Whether it has more threads than there are processors, in a sweep of
    /// threads.
    pub(super) crowded: bool,
}

/// A sweep, its points drawn once.
pub(super) struct View<'s> {
    pub(super) sweep: &'s Sweep,
    /// The passes that the figures are of.
    pub(super) pass: Pass,
    pub(super) points: Vec<PointView<'s>>,
    /// Engines and ablations, fastest at the last point first.
    pub(super) engines: Vec<String>,
}

impl PointView<'_> {
    /// The line of an engine, an ablation or a probe, where it has a figure.
    pub(super) fn line(&self, engine: &str) -> Option<&EngineLine> {
        let summary = &self.summary;
        let all = summary.ranked.iter().chain(&summary.ablations);
        all.chain(&summary.probes).find(|line| line.name == engine)
    }

    /// What stands in a table where there is no figure.
    fn missing(&self, engine: &str) -> String {
        let wrong = self.summary.errors.iter().any(|e| e.name == engine);
        if wrong { "✗" } else { "-" }.to_owned()
    }
}

impl<'s> View<'s> {
    pub(super) fn of(sweep: &'s Sweep, pass: Pass) -> Self {
        let point = |point: &'s crate::record::SweepPoint| {
            let record = &point.record;
            let processors = record.environment.usable_processors();
            PointView {
                label: sweep.axis.show(point.value),
                value: point.value,
                record,
                summary: Summary::of_pass(record, pass),
                crowded: sweep.axis == SweepAxis::Threads
                    && processors > 0.0
                    && point.value > processors,
            }
        };
        let points: Vec<PointView<'s>> = sweep.points.iter().map(point).collect();
        let mut view = Self {
            sweep,
            pass,
            points,
            engines: Vec::new(),
        };
        view.engines = view.names(|role, control| role != "probe" && !control);
        let speed = |engine: &String| {
            let last = view.points.last();
            last.and_then(|point| point.line(engine))
                .map_or(0.0, |line| line.events_per_s)
        };
        let mut engines = view.engines.clone();
        engines.sort_by(|a, b| speed(b).total_cmp(&speed(a)));
        view.engines = engines;
        view
    }

    /// The contestants of a kind, in the order of the records.
    fn names(&self, wanted: impl Fn(&str, bool) -> bool) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for engine in self.points.iter().flat_map(|point| &point.record.engines) {
            if wanted(&engine.role, engine.control) && !names.contains(&engine.name) {
                names.push(engine.name.clone());
            }
        }
        names
    }

    /// The heading of each point's column.
    fn heads(&self) -> Vec<String> {
        let mark = |point: &PointView<'_>| if point.crowded { " †" } else { "" };
        let points = self.points.iter();
        points.map(|p| format!("{}{}", p.label, mark(p))).collect()
    }

    /// Sentences that several points have alike, each once, with the points
    /// that have it: nothing where all do.
    pub(super) fn merged(
        &self,
        of: impl Fn(&PointView<'_>) -> Vec<String>,
    ) -> Vec<(String, String)> {
        let mut found: Vec<(Vec<&str>, String)> = Vec::new();
        for point in &self.points {
            for words in of(point) {
                match found.iter_mut().find(|(_, known)| *known == words) {
                    Some((places, _)) if places.last() == Some(&point.label.as_str()) => {}
                    Some((places, _)) => places.push(&point.label),
                    None => found.push((vec![&point.label], words)),
                }
            }
        }
        let place = |places: &[&str]| {
            if places.len() == self.points.len() {
                return String::new();
            }
            format!("{} {}: ", self.sweep.axis.name(), places.join("; "))
        };
        let told = found.into_iter();
        told.map(|(places, words)| (place(&places), words))
            .collect()
    }
}

/// The report of a sweep: failures first, then a table for each figure, the
/// scaling law for a sweep of threads, the trust block and warnings. The
/// figures are of one kind of pass.
#[must_use]
pub fn sweep(sweep: &Sweep, pass: Pass, style: &Style) -> String {
    let style = *style;
    let view = View::of(sweep, pass);
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
pub(super) fn blocks(view: &View<'_>) -> Vec<Block> {
    let mut blocks = vec![throughput(view), speed_ups(view)];
    blocks.extend(ratios(view));
    if view.sweep.axis == SweepAxis::Members {
        blocks.push(memory(view));
    }
    blocks
}

/// How many of the points came to their end, where not all did.
pub(super) fn incomplete(view: &View<'_>) -> Option<String> {
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
fn alarms(view: &View<'_>, style: Style) -> String {
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

fn title(view: &View<'_>, style: Style) -> String {
    let [heading, shape] = headings(view);
    format!(
        "{}\n{}",
        style.bold(&heading),
        wrap("  ", &shape, style.width)
    )
}

/// What was swept, and how each point was run.
pub(super) fn headings(view: &View<'_>) -> [String; 2] {
    let sweep = view.sweep;
    let name = view.points.first().map(|point| &point.record.workload.name);
    let asked: Vec<String> = sweep.asked.iter().map(|&v| sweep.axis.show(v)).collect();
    let heading = format!(
        "{} · sweep of {}: {}{} · {}",
        plain(name.map_or("", String::as_str)),
        sweep.axis.name(),
        asked.join("; "),
        super::text::of_pass(view.pass),
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
        if same_reads {
            parts.push(format!("{} a trial", counted(plan.reads, "read")));
        }
        if sweep.axis != SweepAxis::Threads {
            parts.push(format!("threads {}", plan.threads));
        }
        if sweep.axis != SweepAxis::Batch {
            parts.push(format!("batches of {}", show_whole(plan.batch as u64)));
        }
        parts.push(format!(
            "at each point {} that count after {} of warm-up",
            super::text::rounds(plan.rounds),
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
fn block(view: &View<'_>, title: String, rows: Vec<(String, Vec<String>)>) -> Block {
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
fn grid(view: &View<'_>, block: &Block, style: Style) -> String {
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
    view: &View<'_>,
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

fn throughput(view: &View<'_>) -> Block {
    let mut rows = engine_rows(view, |_, line| show_count(line.events_per_s));
    for probe in view.names(|role, _| role == "probe") {
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
    if let Some(point) = view.points.iter().find(|point| point.crowded) {
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

fn speed_ups(view: &View<'_>) -> Block {
    let first = &view.points[0];
    let rows = engine_rows(view, |point, line| {
        if point.value == first.value {
            return "1 (first)".to_owned();
        }
        two_lines(&scaling::speed_up(view, point, &line.name))
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

fn ratios(view: &View<'_>) -> Option<Block> {
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

fn memory(view: &View<'_>) -> Block {
    let rows = engine_rows(view, |_, line| {
        line.bytes_per_member
            .map_or_else(|| NOT_COUNTED.to_owned(), show_bytes)
    });
    block(view, "bytes per member that has state".to_owned(), rows)
}

#[cfg(test)]
#[path = "sweep_tests.rs"]
mod tests;
