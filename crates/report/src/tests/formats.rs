//! Tests of the report as a whole in each of its formats.

use proptest::prelude::*;

use crate::*;
use notibench_record::{Record, fixture};

fn at_width(record: &Record, width: usize) -> String {
    terminal(
        record,
        &Style {
            color: false,
            width,
        },
    )
}

#[test]
fn the_terminal_report_looks_like_this() {
    insta::assert_snapshot!(at_width(&fixture::record(), 100));
}

#[test]
fn the_terminal_report_with_limits_and_an_error_looks_like_this() {
    let mut record = fixture::with_limits();
    fixture::break_engine(&mut record, "sharded-mutex", "member 7: badge 3, not 2");
    insta::assert_snapshot!(at_width(&record, 80));
}

#[test]
fn the_terminal_report_with_counts_looks_like_this() {
    let text = at_width(&fixture::with_counts(), 100);
    let from = text.find("counted by the processors").unwrap();
    let until = text.find("\ntrust\n").unwrap();
    insta::assert_snapshot!(&text[from..until]);
}

#[test]
fn columns_of_the_engines_give_way_in_a_stated_order() {
    let record = fixture::with_limits();
    let order = [
        "ns per notif.",
        "share of limits",
        "bytes per member",
        "ns per event",
        "events/s",
    ];
    let mut before = 0;
    for width in (60..=110).rev().step_by(3) {
        let text = at_width(&record, width);
        let named = text.split("left out for lack of width: ").nth(1);
        let named = named.map_or("", |rest| rest.split(';').next().unwrap_or_default());
        let named: Vec<String> = named.split(',').map(collapsed).collect();
        let named: Vec<&str> = named
            .iter()
            .map(String::as_str)
            .filter(|n| !n.is_empty())
            .collect();
        assert!(named.len() >= before, "{width}\n{text}");
        before = named.len();
        let mut wanted = order[..before.min(order.len())].to_vec();
        wanted.sort_by_key(|name| header_place(name));
        assert_eq!(named, wanted, "{width}\n{text}");
        assert!(text.contains("share of the machine's limit"), "{text}");
    }
    assert!(before >= 3, "{before}");
    assert!(at_width(&record, 110).contains("59.8 / 39.9%"));
}

fn collapsed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Where a column stands in the table.
fn header_place(name: &str) -> usize {
    let columns = [
        "events/s",
        "ns per event",
        "ns per notif.",
        "share",
        "bytes",
    ];
    let place = columns.iter().position(|column| name.starts_with(column));
    place.unwrap_or(usize::MAX)
}

#[test]
fn names_are_whole_at_every_width() {
    let mut record = fixture::with_limits();
    let long = "an-engine-of-ones-own-with-a-name";
    for note in record
        .engines
        .iter_mut()
        .filter(|note| note.name == "dashmap")
    {
        note.name = long.to_owned();
    }
    for trial in record.trials.iter_mut().filter(|t| t.engine == "dashmap") {
        trial.engine = long.to_owned();
    }
    for width in (40..=110).step_by(7) {
        let text = at_width(&record, width);
        let rows = text
            .lines()
            .filter(|line| line.trim_start().starts_with(long));
        assert!(rows.count() >= 4, "{width}\n{text}");
    }
}

#[test]
fn every_table_keeps_within_the_width() {
    let limits = fixture::with_limits();
    let mut all = fixture::with_counts();
    all.engines.clone_from(&limits.engines);
    all.proofs.clone_from(&limits.proofs);
    let probes = |trial: &&notibench_record::Trial| trial.engine.starts_with("limit-");
    all.trials
        .extend(limits.trials.iter().filter(probes).cloned());
    for record in [limits, all] {
        for width in [60, 80, 120] {
            let text = at_width(&record, width);
            for line in text.lines() {
                let long = line.chars().count();
                assert!(long <= width, "{long} columns at {width}: {line}");
            }
        }
    }
}

#[test]
fn passes_over_warm_state_have_rows_of_their_own_in_every_format() {
    let mut record = fixture::with_warm_passes();
    fixture::break_engine(&mut record, "sharded-mutex", "member 7");
    let table = csv(&record);
    let of_pass = |pass: &str| table.lines().filter(|line| line.contains(pass)).count();
    // a wrong engine is told once
    assert_eq!((of_pass(",fresh,"), of_pass(",warm,")), (9, 8), "{table}");
    let text = markdown(&record);
    assert_eq!(text.matches("| `dashmap` |").count(), 2, "{text}");
    assert_eq!(text.matches("**no figure**").count(), 1, "{text}");
    let entries = github_action(&record);
    let name = "steady_week: dashmap over warm state: time";
    assert!(entries.contains(name), "{entries}");
    let text = at_width(&record, 100);
    assert!(text.contains("limit, over warm state"), "{text}");
}

#[test]
fn what_the_machine_does_not_count_is_said_in_the_report() {
    let mut record = fixture::record();
    record.plan.perf = true;
    let words = "--perf: this machine gives none of the processors' counters: no";
    record.warnings.push(words.to_owned());
    let text = at_width(&record, 100);
    assert!(text.contains(&format!("warning: {words}")), "{text}");
    assert!(
        !text.contains("counted by the processors, per event"),
        "{text}"
    );
}

proptest! {
    #[test]
    fn no_numbers_panic_or_make_nonsense_in_any_format(
        numbers in proptest::collection::vec(prop_oneof![Just(0), Just(u64::MAX), any::<u64>()], 60),
    ) {
        let mut record = fixture::with_limits();
        record.trials.retain(|trial| trial.round < 3);
        let counted = |number: u64| (!number.is_multiple_of(3)).then_some(number);
        for (at, trial) in record.trials.iter_mut().enumerate() {
            let number = |step: usize| numbers[(at + step * 7) % numbers.len()];
            (trial.wall_ns, trial.generated, trial.failed) = (number(0), number(1), number(2));
            (trial.members, trial.notified) = (number(3), number(4));
            (trial.state_bytes, trial.slack_bytes) = (number(5), number(6));
            (trial.map_bytes, trial.allocator_bytes) = (counted(number(7)), counted(number(8)));
            trial.perf = Some(notibench_record::PerfNote {
                cycles: counted(number(0)),
                instructions: counted(number(1)),
                cache_misses: counted(number(2)),
                tlb_misses: counted(number(3)),
            });
        }
        for text in [at_width(&record, 90), csv(&record), markdown(&record), github_action(&record)] {
            let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '-');
            let nonsense = |word: &str| ["NaN", "nan", "inf", "-inf"].contains(&word);
            prop_assert!(!words.any(nonsense), "{}", text);
        }
        let entries: Vec<serde_json::Value> =
            serde_json::from_str(&github_action(&record)).unwrap();
        prop_assert!(entries.iter().all(|entry| entry["value"].is_number()));
    }
}
