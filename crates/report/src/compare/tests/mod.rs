//! Tests of comparisons on changed copies of the record's fixture.

use super::gate::slowdown;
use super::sides::changes_of;
use super::*;
use crate::html::{Document, html};
use crate::style::Style;
use notibench_record::stats::Verdict;
use notibench_record::{Pass, Record, fixture};

#[cfg(test)]
mod by_slice;
#[cfg(test)]
mod records;

/// The fixture with one engine's times changed by a factor in every round.
fn slowed(engine: &str, factor: f64) -> Record {
    let mut record = fixture::record();
    scale(&mut record, engine, |_| factor);
    record
}

fn scale(record: &mut Record, engine: &str, factor: impl Fn(usize) -> f64) {
    let trials = record.trials.iter_mut().filter(|t| t.engine == engine);
    for trial in trials {
        trial.wall_ns = (trial.wall_ns as f64 * factor(trial.round)) as u64;
    }
}

/// Turns in which `dashmap` takes so many times as long, with noise of about
/// so much on either side.
fn turns(count: usize, factor: f64, noise: f64) -> Vec<[Record; 2]> {
    (0..count)
        .map(|turn| {
            let strays = |step: usize| 1.0 + noise * (((turn * step) % 11) as f64 / 5.0 - 1.0);
            [
                slowed("dashmap", strays(7)),
                slowed("dashmap", factor * strays(5)),
            ]
        })
        .collect()
}

fn of_builds(turns: &[[Record; 2]], fail_slower: Option<f64>) -> Comparison {
    compare_builds(&Builds {
        paths: ["old/notibench", "new/notibench"],
        identical: false,
        turns,
        turn_unit: TurnUnit::Processes(None),
        order_seed: 5,
        warmup_turns: 1,
        pass: Pass::Fresh,
        gate: fail_slower.map(lenient),
    })
    .unwrap()
}

/// A gate that lets what is unsure pass.
fn lenient(slower: f64) -> Gate {
    Gate {
        slower,
        fail_unsure: false,
    }
}

#[track_caller]
fn change<'c>(comparison: &'c Comparison, engine: &str) -> &'c Change {
    let found = comparison.changes.iter().find(|c| c.engine == engine);
    found.expect("the engine is compared")
}

fn shown(comparison: &Comparison) -> String {
    terminal(comparison, &Style::default())
}

#[test]
fn a_build_beside_itself_shows_no_difference() {
    let same = fixture::record();
    let turns: Vec<_> = (0..10).map(|_| [same.clone(), same.clone()]).collect();
    let comparison = of_builds(&turns, Some(0.03));
    for change in &comparison.changes {
        assert!((change.ratio - 1.0).abs() < 1e-12);
        assert_eq!(
            change.interval.unwrap().verdict(),
            Verdict::NoDifferenceSeen
        );
        assert_eq!(change.gate, Some(GateVerdict::Passed));
    }
    assert_eq!(comparison.failure(), None);
    assert_eq!(comparison.warnings, []);
    let text = shown(&comparison);
    assert!(
        text.contains("no difference seen") && text.contains("gate: passed"),
        "{text}"
    );
    assert!(
        text.contains(comparison.digests[1].as_deref().unwrap()),
        "{text}"
    );
}

#[test]
fn a_planted_slowdown_is_found_and_stopped_by_a_gate_below_it() {
    let turns = turns(10, 1.20, 0.005);
    let comparison = of_builds(&turns, Some(0.03));
    let dashmap = change(&comparison, "dashmap");
    assert!((slowdown(dashmap.ratio) - 0.20).abs() < 0.01);
    assert_eq!(dashmap.gate, Some(GateVerdict::Regressed));
    assert!((dashmap.figures[0] / dashmap.figures[1] - dashmap.ratio).abs() < 1e-12);
    let failure = comparison.failure().unwrap();
    assert!(
        failure.starts_with("slower by more than 3.0%: dashmap by "),
        "{failure}"
    );
    let text = shown(&comparison);
    assert!(
        text.starts_with("GATE FAILED  slower by more than 3.0%"),
        "{text}"
    );
    assert!(text.contains("gate: FAILED"), "{text}");
    // significantly slower, but by less than this gate minds
    let wide = of_builds(&turns, Some(0.30));
    let dashmap = change(&wide, "dashmap");
    assert_eq!(dashmap.interval.unwrap().verdict(), Verdict::Slower);
    assert_eq!(dashmap.gate, Some(GateVerdict::Passed));
    // without a gate nothing fails
    assert_eq!(of_builds(&turns, None).failure(), None);
}

