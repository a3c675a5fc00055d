//! `choose`: five lines for a workload and for a log.

#[path = "common/mod.rs"]
mod common;

use common::binary::notibench;

#[test]
fn a_workload_gets_an_answer_in_five_lines_and_a_record() {
    let folder = tempfile::tempdir().unwrap();
    let record = folder.path().join("choice.json");
    let mut choose = notibench();
    choose.args([
        "choose",
        "workloads/smoke/pair.toml",
        "--events",
        "20k",
        "--max-time",
        "1s",
    ]);
    choose.args(["--engine", "dashmap,dashmap-naive", "--out"]);
    let output = choose.arg(&record).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}{words}");
    assert_eq!(text.lines().count(), 5, "{text}");
    for word in [
        "dashmap",
        "Memory: ",
        "At its own rate",
        "At 10 times",
        "Not covered: ",
    ] {
        assert!(text.contains(word), "no {word:?} in {text}");
    }
    let shown = notibench().arg("report").arg(&record).output().unwrap();
    assert!(shown.status.success());
}

#[test]
fn a_log_is_fitted_first() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log.csv");
    // more than the year that a workload may last
    const HALF_DAY_S: u64 = 43_200;
    let rows =
        (0..2_000).map(|row| format!("{},{},{}\n", row % 97, row % 31 + 100, row * HALF_DAY_S));
    let text: String = ["from,to,at\n".to_owned()]
        .into_iter()
        .chain(rows)
        .collect();
    std::fs::write(&log, text).unwrap();
    let mut choose = notibench();
    choose.args([
        "choose",
        "--map",
        "actor=from,recipient=to,at=at",
        "--kind",
        "member_follow",
    ]);
    choose.args([
        "--events",
        "20k",
        "--max-time",
        "1s",
        "--engine",
        "dashmap",
        "--no-save",
        "--trace",
    ]);
    let output = choose.arg(&log).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success(),
        "{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(
        text.contains("dashmap")
            && text.contains("At its own rate, an event in 11 h 59 min (measured at 10.0k)"),
        "{text}"
    );
}

#[test]
fn nothing_to_choose_for_is_told() {
    let output = notibench().arg("choose").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}
