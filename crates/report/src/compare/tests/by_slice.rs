//! Comparisons of builds that took slices in turn.

use super::*;
use notibench_record::{InterleavedRound, SlicesNote};

/// The fixture's trials as slices in turn, `dashmap` so many times as slow in
/// each round.
fn sliced(factor: impl Fn(usize) -> f64) -> Record {
    let mut record = fixture::record();
    scale(&mut record, "dashmap", factor);
    for trial in &mut record.trials {
        trial.slices = Some(SlicesNote {
            ns: trial.wall_ns.to_string(),
            finish_ns: 0,
        });
    }
    record.interleaved.push(InterleavedRound {
        process: 0,
        round: 0,
        group: 0,
        pass: Pass::Fresh,
        slice_ends: record.plan.events.to_string(),
        steal_ms: 0,
        involuntary_switches: 0,
        peak_resident_bytes: 0,
    });
    record
}

/// Two builds in turns of slices, and the old one again.
fn builds(turns: &[[Record; 2]], again: &[Record], gate: Gate) -> Comparison {
    compare_builds(&Builds {
        paths: ["old/notibench", "new/notibench"],
        identical: false,
        turns,
        turn_unit: TurnUnit::Slices {
            again,
            slice_us: 10_000,
        },
        order_seed: 5,
        warmup_turns: 1,
        pass: Pass::Fresh,
        gate: Some(gate),
    })
    .unwrap()
}

/// Turns in which the machine is as slow as `noise` says of a turn and a
/// round, and the sides so many times as slow beside that.
fn compared(sides: [f64; 3], noise: impl Fn(usize, usize) -> f64) -> Comparison {
    let side = |at: usize, turn: usize| sliced(|round| sides[at] * noise(turn, round));
    let turns: Vec<_> = (0..8).map(|turn| [side(0, turn), side(1, turn)]).collect();
    let again: Vec<_> = (0..8).map(|turn| side(2, turn)).collect();
    builds(&turns, &again, lenient(0.03))
}

#[test]
fn a_machine_that_all_share_cancels() {
    let wild = |turn: usize, round: usize| 1.0 + (turn * 7 % 5 + round * 3 % 4) as f64 / 4.0;
    let comparison = compared([1.0, 1.1, 1.0], wild);
    let dashmap = change(&comparison, "dashmap");
    assert!((slowdown(dashmap.ratio) - 0.1).abs() < 1e-3);
    assert!((dashmap.figures[0] / dashmap.figures[1] - dashmap.ratio).abs() < 1e-12);
    assert_eq!(dashmap.interval.unwrap().rounds, 8);
    assert_eq!(dashmap.gate, Some(GateVerdict::Regressed));
    let found = comparison.by_slice.as_ref().unwrap();
    assert!((found.again[0].ratio - 1.0).abs() < 1e-3);
    assert_eq!(found.again[0].gate, None);
    let text = shown(&comparison);
    assert!(
        text.contains("in lock-step") && text.contains("dashmap (A/A)"),
        "{text}"
    );
    let value: serde_json::Value = serde_json::from_str(&json(&comparison)).unwrap();
    assert_eq!(
        (&value["turns_of"], &value["order_seed"], &value["slice_us"]),
        (&"slices".into(), &5.into(), &10_000.into())
    );
    assert!(
        text.contains("of about 10.0 ms; drawn with --order-seed 5"),
        "{text}"
    );
    assert_eq!(value["again"][0]["engine"], found.again[0].engine);
    assert_eq!(value["variance"][0]["engine"], found.spreads[0].engine);
}

#[test]
fn an_unsure_gate_asks_for_what_narrows_the_interval() {
    // noise that the sides do not share, between rounds and between turns
    let of = |noise: &dyn Fn(usize, usize) -> f64| {
        let side = |turn: usize, new: bool| {
            sliced(|round| if new { 1.02 * noise(turn, round) } else { 1.0 })
        };
        let turns: Vec<_> = (0..8)
            .map(|turn| [side(turn, false), side(turn, true)])
            .collect();
        let again: Vec<_> = (0..8).map(|turn| side(turn, false)).collect();
        builds(&turns, &again, lenient(0.03))
    };
    let strays = |number: usize| 1.0 + 0.3 * ((number * 7 % 11) as f64 / 5.0 - 1.0);
    let rounds = of(&|turn, round| strays(turn * 3 + round * 5));
    let text = shown(&rounds);
    assert!(text.contains("give more --rounds (about "), "{text}");
    assert!(!text.contains("give more --turns"), "{text}");
    let processes = of(&|turn, _| strays(turn));
    let text = shown(&processes);
    assert!(text.contains("give more --turns (about "), "{text}");
    assert!(!text.contains("give more --rounds"), "{text}");
}

#[test]
fn both_processes_of_the_old_build_are_its_figure() {
    // the geometric mean of 1 and 1.21 is 1.1
    let comparison = compared([1.0, 1.1, 1.21], |_, _| 1.0);
    let dashmap = change(&comparison, "dashmap");
    assert!((dashmap.ratio - 1.0).abs() < 1e-3, "{}", dashmap.ratio);
    let differs = |warning: &CompareWarning| matches!(warning, CompareWarning::AgainDiffers(engine, _) if engine == "dashmap");
    assert!(comparison.warnings.iter().any(differs));
}

#[test]
fn whole_processes_say_why_they_took_turns() {
    let same = fixture::record();
    let turns: Vec<_> = (0..5).map(|_| [same.clone(), same.clone()]).collect();
    let of = |why| {
        compare_builds(&Builds {
            paths: ["old", "new"],
            identical: false,
            turns: &turns,
            turn_unit: TurnUnit::Processes(why),
            order_seed: 6,
            warmup_turns: 1,
            pass: Pass::Fresh,
            gate: None,
        })
        .unwrap()
    };
    assert!(shown(&of(Some("old knows none"))).contains("old knows none"));
    let value: serde_json::Value = serde_json::from_str(&json(&of(None))).unwrap();
    assert_eq!(value["turns_of"], "processes");
    assert!(value["why_processes"].is_null() && value["variance"].is_null());
}
