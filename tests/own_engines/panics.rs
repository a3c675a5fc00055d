//! What becomes of a run whose engine panics, or wants more memory than
//! there is.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use notibench_record::Record;

use super::common::binary::{SMOKE, example, root, text};

/// From a panic's message to the end of its process.
const LIMIT: Duration = Duration::from_secs(2);

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
                let is_probe = |trial: &notibench_record::Trial| trial.engine == "null";
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

/// Under a limit of the address space (`ulimit -v`, in KiB) a run is refused,
/// comes to its end, or ends where an allocation fails or a thread can't be
/// started: in words and with exit code 1, never by a signal.
#[cfg(target_os = "linux")]
#[test]
fn too_small_an_address_space_ends_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("earlier.json");
    let words = [
        "is free for use",
        "memory allocation of",
        "limit of threads or of memory",
    ];
    let mut said = Vec::new();
    for limit in ["56000", "120000", "300000"] {
        std::fs::write(&file, "an earlier record").unwrap();
        let ended = Command::new("sh")
            .args(["-c", "ulimit -v $0; exec \"$@\"", limit])
            .arg(env!("CARGO_BIN_EXE_notibench"))
            .args(["run", SMOKE, "--events", "2k", "--rounds", "1"])
            .args(["--threads", "2", "--out"])
            .arg(&file)
            .current_dir(root())
            .env("RUST_BACKTRACE", "0")
            .output()
            .unwrap();
        let told = text(&ended.stderr);
        let kept = std::fs::read(&file).unwrap();
        match ended.status.code() {
            Some(0) => assert!(Record::from_json(&kept, &file).unwrap().complete),
            Some(1) => {
                assert!(words.iter().any(|words| told.contains(words)), "{told}");
                let is_kept = kept == b"an earlier record";
                assert!(is_kept || Record::from_json(&kept, &file).is_ok(), "{told}");
            }
            other => panic!("{limit} KiB: {other:?}, {:?}: {told}", ended.status),
        }
        said.push(told);
    }
    assert!(said[0].contains("is free for use"), "{}", said[0]);
}