#[test]
fn the_figures_shown_never_contradict_the_ratio() {
    // half of the turns are as before and half are slower: the medians of
    // both sides would say something else than the mean of the turns' ratios
    let mut lopsided = turns(5, 1.0, 0.01);
    lopsided.extend(turns(4, 1.3, 0.01));
    let comparison = of_builds(&lopsided, None);
    for change in &comparison.changes {
        let quotient = change.figures[0] / change.figures[1];
        assert!((quotient - change.ratio).abs() < 1e-12);
        assert!((change.interval.unwrap().ratio - change.ratio).abs() < 1e-12);
    }
}

#[test]
fn a_gain_is_no_regression() {
    let comparison = of_builds(&turns(10, 0.80, 0.005), Some(0.03));
    let dashmap = change(&comparison, "dashmap");
    assert_eq!(dashmap.interval.unwrap().verdict(), Verdict::Faster);
    assert_eq!(dashmap.gate, Some(GateVerdict::Passed));
    // noisy, but so much faster that no slowdown can hide: nothing to warn of
    let noisy = of_builds(&turns(10, 0.5, 0.1), Some(0.03));
    let dashmap = change(&noisy, "dashmap");
    assert!(dashmap.interval.unwrap().minimum_detectable > 0.03);
    assert_eq!(dashmap.gate, Some(GateVerdict::Passed));
}

#[test]
fn a_gate_that_cannot_see_says_so_and_names_the_flag() {
    let comparison = of_builds(&turns(6, 1.02, 0.2), Some(0.03));
    let dashmap = change(&comparison, "dashmap");
    assert_eq!(dashmap.gate, Some(GateVerdict::Unsure));
    assert_eq!(comparison.failure(), None);
    let Some(CompareWarning::Blind {
        engines,
        more: More::Turns(Some(needed)),
        ..
    }) = comparison.warnings.first()
    else {
        panic!("{:?}", comparison.warnings)
    };
    assert_eq!(engines[0].0, "dashmap");
    // the smallest effect shrinks with the root of the number of turns
    let effect = dashmap.interval.unwrap().minimum_detectable.ln_1p();
    let then = effect * (6.0 / *needed as f64).sqrt();
    assert!(then <= 0.03_f64.ln_1p() && *needed > 6, "{needed}");
    assert!(shown(&comparison).contains("give more --turns (about "));
}

#[test]
fn what_is_unsure_is_nowhere_called_passed() {
    let turns = turns(6, 1.02, 0.2);
    let mut comparison = of_builds(&turns, Some(0.03));
    assert_eq!(comparison.decision(), Some(Decision::Unsure));
    let value: serde_json::Value = serde_json::from_str(&json(&comparison)).unwrap();
    assert_eq!(value["gate"], "unsure");
    let page = html(&[Document::Comparison(&comparison, &[])]);
    for text in [shown(&comparison), markdown(&comparison), page] {
        assert!(text.contains("not failed, but unsure"), "{text}");
    }
    let badges = html(&[Document::Comparison(&comparison, &[])]);
    assert!(!badges.contains("passed at 3.0%"));
    // fails on demand, and says by which flag
    comparison.gate = Some(Gate {
        slower: 0.03,
        fail_unsure: true,
    });
    assert_eq!(comparison.decision(), Some(Decision::Failed));
    let failure = comparison.failure().unwrap();
    assert!(
        failure.contains("not excluded (--fail-unsure): dashmap"),
        "{failure}"
    );
}

#[test]
fn an_engine_that_has_vanished_fails_the_gate() {
    let without = |record: &mut Record| {
        record.engines.retain(|note| note.name != "sharded-mutex");
        record
            .trials
            .retain(|trial| trial.engine != "sharded-mutex");
    };
    let mut turns = turns(10, 1.0, 0.0);
    turns.iter_mut().for_each(|[_, new]| without(new));
    let comparison = of_builds(&turns, Some(0.03));
    assert_eq!(comparison.unmatched[0], ["sharded-mutex"]);
    assert_eq!(comparison.decision(), Some(Decision::Failed));
    let failure = comparison.failure().unwrap();
    assert!(
        failure.contains("only the old side has figures") && failure.contains("sharded-mutex"),
        "{failure}"
    );
    assert!(!shown(&comparison).contains("gate: passed"));
    // named on both sides, and measured on one
    let mut unmatched = [vec![], vec![]];
    let measured = changes_of(vec!["dashmap".to_owned()], &mut unmatched, |_| None);
    assert_eq!(
        (measured, &unmatched[0][..]),
        (vec![], &["dashmap".to_owned()][..])
    );
    // one that only the new side has is no failure
    turns.iter_mut().for_each(|turn| turn.swap(0, 1));
    assert_eq!(
        of_builds(&turns, Some(0.03)).decision(),
        Some(Decision::Passed)
    );
    // without a gate there is no decision
    assert_eq!(of_builds(&turns, None).decision(), None);
}

