//! The figures as Bencher Metric Format, the JSON that Bencher reads with
//! `--adapter json`: a benchmark's name, its measures by slug, and of each
//! `value`, with `lower_value` and `upper_value` where there is an interval.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::model::open_loop::open_loop_lines;
use crate::model::outcome::{Outcome, outcomes, passes, ratio_of, significant};
use crate::model::summary::{EngineLine, Summary};
use crate::style::plain;
use notibench_record::{EngineRole, Pass, Record};

/// One measure of one benchmark.
#[derive(Serialize)]
struct Metric {
    value: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    lower_value: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    upper_value: Option<f64>,
}

impl Metric {
    fn of(value: f64) -> Self {
        Self {
            value: significant(value),
            lower_value: None,
            upper_value: None,
        }
    }
}

type Measures = BTreeMap<&'static str, Metric>;

/// The object: of the workload how many engines were wrong, always there; of
/// each engine `<workload>: <engine>` its measures, or `wrong` alone.
#[must_use]
pub fn bencher(record: &Record) -> String {
    let summary = Summary::of(record);
    let workload = plain(&record.workload.name);
    let wrong = Metric::of(summary.errors.len() as f64);
    let mut benchmarks =
        BTreeMap::from([(workload.clone(), Measures::from([("wrong-engines", wrong)]))]);
    for summary in passes(record) {
        let pass = match summary.pass {
            Pass::Fresh => "",
            Pass::Warm => " over warm state",
        };
        for (note, outcome) in outcomes(record, &summary) {
            let measures = match outcome {
                Outcome::Measured(line) if note.role != EngineRole::Probe => {
                    measures_of(record, line)
                }
                Outcome::Wrong(_) => Measures::from([("wrong", Metric::of(1.0))]),
                // neither is followed over time
                _ => continue,
            };
            let name = format!("{workload}: {}{pass}", plain(&note.name));
            benchmarks.insert(name, measures);
        }
    }
    // a number that JSON can't hold is none of ours: all are finite
    let mut text = serde_json::to_string_pretty(&benchmarks).unwrap_or_default();
    text.push('\n');
    text
}

fn measures_of(record: &Record, line: &EngineLine) -> Measures {
    let mut measures = Measures::from([
        ("latency", Metric::of(line.ns_per_event)),
        ("throughput", Metric::of(line.events_per_s)),
    ]);
    if let (Some(ratio), interval) = ratio_of(&line.versus) {
        let metric = Metric {
            lower_value: interval.map(|interval| significant(interval.low)),
            upper_value: interval.map(|interval| significant(interval.high)),
            ..Metric::of(ratio)
        };
        measures.insert("relative-speed", metric);
    }
    let open = open_loop_lines(record);
    let open = open.iter().find(|open| open.name == line.name);
    if let Some(ns) = open.and_then(|open| open.response.supported(0.99)) {
        measures.insert("response-time-p99", Metric::of(ns as f64));
    }
    if let Some(bytes) = line.bytes_per_member {
        measures.insert("memory", Metric::of(bytes));
    }
    measures
}

#[cfg(test)]
mod tests {
    use super::*;
    use notibench_record::fixture;
    use notibench_record::fixture_open_loop;
    use serde_json::Value;

    fn read(record: &Record) -> Value {
        serde_json::from_str(&bencher(record)).unwrap()
    }

    #[test]
    fn each_engine_is_a_benchmark_with_its_measures() {
        let record = fixture::record();
        let found = read(&record);
        assert_eq!(found["steady_week"]["wrong-engines"]["value"], 0.0);
        let dashmap = &found["steady_week: dashmap"];
        let summary = Summary::of(&record);
        let line = summary.ranked.iter().find(|line| line.name == "dashmap");
        let line = line.unwrap();
        let ns = dashmap["latency"]["value"].as_f64().unwrap();
        assert!((ns / line.ns_per_event - 1.0).abs() < 1e-3);
        let (_, interval) = ratio_of(&line.versus);
        let speed = &dashmap["relative-speed"];
        assert_eq!(speed["lower_value"], significant(interval.unwrap().low));
        assert_eq!(speed["upper_value"], significant(interval.unwrap().high));
        // a probe and a control are not followed over time
        for name in ["null", "dashmap-naive-again"] {
            assert!(found.get(format!("steady_week: {name}")).is_none());
        }
    }

    #[test]
    fn a_wrong_engine_has_no_figure_and_is_counted() {
        let mut record = fixture::record();
        fixture::break_engine(&mut record, "dashmap", "member 7: badge 3, not 2");
        let found = read(&record);
        assert_eq!(found["steady_week"]["wrong-engines"]["value"], 1.0);
        let measures = found["steady_week: dashmap"].as_object().unwrap();
        assert_eq!(measures.keys().collect::<Vec<_>>(), ["wrong"]);
    }

    #[test]
    fn every_value_is_a_number_of_a_slug() {
        for record in [fixture::record(), fixture_open_loop::record()] {
            for (name, measures) in read(&record).as_object().unwrap() {
                for (slug, metric) in measures.as_object().unwrap() {
                    let is_slug =
                        |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
                    assert!(slug.chars().all(is_slug), "{name}: {slug}");
                    assert!(metric["value"].as_f64().unwrap().is_finite());
                }
            }
        }
        let open = read(&fixture_open_loop::record());
        let open = open.as_object().unwrap();
        assert!(open.values().any(|m| m.get("response-time-p99").is_some()));
    }
}
