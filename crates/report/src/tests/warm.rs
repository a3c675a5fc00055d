//! Tests of reports with second passes, over warm state.

use crate::*;
use notibench_record::{Pass, Record, fixture};

/// Second passes twice as fast as the first ones, and `dashmap`'s four times.
fn with_warm() -> Record {
    let mut record = fixture::with_warm_passes();
    for trial in &mut record.trials {
        if trial.engine == "dashmap" && trial.pass == Pass::Warm {
            trial.wall_ns /= 2;
        }
    }
    record
}

fn shown(record: &Record) -> String {
    terminal(record, &Style::default())
}

const TITLE: &str = "engines over warm state, fastest first\n";

#[test]
fn a_second_pass_changes_no_figure_of_the_first() {
    let (fresh, both) = (fixture::with_limits(), with_warm());
    assert_eq!(Summary::of(&fresh), Summary::of(&both));
    let of_pass = |text: &str, from: &str, to: &str| {
        let start = text.find(from).unwrap();
        let length = text[start..].find(to).unwrap();
        text[start..start + length].to_owned()
    };
    let (fresh, both) = (shown(&fresh), shown(&both));
    for (from, to) in [
        ("engines, fastest first", "probes:"),
        ("service time", "closed loop"),
    ] {
        assert_eq!(of_pass(&fresh, from, to), of_pass(&both, from, to));
    }
    assert!(!fresh.contains("warm state"), "{fresh}");
}

#[test]
fn warm_ratios_are_those_of_the_warm_passes() {
    let record = with_warm();
    let ns = |pass: Pass, engine: &str| {
        let summary = Summary::of_pass(&record, pass);
        let line = summary.ranked.iter().find(|line| line.name == engine);
        line.unwrap().ns_per_event
    };
    let faster = |engine: &str| ns(Pass::Fresh, engine) / ns(Pass::Warm, engine);
    assert!((faster("dashmap-naive") - 2.0).abs() < 0.01);
    assert!((faster("dashmap") - 4.0).abs() < 0.01);
    let ratio = |pass: Pass| {
        let summary = Summary::of_pass(&record, pass);
        let line = summary.ranked.iter().find(|line| line.name == "dashmap");
        match line.unwrap().versus {
            Versus::Ratio { ratio, .. } => ratio,
            ref other => panic!("{other:?}"),
        }
    };
    assert!((ratio(Pass::Warm) / ratio(Pass::Fresh) - 2.0).abs() < 0.01);
    let whole = shown(&record);
    let table = &whole[whole.find(TITLE).unwrap()..];
    let first = table.lines().nth(3).unwrap();
    let wanted = format!("▲ {} [", crate::figures::show_ratio(ratio(Pass::Warm)));
    assert!(
        first.contains("dashmap") && first.contains(&wanted),
        "{table}"
    );
    assert!(table.contains("probes over warm state"), "{table}");
}

#[test]
fn a_state_that_is_wrong_after_the_second_pass_is_a_failure() {
    let mut record = with_warm();
    assert_eq!(failures(&record), Vec::<String>::new());
    let is_it = |trial: &&mut notibench_record::Trial| {
        trial.engine == "sharded-mutex" && trial.pass == Pass::Warm
    };
    let trial = record.trials.iter_mut().find(is_it).unwrap();
    // right after the first pass: the second one was lost
    trial.snapshot_digest = Some(record.oracle.as_ref().unwrap().snapshot_digest.clone());
    let said = failures(&record).join("\n");
    assert!(said.contains("sharded-mutex: wrong final state"), "{said}");
    for pass in [Pass::Fresh, Pass::Warm] {
        let summary = Summary::of_pass(&record, pass);
        assert_eq!(summary.errors[0].name, "sharded-mutex");
    }
}

#[test]
fn an_interrupted_run_counts_its_trials_and_not_their_passes() {
    let mut record = with_warm();
    record.complete = false;
    let trials = fixture::with_limits().trials.len();
    assert_eq!(record.trials.len(), 2 * trials);
    let text = shown(&record);
    assert!(text.contains(&format!("after {trials} trials")), "{text}");
}
