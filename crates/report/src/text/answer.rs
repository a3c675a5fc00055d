//! What the answer of a run is, in sentences: which engine is fastest, by how
//! much, and whether the others differ from it.

use crate::figures::{listed, show_ratio, within};
use crate::model::summary::{EngineLine, Summary, Versus};
use crate::style::plain;
use notibench_core::unit::quantity::{show_count, show_ns};
use notibench_record::Record;
use notibench_record::stats::{RatioInterval, Verdict};

/// Engines that a sentence names at most.
const NAMED: usize = 3;

/// The answer, the main sentence first. Engines with immediate reads come
/// first; those with deferred reads, which are another service, have a
/// sentence of their own.
pub(crate) fn answer(record: &Record, summary: &Summary) -> Vec<String> {
    let mut words: Vec<String> = [false, true]
        .into_iter()
        .filter_map(|deferred| of_kind(record, summary, deferred))
        .collect();
    let Some(first) = summary.ranked.first() else {
        return vec![no_answer(summary)];
    };
    words.extend(others(record, summary));
    words.push(format!(
        "An event takes {} {} of wall time, {} of core time.",
        plain(&first.name),
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

/// The main sentence alone: of the engines with immediate reads, where there
/// are any.
pub(crate) fn headline(record: &Record, summary: &Summary) -> String {
    let kinds = [false, true].into_iter();
    let mut found = kinds.filter_map(|deferred| of_kind(record, summary, deferred));
    found.next().unwrap_or_else(|| no_answer(summary))
}

fn no_answer(summary: &Summary) -> String {
    if summary.errors.is_empty() {
        "There is no answer: no round of any engine counts.".to_owned()
    } else {
        "There is no answer: every engine that ran was wrong.".to_owned()
    }
}

/// Which engine of one kind is fastest. It is called so only where its
/// intervals to the other engines of its kind all say so, taken together.
fn of_kind(record: &Record, summary: &Summary, deferred: bool) -> Option<String> {
    let lines: Vec<&EngineLine> = summary.of_kind(deferred).collect();
    let (&first, rest) = lines.split_first()?;
    let kind = match (lines.len() == summary.ranked.len(), deferred) {
        (true, _) => "engine",
        (false, false) => "immediate engine",
        (false, true) => "deferred engine",
    };
    let name = plain(&first.name);
    let interval = first.speed.as_ref();
    let speed = format!(
        "{} events a second{}",
        show_count(first.events_per_s),
        interval.map_or_else(String::new, |i| within(i, show_count))
    );
    let versus = rest.iter().copied().map(|other| {
        let to_it = record.ratio_with(&other.name, &first.name, summary.pass);
        (other, to_it.map(|interval| interval.among(rest.len())))
    });
    let versus: Vec<(&EngineLine, Option<RatioInterval>)> = versus.collect();
    let Some((next, to_next)) = versus.first() else {
        let only = match kind {
            "engine" => String::new(),
            _ => format!(", the only {kind},"),
        };
        return Some(format!(
            "{name}{only} takes {speed}{}.",
            beside(record, first)
        ));
    };
    let is_sure = |to: &Option<RatioInterval>| to.is_some_and(|i| i.verdict() == Verdict::Faster);
    let unsure: Vec<_> = versus.iter().filter(|(_, to)| !is_sure(to)).collect();
    // said once where the next is the baseline
    let beside = match (to_next, next.name == record.plan.baseline) {
        (Some(_), true) => String::new(),
        _ => beside(record, first),
    };
    Some(match to_next.filter(|_| unsure.is_empty()) {
        Some(interval) => format!(
            "{name} is the fastest {kind}: {speed}{beside}; {} times as fast as the next, {}{}.",
            show_ratio(interval.ratio),
            plain(&next.name),
            within_all(&interval, rest.len())
        ),
        None => format!(
            "{name} was the fastest {kind} in these rounds: {speed}{beside}; {}.",
            not_told_apart(&unsure, rest.len())
        ),
    })
}

/// The engines from which the first can't be told apart, with their ratios.
fn not_told_apart(unsure: &[&(&EngineLine, Option<RatioInterval>)], comparisons: usize) -> String {
    let shown = |(line, to): &&(&EngineLine, Option<RatioInterval>)| {
        let name = plain(&line.name);
        match to {
            Some(i) => format!(
                "{name} ({} times{})",
                show_ratio(i.ratio),
                within_all(i, comparisons)
            ),
            None => format!("{name} (too few rounds)"),
        }
    };
    let mut names: Vec<String> = unsure.iter().take(NAMED).map(shown).collect();
    if unsure.len() > NAMED {
        names.push(format!("{} more", unsure.len() - NAMED));
    }
    format!("no difference was seen to {}", listed(&names))
}

/// As [`within`], of so many intervals that hold together.
fn within_all(interval: &RatioInterval, comparisons: usize) -> String {
    let words = within(interval, show_ratio);
    match comparisons {
        1 => words,
        _ => words.replace("(95% interval", "(simultaneous 95% interval"),
    }
}

fn beside(record: &Record, line: &EngineLine) -> String {
    let baseline = plain(&record.plan.baseline);
    match &line.versus {
        Versus::Ratio {
            ratio,
            interval: Some(interval),
            ..
        } => format!(
            ", {} times as fast as {baseline}{}",
            show_ratio(*ratio),
            within(interval, show_ratio)
        ),
        Versus::Ratio { ratio, .. } => format!(
            ", {} times as fast as {baseline} in the one round that both ran",
            show_ratio(*ratio)
        ),
        _ => String::new(),
    }
}

/// The other engines vs the baseline.
fn others(record: &Record, summary: &Summary) -> Option<String> {
    let shown = |line: &EngineLine| match &line.versus {
        Versus::Ratio {
            ratio,
            interval: Some(interval),
            ..
        } => {
            let (low, high) = (show_ratio(interval.low), show_ratio(interval.high));
            let words = match interval.verdict() {
                Verdict::NoDifferenceSeen => "no difference seen: ",
                _ => "",
            };
            let name = plain(&line.name);
            Some(format!(
                "{name} {words}{} ({low} to {high})",
                show_ratio(*ratio)
            ))
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

#[cfg(test)]
mod tests {
    use super::*;
    use notibench_record::fixture;

    fn deferred(record: &mut Record, name: &str) {
        let notes = record.engines.iter_mut().filter(|note| note.name == name);
        notes.for_each(|note| note.freshness = "deferred".to_owned());
    }

    #[test]
    fn the_headline_is_of_the_fastest_immediate_engine() {
        let mut record = fixture::record();
        let words = headline(&record, &Summary::of(&record));
        assert!(
            words.starts_with("dashmap is the fastest engine: 9."),
            "{words}"
        );
        assert!(
            words.contains("times as fast as the next, sharded-mutex (simultaneous 95%"),
            "{words}"
        );
        deferred(&mut record, "dashmap");
        let summary = Summary::of(&record);
        let words = answer(&record, &summary);
        assert!(
            words[0].starts_with("sharded-mutex is the fastest immediate engine: 4.9"),
            "{words:?}"
        );
        // the baseline is the next, and its ratio is said once
        assert_eq!(words[0].matches("dashmap-naive").count(), 1, "{words:?}");
        assert!(
            words[1].starts_with("dashmap, the only deferred engine, takes 9."),
            "{words:?}"
        );
        assert_eq!(headline(&record, &summary), words[0]);
    }

    #[test]
    fn fastest_is_claimed_only_where_every_interval_says_so() {
        let mut record = fixture::record();
        for round in 1..=5 {
            let wall = fixture::trial_mut(&mut record, "dashmap", round).wall_ns;
            let noise = [90, 120, 95, 110, 101][round - 1];
            fixture::trial_mut(&mut record, "sharded-mutex", round).wall_ns = wall * noise / 100;
        }
        let words = headline(&record, &Summary::of(&record));
        assert!(!words.contains("is the fastest"), "{words}");
        assert!(
            words.contains("no difference was seen to sharded-mutex (1.0"),
            "{words}"
        );
    }

    #[test]
    fn the_speeds_that_are_shown_have_the_ratio_that_is_shown() {
        let mut record = fixture::record();
        // one bad round moves a mean, and no median
        fixture::trial_mut(&mut record, "dashmap", 3).wall_ns *= 9;
        let summary = Summary::of(&record);
        let speed = |name: &str| {
            let found = summary
                .ranked
                .iter()
                .find(|line| line.name == name)
                .unwrap();
            let interval = found.speed.unwrap();
            assert!((interval.ratio / found.events_per_s - 1.0).abs() < 1e-9);
            assert!(interval.low < found.events_per_s && found.events_per_s < interval.high);
            found.events_per_s
        };
        for line in &summary.ranked {
            if let Versus::Ratio { ratio, .. } = line.versus {
                let of_speeds = speed(&line.name) / speed("dashmap-naive");
                assert!((of_speeds / ratio - 1.0).abs() < 1e-9, "{}", line.name);
            }
        }
    }
}
