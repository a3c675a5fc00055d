//! Tests of the comparison of records.

use super::gate::slowdown;
use super::*;
use notibench_record::{ApartPlan, CpuId, Environment, fixture_in_turn};

fn of_records(
    before: &Record,
    after: &Record,
    fail_slower: Option<f64>,
    force: bool,
) -> Result<Comparison, Refusal> {
    let file = |path, record| RecordFile { path, record };
    let (before, after) = (file("before.json", before), file("after.json", after));
    compare_records(before, after, Pass::Fresh, fail_slower.map(lenient), force)
}

#[test]
fn records_are_compared_by_their_ratios_to_the_baseline() {
    let before = fixture::record();
    // a machine that is half as fast today: no engine became slower
    let mut after = fixture::record();
    for name in [
        "dashmap-naive",
        "dashmap",
        "sharded-mutex",
        "dashmap-naive-again",
    ] {
        scale(&mut after, name, |_| 2.0);
    }
    let comparison = of_records(&before, &after, Some(0.10), false).unwrap();
    assert_eq!(comparison.changes.len(), 2);
    for change in &comparison.changes {
        assert!((change.ratio - 1.0).abs() < 1e-6);
        assert_eq!(change.gate, Some(GateVerdict::Passed));
    }
    // twenty percent on one engine alone
    scale(&mut after, "dashmap", |_| 1.2);
    let comparison = of_records(&before, &after, Some(0.10), false).unwrap();
    let dashmap = change(&comparison, "dashmap");
    assert!((slowdown(dashmap.ratio) - 0.2).abs() < 1e-3);
    assert_eq!(dashmap.gate, Some(GateVerdict::Regressed));
    assert_eq!(
        change(&comparison, "sharded-mutex").gate,
        Some(GateVerdict::Passed)
    );
    let text = shown(&comparison);
    assert!(
        text.contains("two records, unpaired") && text.contains("UNPAIRED"),
        "{text}"
    );
    assert!(text.contains("multiple of dashmap-naive's"), "{text}");
}

#[test]
fn the_control_of_both_records_is_held_against_itself() {
    let before = fixture::record();
    let mut after = fixture::record();
    let comparison = of_records(&before, &after, None, false).unwrap();
    assert!(comparison.control.is_some());
    assert_eq!(comparison.warnings, []);
    scale(&mut after, "dashmap-naive-again", |_| 1.3);
    let comparison = of_records(&before, &after, None, false).unwrap();
    let told = |wanted: &dyn Fn(&CompareWarning) -> bool| comparison.warnings.iter().any(wanted);
    assert!(told(&|w| matches!(w, CompareWarning::ControlDiffers(_))));
    // and the report of that record has the same to say of itself
    assert!(told(
        &|w| matches!(w, CompareWarning::OfItsOwn(path, _) if path == "after.json")
    ));
}

#[test]
fn records_that_were_not_run_alike_are_refused_or_forced_under_a_warning() {
    type Edit = fn(&mut Record);
    let cases: [(&str, Edit); 12] = [
        ("workload: steady_week and other", |r| {
            r.workload.name = "other".to_owned();
        }),
        ("the text of the workload", |r| r.workload.toml.push('\n')),
        ("seed: 42 and 43", |r| r.plan.seed = 43),
        ("events of a trial: 1,000,000 and 2", |r| r.plan.events = 2),
        ("threads: 2 and 4", |r| r.plan.threads = 4),
        (
            "writers and readers apart: none and 3 writers and 1 reader",
            |r| {
                r.plan.apart = Some(ApartPlan {
                    writers: 3,
                    readers: 1,
                    filled: 0,
                    events_per_s: None,
                    reads_per_s: None,
                });
            },
        ),
        ("batch: 256 and 1", |r| r.plan.batch = 1),
        ("a second pass over warm state: ", |r| {
            r.plan.warm = !r.plan.warm;
        }),
        ("processor: An Example Processor and Another", |r| {
            r.environment.cpu = "Another".to_owned();
        }),
        ("processors: 2 and 64", |r| r.environment.cores = 64),
        ("version of notibench: 0.1.0 and 0.2.0", |r| {
            r.version = "0.2.0".to_owned();
        }),
        ("kind of build: release and debug", |r| {
            r.environment.profile = "debug".to_owned();
        }),
    ];
    let before = fixture::record();
    for (words, edit) in cases {
        let mut after = fixture::record();
        edit(&mut after);
        let refusal = of_records(&before, &after, None, false).unwrap_err();
        let told = refusal.to_string();
        assert!(told.contains(words) && told.contains("--force"), "{told}");
        let forced = of_records(&before, &after, None, true).unwrap();
        let warning = forced.warnings[0].to_string();
        assert!(warning.contains(words), "{warning}");
        assert!(
            shown(&forced).contains("warning: compared by --force"),
            "{}",
            shown(&forced)
        );
    }
}

