//! Records over time: each engine's speed beside the baseline, record by
//! record, where its level changed, and what its own past says of the next
//! one. Imports `record`, `stats` and the sections beside it.

use std::borrow::Cow;

use super::summary::{Summary, Versus};
use super::table::draw;
use super::text::{Style, cache_words, plain, show_percent, show_ratio, wrap};
use crate::record::{Environment, Pass, Record, Saved};
use crate::stats::{FEWEST_WITH_CHANGE, change_points, level};
use crate::unit::quantity::{counted, show_whole};

/// Records of one workload, made in one way on one kind of machine.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    /// Name of the workload.
    pub workload: String,
    /// How it was run, in words.
    pub plan: String,
    /// What state the passes found.
    pub pass: Pass,
    /// The kind of machine, in words.
    pub machine: String,
    /// The machine that says the most of those in it.
    environment: Environment,
    /// Text of the workload's file: two that differ are two workloads.
    toml: String,
    /// The records, by their start.
    pub records: Vec<Entry>,
}

/// What a history takes of one record.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its file.
    pub file: String,
    /// When it started, RFC 3339, UTC.
    pub started: String,
    /// Version of notibench that wrote it.
    pub version: String,
    /// Each engine's speed as a ratio to the baseline's; above 1 is faster.
    pub ratios: Vec<(String, f64)>,
}

/// Puts saved files, each with its name, into histories; beside them, which
/// ones have no place in one and why, a sentence each.
#[must_use]
pub fn histories(files: &[(String, Saved)]) -> (Vec<History>, Vec<String>) {
    let (mut found, mut left_out) = (Vec::new(), Vec::new());
    for (file, saved) in files {
        match saved {
            Saved::Run(record) => add(&mut found, &mut left_out, file, record),
            Saved::Sweep(sweep) => {
                for point in &sweep.points {
                    let value = sweep.axis.show(point.value);
                    let file = format!("{file} ({} {value})", sweep.axis.name());
                    add(&mut found, &mut left_out, &file, &point.record);
                }
            }
            Saved::Selftest(_) => left_out.push(format!(
                "{file} is left out: it holds a selftest, which has no ratios of engines"
            )),
            Saved::Capacity(_) => left_out.push(format!(
                "{file} is left out: it holds a search for capacity, which has no ratios"
            )),
        }
    }
    for history in &mut found {
        let order = |a: &Entry, b: &Entry| (&a.started, &a.file).cmp(&(&b.started, &b.file));
        history.records.sort_by(order);
    }
    (found, left_out)
}

fn add(found: &mut Vec<History>, left_out: &mut Vec<String>, file: &str, record: &Record) {
    let why = if record.failure.is_some() || !record.complete {
        Some("it is incomplete")
    } else if record.plan.open_loop.is_some() {
        Some("an open loop's speed is that of its schedule")
    } else if record.plan.planted_share > 0.0 {
        Some("a slowdown was planted in it")
    } else {
        None
    };
    if let Some(why) = why {
        left_out.push(format!("{file} is left out: {why}"));
        return;
    }
    let passes = [Pass::Fresh, Pass::Warm];
    let passes = passes
        .iter()
        .filter(|pass| record.plan.warm || **pass == Pass::Fresh);
    for pass in passes {
        let ratios = ratios(record, *pass);
        if ratios.is_empty() {
            left_out.push(format!(
                "{file} is left out: none of its engines has a ratio to another's time ({} passes)",
                pass.name()
            ));
            continue;
        }
        let entry = Entry {
            file: file.to_owned(),
            started: record.started.clone(),
            version: record.version.clone(),
            ratios,
        };
        let mut history = blank(record, *pass);
        let same = |known: &&mut History| {
            known.workload == history.workload
                && known.toml == history.toml
                && known.plan == history.plan
                && is_one_kind(&known.environment, &history.environment)
        };
        match found.iter_mut().find(same) {
            Some(known) => {
                // an older record doesn't say all that a newer one does
                if known.environment.cpu_id.is_none() {
                    known.machine = history.machine;
                    known.environment = history.environment;
                }
                known.records.push(entry);
            }
            None => {
                history.records.push(entry);
                found.push(history);
            }
        }
    }
}

