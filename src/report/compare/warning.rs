//! What a reader should know before believing a comparison. Each names what
//! fixes it. Imports the comparison and the warnings of reports.

use std::fmt;

use super::{Change, Comparison, GateVerdict, Helps, RecordFile};
use crate::record::{ProofVerdict, Record};
use crate::report::summary::Summary;
use crate::report::text::{plain, show_near_one, show_percent, show_share};
use crate::report::warning::collect;
use crate::stats::{RatioInterval, Verdict};
use crate::unit::quantity::{counted, show_whole};

/// Fewer turns, or rounds of a record, than this make an interval wide.
const FEW: usize = 5;

/// What narrows intervals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum More {
    /// About so many turns; none where that can't be told.
    Turns(Option<usize>),
    /// About so many rounds of each process: most of the variance lies
    /// between them.
    RoundsOfEach(usize),
    /// More rounds of both records.
    OfRecords,
}

/// One warning.
#[derive(Clone, Debug, PartialEq)]
pub enum CompareWarning {
    /// Compared by force: what was not alike.
    Unlike(Vec<String>),
    /// A side was slowed down on purpose: which, and by how much.
    Planted(&'static str, f64),
    /// A side was built without optimisation: which.
    DebugBuild(&'static str),
    /// The control of one record beside that of the other differs.
    ControlDiffers(RatioInterval),
    /// The old build differs from itself: an engine.
    AgainDiffers(String, RatioInterval),
    /// Final states were not proved.
    NotProved,
    /// Too few turns.
    FewTurns(usize),
    /// Too few rounds of a record: which, and how many.
    FewRounds(&'static str, usize),
    /// A slowdown of the threshold is not excluded.
    Blind {
        /// The threshold, as a fraction.
        threshold: f64,
        /// Engines and the smallest effect that could be seen of each.
        engines: Vec<(String, f64)>,
        /// What would probably do.
        more: More,
    },
    /// There is no interval: engines.
    NoInterval(Vec<String>),
    /// Neighbours resemble each other: engines; and the flag.
    Correlated(Vec<String>, &'static str),
    /// Time that the host took away in all turns, in ms.
    Steal(u64),
    /// A record has warnings of its own: its file, and how many.
    OfItsOwn(String, usize),
}

/// `1 turn counts`, `2 turns count`.
const fn count_verb(count: usize) -> &'static str {
    if count == 1 { "counts" } else { "count" }
}

impl fmt::Display for CompareWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&match self {
            Self::Unlike(differences) => format!(
                "compared by --force, though the records were not run alike, so that a change may \
                 be of what differs and not of the engine: {}",
                plain(&differences.join("; "))
            ),
            Self::Planted(side, share) => format!(
                "planted slowdown of {} on the {side} side, on purpose: run it without --plant",
                show_share(*share)
            ),
            Self::DebugBuild(side) => format!(
                "the {side} side is a debug build: its times say nothing; build it with `cargo \
                 build --release`"
            ),
            Self::ControlDiffers(interval) => format!(
                "the baseline vs itself (A/A) is not what it was: {}. Changes of this size \
                 are not to be trusted here (by chance alone one pair of records in twenty shows \
                 one): run both again with more --rounds, or compare with --exe",
                show_near_one(interval.ratio, interval)
            ),
            Self::AgainDiffers(engine, interval) => format!(
                "{}: the old build vs itself (A/A) shows a difference: {}. Changes of this \
                 size are not to be trusted here (by chance alone one comparison in twenty shows \
                 one): give more --turns",
                plain(engine),
                show_near_one(interval.ratio, interval)
            ),
            Self::NotProved => "final states were not proved, so that a build may be fast because \
                                it is wrong: run without --no-verify"
                .to_owned(),
            Self::FewTurns(turns) => format!(
                "only {} {}: intervals are wide; give --turns {FEW} or more",
                counted(*turns, "turn"),
                count_verb(*turns)
            ),
            Self::FewRounds(side, rounds) => format!(
                "only {} {} {side}: intervals are wide; run it again with --rounds {FEW} or more",
                counted(*rounds, "round"),
                count_verb(*rounds)
            ),
            Self::Blind {
                threshold,
                engines,
                more,
            } => blind_words(*threshold, engines, *more),
            Self::NoInterval(engines) => format!(
                "no interval, so that no gate can judge: {}: give at least two turns or rounds",
                plain(&engines.join(", "))
            ),
            Self::Correlated(engines, flag) => format!(
                "neighbours in time resemble each other ({}), so that their intervals are not as \
                 sure as they say: give more {flag}",
                plain(&engines.join(", "))
            ),
            Self::Steal(ms) => format!(
                "the host took {} ms from this machine during the trials: give more --turns, or \
                 run on a quieter host",
                show_whole(*ms)
            ),
            Self::OfItsOwn(path, count) => format!(
                "the report of {} has {} of its own: `notibench report {}` shows what to fix",
                plain(path),
                counted(*count, "warning"),
                plain(path)
            ),
        })
    }
}

