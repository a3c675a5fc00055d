//! An engine that waits for ever, wherever it is called: the first Ctrl-C
//! ends the process within two seconds, and what was measured before is saved
//! and shown.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use notibench_record::{Record, Saved};

use super::common::binary::{SMOKE, example, text};

/// From an interruption to the end of the process: two seconds, and what it
/// takes on a loaded machine to save and to print.
const LIMIT: Duration = Duration::from_millis(3_500);

fn interrupt(child: &Child) {
    let pid = child.id().to_string();
    let told = Command::new("kill").args(["-INT", &pid]).status();
    assert!(told.unwrap().success());
}

fn start(runner: &mut Command) -> Child {
    runner
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Interrupts the command once its engine hangs, and holds how it ends against
/// what is promised.
#[track_caller]
fn interrupt_a_hang(runner: &mut Command) -> (Output, String) {
    let mut child = start(runner);
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut said = String::new();
    while !said.contains("hangs now") {
        assert_ne!(stderr.read_line(&mut said).unwrap(), 0, "{said}");
    }
    interrupt(&child);
    let interrupted_at = Instant::now();
    stderr.read_to_string(&mut said).unwrap();
    let ended = child.wait_with_output().unwrap();
    let took = interrupted_at.elapsed();
    assert_eq!(ended.status.code(), Some(130), "{said}");
    assert!(said.contains("did not stop"), "{said}");
    assert!(took < LIMIT, "after {took:?}: {said}");
    (ended, said)
}

/// Of which a few events make no panic.
#[test]
fn an_engine_that_never_ends_is_ended_by_the_first_interruption() {
    for command in ["verify", "run"] {
        let mut runner = example("panicking_engine");
        runner.args([command, SMOKE, "--engine", "panics-deaf", "--events", "500"]);
        if command == "run" {
            // in whose order the probe is not the first
            runner.args(["--no-save", "--order-seed", "1"]);
        }
        let child = start(&mut runner);
        let tasks = format!("/proc/{}/task", child.id());
        let works = || {
            let found = std::fs::read_dir(&tasks).into_iter().flatten().flatten();
            let names = found.map(|task| std::fs::read_to_string(task.path().join("comm")));
            names.flatten().any(|name| name.starts_with("worker "))
        };
        while !works() {
            std::thread::yield_now();
        }
        interrupt(&child);
        let ended = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(130), "{command}: {said}");
        assert!(said.contains("engine `panics-deaf`: "), "{command}: {said}");
        assert!(said.contains("did not stop"), "{command}: {said}");
    }
}

