//! Engines from outside the library, as the examples have them: one is run
//! and proved like any other, and those that panic or hang end their run.

#[path = "../common/mod.rs"]
mod common;

#[cfg(target_os = "linux")]
mod hangs;
mod panics;

use std::path::Path;

use common::binary::{SMOKE, example, example_path, text};
use notibench_record::{ProofVerdict, Record};

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
    let engines = notibench_engines::registry::ENTRIES
        .iter()
        .filter(|info| info.role != notibench_core::engine::Role::Probe);
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

/// Commands on saved files and on releases: an engine of one's own is in what
/// they show by default.
#[test]
fn an_engine_of_ones_own_is_in_reports_of_saved_records() {
    let folder = tempfile::tempdir().unwrap();
    let record = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let files = [record("1.json"), record("2.json")];
    for file in &files {
        let run = ["run", SMOKE, "--events", "2k", "--rounds", "3"];
        own(&[&run[..], &["--engine", "one-lock,scc", "--out", file]].concat());
    }
    let history = text(&own(&["history", &files[0], &files[1]]).stdout);
    assert!(history.contains("one-lock"), "{history}");
    assert!(history.contains("vs scc"), "{history}");
    let csv = ["history", "--format", "csv", &files[0], &files[1]];
    let head = text(&own(&csv).stdout);
    assert!(head.lines().next().unwrap().contains("one-lock"), "{head}");
    // of two engines of one kind each is in the row: one as the next
    let winners = text(&own(&["winners", &files[0]]).stdout);
    assert!(winners.contains("one-lock"), "{winners}");
    // on a terminal the head may take two lines
    let beside = ["--beside", "one-lock", "--format", "markdown", &files[0]];
    let beside = text(&own(&[&["winners"][..], &beside].concat()).stdout);
    let head = "`one-lock` vs the fastest other";
    assert!(beside.contains(head), "{beside}");
    let compared = own(&["compare", "--format", "json", &files[0], &files[1]]);
    let compared: serde_json::Value = serde_json::from_slice(&compared.stdout).unwrap();
    assert_eq!(compared["baseline"], "scc", "{compared}");
    assert!(compared.to_string().contains("one-lock"), "{compared}");
}
