//! `sweep`: four axes over a few events, saved and drawn again; and what a
//! wrong or interrupted one leaves behind.

use std::path::Path;

use super::common::binary::{SMOKE, example, output, succeed, text};
use notibench_record::{Record, RunFailure, Saved, Sweep, SweepAxis};

const SMALL: [&str; 9] = [
    "--events",
    "2k",
    "--rounds",
    "2",
    "--warmup-rounds",
    "1",
    "--engine",
    "dashmap",
    "--engine=dashmap-naive",
];

fn sweep_of(path: &Path) -> Sweep {
    match Saved::load(path).unwrap() {
        Saved::Sweep(sweep) => sweep,
        Saved::Run(_) | Saved::Capacity(_) | Saved::Selftest(_) => panic!("no sweep"),
    }
}

/// Sweeps, saves, draws again; gives what was saved and what was shown.
fn swept(flags: &[&str]) -> (Sweep, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sweep.json");
    let name = path.to_str().unwrap();
    let words = [&["sweep", SMOKE], &SMALL[..], flags, &["--out", name]].concat();
    let output = succeed(&words);
    let shown = text(&output.stdout);
    assert_eq!(text(&output.stderr), format!("sweep: {name}\n"));
    let again = succeed(&["report", name]);
    assert_eq!(text(&again.stdout), shown, "drawn again");
    let json = succeed(&["report", name, "--format", "json"]).stdout;
    assert_eq!(
        json,
        std::fs::read(&path).unwrap(),
        "printed as it is saved"
    );
    let sweep = sweep_of(&path);
    assert!(sweep.complete);
    for point in &sweep.points {
        let record = &point.record;
        assert!(record.complete && record.failure.is_none());
        // three rounds alone and three in turn of two engines, the control and `null`
        assert_eq!(record.trials.len(), 24);
        let snapshots: u64 = record.proofs.iter().map(|proof| proof.snapshots).sum();
        assert_eq!(snapshots, 18);
    }
    (sweep, shown)
}

#[test]
fn winners_of_several_sweeps_stand_in_one_table() {
    let folder = tempfile::tempdir().unwrap();
    let paths = ["a.json", "b.json"].map(|name| folder.path().join(name));
    for path in &paths {
        let out = ["--threads", "1,2", "--out", path.to_str().unwrap()];
        succeed(&[&["sweep", SMOKE], &SMALL[..], &out].concat());
    }
    let names = paths.each_ref().map(|path| path.to_str().unwrap());
    let words = [&["winners", "--beside", "dashmap"], &names[..]].concat();
    let shown = text(&succeed(&words).stdout);
    // a line a point of each file, each of which says who was beside whom
    let rows = shown.lines().filter(|line| line.contains("immediate"));
    assert_eq!(rows.count(), 4, "{shown}");
    let words = [
        &words[..],
        &["--without", "dashmap-naive", "--format=markdown"],
    ]
    .concat();
    let shown = text(&succeed(&words).stdout);
    assert!(shown.contains("| `dashmap` |"), "{shown}");
    assert!(shown.contains("Left out: dashmap-naive"), "{shown}");
}

fn values(sweep: &Sweep) -> Vec<f64> {
    sweep.points.iter().map(|point| point.value).collect()
}

fn event_digests(sweep: &Sweep) -> Vec<String> {
    let oracles = sweep
        .points
        .iter()
        .map(|p| p.record.oracle.clone().unwrap());
    oracles.map(|oracle| oracle.events_digest).collect()
}

#[test]
fn threads_share_one_stream_and_take_turns() {
    let (sweep, shown) = swept(&["--threads", "1,2,3", "--batch", "16"]);
    assert_eq!(
        (sweep.axis, values(&sweep)),
        (SweepAxis::Threads, vec![1.0, 2.0, 3.0])
    );
    assert!(sweep.interleaved);
    for point in &sweep.points {
        assert_eq!(point.record.plan.threads as f64, point.value);
        assert_eq!(point.record.plan.batch, 16);
    }
    let digests = event_digests(&sweep);
    assert!(digests.iter().all(|digest| *digest == digests[0]));
    for needed in [
        "events/s",
        "speed vs threads 1",
        "Universal Scalability Law",
    ] {
        assert!(shown.contains(needed), "no {needed:?} in\n{shown}");
    }
    // three counts are refused on any machine
    assert!(
        shown.contains("not fitted to any engine: the law has 3 parameters"),
        "{shown}"
    );
}