fn blind_words(threshold: f64, engines: &[(String, f64)], more: More) -> String {
    let listed: Vec<String> = engines
        .iter()
        .map(|(name, effect)| format!("{} {}", plain(name), show_percent(*effect)))
        .collect();
    let about = |count: usize| show_whole(count as u64);
    let fix = match more {
        More::Turns(Some(turns)) => format!("give more --turns (about {})", about(turns)),
        More::Turns(None) => "give more --turns".to_owned(),
        More::RoundsOfEach(rounds) => format!(
            "give more --rounds (about {}): rounds of one process differ more than processes do",
            about(rounds)
        ),
        More::OfRecords => {
            "run both with more --rounds, or compare two builds with --exe".to_owned()
        }
    };
    format!(
        "unsure: a slowdown of {} is not excluded; the detectable difference (80% power): {}: \
         {fix}",
        show_percent(threshold),
        listed.join(", ")
    )
}

/// The warnings of two builds' turns, the gravest first.
pub(super) fn of_builds(comparison: &Comparison, turns: &[[Record; 2]]) -> Vec<CompareWarning> {
    let mut found = Vec::new();
    if let Some(turn) = turns.first() {
        unfit_builds(comparison, [&turn[0], &turn[1]], &mut found);
    }
    let again = comparison.by_slice.iter().flat_map(|found| &found.again);
    found.extend(again.filter_map(|change| {
        let interval = change.interval?;
        let differs = interval.verdict() != Verdict::NoDifferenceSeen;
        differs.then(|| CompareWarning::AgainDiffers(change.engine.clone(), interval))
    }));
    if turns.iter().flatten().any(is_unproved) {
        found.push(CompareWarning::NotProved);
    }
    if turns.len() < FEW {
        found.push(CompareWarning::FewTurns(turns.len()));
    }
    let more = more_needed(comparison, turns.len());
    of_intervals(comparison, more, "--turns", &mut found);
    let trials = turns.iter().flatten().flat_map(|record| &record.trials);
    let steal_ms = trials.fold(0, |sum: u64, t| sum.saturating_add(t.steal_ms));
    if steal_ms > 0 {
        found.push(CompareWarning::Steal(steal_ms));
    }
    found
}

