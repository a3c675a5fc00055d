//! Tests of the whole report on the record's fixture.

mod formats;
mod trust;
mod warm;

use proptest::prelude::*;

use super::*;
use notibench_record::stats::Verdict;
use notibench_record::{Record, fixture};

fn shown(record: &Record) -> String {
    terminal(record, &Style::default())
}

/// The line of the verdict table that starts with `engine`.
fn row<'t>(text: &'t str, engine: &str) -> &'t str {
    text.lines()
        .find(|line| line.split_whitespace().next() == Some(engine))
        .unwrap_or_else(|| panic!("no line of {engine} in\n{text}"))
}

fn assert_no_nonsense(text: &str) {
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '-');
    for word in words {
        assert!(
            !["NaN", "nan", "inf", "-inf", "infinity"].contains(&word),
            "{word} in\n{text}"
        );
    }
}

#[test]
fn engines_are_ranked_fastest_first_and_a_probe_is_not_among_them() {
    let summary = Summary::of(&fixture::record());
    let names: Vec<&str> = summary
        .ranked
        .iter()
        .map(|line| line.name.as_str())
        .collect();
    assert_eq!(names, ["dashmap", "sharded-mutex", "dashmap-naive"]);
    assert_eq!(summary.probes.len(), 1);
    let text = shown(&fixture::record());
    let at = |needle: &str| {
        text.find(needle)
            .unwrap_or_else(|| panic!("{needle} in\n{text}"))
    };
    assert!(at("\n  dashmap ") < at("\n  sharded-mutex "));
    assert!(at("\n  sharded-mutex ") < at("\n  dashmap-naive "));
    assert!(at("\n  dashmap-naive ") < at("not ranked") && at("not ranked") < at("\n  null "));
}

#[test]
fn the_ratio_shown_is_that_of_the_trials() {
    let record = fixture::record();
    let wall = |engine: &str, round: usize| {
        let found = record
            .trials
            .iter()
            .find(|t| t.engine == engine && t.round == round);
        found.unwrap().wall_ns as f64
    };
    let logs: f64 = (1..=5)
        .map(|round| (wall("dashmap-naive", round) / wall("dashmap", round)).ln())
        .sum();
    let ratio = (logs / 5.0).exp();
    let text = shown(&record);
    assert!(
        row(&text, "dashmap").contains(&format!("▲ {ratio:.2} [")),
        "{text}"
    );
    // the geometric mean of five rounds, warm-up apart
    let logs: f64 = (1..=5).map(|round| wall("dashmap", round).ln()).sum();
    let wall = (logs / 5.0).exp();
    let line = Summary::of(&record).ranked[0].clone();
    assert!((line.ns_per_event - wall / 1e6).abs() < 1e-9);
    assert!((line.events_per_s * line.ns_per_event - 1e9).abs() < 1e-3);
    assert!((line.ns_per_notification.unwrap() - wall / 250e3).abs() < 1e-9);
    assert!((line.core_ns_per_event - 2.0 * line.ns_per_event).abs() < 1e-9);
    assert!((line.bytes_per_member.unwrap() - 1_130.0).abs() < 1e-9);
}

#[test]
fn warm_up_rounds_count_for_nothing() {
    let plain = fixture::record();
    let mut warped = plain.clone();
    fixture::trial_mut(&mut warped, "dashmap", 0).wall_ns = 1;
    assert_eq!(Summary::of(&plain), Summary::of(&warped));
}

#[test]
fn an_engine_that_is_wrong_has_no_figure() {
    let mut record = fixture::record();
    fixture::break_engine(&mut record, "dashmap", "member 7: badge 3, not 2");
    let summary = Summary::of(&record);
    assert!(summary.ranked.iter().all(|line| line.name != "dashmap"));
    let text = shown(&record);
    let first = text.lines().next().unwrap();
    assert!(
        first.starts_with("FAILED  dashmap") && first.contains("member 7"),
        "{text}"
    );
    let line = row(&text, "dashmap");
    assert!(
        line.contains("no figure: member 7: badge 3, not 2"),
        "{line}"
    );
    assert!(!line.contains("M"), "a figure in {line}");
    let red = terminal(
        &record,
        &Style {
            color: true,
            width: 100,
        },
    );
    assert!(red.starts_with("\x1b[1;31mFAILED"), "{red}");
}

