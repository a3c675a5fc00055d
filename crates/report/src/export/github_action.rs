//! The figures as the array that github-action-benchmark reads with `tool:
//! customSmallerIsBetter`.
//!
//! Its `src/extract.ts` takes objects of `name`, `value`, `unit`, `range` and
//! `extra`, refuses an empty array, and reads `range` as `± ` and a number
//! (`src/extractRangeInfo.ts`). All values of a file must grow worse in one
//! direction; so speeds are told as times.

use serde::Serialize;

use crate::figures::rounds;
use crate::model::open_loop::open_loop_lines;
use crate::model::outcome::{Outcome, outcomes, passes, ratio_of, significant, verdict_words};
use crate::model::summary::{EngineLine, Summary};
use crate::style::plain;
use notibench_core::unit::quantity::counted;
use notibench_record::stats::RatioInterval;
use notibench_record::{EngineRole, Pass, Record};

/// One value that is followed over time; smaller is better.
#[derive(Serialize)]
struct Entry {
    name: String,
    unit: String,
    value: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<String>,
    extra: String,
}

/// The array: first how many engines were wrong; then, for each engine, its
/// time beside the baseline's in the same run, its time per event, and its
/// bytes per member; then an entry for each that was wrong; then the times of
/// passes over warm state, where there were any.
#[must_use]
pub fn github_action(record: &Record) -> String {
    let summary = Summary::of(record);
    let workload = plain(&record.workload.name);
    let mut entries = vec![wrong_engines(&workload, &summary)];
    for summary in passes(record) {
        let pass = match summary.pass {
            Pass::Fresh => "",
            Pass::Warm => " over warm state",
        };
        for (note, outcome) in outcomes(record, &summary) {
            let name = format!("{workload}: {}{pass}", plain(&note.name));
            match outcome {
                Outcome::Measured(line) if note.role != EngineRole::Probe => {
                    entries.extend(entries_of(&name, record, line));
                }
                Outcome::Wrong(error) => entries.push(wrong(&name, &error.difference)),
                // neither is followed over time: the control says something
                // of one run only, and an engine without a round nothing
                _ => {}
            }
        }
    }
    // a number that JSON can't hold is none of ours: all are finite
    let mut text = serde_json::to_string_pretty(&entries).unwrap_or_default();
    text.push('\n');
    text
}

fn wrong(name: &str, difference: &str) -> Entry {
    Entry {
        name: format!("{name}: wrong final state"),
        unit: "engines".to_owned(),
        value: 1.0,
        range: None,
        extra: plain(difference),
    }
}

/// Always there, so that the array is never empty and a chart rises from 0
/// where an engine goes wrong.
fn wrong_engines(workload: &str, summary: &Summary) -> Entry {
    let names: Vec<String> = summary.errors.iter().map(|e| plain(&e.name)).collect();
    Entry {
        name: format!("{workload}: wrong engines"),
        unit: "engines".to_owned(),
        value: names.len() as f64,
        range: None,
        extra: names.join(", "),
    }
}

fn entries_of(name: &str, record: &Record, line: &EngineLine) -> Vec<Entry> {
    let entry = |what: &str, unit: String, value: f64, extra: String| Entry {
        name: format!("{name}: {what}"),
        unit,
        value: significant(value),
        range: None,
        extra,
    };
    let mut entries = Vec::new();
    let baseline = plain(&record.plan.baseline);
    if let (Some(ratio), interval) = ratio_of(&line.versus) {
        let words = verdict_words(&line.versus, record.plan.relevant);
        let extra = format!(
            "speed vs {baseline}: {}{}, {}",
            significant(ratio),
            interval.map_or_else(String::new, ends),
            if words.is_empty() {
                "no interval"
            } else {
                &words
            },
        );
        entries.push(Entry {
            range: interval.map(range_of_time),
            ..entry("relative time", format!("× {baseline}"), 1.0 / ratio, extra)
        });
    }
    let extra = format!(
        "{}, {}, {} events/s",
        rounds(line.rounds),
        counted(record.plan.threads, "thread"),
        significant(line.events_per_s)
    );
    let unit = "ns/event".to_owned();
    entries.push(entry("time", unit, line.ns_per_event, extra));
    let open = open_loop_lines(record);
    let open = open.iter().find(|open| open.name == line.name);
    if let Some(ns) = open.and_then(|open| open.response.supported(0.99)) {
        let extra = "from the intended start".to_owned();
        entries.push(entry(
            "response time p99",
            "ns".to_owned(),
            ns as f64,
            extra,
        ));
    }
    if let Some(bytes) = line.bytes_per_member {
        let unit = "bytes/member".to_owned();
        entries.push(entry("memory", unit, bytes, String::new()));
    }
    entries
}

