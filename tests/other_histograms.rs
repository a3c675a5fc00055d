//! Another implementation of HdrHistogram, PyPI's, opens what `report` exports:
//! it finds every sample, agrees with every line of a distribution, and a log that was
//! cut off is seen to be.

mod common;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use common::binary::{SMOKE, output, succeed, text};
use notibench_record::stats::ServiceHistogram;
use notibench_record::{Pass, Record};

const TAG: &str = "dashmap:ingest_service";

/// Whether there is a Python with the package; under CI its absence fails.
fn is_there() -> bool {
    let import = Command::new("python3").args(["-c", "import hdrh"]).output();
    let found = import.is_ok_and(|found| found.status.success());
    if !found {
        assert!(
            std::env::var_os("CI").is_none(),
            "no python3 with the package hdrhistogram, and this check must not be skipped"
        );
        eprintln!("skipped: `pip install hdrhistogram` to run this check");
    }
    found
}

fn opened(words: &[&Path]) -> Output {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/independent/histograms.py");
    let python = Command::new("python3").arg(script).args(words).output();
    python.unwrap()
}

/// A saved record of two engines, and its file.
fn recorded(folder: &Path) -> (Record, PathBuf) {
    let path = folder.join("record.json");
    let file = path.to_str().unwrap();
    succeed(&[
        "run",
        SMOKE,
        "--engine",
        "dashmap",
        "--engine",
        "sharded-mutex",
        "--events",
        "50k",
        "--rounds",
        "3",
        "--warmup-rounds",
        "1",
        "--threads",
        "2",
        "--out",
        file,
    ]);
    (Record::load(&path).unwrap(), path)
}

fn exported(record: &Path, format: &str, more: &[&str]) -> String {
    let words = ["report", record.to_str().unwrap(), "--format", format];
    text(&succeed(&[&words[..], more].concat()).stdout)
}

#[test]
fn another_implementation_reads_every_sample() {
    if !is_there() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (record, path) = recorded(folder.path());
    let log = folder.path().join("record.hlog");
    std::fs::write(&log, exported(&path, "hlog", &[])).unwrap();
    let distribution = folder.path().join("record.hgrm");
    let ours = exported(&path, "hgrm", &["--engine", "dashmap"]);
    std::fs::write(&distribution, ours).unwrap();
    let found = opened(&[&log, Path::new(TAG), &distribution]);
    assert!(found.status.success(), "{}", text(&found.stderr));
    let found: serde_json::Value = serde_json::from_slice(&found.stdout).unwrap();

    let mut merged = ServiceHistogram::new();
    for trial in record.counted("dashmap", Pass::Fresh) {
        merged.merge(&ServiceHistogram::from_base64(&trial.ingest_service_ns).unwrap());
    }
    assert_eq!(record.counted("dashmap", Pass::Fresh).count(), 3);
    assert_eq!(found["tags"][TAG], merged.count());
    assert!(found["tags"]["sharded-mutex:ingest_service"].as_u64() > Some(0));

    assert!(found["lines"].as_u64() > Some(10), "{found}");

    // a distribution of other samples is seen to be one
    let other = exported(&path, "hgrm", &["--engine", "sharded-mutex"]);
    std::fs::write(&distribution, other).unwrap();
    assert!(
        !opened(&[&log, Path::new(TAG), &distribution])
            .status
            .success()
    );
}

#[test]
fn a_log_that_was_cut_off_is_not_taken_for_a_shorter_one() {
    if !is_there() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (_, path) = recorded(folder.path());
    let whole = exported(&path, "hlog", &["--engine", "dashmap"]);
    let log = folder.path().join("cut.hlog");
    let last = whole.trim_end().rfind('\n').unwrap() + 1;
    for cut in [&whole[..last], &whole[..whole.len() - 40]] {
        std::fs::write(&log, cut).unwrap();
        let found = opened(&[&log, Path::new(TAG)]);
        assert!(!found.status.success());
        assert!(text(&found.stderr).contains("cut off or changed"));
    }
}

#[test]
fn what_cannot_be_exported_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let (_, path) = recorded(folder.path());
    let path = path.to_str().unwrap();
    let cases: [(&[&str], &str); 6] = [
        (&["report", path, "--format", "hgrm"], "--engine"),
        (
            &["report", path, "--format", "hlog", "--engine", "nobody"],
            "no engine `nobody`",
        ),
        (
            &["report", path, "--format", "hlog", "--pass", "warm"],
            "--warm",
        ),
        (&["report", path, "--engine", "dashmap"], "--engine is of"),
        (&["report", path, "--pass", "warm"], "--pass is of"),
        (
            &["run", SMOKE, "--format", "hlog", "--no-save"],
            "possible values: terminal, json, csv",
        ),
    ];
    for (words, advice) in cases {
        let refused = output(words);
        assert_eq!(refused.status.code(), Some(2), "{words:?}");
        assert!(
            text(&refused.stderr).contains(advice),
            "{}",
            text(&refused.stderr)
        );
        assert!(refused.stdout.is_empty());
    }
}