#[test]
fn a_digest_that_is_not_the_oracles_takes_the_figure_too() {
    let mut record = fixture::record();
    let trial = fixture::trial_mut(&mut record, "sharded-mutex", 2);
    trial.snapshot_digest = Some("0".repeat(32));
    assert_eq!(Summary::of(&record).errors[0].name, "sharded-mutex");
    let mut record = fixture::record();
    let trial = fixture::trial_mut(&mut record, "null", 2);
    trial.events_digest = Some("0".repeat(32));
    assert_eq!(Summary::of(&record).errors[0].name, "null");
}

#[test]
fn a_baseline_that_is_wrong_gives_no_ratio() {
    let mut record = fixture::record();
    fixture::break_engine(&mut record, "dashmap-naive", "content 9 is missing");
    let text = shown(&record);
    assert!(
        row(&text, "dashmap").contains("n/a (baseline wrong)"),
        "{text}"
    );
    assert!(text.contains("--baseline"), "{text}");
    assert_no_nonsense(&text);
}

#[test]
fn the_control_is_not_ranked_and_says_what_it_sees() {
    let record = fixture::record();
    let summary = Summary::of(&record);
    assert!(
        summary
            .ranked
            .iter()
            .all(|line| line.name != "dashmap-naive-again")
    );
    let text = shown(&record);
    let control = text
        .lines()
        .find(|line| line.contains("A/A control  "))
        .unwrap();
    assert!(
        control.contains("the baseline equals itself within 0.73%"),
        "{control}"
    );

    let mut record = fixture::record();
    for round in 0..=5 {
        fixture::trial_mut(&mut record, "dashmap-naive-again", round).wall_ns *= 2;
    }
    let text = shown(&record);
    assert!(
        text.contains("the baseline differs from itself (p < 0.001): don"),
        "{text}"
    );
    assert!(
        text.contains("warning: the baseline differs from itself"),
        "{text}"
    );
}

#[test]
fn one_round_has_no_interval_and_none_has_no_figure() {
    let text = shown(&fixture::with_rounds(1));
    assert!(row(&text, "dashmap").contains("n/a (1 round)"), "{text}");
    assert!(text.contains("--rounds"), "{text}");
    assert_no_nonsense(&text);

    let mut record = fixture::with_rounds(1);
    record.trials.clear();
    record.proofs.clear();
    record.oracle = None;
    record.realised = None;
    record.complete = false;
    let text = shown(&record);
    assert!(
        text.starts_with("incomplete: interrupted after 0 trials"),
        "{text}"
    );
    assert!(
        text.contains("no round that counts: dashmap-naive, dashmap"),
        "{text}"
    );
    assert_no_nonsense(&text);
}

#[test]
fn a_round_that_was_cut_short_is_not_paired() {
    let mut record = fixture::record();
    record.complete = false;
    record
        .trials
        .retain(|t| !(t.round == 5 && t.engine == "dashmap-naive"));
    let text = shown(&record);
    assert!(
        text.starts_with("incomplete: interrupted after 29 trials"),
        "{text}"
    );
    let summary = Summary::of(&record);
    assert_eq!(summary.ranked[0].rounds, 5);
    let Versus::Ratio { rounds, .. } = summary.ranked[0].versus else {
        panic!("no ratio")
    };
    assert_eq!(rounds, 4);
}

#[test]
fn zeros_everywhere_make_no_nonsense() {
    let mut record = fixture::record();
    for trial in &mut record.trials {
        (trial.notified, trial.members, trial.reads) = (0, 0, 0);
        trial.ingest_service_ns.clear();
        trial.read_service_ns = "damaged".to_owned();
        if trial.round % 2 == 0 {
            (trial.wall_ns, trial.generated) = (0, 0);
        }
    }
    record.realised.as_mut().unwrap().events = 0;
    let text = shown(&record);
    assert_no_nonsense(&text);
    assert!(text.contains("events are not conserved"), "{text}");
    assert!(text.contains("can't be read"), "{text}");
}

