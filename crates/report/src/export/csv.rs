//! The figures as CSV (RFC 4180): one header, then one line an engine, wrong
//! ones too.

use std::borrow::Cow;

use crate::model::counters::CountsPerEvent;
use crate::model::limits::shares;
use crate::model::memory::MemoryParts;
use crate::model::open_loop::open_loop_lines;
use crate::model::outcome::{Outcome, outcomes, passes, ratio_of, significant, verdict_name};
use crate::model::summary::{EngineLine, Proof, Versus};
use notibench_record::{EngineNote, Pass, Record};

/// The columns; docs/FORMAT.md describes them. New ones are added at the end.
const COLUMNS: [&str; 51] = [
    "workload",
    "name",
    "engine",
    "role",
    "freshness",
    "pass",
    "status",
    "rounds",
    "ns_per_event",
    "core_ns_per_event",
    "events_per_s",
    "ns_per_notification",
    "notifications_per_s",
    "ratio",
    "ratio_low",
    "ratio_high",
    "verdict",
    "minimum_detectable",
    "limit_state_share",
    "limit_state_share_low",
    "limit_state_share_high",
    "limit_partitioned_share",
    "limit_partitioned_share_low",
    "limit_partitioned_share_high",
    "bytes_per_member",
    "state_bytes_per_member",
    "slack_bytes_per_member",
    "map_bytes_per_member",
    "allocator_bytes_per_member",
    "peak_resident_bytes",
    "cycles_per_event",
    "instructions_per_event",
    "cache_misses_per_event",
    "tlb_misses_per_event",
    "proof",
    "baseline",
    "threads",
    "error",
    "offered_per_s",
    "achieved_per_s",
    "skipped",
    "peak_backlog",
    "response_p50_ns",
    "response_p99_ns",
    "response_p999_ns",
    "service_p50_ns",
    "service_p99_ns",
    "service_p999_ns",
    "read_response_p99_ns",
    "events_per_s_low",
    "events_per_s_high",
];

/// Quantiles of an open loop's times, with the columns of response and service
/// times.
const TIMES: [(f64, &str, &str); 3] = [
    (0.5, "response_p50_ns", "service_p50_ns"),
    (0.99, "response_p99_ns", "service_p99_ns"),
    (0.999, "response_p999_ns", "service_p999_ns"),
];

/// The figures of a record as CSV. Fields without a figure are empty; numbers
/// have six significant digits.
#[must_use]
pub fn csv(record: &Record) -> String {
    let mut text = COLUMNS.join(",");
    text.push('\n');
    for summary in passes(record) {
        for (note, outcome) in outcomes(record, &summary) {
            let row = row(record, note, summary.pass, &outcome);
            let fields = COLUMNS.iter().map(|column| quoted(row.get(column)));
            text += &fields.collect::<Vec<_>>().join(",");
            text.push('\n');
        }
    }
    text
}