#[test]
fn what_was_measured_before_a_hang_is_saved_and_shown() {
    let sweep = ["sweep", SMOKE, "--threads", "1,2"];
    for (engine, words) in [
        ("hangs-in-build", &["run", SMOKE][..]),
        ("hangs-in-finish", &["run", SMOKE]),
        ("hangs-in-memory", &["run", SMOKE]),
        ("hangs-in-memory", &sweep),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("saved.json");
        let mut runner = example("panicking_engine");
        runner
            .args(words)
            // one event that changes nothing: the engine keeps no state
            .args(["--engine", engine, "--events", "1", "--rounds", "1000"])
            .args(["--isolated", "--no-verify", "--out"])
            .arg(&file);
        let (ended, said) = interrupt_a_hang(&mut runner);
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

/// Also where no worker hangs but the thread that makes the engine, or asks it
/// for its state.
#[test]
fn a_search_for_capacity_is_ended_and_saved_as_well() {
    for engine in [
        "hangs-in-build",
        "hangs-in-finish",
        "hangs-in-visit",
        "hangs-in-memory",
    ] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("saved.json");
        let mut runner = example("panicking_engine");
        runner
            .args(["capacity", SMOKE, "--slo", "p50 < 10s", "--events", "1k"])
            // two closed loops, then the first step of a search
            .env("HANGS_AFTER", "2")
            .args(["--engine", engine, "--searches", "9", "--out"])
            .arg(&file);
        let (ended, said) = interrupt_a_hang(&mut runner);
        assert!(said.contains("marked incomplete"), "{engine}: {said}");
        assert!(text(&ended.stdout).contains("FAILED"), "{engine}");
        let Saved::Capacity(found) = Saved::load(&file).unwrap() else {
            panic!("{engine}: no capacity was saved");
        };
        assert!(!found.complete, "{engine}");
        assert!(
            found
                .failure
                .is_some_and(|why| why.contains("did not stop")),
            "{engine}"
        );
        // the closed loops had come to their end
        assert!(found.engines[0].closed_loop_per_s > 0.0, "{engine}");
    }
}

/// Children are ended with their parent, which keeps those that were over.
#[test]
fn a_run_in_processes_is_ended_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("saved.json");
    let mut runner = example("panicking_engine");
    runner
        .args(["run", SMOKE, "--events", "500", "--rounds", "1"])
        .args(["--engine", "panics-deaf", "--processes", "2", "--out"])
        .arg(&file);
    let child = start(&mut runner);
    let children = format!("/proc/{0}/task/{0}/children", child.id());
    let has_child = || std::fs::read_to_string(&children).is_ok_and(|ids| !ids.trim().is_empty());
    while !has_child() {
        std::thread::yield_now();
    }
    // long enough for it to come to its engine
    std::thread::sleep(Duration::from_millis(300));
    interrupt(&child);
    let interrupted_at = Instant::now();
    let ended = child.wait_with_output().unwrap();
    let said = text(&ended.stderr);
    assert_eq!(ended.status.code(), Some(130), "{said}");
    assert!(
        said.contains("interrupted before the first process"),
        "{said}"
    );
    assert!(interrupted_at.elapsed() < LIMIT, "{said}");
    assert!(!file.exists());
}

/// A snapshot is made after the record was saved: its engine may hang, too.
#[test]
fn a_hang_while_the_snapshot_is_made_leaves_the_record() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let mut runner = example("panicking_engine");
    runner
        .args(["run", SMOKE, "--events", "1", "--rounds", "1"])
        // the engine and its control
        .env("HANGS_AFTER", "2")
        .args(["--engine", "hangs-in-build", "--isolated", "--no-verify"])
        .args(["--warmup-rounds", "0", "--out"])
        .arg(path("record.json"))
        .arg("--snapshot")
        .arg(path("state.ndjson"));
    interrupt_a_hang(&mut runner);
    assert!(!path("state.ndjson").exists());
    assert!(Record::load(&path("record.json")).unwrap().complete);
    assert!(is_alone(&path("record.json")));
}

/// Whether nothing else is in a file's folder.
fn is_alone(file: &Path) -> bool {
    std::fs::read_dir(file.parent().unwrap()).unwrap().count() == 1
}

#[test]
fn an_engine_that_hangs_in_a_worker_is_noticed_without_an_interruption() {
    let run = ["run", SMOKE];
    let sweep = ["sweep", SMOKE, "--threads", "1,2"];
    for words in [&run[..], &sweep] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("saved.json");
        let ended = example("panicking_engine")
            .args(words)
            .args(["--engine", "hangs-in-finish", "--events", "1"])
            .args(["--isolated", "--rounds", "1000", "--no-verify"])
            .args(["--stall-timeout", "300ms", "--out"])
            .arg(&file)
            .output()
            .unwrap();
        let said = text(&ended.stderr);
        assert_eq!(ended.status.code(), Some(1), "{said}");
        for part in [
            "engine `hangs-in-finish` hangs: worker ",
            " in `finish` for ",
            "no event and no answer for 300 ms",
        ] {
            assert!(said.contains(part), "{part}: {said}");
        }
        // what was measured before is there
        Saved::load(&file).unwrap();
    }
}

#[test]
fn a_verification_ends_where_an_engine_hangs() {
    let ended = example("panicking_engine")
        .args(["verify", SMOKE, "--engine", "panics-deaf"])
        .args(["--events", "900", "--stall-timeout", "300ms"])
        .output()
        .unwrap();
    let said = text(&ended.stderr);
    assert_eq!(ended.status.code(), Some(1), "{said}");
    let words = "engine `panics-deaf` hangs: worker 0 in `finish`";
    assert!(said.contains(words), "{said}");
}