#[test]
fn two_unknown_processors_are_not_taken_for_one() {
    let mut before = fixture::record();
    before.environment.cpu = notibench_record::UNKNOWN_CPU.to_owned();
    let refusal = of_records(&before, &before.clone(), None, false).unwrap_err();
    let told = refusal.to_string();
    assert!(
        told.contains("processor: unknown on both sides") && told.contains("--force"),
        "{told}"
    );
    let forced = of_records(&before, &before.clone(), None, true).unwrap();
    assert!(matches!(&forced.warnings[0], CompareWarning::Unlike(_)));
}

#[test]
fn one_name_of_several_processors_is_not_taken_for_one() {
    let mut before = fixture::record();
    before.environment.cpu = "AMD EPYC".to_owned();
    before.environment.cpu_id = Some(CpuId {
        vendor: "AuthenticAMD".to_owned(),
        family: "25".to_owned(),
        model: "1".to_owned(),
        stepping: "1".to_owned(),
    });
    let told = |edit: &dyn Fn(&mut Environment)| {
        let mut after = before.clone();
        edit(&mut after.environment);
        let found = of_records(&before, &after, None, false);
        found.err().map_or_else(String::new, |it| it.to_string())
    };
    assert_eq!(told(&|_| ()), "");
    let other_model = told(&|it| it.cpu_id.as_mut().unwrap().model = "17".to_owned());
    assert!(
        other_model
            .contains("model 1, stepping 1) and AMD EPYC (AuthenticAMD, family 25, model 17"),
        "{other_model}"
    );
    let larger = told(&|it| it.caches[0].bytes *= 2);
    assert!(
        larger.contains("caches: L2 2.00 MiB; and L2 4.00 MiB"),
        "{larger}"
    );
    // of an older record it is not known
    assert_eq!(told(&|it| it.cpu_id = None), "");
    assert_eq!(told(&|it| it.caches.clear()), "");
}

#[test]
fn the_weather_of_both_records_stands_in_every_output() {
    let before = fixture_in_turn::record();
    let mut after = before.clone();
    after.weather.as_mut().unwrap().loads_ns = "3000000 3000000 3000000 3000000".to_owned();
    let found = of_records(&before, &after, None, false).unwrap();
    let page = html(&[Document::Comparison(&found, &[])]);
    let text = shown(&found);
    for out in [&text, &markdown(&found), &page] {
        let out: String = out.split_whitespace().collect::<Vec<_>>().join(" ");
        for words in [
            "a dependent load took 200 ns (100 ns to 210 ns)",
            "a dependent load took 300 ns (300 ns to 300 ns)",
            "a dependent load 1.50 times as long",
        ] {
            assert!(out.contains(words), "{words} in\n{text}");
        }
    }
    let told: serde_json::Value = serde_json::from_str(&json(&found)).unwrap();
    assert_eq!(told["old"]["load_ns"]["median"], 200.0);
    assert_eq!(told["new"]["load_ns"]["most"], 300.0);
    // a record without samples says so, and is no difference
    after.weather = None;
    let found = of_records(&before, &after, None, false).unwrap();
    assert!(shown(&found).contains("after: how fast the machine was is not known"));
    let plain = of_records(&fixture::record(), &fixture::record(), None, false).unwrap();
    assert!(!shown(&plain).contains("how fast the machine was"));
}

