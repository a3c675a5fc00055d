//! What the answer of a run of writers and readers apart is, in sentences.

use super::apart::operations;
use crate::figures::{listed, roles, show_ratio, within};
use crate::model::apart::{ApartLine, ROLES, apart_lines, response_times};
use crate::model::percentiles::Row;
use crate::model::summary::Summary;
use crate::style::plain;
use notibench_core::unit::quantity::{show_count, show_ns};
use notibench_record::{ApartPlan, ApartRole, Record};

/// The answer: of each engine what both roles do beside each other, and what they
/// keep of their speed; the fastest writers first.
pub(crate) fn answer(record: &Record, summary: &Summary, plan: &ApartPlan) -> Vec<String> {
    let mut lines = apart_lines(record, summary);
    lines.retain(|line| !line.probe);
    if lines.is_empty() {
        return vec!["There is no answer: no round of any engine counts.".to_owned()];
    }
    let mut answer: Vec<String> = lines
        .iter()
        .map(|line| of_engine(record, line, plan))
        .collect();
    if !summary.errors.is_empty() {
        let wrong: Vec<String> = summary.errors.iter().map(|e| plain(&e.name)).collect();
        answer.push(format!(
            "Wrong, and so without a figure: {}.",
            listed(&wrong)
        ));
    }
    answer
}

/// The main sentence alone: that of the engine whose writers are the fastest.
pub(crate) fn headline(record: &Record, summary: &Summary, plan: &ApartPlan) -> String {
    let all = answer(record, summary, plan);
    all.into_iter().next().unwrap_or_default()
}

/// Where the role has a rate: within which time of when they were due 99% of its
/// groups are over.
fn in_time(record: &Record, engine: &str, role: ApartRole) -> Option<String> {
    let [alone, beside] = response_times(record, engine, role);
    let p99 = |row: Option<Row>| row?.supported(0.99).map(|ns| show_ns(ns as f64));
    Some(format!(
        ", 99% of the groups within {} of when they were due (alone {})",
        p99(beside)?,
        p99(alone)?
    ))
}

fn of_engine(record: &Record, line: &ApartLine, plan: &ApartPlan) -> String {
    let part = |role: ApartRole| {
        let figures = line.of(role);
        let speed = show_count(figures.beside_per_s?);
        let kept = figures.kept.as_ref().map_or_else(String::new, |kept| {
            let ends = kept.interval.as_ref();
            format!(
                ", {} of what they do alone{}",
                show_ratio(kept.ratio),
                ends.map_or_else(String::new, |ends| within(ends, show_ratio))
            )
        });
        let in_time = in_time(record, &line.name, role).unwrap_or_default();
        Some(format!(
            "{speed} {} a second{kept}{in_time}",
            operations(role)
        ))
    };
    let parts: Vec<String> = ROLES.into_iter().filter_map(part).collect();
    format!(
        "{}, {} beside each other: {}.",
        plain(&line.name),
        roles(plan),
        parts.join("; ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use notibench_record::fixture_apart;

    #[test]
    fn the_first_sentence_is_of_the_fastest_writers() {
        let record = fixture_apart::record();
        let (summary, plan) = (Summary::of(&record), record.plan.apart.unwrap());
        let words = headline(&record, &summary, &plan);
        assert!(
            words.starts_with("dashmap, 1 writer and 1 reader beside each other: 7.9"),
            "{words}"
        );
        for part in [
            "events a second, 0.80 of",
            "reads a second, 0.90 of",
            "95% interval",
        ] {
            assert!(words.contains(part), "{words}");
        }
        let all = answer(&record, &summary, &plan);
        assert_eq!(all.len(), 3, "{all:?}");
        assert!(!all.iter().any(|words| words.contains("null")), "{all:?}");
    }

    #[test]
    fn without_readers_or_rounds_the_answer_says_what_there_is() {
        let mut record = fixture_apart::without_readers();
        let plan = record.plan.apart.unwrap();
        let words = headline(&record, &Summary::of(&record), &plan);
        assert!(words.ends_with("events a second."), "{words}");
        record.trials.clear();
        let words = headline(&record, &Summary::of(&record), &plan);
        assert!(words.starts_with("There is no answer"), "{words}");
    }
}
