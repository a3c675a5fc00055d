//! Tests of the report of open loops.

use super::*;
use notibench_record::fixture_open_loop as fixture;

#[test]
fn a_missed_rate_is_said_and_by_how_much() {
    let record = fixture::record();
    let missed = missed_rates(&record);
    assert_eq!(missed.len(), 1, "{missed:?}");
    assert!(
        missed[0].starts_with("dashmap-naive completed 90.0k of 100k"),
        "{missed:?}"
    );
    assert!(missed[0].contains("less than offered, and skipped 100,000"));
    let text = section(&record, Style::default());
    assert!(
        text.contains("MISSED") && text.contains("Poisson"),
        "{text}"
    );
    for words in [
        "response",
        "service",
        "p99.9",
        "peak backlog",
        "Workers spin",
    ] {
        assert!(text.contains(words), "{words} in {text}");
    }
}

#[test]
fn an_engine_that_is_wrong_has_no_line() {
    let mut record = fixture::record();
    notibench_record::fixture::break_engine(&mut record, "dashmap", "it lost an event");
    assert!(
        open_loop_lines(&record)
            .iter()
            .all(|line| line.name != "dashmap")
    );
}

#[test]
fn a_closed_loop_has_no_such_section() {
    let record = notibench_record::fixture::record();
    assert_eq!(section(&record, Style::default()), "");
    assert!(missed_rates(&record).is_empty());
}

#[test]
fn one_second_supports_no_percentile() {
    let mut record = fixture::record();
    for trial in &mut record.trials {
        if let Some(open) = &mut trial.open_loop {
            open.intervals.truncate(2);
        }
    }
    let lines = open_loop_lines(&record);
    assert!(
        lines
            .iter()
            .all(|line| line.response.supported(0.5).is_none())
    );
    // but they are shown, marked, with the flag that gives more
    let text = section(&record, Style::default());
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        flat.contains(" µs ‡") && flat.contains("give --rounds 3"),
        "{text}"
    );
    let whole = open_loop_lines(&fixture::record());
    assert!(
        whole
            .iter()
            .all(|line| line.response.supported(0.5).is_some())
    );
}