#[test]
fn what_is_wrong_or_has_nothing_in_common_is_refused_by_force_too() {
    let right = fixture::record();
    let refuse = |edit: &dyn Fn(&mut Record)| {
        let mut other = fixture::record();
        edit(&mut other);
        let refusal = of_records(&other, &right, None, true).unwrap_err();
        assert_eq!(
            of_records(&other, &right, None, false),
            Err(refusal.clone())
        );
        refusal
    };
    let early = refuse(&|r| r.complete = false);
    assert!(
        early
            .to_string()
            .contains("before.json: the run is incomplete")
    );
    let wrong = refuse(&|r| fixture::break_engine(r, "dashmap", "member 7"));
    assert!(matches!(wrong, Refusal::Wrong(_)));
    let baseline = refuse(&|r| r.plan.baseline = "sharded-mutex".to_owned());
    assert!(
        baseline
            .to_string()
            .contains("sharded-mutex and dashmap-naive")
    );
    let alone = refuse(&|r| {
        let keep = |name: &str| name.starts_with("dashmap-naive");
        r.engines.retain(|note| keep(&note.name));
        r.trials.retain(|trial| keep(&trial.engine));
        r.proofs.retain(|proof| keep(&proof.engine));
    });
    assert!(alone.to_string().contains("no engine beside the baseline"));
}

#[test]
fn engines_of_one_side_only_are_listed() {
    let mut after = fixture::record();
    for note in &mut after.engines {
        if note.name == "dashmap" {
            note.name = "novel".to_owned();
        }
    }
    for trial in &mut after.trials {
        if trial.engine == "dashmap" {
            trial.engine = "novel".to_owned();
        }
    }
    after.proofs.retain(|proof| proof.engine != "dashmap");
    let comparison = of_records(&fixture::record(), &after, None, false).unwrap();
    assert_eq!(
        comparison.unmatched,
        [["dashmap".to_owned()], ["novel".to_owned()]]
    );
    let text = shown(&comparison);
    assert!(
        text.contains("only before: dashmap") && text.contains("only after: novel"),
        "{text}"
    );
}

#[test]
fn one_round_gives_no_interval_and_the_gate_fails() {
    let one = fixture::with_rounds(1);
    let comparison = of_records(&one, &fixture::record(), Some(0.1), true).unwrap();
    let dashmap = change(&comparison, "dashmap");
    assert_eq!(
        (dashmap.interval, dashmap.gate),
        (None, Some(GateVerdict::Unknown))
    );
    assert_eq!(comparison.decision(), Some(Decision::Failed));
    let said: Vec<String> = comparison
        .warnings
        .iter()
        .map(ToString::to_string)
        .collect();
    assert!(
        said.iter().any(|words| words.contains("no gate can judge")),
        "{said:?}"
    );
}

#[test]
fn no_name_steers_the_terminal_or_breaks_the_table() {
    let mut record = fixture::record();
    for note in &mut record.engines {
        if note.name == "dashmap" {
            note.name = "a|b\u{1b}[31m\n".to_owned();
        }
    }
    for trial in &mut record.trials {
        if trial.engine == "dashmap" {
            trial.engine = "a|b\u{1b}[31m\n".to_owned();
        }
    }
    record.proofs.retain(|proof| proof.engine != "dashmap");
    let comparison = of_records(&record, &record, Some(0.1), false).unwrap();
    for text in [shown(&comparison), markdown(&comparison)] {
        assert!(!text.contains('\u{1b}'), "{text}");
    }
    assert!(markdown(&comparison).contains("a&#124;b \\[31m"));
}

#[test]
fn warm_passes_are_compared_with_warm_ones() {
    let before = fixture::with_warm_passes();
    let mut after = before.clone();
    for trial in &mut after.trials {
        if trial.engine == "dashmap" && trial.pass == Pass::Warm {
            trial.wall_ns *= 2;
        }
    }
    let of_pass = |pass, after: &Record| {
        let file = |path, record| RecordFile { path, record };
        compare_records(
            file("a", &before),
            file("b", after),
            pass,
            Some(lenient(0.1)),
            false,
        )
    };
    for (pass, expected) in [(Pass::Fresh, 1.0), (Pass::Warm, 0.5)] {
        let comparison = of_pass(pass, &after).unwrap();
        let ratio = change(&comparison, "dashmap").ratio;
        assert!((ratio - expected).abs() < 1e-6, "{pass:?}: {ratio}");
        let is_warm = shown(&comparison).contains("unpaired, over warm state");
        assert_eq!(is_warm, pass == Pass::Warm);
    }
    let mut without = before.clone();
    without.plan.warm = false;
    let refusal = of_pass(Pass::Warm, &without).unwrap_err().to_string();
    assert!(
        refusal.contains("b has no passes over warm state"),
        "{refusal}"
    );
}
