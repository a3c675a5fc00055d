//! What a reader should know before believing a comparison. Each names what
//! fixes it.

use std::fmt;

use crate::figures::{show_near_one, show_percent, show_share};
use crate::style::plain;
use notibench_core::unit::quantity::{counted, show_whole};
use notibench_record::stats::RatioInterval;

/// Fewer turns, or rounds of a record, than this make an interval wide.
pub(in crate::compare) const FEW: usize = 5;

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
