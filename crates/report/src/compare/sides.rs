//! What two sides have in common, and why they are not compared.

use super::comparison::Change;
use crate::model::failure::failures;
use notibench_record::{EngineRole, Record};

/// Why two sides are not compared.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A side did not come to its end, or has nothing to compare.
    #[error("{0}")]
    Unusable(String),
    /// A side's final state is wrong, or not the other's.
    #[error("{0}")]
    Wrong(String),
    /// They were not run alike: what differs, a line each.
    #[error(
        "{what} were not run alike:\n  {}\n{fix}",
        differences.join("\n  ")
    )]
    Unlike {
        /// What was not: the records, or the two builds.
        what: &'static str,
        /// What differs.
        differences: Vec<String>,
        /// What to do about it.
        fix: &'static str,
    },
}

/// Refuses a record that did not come to a good end; `name` is for the words.
pub(super) fn check_usable(name: &str, record: &Record) -> Result<(), Refusal> {
    if !record.complete {
        let why = record.failure.as_deref().unwrap_or("interrupted");
        return Err(Refusal::Unusable(format!(
            "{name}: the run is incomplete ({why}): run it again"
        )));
    }
    match failures(record).first() {
        Some(words) => Err(Refusal::Wrong(format!(
            "{name}: {words}; what is wrong has no figure to compare"
        ))),
        None => Ok(()),
    }
}

/// The digest of the events and that of the final state; none of what was not
/// looked at.
pub(super) fn digests(record: &Record) -> [Option<String>; 2] {
    let oracle = record.oracle.as_ref();
    let of_trials = || record.trials.iter().find_map(|t| t.events_digest.clone());
    [
        oracle
            .map(|oracle| oracle.events_digest.clone())
            .or_else(of_trials),
        oracle.map(|oracle| oracle.snapshot_digest.clone()),
    ]
}

/// The digests that both know and that are the same.
pub(super) fn shared_digests(one: &Record, other: &Record) -> [Option<String>; 2] {
    let [events, state] = digests(one);
    let [other_events, other_state] = digests(other);
    let same = |one: Option<String>, other| one.filter(|digest| other == Some(digest.clone()));
    [same(events, other_events), same(state, other_state)]
}

/// Names of the engines and ablations of a record, its control and its probes
/// not among them.
pub(super) fn compared(record: &Record) -> Vec<String> {
    let wanted = record
        .engines
        .iter()
        .filter(|note| !note.control && note.role != EngineRole::Probe);
    wanted.map(|note| note.name.clone()).collect()
}

/// The names that both have, in the order of the new side, then those that
/// only the old side has, and those that only the new one has.
pub(super) fn split(old: &Record, new: &Record) -> (Vec<String>, [Vec<String>; 2]) {
    let (old, new) = (compared(old), compared(new));
    let (both, only_new): (Vec<String>, Vec<String>) =
        new.into_iter().partition(|name| old.contains(name));
    let only_old = old.into_iter().filter(|name| !both.contains(name));
    let only_old = only_old.collect();
    (both, [only_old, only_new])
}

/// The changes of engines that both sides name. One without figures on either
/// side joins those that only the old side has: the gate does not see it.
pub(super) fn changes_of(
    both: Vec<String>,
    unmatched: &mut [Vec<String>; 2],
    change: impl Fn(&str) -> Option<Change>,
) -> Vec<Change> {
    let mut changes = Vec::new();
    for name in both {
        match change(&name) {
            Some(change) => changes.push(change),
            None => unmatched[0].push(name),
        }
    }
    changes
}

/// What differs of two things that both can be shown, as a line that names
/// both: `batch: 256 and 1,024`.
pub(super) fn differ<T: PartialEq>(
    what: &str,
    [one, other]: [&T; 2],
    show: impl Fn(&T) -> String,
) -> Option<String> {
    (one != other).then(|| format!("{what}: {} and {}", show(one), show(other)))
}

/// What differs in how two records were run, a line each: what was run, and
/// with which numbers.
pub(super) fn plan_differences(one: &Record, other: &Record) -> Vec<String> {
    use notibench_core::unit::quantity::show_whole;
    let (a, b) = (&one.plan, &other.plan);
    let number = |value: &u64| show_whole(*value);
    let count = |value: &usize| show_whole(*value as u64);
    let flag = |value: &bool| (if *value { "yes" } else { "no" }).to_owned();
    let names = [&one.workload.name, &other.workload.name];
    let texts = [&one.workload.toml, &other.workload.toml];
    let other_text = names[0] == names[1] && texts[0] != texts[1];
    [
        differ("workload", names, Clone::clone),
        other_text.then(|| format!("the text of the workload {}", names[0])),
        differ("seed", [&a.seed, &b.seed], ToString::to_string),
        differ("events of a trial", [&a.events, &b.events], number),
        differ("reads of a trial", [&a.reads, &b.reads], number),
        differ("threads", [&a.threads, &b.threads], count),
        differ("writers and readers apart", [&a.apart, &b.apart], |apart| {
            apart
                .as_ref()
                .map_or_else(|| "none".to_owned(), crate::figures::roles)
        }),
        differ("batch", [&a.batch, &b.batch], count),
        differ("generated inline", [&a.inline, &b.inline], flag),
        differ("pinned", [&a.pin, &b.pin], flag),
        differ("a second pass over warm state", [&a.warm, &b.warm], flag),
        differ(
            "entries of an inbox",
            [&a.inbox_capacity, &b.inbox_capacity],
            count,
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}