fn blank(record: &Record, pass: Pass) -> History {
    let plan = &record.plan;
    let warm = match pass {
        Pass::Fresh => "",
        Pass::Warm => ", over warm state",
    };
    History {
        workload: record.workload.name.clone(),
        plan: format!(
            "{}, {}, batches of {}, vs {}{warm}",
            counted(plan.events, "event"),
            counted(plan.threads, "thread"),
            show_whole(plan.batch as u64),
            plan.baseline
        ),
        pass,
        machine: machine(&record.environment),
        environment: record.environment.clone(),
        toml: record.workload.toml.clone(),
        records: Vec::new(),
    }
}

/// What makes two machines of one kind: processors and caches.
fn machine(environment: &Environment) -> String {
    let caches = environment.caches.iter().map(cache_words);
    let caches: String = caches.map(|words| format!(", {words}")).collect();
    format!(
        "{}, {}{caches}",
        environment.processor(),
        counted(environment.cores, "core")
    )
}

/// Whether two machines are of one kind, as far as both say what they are.
fn is_one_kind(one: &Environment, other: &Environment) -> bool {
    one.cores == other.cores && one.has_processor_of(other) && one.has_caches_of(other)
}

fn ratios(record: &Record, pass: Pass) -> Vec<(String, f64)> {
    let summary = Summary::of_pass(record, pass);
    let lines = summary.ranked.iter().chain(&summary.ablations);
    lines
        .filter_map(|line| match line.versus {
            Versus::Ratio { ratio, .. } if ratio.is_finite() && ratio > 0.0 => {
                Some((line.name.clone(), ratio))
            }
            _ => None,
        })
        .collect()
}