#[test]
fn what_has_no_interval_fails_the_gate() {
    let comparison = of_builds(&turns(1, 1.0, 0.0), Some(0.03));
    assert_eq!(comparison.decision(), Some(Decision::Failed));
    let failure = comparison.failure().unwrap();
    assert!(failure.contains("too few turns or rounds"), "{failure}");
}

#[test]
fn the_control_counts_as_rounds_of_the_baseline() {
    let mut turn = [fixture::record(), fixture::record()];
    for record in &mut turn {
        scale(record, "dashmap-naive", |_| 2.0);
    }
    let comparison = of_builds(&[turn.clone(), turn], None);
    let naive = change(&comparison, "dashmap-naive");
    // the median of rounds at 1,000 ns and of as many at 500 ns
    assert!(
        (740.0..770.0).contains(&naive.figures[0]),
        "{:?}",
        naive.figures
    );
    assert!(
        comparison
            .changes
            .iter()
            .all(|c| !c.engine.ends_with("again"))
    );
}

#[test]
fn builds_that_did_other_work_are_refused() {
    let right = fixture::record();
    let check = |change: &dyn Fn(&mut Record)| {
        let mut new = fixture::record();
        change(&mut new);
        check_turn(["old", "new"], [&right, &new])
    };
    assert_eq!(check(&|_| {}), Ok(()));
    let other = "0".repeat(32);
    let state = check(&|new| {
        new.oracle
            .as_mut()
            .unwrap()
            .snapshot_digest
            .clone_from(&other);
        for trial in &mut new.trials {
            trial.snapshot_digest = trial.snapshot_digest.as_ref().map(|_| other.clone());
        }
    });
    assert!(matches!(&state, Err(Refusal::Wrong(words)) if words.contains("another final state")));
    let events = check(&|new| {
        new.oracle
            .as_mut()
            .unwrap()
            .events_digest
            .clone_from(&other);
        for trial in &mut new.trials {
            trial.events_digest = Some(other.clone());
        }
    });
    assert!(matches!(&events, Err(Refusal::Wrong(words)) if words.contains("another events")));
    let unproved = check(&|new| new.oracle = None);
    assert!(matches!(unproved, Err(Refusal::Wrong(_))));
    let wrong = check(&|new| fixture::break_engine(new, "dashmap", "member 7: badge"));
    assert!(matches!(&wrong, Err(Refusal::Wrong(words)) if words.contains("member 7: badge")));
    let early = check(&|new| new.complete = false);
    assert!(matches!(&early, Err(Refusal::Unusable(words)) if words.contains("incomplete")));
    let batch = check(&|new| new.plan.batch = 1_024);
    let words = batch.unwrap_err().to_string();
    assert!(
        words.contains("batch: 256 and 1,024") && words.contains("--batch"),
        "{words}"
    );
}

#[test]
fn unproved_and_debug_builds_are_warned_of() {
    let mut turns = turns(3, 1.0, 0.001);
    for record in turns.iter_mut().flatten() {
        record.oracle = None;
        record.environment.profile = "debug".to_owned();
        record.trials[0].steal_ms = 10;
        for proof in &mut record.proofs {
            proof.verdict = notibench_record::ProofVerdict::NotChecked;
        }
        for trial in &mut record.trials {
            trial.snapshot_digest = None;
        }
    }
    let warnings = of_builds(&turns, None).warnings;
    for wanted in [
        CompareWarning::DebugBuild("old"),
        CompareWarning::DebugBuild("new"),
        CompareWarning::NotProved,
        CompareWarning::FewTurns(3),
        CompareWarning::Steal(60),
    ] {
        assert!(warnings.contains(&wanted), "no {wanted:?} in {warnings:?}");
    }
}

#[test]
fn the_formats_tell_the_same() {
    let comparison = of_builds(&turns(10, 1.20, 0.005), Some(0.03));
    let value: serde_json::Value = serde_json::from_str(&json(&comparison)).unwrap();
    assert_eq!(value["schema"], COMPARISON_SCHEMA);
    assert_eq!(value["regressed"], true);
    assert_eq!(value["engines"][1]["engine"], "dashmap");
    assert_eq!(value["engines"][1]["verdict"], "slower");
    assert_eq!(value["engines"][1]["gate"], "regressed");
    assert_eq!(value["baseline"], serde_json::Value::Null);
    let page = markdown(&comparison);
    assert!(
        page.starts_with("### steady\\_week · two builds in 10 turns\n\n**GATE FAILED**"),
        "{page}"
    );
    let table: Vec<&str> = page.lines().filter(|line| line.starts_with('|')).collect();
    // header, rule, and the three engines that are ranked
    assert_eq!(table.len(), 5, "{page}");
    let columns = |line: &str| line.replace("\\|", "").matches('|').count();
    assert!(
        table.iter().all(|line| columns(line) == columns(table[0])),
        "{page}"
    );
}