fn ends(interval: &RatioInterval) -> String {
    let [low, high] = [interval.low, interval.high].map(significant);
    format!(" [{low}, {high}]")
}

/// Half the width of the interval of the inverse ratio; two digits or more,
/// which the reader's pattern asks for.
fn range_of_time(interval: &RatioInterval) -> String {
    let half = (1.0 / interval.low - 1.0 / interval.high) / 2.0;
    format!("± {half:.5}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use notibench_record::fixture;
    use notibench_record::fixture_open_loop;
    use serde_json::Value;

    fn entries(record: &Record) -> Vec<Value> {
        serde_json::from_str(&github_action(record)).unwrap()
    }

    #[test]
    fn the_array_has_what_the_action_reads() {
        insta::assert_snapshot!(github_action(&fixture::with_limits()));
    }

    #[test]
    fn an_open_loop_has_its_response_time_followed() {
        let found = entries(&fixture_open_loop::record());
        let is_response = |entry: &&Value| {
            let name = entry["name"].as_str().unwrap();
            name.ends_with(": response time p99") && entry["value"].as_f64().unwrap() > 0.0
        };
        assert!(found.iter().any(|entry| is_response(&entry)), "{found:#?}");
    }

    #[test]
    fn every_entry_has_the_types_that_the_action_needs() {
        let mut record = fixture::record();
        fixture::break_engine(&mut record, "sharded-mutex", "member 7\n\"x\"");
        let mut names = std::collections::HashSet::new();
        for entry in entries(&record) {
            assert!(entry["name"].is_string() && entry["unit"].is_string());
            assert!(entry["value"].as_f64().unwrap().is_finite());
            assert!(entry["extra"].is_string());
            if let Some(range) = entry.get("range") {
                let number = range.as_str().unwrap().strip_prefix("± ").unwrap();
                assert!(number.len() > 1 && number.parse::<f64>().unwrap() >= 0.0);
            }
            assert!(names.insert(entry["name"].as_str().unwrap().to_owned()));
        }
    }

    #[test]
    fn a_wrong_engine_is_an_entry_and_is_counted() {
        let mut record = fixture::record();
        assert_eq!(entries(&record)[0]["value"], 0.0);
        fixture::break_engine(&mut record, "dashmap", "member 7: badge 3, not 2");
        let found = entries(&record);
        assert_eq!(found[0]["value"], 1.0);
        let of_it: Vec<&Value> = found
            .iter()
            .filter(|entry| entry["name"].as_str().unwrap().contains(": dashmap:"))
            .collect();
        assert_eq!(of_it.len(), 1);
        assert_eq!(of_it[0]["extra"], "member 7: badge 3, not 2");
    }

    #[test]
    fn a_record_without_figures_gives_no_empty_array() {
        let mut record = fixture::record();
        record.trials.clear();
        assert_eq!(entries(&record).len(), 1);
    }

    #[test]
    fn the_range_is_half_of_the_interval_of_the_time() {
        let record = fixture::record();
        let summary = Summary::of(&record);
        let (ratio, interval) = ratio_of(&summary.ranked[0].versus);
        let (ratio, interval) = (ratio.unwrap(), interval.unwrap());
        let half: f64 = range_of_time(interval)["± ".len()..].parse().unwrap();
        let time = 1.0 / ratio;
        assert!((time - half - 1.0 / interval.high).abs() < 0.02 * time);
        assert!((time + half - 1.0 / interval.low).abs() < 0.02 * time);
    }
}