#[test]
fn percentiles_are_of_groups_and_only_where_supported() {
    let text = shown(&fixture::record());
    assert!(
        text.contains("service time of groups of 4 ingest calls of 256 events"),
        "{text}"
    );
    let reads = &text[text.find("service time of groups of reads").unwrap()..];
    // 2,500 groups support p90, and not p99
    let row: Vec<&str> = row(reads, "dashmap").split_whitespace().collect();
    assert_eq!(row[1], "2,500");
    assert_eq!(
        row.iter().filter(|&&cell| cell == "-").count(),
        3,
        "{row:?}"
    );
    // of 25,000 groups, p99 has 250 beyond it and p99.9 has 25
    let ingest = text[..text.find("service time of groups of reads").unwrap()].to_owned();
    let row = ingest
        .lines()
        .rev()
        .find(|line| line.starts_with("  dashmap "))
        .unwrap();
    assert_eq!(
        row.split_whitespace().filter(|&cell| cell == "-").count(),
        2,
        "{row}"
    );
}

#[test]
fn lines_keep_within_the_width() {
    for width in [80, 100, 120] {
        let text = terminal(
            &fixture::record(),
            &Style {
                color: false,
                width,
            },
        );
        for line in text.lines() {
            assert!(
                line.chars().count() <= width,
                "{} columns at {width}: {line}",
                line.len()
            );
        }
    }
}

#[test]
fn colour_changes_no_letter_and_is_absent_unless_asked_for() {
    let mut record = fixture::with_rounds(2);
    fixture::break_engine(&mut record, "sharded-mutex", "one event is lost");
    let plain = terminal(
        &record,
        &Style {
            color: false,
            width: 90,
        },
    );
    let painted = terminal(
        &record,
        &Style {
            color: true,
            width: 90,
        },
    );
    assert!(!plain.contains('\x1b') && painted.contains('\x1b'));
    let mut stripped = String::new();
    for (at, part) in painted.split('\x1b').enumerate() {
        stripped += if at == 0 {
            part
        } else {
            &part[part.find('m').unwrap() + 1..]
        };
    }
    assert_eq!(stripped, plain);
}

#[test]
fn a_record_cannot_steer_the_terminal() {
    let mut record = fixture::record();
    record.workload.name = "a\x1b]0;title\x07".to_owned();
    record.environment.cpu = "\x1b[2J".to_owned();
    record.warnings.push("\x1b[31mred".to_owned());
    fixture::break_engine(&mut record, "dashmap", "\x1b[5m");
    assert!(!shown(&record).contains(['\x1b', '\x07']));
}

#[test]
fn what_was_not_proved_says_so() {
    let mut record = fixture::record();
    record.plan.verify = false;
    record.proofs.clear();
    record.oracle = None;
    let text = shown(&record);
    assert!(row(&text, "dashmap").ends_with("none"), "{text}");
    assert!(
        text.contains("dashmap: not checked") && text.contains("--no-verify"),
        "{text}"
    );
}

#[test]
fn json_is_the_record() {
    let record = fixture::record();
    let back: Record = serde_json::from_str(&json(&record)).unwrap();
    assert_eq!(back, record);
}

#[test]
fn a_report_of_a_slower_engine_says_so() {
    let mut record = fixture::record();
    record.plan.baseline = "dashmap".to_owned();
    let summary = Summary::of(&record);
    let verdicts: Vec<Verdict> = summary.intervals().map(|(_, i)| i.verdict()).collect();
    assert_eq!(verdicts, [Verdict::Slower, Verdict::Slower]);
    assert!(shown(&record).contains("▼ slower: sharded-mutex, dashmap-naive"));
}

proptest! {
    #[test]
    fn no_numbers_panic_or_make_nonsense(
        walls in proptest::collection::vec(prop_oneof![Just(0), Just(u64::MAX), any::<u64>()], 10),
        counts in proptest::collection::vec(prop_oneof![Just(0), Just(u64::MAX), any::<u64>()], 10),
        width in 0_usize..200,
    ) {
        let mut record = fixture::with_rounds(1);
        for (at, trial) in record.trials.iter_mut().enumerate() {
            trial.wall_ns = walls[at];
            trial.generated = counts[at];
            trial.failed = counts[9 - at];
            trial.members = counts[at];
            trial.notified = counts[9 - at];
            trial.state_bytes = walls[9 - at];
            trial.steal_ms = walls[at];
            trial.out_of_range = walls[at];
        }
        let text = terminal(&record, &Style { color: true, width });
        assert_no_nonsense(&text);
    }
}