/// The warnings of two records, the gravest first.
pub(super) fn of_records(
    comparison: &Comparison,
    files: [RecordFile<'_>; 2],
    differences: Vec<String>,
) -> Vec<CompareWarning> {
    let mut found = Vec::new();
    if !differences.is_empty() {
        found.push(CompareWarning::Unlike(differences));
    }
    let records = files.map(|file| file.record);
    unfit_builds(comparison, records, &mut found);
    let control = comparison.control.as_ref().and_then(|c| c.interval);
    if let Some(interval) = control.filter(|i| i.verdict() != Verdict::NoDifferenceSeen) {
        found.push(CompareWarning::ControlDiffers(interval));
    }
    if records.into_iter().any(is_unproved) {
        found.push(CompareWarning::NotProved);
    }
    for (side, record) in comparison.method.sides().into_iter().zip(records) {
        if record.plan.rounds < FEW {
            found.push(CompareWarning::FewRounds(side, record.plan.rounds));
        }
    }
    of_intervals(comparison, More::OfRecords, "--rounds", &mut found);
    for file in files {
        let own = collect(file.record, &Summary::of(file.record)).len();
        if own > 0 {
            found.push(CompareWarning::OfItsOwn(file.path.to_owned(), own));
        }
    }
    found
}

/// Sides whose times say nothing of an engine.
fn unfit_builds(comparison: &Comparison, records: [&Record; 2], found: &mut Vec<CompareWarning>) {
    for (side, record) in comparison.method.sides().into_iter().zip(records) {
        if record.plan.planted_share > 0.0 {
            found.push(CompareWarning::Planted(side, record.plan.planted_share));
        }
        if record.environment.profile == "debug" {
            found.push(CompareWarning::DebugBuild(side));
        }
    }
}

/// Whether an engine that is compared was not checked against the oracle.
fn is_unproved(record: &Record) -> bool {
    let names = super::compared(record);
    record
        .proofs
        .iter()
        .any(|proof| names.contains(&proof.engine) && proof.verdict == ProofVerdict::NotChecked)
}

/// Engines of which a slowdown of the threshold is not excluded.
fn blind(comparison: &Comparison) -> impl Iterator<Item = &Change> {
    comparison.gated(GateVerdict::Unsure).into_iter()
}

/// What would make the smallest effect of every unsure engine as small as the
/// threshold: more rounds where they are what helps all of these engines, by
/// how their variance splits; else more turns.
fn more_needed(comparison: &Comparison, turns: usize) -> More {
    let parts =
        || blind(comparison).filter_map(|change| Some((change, part_wanted(comparison, change)?)));
    let rounds: Option<Vec<usize>> = parts()
        .map(|(change, part)| {
            let mut spreads = comparison.by_slice.iter().flat_map(|found| &found.spreads);
            let spread = spreads.find(|spread| spread.engine == change.engine)?;
            let rounds = spread.rounds_for(part)?.ceil();
            (spread.helps() == Helps::Rounds).then_some(rounds as usize)
        })
        .collect();
    let most = rounds.and_then(|rounds| rounds.into_iter().max());
    if let Some(rounds) = most {
        return More::RoundsOfEach(rounds);
    }
    let turns = parts().map(|(_, part)| (turns as f64 / part).ceil() as usize);
    More::Turns(turns.max())
}

/// The part of the variance at which the smallest effect is the threshold:
/// the effect is as the variance's root. At most a half: where the effect is
/// small enough and the estimate lies near the threshold, only a much
/// narrower interval tells.
fn part_wanted(comparison: &Comparison, change: &Change) -> Option<f64> {
    let effect = change.interval?.minimum_detectable.ln_1p();
    let wanted = comparison.gate?.slower.ln_1p();
    let part = (wanted / effect).powi(2).min(0.5);
    (part > 0.0).then_some(part)
}

fn of_intervals(
    comparison: &Comparison,
    more: More,
    flag: &'static str,
    found: &mut Vec<CompareWarning>,
) {
    let engines: Vec<(String, f64)> = blind(comparison)
        .filter_map(|c| Some((c.engine.clone(), c.interval?.minimum_detectable)))
        .collect();
    if let (Some(gate), false) = (comparison.gate, engines.is_empty()) {
        found.push(CompareWarning::Blind {
            threshold: gate.slower,
            engines,
            more,
        });
    }
    let named = |wanted: &dyn Fn(&Change) -> bool| -> Vec<String> {
        let changes = comparison.changes.iter().filter(|change| wanted(change));
        changes.map(|change| change.engine.clone()).collect()
    };
    let without = named(&|change| change.interval.is_none());
    if !without.is_empty() {
        found.push(CompareWarning::NoInterval(without));
    }
    let correlated = named(&|change| change.interval.is_some_and(|i| i.correlated));
    if !correlated.is_empty() {
        found.push(CompareWarning::Correlated(correlated, flag));
    }
}
