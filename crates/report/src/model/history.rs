//! Records over time: each engine's speed beside the baseline, record by
//! record.

use super::summary::{Summary, Versus};
use crate::figures::{cache_words, workers};
use notibench_core::unit::quantity::{counted, show_whole};
use notibench_record::{Environment, Pass, Record, Saved};

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
            workers(plan),
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
    pub(crate) fn series(&self, engine: &str) -> Vec<(&Entry, f64)> {
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
