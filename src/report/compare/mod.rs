//! Two builds, or two saved records, compared: what changed,
//! how sure that is, and whether a gate lets it pass. A function of records
//! alone. Imports `record`, `stats` and the report's own parts.

mod answer;
mod builds;
mod by_slice;
mod gate;
mod json;
mod markdown;
mod records;
mod terminal;
mod warning;

#[cfg(test)]
mod tests;

pub(super) use answer::answer;
pub use builds::{Builds, check_turn, compare_builds};
pub use by_slice::{BySlice, Helps, Spread, Taking};
pub use gate::{Decision, Gate, GateVerdict};
pub use json::{COMPARISON_SCHEMA, json};
pub use markdown::markdown;
pub use records::{RecordFile, compare_records};
pub use terminal::terminal;
pub(super) use terminal::{heading, notes, rows, title};
pub use warning::{CompareWarning, More};

use super::failure::failures;
use crate::record::{Pass, Plan, Record, Weather};
use crate::stats::RatioInterval;

/// What two sides come to beside each other.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// How they were compared.
    pub method: Method,
    /// The passes that the figures are of.
    pub pass: Pass,
    /// Name of the workload.
    pub workload: String,
    /// How the first side was run.
    pub plan: Plan,
    /// The two sides, the old one first.
    pub sides: [Side; 2],
    /// Of records: how fast the machine was meanwhile, where each says it.
    pub weather: [Option<Weather>; 2],
    /// Each engine that both sides have.
    pub changes: Vec<Change>,
    /// The A/A control of both records, beside itself.
    pub control: Option<Change>,
    /// Of builds that took slices in turn: what that tells beyond the changes.
    pub by_slice: Option<BySlice>,
    /// Engines of which only one side has figures: the old one, the new one.
    pub alone: [Vec<String>; 2],
    /// Digests of the events and of the final state that both came to, where
    /// they are known and the same.
    pub digests: [Option<String>; 2],
    /// What the gate lets pass, where there is one.
    pub gate: Option<Gate>,
    /// What a reader should know first.
    pub warnings: Vec<CompareWarning>,
}

/// How two sides were compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Method {
    /// Two builds in turns of new processes: of one each, or of three in
    /// lock-step.
    Builds {
        /// Turns that count.
        turns: usize,
        /// Turns thrown away before them.
        warmup_turns: usize,
        /// Whether both are one file, byte for byte.
        identical: bool,
        /// What the orders of turns, and slices, were drawn from.
        order_seed: u64,
        /// Why whole processes took turns and not slices, where slices were
        /// wanted.
        apart: Option<String>,
    },
    /// Two records, each with its own ratios to this baseline: nothing pairs
    /// their rounds.
    Records {
        /// Name of the baseline in both.
        baseline: String,
    },
}

impl Method {
    /// What the two sides are called.
    #[must_use]
    pub fn sides(&self) -> [&'static str; 2] {
        match self {
            Self::Builds { .. } => ["old", "new"],
            Self::Records { .. } => ["before", "after"],
        }
    }
}

/// One side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// The executable, or the record's file.
    pub path: String,
    /// Version of notibench.
    pub version: String,
    /// When its first run started, RFC 3339, UTC.
    pub started: String,
}

impl Side {
    fn of(path: &str, record: &Record) -> Self {
        Self {
            path: path.to_owned(),
            version: record.version.clone(),
            started: record.started.clone(),
        }
    }
}

/// What became of one engine.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Its name.
    pub engine: String,
    /// The two sides' figures: of builds ns per event, the geometric mean of the turns; of
    /// records the ratio to the baseline.
    pub figures: [f64; 2],
    /// The new side's speed beside the old one's: above 1 is faster.
    pub ratio: f64,
    /// Its interval; none where there are too few rounds.
    pub interval: Option<RatioInterval>,
    /// What the gate says of it, where there is one.
    pub gate: Option<GateVerdict>,
}

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
fn check_usable(name: &str, record: &Record) -> Result<(), Refusal> {
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
fn digests(record: &Record) -> [Option<String>; 2] {
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
fn shared_digests(one: &Record, other: &Record) -> [Option<String>; 2] {
    let [events, state] = digests(one);
    let [other_events, other_state] = digests(other);
    let same = |one: Option<String>, other| one.filter(|digest| other == Some(digest.clone()));
    [same(events, other_events), same(state, other_state)]
}

/// Names of the engines and ablations of a record, its control and its probes
/// not among them.
fn compared(record: &Record) -> Vec<String> {
    let wanted = record
        .engines
        .iter()
        .filter(|note| !note.control && note.role != "probe");
    wanted.map(|note| note.name.clone()).collect()
}

/// The names that both have, in the order of the new side, then those that
/// only the old side has, and those that only the new one has.
fn split(old: &Record, new: &Record) -> (Vec<String>, [Vec<String>; 2]) {
    let (old, new) = (compared(old), compared(new));
    let (both, only_new): (Vec<String>, Vec<String>) =
        new.into_iter().partition(|name| old.contains(name));
    let only_old = old.into_iter().filter(|name| !both.contains(name));
    let only_old = only_old.collect();
    (both, [only_old, only_new])
}

/// The changes of engines that both sides name. One without figures on either
/// side joins those that only the old side has: the gate does not see it.
fn changes_of(
    both: Vec<String>,
    alone: &mut [Vec<String>; 2],
    change: impl Fn(&str) -> Option<Change>,
) -> Vec<Change> {
    let mut changes = Vec::new();
    for name in both {
        match change(&name) {
            Some(change) => changes.push(change),
            None => alone[0].push(name),
        }
    }
    changes
}

/// What differs of two things that both can be shown, as a line that names
/// both: `batch: 256 and 1,024`.
fn differ<T: PartialEq>(
    what: &str,
    [one, other]: [&T; 2],
    show: impl Fn(&T) -> String,
) -> Option<String> {
    (one != other).then(|| format!("{what}: {} and {}", show(one), show(other)))
}

/// What differs in how two records were run, a line each: what was run, and
/// with which numbers.
fn plan_differences(one: &Record, other: &Record) -> Vec<String> {
    use crate::unit::quantity::show_whole;
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
