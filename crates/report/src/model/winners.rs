//! Which engine is the fastest, run by run, each kind of freshness for itself.

use super::summary::Summary;
use crate::figures::roles;
use notibench_record::stats::RatioInterval;
use notibench_record::{Pass, Record, Saved};

/// What is shown, and what is left out.
#[derive(Clone, Debug, Default)]
pub struct WinnersChoice {
    /// An engine that gets a column: its speed beside the fastest other of
    /// its kind.
    pub beside: Option<String>,
    /// Engines that are left out.
    pub without: Vec<String>,
}

/// The fastest engine of one kind in one run.
#[derive(Clone, Debug, PartialEq)]
pub struct Winner {
    /// Name of the workload.
    pub workload: String,
    /// Workers.
    pub threads: usize,
    /// Members, where a sweep varied them, or whatever else it varied.
    pub point: Option<String>,
    /// What state the passes found.
    pub pass: Pass,
    /// Whether this is of the engines whose reads may lag behind.
    pub deferred: bool,
    /// Its name.
    pub engine: String,
    /// Its wall time per event, the geometric mean over the rounds.
    pub ns_per_event: f64,
    /// Its speed beside the next of its kind, and that one's name; the interval
    /// holds together with those to all others of its kind.
    pub next: Option<(String, RatioInterval)>,
    /// Speed of [`WinnersChoice::beside`] beside the fastest other of its
    /// kind, and that one's name; none where it is of the other kind.
    pub beside: Option<(String, RatioInterval)>,
}

/// The winners of each run of the files, in their order: fresh passes, then
/// warm ones. A run without a figure has none.
#[must_use]
pub fn winners(files: &[Saved], choice: &WinnersChoice) -> Vec<Winner> {
    let mut found = Vec::new();
    for file in files {
        match file {
            Saved::Run(record) => of_record(record, None, choice, &mut found),
            Saved::Sweep(sweep) => {
                for point in &sweep.points {
                    let value = sweep.axis.show(point.value);
                    let label = format!("{} {value}", sweep.axis.name());
                    of_record(&point.record, Some(label), choice, &mut found);
                }
            }
            // capacities are compared in a report of their own
            Saved::Capacity(_) | Saved::Selftest(_) => {}
        }
    }
    found
}

fn of_record(
    record: &Record,
    point: Option<String>,
    choice: &WinnersChoice,
    found: &mut Vec<Winner>,
) {
    // the threads have a column of their own
    let point = point.filter(|label| !label.starts_with("threads "));
    // nothing else says that these are speeds beside readers
    let point = point.or_else(|| record.plan.apart.as_ref().map(roles));
    for pass in [Pass::Fresh, Pass::Warm] {
        let summary = Summary::of_pass(record, pass);
        for deferred in [false, true] {
            let ranked: Vec<_> = summary
                .of_kind(deferred)
                .filter(|engine| !choice.without.contains(&engine.name))
                .collect();
            let [first, rivals @ ..] = ranked.as_slice() else {
                continue;
            };
            let second = rivals.first();
            let ratio = |engine: &str, other: &str| {
                let interval = record.ratio_with(other, engine, pass)?;
                Some((other.to_owned(), interval.among(rivals.len())))
            };
            let of_kind = |name: &String| {
                let mut ranked = summary.ranked.iter();
                ranked.any(|engine| engine.name == *name && engine.deferred == deferred)
            };
            let beside = choice.beside.as_ref().filter(|name| of_kind(name));
            found.push(Winner {
                workload: record.workload.name.clone(),
                threads: record.plan.threads,
                point: point.clone(),
                pass,
                deferred,
                engine: first.name.clone(),
                ns_per_event: first.ns_per_event,
                next: second.and_then(|second| ratio(&first.name, &second.name)),
                beside: beside.and_then(|name| {
                    let rival = if *name == first.name { second? } else { first };
                    ratio(name, &rival.name)
                }),
            });
        }
    }
}
