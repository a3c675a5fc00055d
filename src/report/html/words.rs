//! What was asked of a run, and what the answer is, in sentences. Imports
//! `record`, `stats` and the report's own parts.

use crate::record::{Pass, Record, Trial};
use crate::report::course;
use crate::report::open_loop::schedule_words;
use crate::report::summary::{EngineLine, Summary, Versus};
use crate::report::terminal::shape;
use crate::report::text::{plain, show_ratio};
use crate::stats::{RatioInterval, Verdict, paired_ratio};
use crate::unit::quantity::{show_count, show_ns};

/// `a`, `a and b`, `a, b and c`.
pub(super) fn listed(names: &[String]) -> String {
    match names {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// ` (95% interval 2.86 to 3.27)`.
pub(super) fn within(interval: &RatioInterval, show: impl Fn(f64) -> String) -> String {
    let (low, high) = (show(interval.low), show(interval.high));
    format!(" (95% interval {low} to {high})")
}

/// Events a second of an engine with their interval: the geometric mean over
/// the sampling units, which are rounds, or processes where there are several.
pub(super) fn throughput(record: &Record, engine: &str, pass: Pass) -> Option<RatioInterval> {
    let pairs = record.paired_with(engine, engine, pass, Trial::ns_per_event);
    // a speed is a ratio to one event a second
    let speeds: Vec<(f64, f64)> = pairs.iter().map(|(ns, _)| (*ns, 1e9)).collect();
    paired_ratio(&speeds)
}

/// What was asked.
pub(super) fn asked(record: &Record) -> Vec<String> {
    let contestants = record.engines.iter();
    let names: Vec<String> = contestants
        .filter(|note| note.role == "engine" && !note.control)
        .map(|note| plain(&note.name))
        .collect();
    let workload = plain(&record.workload.name);
    let rate = record
        .plan
        .open_loop
        .map(|plan| show_count(plan.offered_per_s));
    let question = match &names[..] {
        _ if rate.is_some() => format!(
            "What response time have {} on {workload}, with {} events a second offered?",
            listed(&names),
            rate.unwrap_or_default()
        ),
        [] => format!("What does the machine do on {workload}?"),
        [one] => format!("How fast is {one} on {workload}?"),
        _ => format!(
            "Which of {} is fastest on {workload}, and by how much?",
            listed(&names)
        ),
    };
    let mut asked = vec![format!(
        "{question} {}.",
        shape(&record.plan, &course::repeated(record))
    )];
    asked.extend(record.plan.open_loop.iter().map(schedule_words));
    asked
}

/// What the answer is.
pub(super) fn answer(record: &Record, summary: &Summary) -> Vec<String> {
    let Some(first) = summary.ranked.first() else {
        return vec![no_answer(summary)];
    };
    let speed = format!("{} events a second", show_count(first.events_per_s));
    let interval = throughput(record, &first.name, summary.pass);
    let interval = interval.map_or_else(String::new, |i| within(&i, show_count));
    let name = plain(&first.name);
    let mut words = Vec::new();
    if summary.ranked.len() == 1 {
        words.push(format!("{name} takes {speed}{interval}."));
    } else {
        words.push(format!(
            "{name} is fastest: {speed}{interval}{}.",
            beside(record, first)
        ));
        words.extend(next(record, summary));
        words.extend(others(record, summary));
    }
    words.push(format!(
        "An event takes {name} {} of wall time, {} of a core's.",
        show_ns(first.ns_per_event),
        show_ns(first.core_ns_per_event)
    ));
    if !summary.errors.is_empty() {
        let wrong: Vec<String> = summary.errors.iter().map(|e| plain(&e.name)).collect();
        words.push(format!(
            "Wrong, and so without a figure: {}.",
            listed(&wrong)
        ));
    }
    words
}

fn no_answer(summary: &Summary) -> String {
    if summary.errors.is_empty() {
        "There is no answer: no round of any engine counts.".to_owned()
    } else {
        "There is no answer: every engine that ran was wrong.".to_owned()
    }
}

fn beside(record: &Record, line: &EngineLine) -> String {
    match &line.versus {
        Versus::Ratio {
            ratio,
            interval: Some(interval),
            ..
        } => format!(
            ", {} times as fast as {}{}",
            show_ratio(*ratio),
            plain(&record.plan.baseline),
            within(interval, show_ratio)
        ),
        Versus::Ratio { ratio, .. } => format!(
            ", {} times as fast as {} in the one round that both ran",
            show_ratio(*ratio),
            plain(&record.plan.baseline)
        ),
        _ => String::new(),
    }
}

/// How sure it is that the first is faster than the second.
fn next(record: &Record, summary: &Summary) -> Option<String> {
    let [first, second, ..] = &summary.ranked[..] else {
        return None;
    };
    let baseline = &record.plan.baseline;
    // said already, or of no use
    if second.name == *baseline && summary.ranked.len() == 2 {
        return None;
    }
    let pairs = record.paired_with(&second.name, &first.name, summary.pass, Trial::ns_per_event);
    let interval = paired_ratio(&pairs)?;
    let (one, other) = (plain(&first.name), plain(&second.name));
    let words = match interval.verdict() {
        Verdict::NoDifferenceSeen => {
            format!("No difference was seen between it and the next, {other}")
        }
        _ => format!(
            "{one} is {} times as fast as the next, {other}",
            show_ratio(interval.ratio)
        ),
    };
    Some(format!("{words}{}.", within(&interval, show_ratio)))
}

/// The other engines beside the baseline.
fn others(record: &Record, summary: &Summary) -> Option<String> {
    let shown = |line: &EngineLine| match &line.versus {
        Versus::Ratio {
            ratio,
            interval: Some(interval),
            ..
        } => {
            let name = plain(&line.name);
            let ends = format!(
                "{} to {}",
                show_ratio(interval.low),
                show_ratio(interval.high)
            );
            let words = match interval.verdict() {
                Verdict::NoDifferenceSeen => "no difference seen: ",
                _ => "",
            };
            Some(format!("{name} {words}{} ({ends})", show_ratio(*ratio)))
        }
        _ => None,
    };
    let found: Vec<String> = summary.ranked[1..].iter().filter_map(shown).collect();
    (!found.is_empty()).then(|| {
        format!(
            "As multiples of {}'s speed: {}.",
            plain(&record.plan.baseline),
            found.join(", ")
        )
    })
}
