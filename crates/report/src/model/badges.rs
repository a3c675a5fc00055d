//! The trust block at a glance: whether each thing is as it should be.

use super::control::ControlVerdict;
use super::disturbance::{STEAL_SHARE, steal_share};
use super::failure::{difference, unconserved};
use super::summary::{Summary, control_interval};
use crate::figures::{show_near_one, show_percent};
use notibench_core::unit::quantity::{counted, show_whole};
use notibench_record::stats::RatioInterval;
use notibench_record::{EngineRole, ProofVerdict, Record};

/// Share of the fastest engine's time that the harness may take.
pub(crate) const HARNESS_SHARE: f64 = 0.2;

/// One thing of the trust block at a glance.
#[derive(Debug)]
pub(crate) struct Badge {
    pub(crate) state: State,
    pub(crate) label: &'static str,
    pub(crate) words: String,
}

/// Whether it is as it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Good,
    Doubtful,
    Bad,
    /// Not known.
    Unknown,
}

impl State {
    /// Its class in the style sheet.
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Doubtful => "doubtful",
            Self::Bad => "bad",
            Self::Unknown => "unknown",
        }
    }

    /// Its sign, which is there without colour, too.
    pub(crate) const fn sign(self) -> &'static str {
        match self {
            Self::Good => "✓",
            Self::Doubtful => "!",
            Self::Bad => "✗",
            Self::Unknown => "–",
        }
    }
}

fn badge(state: State, label: &'static str, words: String) -> Badge {
    Badge {
        state,
        label,
        words,
    }
}

/// What there is to say of a run.
pub(crate) fn badges(record: &Record, summary: &Summary) -> Vec<Badge> {
    let mut badges = vec![proof(record), conservation(record)];
    badges.extend(control(summary, record.plan.relevant));
    badges.extend(harness(summary));
    badges.push(disturbance(record));
    badges
}

fn proof(record: &Record) -> Badge {
    let engines = || {
        record
            .engines
            .iter()
            .filter(|note| note.role != EngineRole::Probe)
    };
    let wrong = engines()
        .filter(|note| difference(record, note).is_some())
        .count();
    let proved = |name: &str| {
        let equal = |p: &&notibench_record::EngineProof| {
            p.engine == name && p.verdict == ProofVerdict::Equal
        };
        record.proofs.iter().find(equal).is_some()
    };
    let (all, equal) = (
        engines().count(),
        engines().filter(|note| proved(&note.name)).count(),
    );
    let (state, words) = match (wrong, equal) {
        (1.., _) => (
            State::Bad,
            format!("wrong: {wrong} of {}", counted(all, "final state")),
        ),
        (0, 0) => (State::Unknown, "no final state was compared".to_owned()),
        _ if equal == all => (
            State::Good,
            format!("all {all} final states equal the oracle's, bit for bit"),
        ),
        _ => (
            State::Doubtful,
            format!("compared: {equal} of {}", counted(all, "final state")),
        ),
    };
    badge(state, "proof", words)
}

fn conservation(record: &Record) -> Badge {
    let broken = record
        .trials
        .iter()
        .filter(|t| unconserved(t).is_some())
        .count();
    let all = record.trials.len() as u64;
    match (broken, all) {
        (_, 0) => badge(State::Unknown, "events", "no trial".to_owned()),
        (0, _) => badge(
            State::Good,
            "events",
            format!("every event is accounted for in {}", counted(all, "trial")),
        ),
        _ => badge(
            State::Bad,
            "events",
            format!("not conserved in {broken} of {}", counted(all, "trial")),
        ),
    }
}

fn control(summary: &Summary, relevant: f64) -> Option<Badge> {
    let interval = control_interval(summary)?;
    let shown = show_near_one(interval.ratio, interval);
    Some(control_badge(interval, &shown, relevant))
}

/// The badge of an A/A control, `shown` beside its words.
pub(crate) fn control_badge(interval: &RatioInterval, shown: &str, relevant: f64) -> Badge {
    let control = ControlVerdict::of(interval, relevant);
    let state = match control {
        ControlVerdict::Equal => State::Good,
        ControlVerdict::TooWide => State::Unknown,
        ControlVerdict::Differs => State::Bad,
    };
    let words = format!("{}: {shown}", control.words(interval, relevant));
    badge(state, "A/A control", words)
}

fn harness(summary: &Summary) -> Option<Badge> {
    let share = summary.harness?.of_fastest?;
    let state = if share > HARNESS_SHARE {
        State::Doubtful
    } else {
        State::Good
    };
    let words = format!("takes {} of the fastest engine's time", show_percent(share));
    Some(badge(state, "harness", words))
}

fn disturbance(record: &Record) -> Badge {
    let stolen = record
        .disturbances()
        .fold(0_u64, |sum, (steal_ms, _)| sum.saturating_add(steal_ms));
    let state = if steal_share(record) > STEAL_SHARE {
        State::Doubtful
    } else {
        State::Good
    };
    let words = match stolen {
        0 => "no time was stolen by the host".to_owned(),
        _ => format!("the host took {} ms away", show_whole(stolen)),
    };
    badge(state, "disturbance", words)
}
