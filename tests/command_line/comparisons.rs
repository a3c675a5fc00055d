//! How runs are repeated, ended and compared, and `selftest`: what is printed
//! and recorded. Nothing here judges a time.

use std::path::Path;

use super::common::binary::{SMOKE, output, succeed, text};
use notibench_record::{EndedBy, ProofVerdict, Record};

/// The record of a small run.
fn record_of(more: &[&str]) -> Record {
    record_of_events("2k", more)
}

fn record_of_events(events: &str, more: &[&str]) -> Record {
    let words = [
        "run",
        SMOKE,
        "--events",
        events,
        "--no-save",
        "--format",
        "json",
    ];
    let output = succeed(&[&words[..], more].concat());
    Record::from_json(&output.stdout, Path::new("stdout")).unwrap()
}

/// Events of a trial that one pause of the machine does not outweigh.
const LONG: &str = "500k";

const PAIR: [&str; 4] = ["--engine", "dashmap", "--engine", "sharded-mutex"];

#[test]
fn rounds_end_where_the_intervals_are_narrow_enough() {
    // so wide a half-width that the first look is enough, however busy the
    // machine: a trial is too long for one pause to make it ten times longer
    let wide = [&PAIR[..], &["--precision", "1000%"]].concat();
    let record = record_of_events(LONG, &wide);
    assert_eq!(record.ended_by, EndedBy::Precision);
    assert_eq!(record.plan.precision, Some(10.0));
    // one of warm-up, three alone and five in turn, of two engines, the control and
    // the probe
    assert_eq!(record.trials.len(), 9 * 4);
    assert_eq!(record.interleaved.len(), 5);
    // one so narrow that the rounds are over first
    let record = record_of(&[&PAIR[..], &["--precision", "0.0001%", "--rounds", "6"]].concat());
    assert_eq!(record.ended_by, EndedBy::Rounds);
    assert_eq!(record.trials.len(), 10 * 4);
}

#[test]
fn rounds_end_where_the_time_is_over() {
    let more = [
        "--rounds",
        "1000",
        "--max-time",
        "1ms",
        "--warmup-rounds",
        "0",
    ];
    let record = record_of(&[&PAIR[..], &more].concat());
    assert_eq!(record.ended_by, EndedBy::MaxTime);
    assert!(record.complete && record.trials.len() < 1_000 * 4);
    assert!(record.trials.len() >= 4, "one round at least");
}

#[test]
fn the_report_says_what_ended_the_rounds() {
    let words = [
        "run",
        SMOKE,
        "--events",
        LONG,
        "--no-save",
        "--precision",
        "1000%",
    ];
    let shown = text(&succeed(&[&words[..], &PAIR].concat()).stdout);
    assert!(
        shown.contains("ended by        --precision: after 5 rounds"),
        "{shown}"
    );
}

#[test]
fn a_planted_slowdown_is_loud_and_changes_no_state() {
    let record = record_of(&["--engine", "dashmap", "--plant", "5%", "--rounds", "1"]);
    assert!((record.plan.planted_share - 0.05).abs() < 1e-12);
    assert_eq!(record.proofs[0].verdict, ProofVerdict::Equal);
    let words = [
        "run",
        SMOKE,
        "--events",
        "2k",
        "--rounds",
        "1",
        "--no-save",
        "--plant",
        "5%",
    ];
    let shown = text(&succeed(&words).stdout);
    assert!(
        shown.starts_with("PLANTED  planted slowdown of 5%"),
        "{shown}"
    );
}

