//! The trust block at a glance, and line by line. Imports `record` and the
//! report's own parts.

use super::article::{Article, Badge, State};
use crate::record::{ProofVerdict, Record};
use crate::report::control::Control;
use crate::report::failure::{difference, unconserved};
use crate::report::summary::Summary;
use crate::report::text::{show_near_one, show_percent};
use crate::report::trust;
use crate::report::warning::control_interval;
use crate::stats::RatioInterval;
use crate::unit::quantity::show_whole;

/// Lines that stay folded: of the stream and of the machine.
const FOLDED: [&str; 5] = [
    "realised mix",
    "dispositions",
    "recipients",
    "limits",
    "machine",
];
/// Share of the fastest engine's time that the harness may take.
const HARNESS_SHARE: f64 = 0.2;

/// Fills in the trust block of a run.
pub(super) fn fill(article: &mut Article, record: &Record, summary: &Summary) {
    article.badges = badges(record, summary);
    for (label, words) in trust::lines(record, summary) {
        let target = if FOLDED.contains(&label) {
            &mut article.more_trust
        } else {
            &mut article.trust
        };
        push(target, label, words);
    }
}

/// Adds a line; a label that stands already is not said again.
pub(super) fn push(lines: &mut Vec<(String, String)>, label: &str, words: String) {
    let said = lines.iter().rev().find(|(label, _)| !label.is_empty());
    let again = said.is_some_and(|(last, _)| last == label);
    let label = if again { "" } else { label };
    lines.push((label.to_owned(), words));
}

fn badge(state: State, label: &'static str, words: String) -> Badge {
    Badge {
        state,
        label,
        words,
    }
}

fn badges(record: &Record, summary: &Summary) -> Vec<Badge> {
    let mut badges = vec![proof(record), conservation(record)];
    badges.extend(control(summary, record.plan.relevant));
    badges.extend(harness(summary));
    badges.push(disturbance(record));
    badges
}

fn proof(record: &Record) -> Badge {
    let engines = || record.engines.iter().filter(|note| note.role != "probe");
    let wrong = engines()
        .filter(|note| difference(record, note).is_some())
        .count();
    let proved = |name: &str| {
        let equal =
            |p: &&crate::record::EngineProof| p.engine == name && p.verdict == ProofVerdict::Equal;
        record.proofs.iter().find(equal).is_some()
    };
    let (all, equal) = (
        engines().count(),
        engines().filter(|note| proved(&note.name)).count(),
    );
    let (state, words) = match (wrong, equal) {
        (1.., _) => (
            State::Bad,
            format!("{wrong} of {all} final states are wrong"),
        ),
        (0, 0) => (State::Unknown, "no final state was compared".to_owned()),
        _ if equal == all => (
            State::Good,
            format!("all {all} final states equal the oracle's, bit for bit"),
        ),
        _ => (
            State::Doubtful,
            format!("{equal} of {all} final states were compared"),
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
            format!("every event is accounted for in {} trials", show_whole(all)),
        ),
        _ => badge(
            State::Bad,
            "events",
            format!("not conserved in {broken} of {} trials", show_whole(all)),
        ),
    }
}

fn control(summary: &Summary, relevant: f64) -> Option<Badge> {
    let interval = control_interval(summary)?;
    let shown = show_near_one(interval.ratio, interval);
    Some(control_badge(interval, &shown, relevant))
}

/// The badge of an A/A control, `shown` beside its words.
pub(super) fn control_badge(interval: &RatioInterval, shown: &str, relevant: f64) -> Badge {
    let control = Control::of(interval, relevant);
    let state = match control {
        Control::Equal => State::Good,
        Control::TooWide => State::Unknown,
        Control::Differs => State::Bad,
    };
    let words = format!("{}: {shown}", control.words(relevant));
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
        .trials
        .iter()
        .fold(0_u64, |sum, t| sum.saturating_add(t.steal_ms));
    match stolen {
        0 => badge(
            State::Good,
            "disturbance",
            "no time was stolen by the host".to_owned(),
        ),
        _ => badge(
            State::Doubtful,
            "disturbance",
            format!("the host took {} ms away", show_whole(stolen)),
        ),
    }
}