#[test]
fn batches_share_one_stream_and_take_turns() {
    let (sweep, shown) = swept(&["--batch", "1,16,1024", "--threads", "2"]);
    assert!(sweep.axis == SweepAxis::Batch && sweep.interleaved);
    for point in &sweep.points {
        let plan = &point.record.plan;
        assert_eq!((plan.batch as f64, plan.threads), (point.value, 2));
    }
    assert!(shown.contains("speed vs batch 1 "), "{shown}");
    assert!(!shown.contains("Scalability Law"), "{shown}");
}

#[test]
fn members_change_the_stream_and_the_workload_that_is_kept() {
    let (sweep, shown) = swept(&["--members", "20,1k", "--zipf", "0.5"]);
    assert!(sweep.axis == SweepAxis::Members && !sweep.interleaved);
    let digests = event_digests(&sweep);
    assert_ne!(digests[0], digests[1]);
    let records: Vec<&Record> = sweep.points.iter().map(|point| &point.record).collect();
    assert!(records[0].oracle.as_ref().unwrap().members <= 20);
    for (record, members) in records.iter().zip(["members = 20", "members = 1000"]) {
        let toml = &record.workload.toml;
        assert!(
            toml.contains(members) && toml.contains("recipient_exponent = 0.5"),
            "{toml}"
        );
        // its digests are not those of these streams
        assert!(!toml.contains("[expected]"), "{toml}");
        assert_eq!(record.workload.name, "pair");
    }
    for needed in ["bytes per member", "minutes apart", "recipients"] {
        assert!(shown.contains(needed), "no {needed:?} in\n{shown}");
    }
}

#[test]
fn a_point_is_a_record_that_can_be_run_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sweep.json");
    let name = path.to_str().unwrap();
    let flags = ["--zipf", "0,1.2", "--out", name];
    succeed(&[&["sweep", SMOKE], &SMALL[..], &flags].concat());
    let sweep = sweep_of(&path);
    let top = |at: usize| {
        sweep.points[at]
            .record
            .realised
            .as_ref()
            .unwrap()
            .top_1_share
    };
    // of the two members, the popular one gets more
    assert!(top(1) > top(0), "{} and {}", top(0), top(1));
    // a whole report of one run, and its record
    let shown = text(&succeed(&["report", name, "--point", "1.2"]).stdout);
    assert!(shown.contains("engines, fastest first"), "{shown}");
    let point = folder.path().join("point.json");
    let json = succeed(&["report", name, "--point", "1.2", "--format", "json"]).stdout;
    std::fs::write(&point, json).unwrap();
    let again = succeed(&["rerun", point.to_str().unwrap(), "--no-save"]);
    assert!(
        text(&again.stderr).contains("the same events and the same final state as in"),
        "{}",
        text(&again.stderr)
    );
    // what can't be meant
    for (words, code, advice) in [
        (
            &["report", name, "--point", "7"][..],
            2,
            "its zipf are 0; 1.2",
        ),
        (&["report", name, "--format", "csv"], 2, "--point VALUE"),
        (
            &["report", point.to_str().unwrap(), "--point", "7"],
            2,
            "leave out --point",
        ),
        (
            &["rerun", name],
            1,
            "a sweep, which holds a record for each of its points",
        ),
    ] {
        let output = output(words);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{words:?}: {said}");
        assert!(said.contains(advice), "{words:?}: {said}");
    }
}

#[test]
fn an_engine_that_panics_ends_the_sweep_which_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sweep.json");
    let name = path.to_str().unwrap();
    let flags = ["--events", "200k", "--rounds", "1", "--warmup-rounds", "0"];
    let words = [&["sweep", SMOKE, "--threads", "1,2"], &flags[..]].concat();
    let output = example("panicking_engine")
        .args(words)
        .args(["--engine", "panics", "--out", name])
        .output()
        .unwrap();
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("at threads "), "{said}");
    let sweep = sweep_of(&path);
    assert!(!sweep.complete);
    let failures: Vec<RunFailure> = sweep
        .points
        .iter()
        .filter_map(|point| point.record.failure.clone())
        .collect();
    assert_eq!(failures.len(), 2);
    assert!(
        failures.iter().any(|words| words.contains("panicked")),
        "{failures:?}"
    );
    assert!(
        text(&output.stdout).contains("incomplete: 0 of 2 points"),
        "{said}"
    );
}