#[test]
fn several_processes_leave_one_record_that_can_be_run_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record.json");
    let path = path.to_str().unwrap();
    let words = [
        "run",
        "--processes",
        "3",
        "--rounds",
        "2",
        "--warmup-rounds",
        "1",
    ];
    let more = [
        "--events",
        "2k",
        "--out",
        path,
        "--format=json",
        "--",
        SMOKE,
    ];
    let output = succeed(&[&words[..], &PAIR, &more].concat());
    let record = Record::load(Path::new(path)).unwrap();
    assert_eq!(std::fs::read(path).unwrap(), output.stdout);
    assert_eq!(record.plan.processes, 3);
    let of = |process: usize| {
        let trials = record.trials.iter().filter(move |t| t.process == process);
        trials
            .map(|t| (t.round, t.engine.clone()))
            .collect::<Vec<_>>()
    };
    for process in 0..3 {
        assert_eq!(of(process).len(), 6 * 4, "process {process}");
    }
    assert!(of(0) != of(1) || of(1) != of(2), "their turns are the same");
    // each process proved its own trials
    assert_eq!(record.proofs[0].snapshots, 18);
    assert_eq!(record.proofs[0].verdict, ProofVerdict::Equal);
    assert!(record.command.iter().any(|word| word == "--processes"));
    let again = succeed(&["rerun", path, "--no-save", "--format", "json"]);
    let again = Record::from_json(&again.stdout, Path::new("stdout")).unwrap();
    assert_eq!(again.plan, record.plan);
    assert_eq!(again.trials.len(), record.trials.len());
}

#[test]
fn processes_get_the_plan_and_no_flag_of_outputs() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let record = at("record.json");
    let small = ["--processes", "2", "--events", "2k", "--rounds", "1"];
    let run = ["run", SMOKE, "--engine", "dashmap"];
    let snapshot = at("s.ndjson");
    for html in [
        "--html".to_owned(),
        format!("--html={}", at("record.html").display()),
    ] {
        let mut words = [&run[..], &small].concat();
        words.extend(["--out", record.to_str().unwrap(), &html, "--snapshot"]);
        words.push(snapshot.to_str().unwrap());
        let output = succeed(&words);
        // the parent alone writes it
        assert_eq!(text(&output.stderr).matches("page: ").count(), 1);
        for name in ["record.json", "record.html", "s.ndjson"] {
            std::fs::remove_file(at(name)).unwrap();
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}

#[test]
fn a_process_that_finds_an_engine_wrong_fails_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wrong.toml");
    let toml = std::fs::read_to_string(super::common::binary::root().join(SMOKE)).unwrap();
    let toml = toml.split("[expected]").next().unwrap();
    let zeros = "0".repeat(32);
    let toml = format!("{toml}\n[expected]\nevents_digest = \"{zeros}\"\n");
    std::fs::write(&path, toml).unwrap();
    let words = [
        "run",
        path.to_str().unwrap(),
        "--no-save",
        "--processes",
        "2",
    ];
    let failed = output(&[&words[..], &["--engine", "dashmap", "--rounds", "1"]].concat());
    assert_eq!(failed.status.code(), Some(3), "{}", text(&failed.stderr));
    assert!(
        text(&failed.stderr).contains(&zeros),
        "{}",
        text(&failed.stderr)
    );
}

#[test]
fn a_selftest_prints_its_figures_and_its_record_shows_them_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("selftest.json");
    let path = path.to_str().unwrap();
    let words = [
        "selftest",
        SMOKE,
        "--short",
        "--events",
        "2k",
        "--threads",
        "2",
    ];
    let few = [
        "--comparisons",
        "8",
        "--planted-comparisons",
        "2",
        "--planted-rounds",
        "6",
    ];
    let saved = ["--no-real-time", "--out", path];
    let output = output(&[&words[..], &few, &saved].concat());
    let shown = text(&output.stdout);
    for figure in [
        "selftest · pair · dashmap-naive, actor, dashmap, papaya: 2,000 events a round, 2 threads",
        "each engine beside its second copy, 5 interleaved rounds a comparison",
        "passes at most 15.0%: ",
        "planted       2 comparisons of dashmap with itself slowed down by 3.0% of its time, \
         workers 1",
        "s a comparison (medians)",
        "steal ",
        "load ",
    ] {
        assert!(shown.contains(figure), "no {figure} in\n{shown}");
    }
    assert!(!shown.contains("NaN"), "{shown}");
    // its verdict is one on this machine as it is: either, and in words
    match output.status.code() {
        Some(0) => assert!(!text(&output.stderr).contains("failed")),
        Some(1) => assert!(text(&output.stderr).contains("selftest failed: ")),
        other => panic!("{other:?}: {}", text(&output.stderr)),
    }
    assert_eq!(text(&self::output(&["report", path]).stdout), shown);
    let page = self::output(&["report", path, "--out", "no.html"]);
    assert_eq!(page.status.code(), Some(2), "{}", text(&page.stderr));
}