impl History {
    /// The engines, in the order in which they first come.
    #[must_use]
    pub fn engines(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for (name, _) in self.records.iter().flat_map(|record| &record.ratios) {
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
        names
    }

    /// The records that have this engine, and its ratio in each.
    fn series(&self, engine: &str) -> Vec<(&Entry, f64)> {
        let of = |record: &Entry| {
            record
                .ratios
                .iter()
                .find(|(name, _)| name == engine)
                .cloned()
        };
        let records = self.records.iter();
        records
            .filter_map(|record| Some((record, of(record)?.1)))
            .collect()
    }
}

/// The histories as text: for each engine its present level, its noise and
/// what that says of the next record, then the changes.
#[must_use]
pub fn history(histories: &[History], style: &Style) -> String {
    let style = *style;
    let mut text: String = histories
        .iter()
        .map(|history| one(history, style))
        .collect();
    let words = "level: speed vs the baseline since the last change; noise: standard \
                 deviation from record to record; next within: 95 of 100, if nothing changes; \
                 !: not within what the records before it say. Changes by E-divisive at 5%: of \
                 twenty engines without a change one shows one";
    text += &wrap("  ", words, style.width);
    text
}

fn one(history: &History, style: Style) -> String {
    let heading = format!("history · {}", plain(&history.workload));
    let mut text = format!("{}\n", style.bold(&heading));
    text += &wrap("  ", &plain(&history.plan), style.width);
    text += &wrap("  ", &plain(&history.machine), style.width);
    text += &wrap("  ", &span(history), style.width);
    text.push('\n');
    let head = ["engine", "records", "level", "noise", "next within", "last"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    let mut changes = Vec::new();
    for engine in history.engines() {
        let series = history.series(engine);
        rows.push(row(engine, &series));
        changes.extend(changes_of(engine, &series));
    }
    text += &draw(&rows, style);
    text.push('\n');
    if changes.is_empty() {
        changes.push(if history.records.len() < FEWEST_WITH_CHANGE {
            format!("a change is seen in {FEWEST_WITH_CHANGE} records or more")
        } else {
            "no change of level is seen".to_owned()
        });
    }
    for change in changes {
        text += &wrap("  ", &change, style.width);
    }
    text.push('\n');
    text
}

/// The first record and the last one.
fn span(history: &History) -> String {
    let named = |entry: &Entry| format!("{}, {}", plain(&entry.started), plain(&entry.file));
    match &history.records[..] {
        [] => String::new(),
        [only] => named(only),
        [first, .., last] => format!("{} to {}", named(first), named(last)),
    }
}

fn row(engine: &str, series: &[(&Entry, f64)]) -> Vec<String> {
    let logs: Vec<f64> = series.iter().map(|(_, ratio)| ratio.ln()).collect();
    let unknown = || "-".to_owned();
    let present = level(&logs, &change_points(&logs));
    // the last record against its own past, without itself
    let past = &logs[..logs.len() - 1];
    let expected = level(past, &change_points(past)).and_then(|past| past.next);
    let last = logs[logs.len() - 1];
    let is_unusual = expected.is_some_and(|(low, high)| !(low..=high).contains(&last));
    let mark = if is_unusual { " !" } else { "" };
    vec![
        plain(engine),
        series.len().to_string(),
        present.map_or_else(unknown, |level| show_ratio(level.mean.exp())),
        present
            .and_then(|level| level.noise)
            .map_or_else(unknown, |noise| show_percent(noise.exp_m1())),
        present
            .and_then(|level| level.next)
            .map_or_else(unknown, |(low, high)| {
                format!("[{}, {}]", show_ratio(low.exp()), show_ratio(high.exp()))
            }),
        format!("{}{mark}", show_ratio(last.exp())),
    ]
}

/// Each change of an engine's level, in words.
fn changes_of(engine: &str, series: &[(&Entry, f64)]) -> Vec<String> {
    let logs: Vec<f64> = series.iter().map(|(_, ratio)| ratio.ln()).collect();
    let changes = change_points(&logs);
    let of_one = |at: usize| {
        let change = changes[at];
        let end = changes.get(at + 1).map_or(logs.len(), |next| next.at);
        let before = level(&logs[..change.at], &changes[..at])?.mean;
        let after = level(&logs[change.at..end], &[])?.mean;
        let entry = series[change.at].0;
        Some(format!(
            "{}: {} → {} ({}{}) from {}, {}, p = {:.3}",
            plain(engine),
            show_ratio(before.exp()),
            show_ratio(after.exp()),
            if after > before { "+" } else { "" },
            show_percent((after - before).exp_m1()),
            plain(&entry.started),
            plain(&entry.file),
            change.p
        ))
    };
    (0..changes.len()).filter_map(of_one).collect()
}

/// A history as the CSV that Apache Otava imports: `time`, `version` and
/// `file`, then a column for each engine that every record has, since its
/// importer takes no empty value; beside it, the engines that are left out.
#[must_use]
pub fn history_csv(history: &History) -> (String, Vec<String>) {
    let count = history.records.len();
    let all = history.engines();
    let (whole, partial): (Vec<&str>, Vec<&str>) = all
        .into_iter()
        .partition(|engine| history.series(engine).len() == count);
    let head = ["time", "version", "file"]
        .into_iter()
        .chain(whole.iter().copied());
    let mut text = line(head);
    for (at, record) in history.records.iter().enumerate() {
        let ratios = whole
            .iter()
            .map(|engine| history.series(engine)[at].1.to_string());
        let ratios: Vec<String> = ratios.collect();
        let words = [&record.started, &record.version, &record.file];
        let words = words.into_iter().map(String::as_str);
        text += &line(words.chain(ratios.iter().map(String::as_str)));
    }
    (text, partial.into_iter().map(str::to_owned).collect())
}

fn line<'a>(values: impl Iterator<Item = &'a str>) -> String {
    let quoted: Vec<Cow<'a, str>> = values.map(super::csv::quoted).collect();
    format!("{}\n", quoted.join(","))
}

#[cfg(test)]
#[path = "history_tests.rs"]
mod tests;