/// The fields of one line, by column.
#[derive(Default)]
struct Row(Vec<(&'static str, String)>);

impl Row {
    fn text(&mut self, column: &'static str, value: &str) {
        self.0.push((column, value.to_owned()));
    }

    fn number(&mut self, column: &'static str, value: Option<f64>) {
        if let Some(value) = value {
            self.0.push((column, significant(value).to_string()));
        }
    }

    fn get(&self, column: &str) -> &str {
        let found = self.0.iter().find(|(name, _)| *name == column);
        found.map_or("", |(_, value)| value)
    }
}

fn row(record: &Record, note: &EngineNote, pass: Pass, outcome: &Outcome<'_>) -> Row {
    let mut row = Row::default();
    row.text("workload", &record.workload.name);
    row.text("name", &note.name);
    row.text("engine", &note.engine);
    row.text(
        "role",
        if note.control {
            "control"
        } else {
            note.role.name()
        },
    );
    row.text("freshness", &note.freshness);
    row.text("pass", pass.name());
    row.text("baseline", &record.plan.baseline);
    row.text("threads", &record.plan.threads.to_string());
    match outcome {
        Outcome::Measured(line) => {
            row.text("status", "ok");
            figures(&mut row, record, pass, line);
        }
        Outcome::Control(control) => {
            row.text("status", "ok");
            versus(&mut row, &control.versus);
        }
        Outcome::Wrong(error) => {
            row.text("status", "wrong");
            row.text("proof", "differs");
            row.text("error", &error.difference);
        }
        Outcome::Unmeasured => row.text("status", "unmeasured"),
    }
    row
}

fn figures(row: &mut Row, record: &Record, pass: Pass, line: &EngineLine) {
    row.text("rounds", &line.rounds.to_string());
    row.number("ns_per_event", Some(line.ns_per_event));
    row.number("core_ns_per_event", Some(line.core_ns_per_event));
    row.number("events_per_s", Some(line.events_per_s));
    row.number("events_per_s_low", line.speed.map(|interval| interval.low));
    row.number(
        "events_per_s_high",
        line.speed.map(|interval| interval.high),
    );
    row.number("ns_per_notification", line.ns_per_notification);
    row.number("notifications_per_s", line.notifications_per_s);
    versus(row, &line.versus);
    for share in shares(record, &line.name, pass) {
        let [middle, low, high] = match share.limit {
            "limit-state" => [
                "limit_state_share",
                "limit_state_share_low",
                "limit_state_share_high",
            ],
            _ => [
                "limit_partitioned_share",
                "limit_partitioned_share_low",
                "limit_partitioned_share_high",
            ],
        };
        row.number(middle, Some(share.share));
        row.number(low, share.interval.map(|interval| interval.low));
        row.number(high, share.interval.map(|interval| interval.high));
    }
    if let Some(parts) = MemoryParts::of(record, &line.name, pass) {
        row.number("bytes_per_member", line.bytes_per_member);
        row.number("state_bytes_per_member", Some(parts.state));
        row.number("slack_bytes_per_member", Some(parts.slack));
        row.number("map_bytes_per_member", parts.map);
        row.number("allocator_bytes_per_member", parts.allocator);
    }
    row.text("peak_resident_bytes", &line.peak_resident_bytes.to_string());
    let counts = CountsPerEvent::of(record, &line.name, pass);
    row.number("cycles_per_event", counts.cycles);
    row.number("instructions_per_event", counts.instructions);
    row.number("cache_misses_per_event", counts.cache_misses);
    row.number("tlb_misses_per_event", counts.tlb_misses);
    open_loop(row, record, &line.name);
    let proof = match line.proof {
        Proof::Equal => "equal",
        Proof::NotChecked => "not_checked",
    };
    row.text("proof", proof);
}

/// What an engine of an open loop came to; nothing in a closed one.
fn open_loop(row: &mut Row, record: &Record, name: &str) {
    let Some(plan) = &record.plan.open_loop else {
        return;
    };
    let lines = open_loop_lines(record);
    let Some(line) = lines.iter().find(|line| line.name == name) else {
        return;
    };
    row.number("offered_per_s", Some(plan.offered_per_s));
    row.number("achieved_per_s", Some(line.achieved_per_s));
    row.text("skipped", &line.skipped.to_string());
    row.text("peak_backlog", &line.peak_backlog.to_string());
    let number = |ns: Option<u64>| ns.map(|ns| ns as f64);
    for (quantile, response, service) in TIMES {
        row.number(response, number(line.response.supported(quantile)));
        row.number(service, number(line.service.supported(quantile)));
    }
    let reads = line.read_response.supported(0.99);
    row.number("read_response_p99_ns", number(reads));
}

fn versus(row: &mut Row, versus: &Versus) {
    let (ratio, interval) = ratio_of(versus);
    row.number("ratio", ratio);
    row.number("ratio_low", interval.map(|interval| interval.low));
    row.number("ratio_high", interval.map(|interval| interval.high));
    row.text("verdict", verdict_name(versus));
    row.number(
        "minimum_detectable",
        interval.map(|interval| interval.minimum_detectable),
    );
}

/// A field, in quotes where it holds what ends a field or a line, or spaces
/// at its ends, which some readers drop; its own quotes twice.
pub(crate) fn quoted(field: &str) -> Cow<'_, str> {
    let ends = field.starts_with(char::is_whitespace) || field.ends_with(char::is_whitespace);
    if ends || field.contains([',', '"', '\n', '\r']) {
        Cow::Owned(format!("\"{}\"", field.replace('"', "\"\"")))
    } else {
        Cow::Borrowed(field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use notibench_record::fixture;
    use notibench_record::fixture_open_loop;

    /// The fields, read by another's reader: a map a line.
    fn read(text: &str) -> Vec<Vec<(String, String)>> {
        let mut reader = ::csv::Reader::from_reader(text.as_bytes());
        let header = reader.headers().unwrap().clone();
        assert_eq!(header.iter().collect::<Vec<_>>(), COLUMNS);
        // the reader refuses lines of another length
        let lines = reader.records().map(Result::unwrap);
        let line = |fields: ::csv::StringRecord| {
            let pairs = header.iter().zip(fields.iter());
            pairs
                .map(|(name, field)| (name.to_owned(), field.to_owned()))
                .collect()
        };
        lines.map(line).collect()
    }

    fn field<'l>(line: &'l [(String, String)], column: &str) -> &'l str {
        let found = line.iter().find(|(name, _)| name == column);
        &found.expect("a column of that name").1
    }

    #[test]
    fn the_figures_are_those_of_the_summary() {
        insta::assert_snapshot!(csv(&fixture::with_limits()));
    }

    #[test]
    fn a_speed_has_the_ends_of_its_interval() {
        let lines = read(&csv(&fixture::record()));
        let number = |column: &str| field(&lines[0], column).parse::<f64>().unwrap();
        let (low, high) = (number("events_per_s_low"), number("events_per_s_high"));
        assert!(low < number("events_per_s") && number("events_per_s") < high);
        let one_round = read(&csv(&fixture::with_rounds(1)));
        assert_eq!(field(&one_round[0], "events_per_s_low"), "");
    }

    #[test]
    fn an_open_loop_fills_its_columns() {
        let record = fixture_open_loop::record();
        let lines = read(&csv(&record));
        let line = &lines[0];
        let plan = record.plan.open_loop.as_ref().unwrap();
        let offered: f64 = field(line, "offered_per_s").parse().unwrap();
        assert!((offered / plan.offered_per_s - 1.0).abs() < 1e-5);
        let [response, service] = ["response_p50_ns", "service_p50_ns"]
            .map(|column| field(line, column).parse::<f64>().unwrap());
        assert!(response >= service && service > 0.0, "{response} {service}");
    }

    #[test]
    fn every_field_that_is_written_has_a_column() {
        let mut record = fixture::with_counts();
        fixture::break_engine(&mut record, "sharded-mutex", "member 7");
        for (note, outcome) in outcomes(&record, &passes(&record)[0]) {
            let row = row(&record, note, Pass::Fresh, &outcome);
            for (at, (column, _)) in row.0.iter().enumerate() {
                assert!(COLUMNS.contains(column), "{column}");
                assert!(row.0[..at].iter().all(|(other, _)| other != column));
            }
        }
    }

    #[test]
    fn hostile_words_come_back_as_they_were() {
        let hostile = "a,b\"c\nd\r\ne;=1+1 ";
        let mut record = fixture::record();
        record.workload.name = hostile.to_owned();
        let renamed = |name: &mut String| {
            if name == "dashmap" {
                *name = hostile.to_owned();
            }
        };
        record.engines.iter_mut().for_each(|e| renamed(&mut e.name));
        record
            .trials
            .iter_mut()
            .for_each(|t| renamed(&mut t.engine));
        record
            .proofs
            .iter_mut()
            .for_each(|p| renamed(&mut p.engine));
        fixture::break_engine(&mut record, "sharded-mutex", hostile);
        let lines = read(&csv(&record));
        assert_eq!(lines.len(), record.engines.len());
        assert!(lines.iter().all(|line| field(line, "workload") == hostile));
        assert_eq!(field(&lines[0], "name"), hostile);
        assert!(field(&lines[0], "ns_per_event").parse::<f64>().unwrap() > 0.0);
        let wrong = lines
            .iter()
            .find(|line| field(line, "name") == "sharded-mutex");
        assert_eq!(field(wrong.unwrap(), "error"), hostile);
    }

    #[test]
    fn a_wrong_engine_is_a_line_without_a_figure() {
        let mut record = fixture::with_limits();
        fixture::break_engine(&mut record, "dashmap", "member 7: badge 3, not 2");
        let lines = read(&csv(&record));
        let wrong = lines.iter().find(|line| field(line, "name") == "dashmap");
        let wrong = wrong.unwrap();
        assert_eq!(field(wrong, "status"), "wrong");
        assert_eq!(field(wrong, "error"), "member 7: badge 3, not 2");
        for column in &COLUMNS[7..34] {
            assert_eq!(field(wrong, column), "", "{column}");
        }
    }
}
