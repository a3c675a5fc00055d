//! Engines from outside the library, as the examples have them: one is run
//! and proved like any other, and those that panic end their run.

mod common;

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use common::binary::{SMOKE, example, example_path, text};
use notibench::record::{ProofVerdict, Record, Saved};

/// From a panic's message to the end of its process.
const LIMIT: Duration = Duration::from_secs(2);

#[test]
fn an_engine_of_ones_own_is_verified() {
    let output = example("custom_engine")
        .args(["verify", SMOKE, "--events", "20k", "--engine", "one-lock"])
        .output()
        .unwrap();
    let shown = text(&output.stdout);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(shown.contains("3 snapshots of 1 engine at"), "{shown}");
    assert!(shown.contains("equal to the oracle"), "{shown}");
}

#[test]
fn an_engine_of_ones_own_runs_beside_the_others() {
    let output = example("custom_engine")
        .args(["run", SMOKE, "--all", "--events", "5k", "--rounds", "1"])
        .args(["--no-save", "--format", "json"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let record = Record::from_json(&output.stdout, Path::new("stdout")).unwrap();
    let proof = record
        .proofs
        .iter()
        .find(|proof| proof.engine == "one-lock")
        .unwrap();
    // one of warm-up, three alone, one in turn
    assert_eq!((&proof.verdict, proof.snapshots), (&ProofVerdict::Equal, 5));
    let listed = example("custom_engine")
        .args(["list", "engines"])
        .output()
        .unwrap();
    assert!(text(&listed.stdout).contains("one-lock"));
}

#[test]
fn an_engine_of_ones_own_is_searched_for_capacity_by_default() {
    let output = example("custom_engine")
        .args(["capacity", SMOKE, "--slo", "p50 < 50ms", "--events", "2k"])
        .args(["--searches", "1", "--search-steps", "4", "--no-save"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let shown = text(&output.stdout);
    assert!(
        shown.contains("one-lock") && shown.contains("dashmap"),
        "{shown}"
    );
}

/// What a process that panicked said, and how long it lived after that.
fn wait_for_the_end(mut child: Child) -> (i32, String, Duration) {
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut said = String::new();
    while !said.contains("a slip in the engine") {
        let read = stderr.read_line(&mut said).unwrap();
        assert_ne!(read, 0, "no panic: {said}");
    }
    let panicked_at = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            let lived = panicked_at.elapsed();
            stderr.read_to_string(&mut said).unwrap();
            return (status.code().unwrap_or(-1), said, lived);
        }
        if panicked_at.elapsed() > LIMIT * 10 {
            child.kill().unwrap();
            panic!("still there {:?} after its panic: {said}", LIMIT * 10);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// An engine that waits for ever, of which a few events make no panic: the
/// first Ctrl-C ends the process.
#[cfg(target_os = "linux")]
#[test]
fn an_engine_that_never_ends_is_ended_by_the_first_interruption() {
    for command in ["verify", "run"] {
        let mut runner = example("panicking_engine");
        runner.args([command, SMOKE, "--engine", "panics-deaf", "--events", "500"]);
        if command == "run" {
            // in whose order the probe is not the first
            runner.args(["--no-save", "--order-seed", "1"]);
        }
        let child = runner
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let tasks = format!("/proc/{}/task", child.id());
        let works = || {
            let found = std::fs::read_dir(&tasks).into_iter().flatten().flatten();
            let names = found.map(|task| std::fs::read_to_string(task.path().join("comm")));
            names.flatten().any(|name| name.starts_with("worker "))
        };
        while !works() {
            std::thread::yield_now();
        }
        let pid = child.id().to_string();
        let told = std::process::Command::new("kill")
            .args(["-INT", &pid])
            .status();
        assert!(told.unwrap().success());
        let ended = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(130), "{command}: {said}");
        assert!(said.contains("engine `panics-deaf`: "), "{command}: {said}");
        assert!(said.contains("did not stop"), "{command}: {said}");
    }
}

#[test]
fn a_panicking_engine_ends_its_run() {
    let folder = tempfile::tempdir().unwrap();
    for (at, (command, engine, threads)) in [
        ("run", "panics", "2"),
        ("run", "panics", "8"),
        ("run", "panics-deaf", "2"),
        ("run", "panics-deaf", "8"),
        ("verify", "panics", "2"),
        ("verify", "panics-deaf", "2"),
    ]
    .into_iter()
    .enumerate()
    {
        let what = format!("{command} {engine}, {threads} threads");
        let out = folder.path().join(format!("{at}.json"));
        std::fs::write(&out, "what was there").unwrap();
        let mut runner = example("panicking_engine");
        runner.args([command, SMOKE, "--engine", engine, "--threads", threads]);
        if command == "run" {
            runner.arg("--out").arg(&out);
        }
        // backtraces of eight threads would take their time
        runner.env("RUST_BACKTRACE", "0");
        let child = runner
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (code, said, lived) = wait_for_the_end(child);
        assert_eq!(code, 1, "{what}: {said}");
        assert!(lived < LIMIT, "{what} lived for {lived:?} after its panic");
        let error = format!("error: engine `{engine}`: worker ");
        assert!(said.contains(&error), "{what}: {said}");
        assert!(
            said.contains("panicked: a slip in the engine\n"),
            "{what}: {said}"
        );
        assert_eq!(
            said.contains("did not stop"),
            engine == "panics-deaf",
            "{what}: {said}"
        );
        let left = std::fs::read(&out).unwrap();
        match (command, engine) {
            ("run", "panics") => {
                let record = Record::from_json(&left, &out).unwrap();
                // the probe may have come first
                let is_probe = |trial: &notibench::record::Trial| trial.engine == "null";
                assert!(
                    !record.complete && record.trials.iter().all(is_probe),
                    "{what}"
                );
                assert!(
                    record.failure.is_some_and(|words| words.contains("a slip")),
                    "{what}"
                );
            }
            // no record could be written: what was there stays
            _ => assert_eq!(left, b"what was there", "{what}"),
        }
    }
}

/// What a command of the example gives.
fn own(words: &[&str]) -> std::process::Output {
    let output = example("custom_engine").args(words).output().unwrap();
    assert!(
        output.status.success(),
        "{words:?}: {}",
        text(&output.stderr)
    );
    output
}

#[test]
fn no_default_of_any_command_leaves_out_an_engine_of_ones_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (swept, found) = (path("swept.json"), path("capacity.json"));
    let small = ["--events", "2k", "--rounds", "1", "--warmup-rounds", "0"];
    let run = [&["run", SMOKE, "--no-save"], &small[..]].concat();
    let sweep = ["sweep", SMOKE, "--threads", "1,2", "--out", &swept];
    let sweep = [&sweep[..], &small].concat();
    let capacity = ["capacity", SMOKE, "--slo", "p50 < 10s", "--events", "2k"];
    let few = ["--search-steps", "4", "--searches", "1", "--out", &found];
    let capacity = [&capacity[..], &few].concat();
    let verify = ["verify", SMOKE, "--events", "2k", "--threads", "1"].to_vec();
    let selftest = ["selftest", SMOKE, "--events", "500", "--no-real-time"];
    let few = [
        "--planted-comparisons",
        "0",
        "--comparisons",
        "2",
        "--no-save",
    ];
    let selftest = [&selftest[..], &few].concat();
    for words in [&run, &sweep, &capacity] {
        assert!(text(&own(words).stdout).contains("one-lock"), "{words:?}");
    }
    let verified = text(&own(&verify).stdout);
    let engines = notibench::engine::registry::ENTRIES
        .iter()
        .filter(|info| info.role != notibench::engine::Role::Probe);
    let of = format!("of {} engines", engines.count() + 1);
    assert!(verified.contains(&of), "{verified}");
    let output = example("custom_engine").args(&selftest).output().unwrap();
    assert!(text(&output.stdout).contains("papaya, one-lock: 500 events"));
    // the builds that are compared are this program
    let exe = example_path("custom_engine");
    let mut compare = example("custom_engine");
    compare
        .arg("compare")
        .arg("--exe")
        .arg(&exe)
        .arg("--exe")
        .arg(&exe);
    compare.args([SMOKE, "--turns", "2", "--rounds", "1", "--events", "2k"]);
    let output = compare.output().unwrap();
    let shown = text(&output.stdout);
    assert!(
        shown.contains("one-lock") && shown.contains("dashmap"),
        "{shown}"
    );
}

#[test]
fn an_engine_of_ones_own_is_no_baseline_beside_one_of_the_registry() {
    let base = |engines: &[&str]| {
        let words = ["run", SMOKE, "--events", "2k", "--rounds", "1"];
        let printed = ["--no-save", "--format", "json"];
        let output = own(&[&words[..], &printed, engines].concat());
        Record::from_json(&output.stdout, Path::new("stdout"))
            .unwrap()
            .plan
            .baseline
    };
    assert_eq!(base(&["--engine", "one-lock", "--engine", "scc"]), "scc");
    assert_eq!(base(&["--engine", "one-lock"]), "one-lock");
    let asked = ["--engine", "scc", "--baseline", "one-lock"];
    assert_eq!(base(&asked), "one-lock");
}

/// An engine that hangs after some rounds: the first Ctrl-C saves and shows
/// these, and ends the process.
#[cfg(target_os = "linux")]
#[test]
fn what_was_measured_before_a_hang_is_saved_and_shown() {
    let sweep = ["sweep", SMOKE, "--threads", "1,2"];
    for (engine, words) in [
        ("hangs-in-finish", &["run", SMOKE][..]),
        ("hangs-in-memory", &["run", SMOKE]),
        ("hangs-in-memory", &sweep),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("saved.json");
        let mut child = example("panicking_engine")
            .args(words)
            // one event that changes nothing: the engine keeps no state
            .args(["--engine", engine, "--events", "1", "--rounds", "1000"])
            .args(["--isolated", "--no-verify", "--out"])
            .arg(&file)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let mut said = String::new();
        while !said.contains("hangs now") {
            assert_ne!(stderr.read_line(&mut said).unwrap(), 0, "{engine}: {said}");
        }
        let told = std::process::Command::new("kill")
            .args(["-INT", &child.id().to_string()])
            .status();
        assert!(told.unwrap().success());
        stderr.read_to_string(&mut said).unwrap();
        let ended = child.wait_with_output().unwrap();
        assert_eq!(ended.status.code(), Some(130), "{engine}: {said}");
        assert!(said.contains("did not stop"), "{engine}: {said}");
        assert!(said.contains("marked incomplete"), "{engine}: {said}");
        let shown = text(&ended.stdout);
        assert!(shown.contains("incomplete"), "{engine}: {shown}");
        let records = match Saved::load(&file).unwrap() {
            Saved::Run(record) => vec![*record],
            Saved::Sweep(sweep) => {
                assert!(!sweep.complete);
                sweep.points.into_iter().map(|p| p.record).collect()
            }
            Saved::Capacity(_) | Saved::Selftest(_) => unreachable!("none was asked for"),
        };
        assert!(records.iter().all(|record| !record.complete));
        let trials = records.iter().map(|record| record.trials.len());
        assert!(trials.sum::<usize>() > 0, "{engine}");
        let failures = records.iter().filter_map(|record| record.failure.as_ref());
        assert!(failures.into_iter().all(|why| why.contains("did not stop")));
    }
}

/// What no prediction foresees: the runtime's words, exit code 1, and no
/// record harmed.
#[test]
fn memory_that_runs_out_ends_in_words_and_harms_no_record() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("earlier.json");
    std::fs::write(&file, "an earlier record").unwrap();
    let ended = example("panicking_engine")
        .args(["run", SMOKE, "--engine", "hoards", "--events", "500"])
        .arg("--out")
        .arg(&file)
        .output()
        .unwrap();
    let said = text(&ended.stderr);
    assert_eq!(ended.status.code(), Some(1), "{said}");
    assert!(said.contains("memory allocation of"), "{said}");
    assert_eq!(std::fs::read(&file).unwrap(), b"an earlier record");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}
