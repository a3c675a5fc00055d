//! `run`, `rerun`, `verify`: what they print and save, and exit code 3.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use super::common::binary::{SMOKE, notibench, output, root, succeed, text};
use notibench_core::engine::Role;
use notibench_engines::registry::ENTRIES;
use notibench_record::{Pass, ProofVerdict, Record};

const SMALL: [&str; 6] = ["--events", "2k", "--rounds", "1", "--warmup-rounds", "0"];

/// A small run of a workload.
fn run(workload: &str, more: &[&str]) -> Output {
    output(&[&["run", workload], &SMALL[..], more].concat())
}

fn record_on_stdout(output: &Output) -> Record {
    Record::from_json(&output.stdout, Path::new("stdout")).unwrap()
}

#[test]
fn json_on_stdout_is_the_record() {
    let output = run(SMOKE, &["--format", "json", "--no-save"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let record = record_on_stdout(&output);
    assert!(record.complete && record.failure.is_none());
    assert_eq!(record.plan.events, 2_000);
    let names: Vec<&str> = record
        .engines
        .iter()
        .map(|note| note.name.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "dashmap",
            "dashmap-naive",
            "sharded-mutex",
            "partitioned",
            "dashmap-naive (A/A)",
            "null"
        ]
    );
    // three rounds alone, and one in turn
    assert_eq!(record.trials.len(), 4 * names.len());
    assert!(text(&output.stderr).is_empty(), "{}", text(&output.stderr));
}

#[test]
fn the_saved_record_is_what_json_shows_and_stderr_says_where() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    // a folder: the file's name is the workload's and the time's
    let output = run(SMOKE, &["--format", "json", "--out", out]);
    assert!(output.status.success());
    let files: Vec<PathBuf> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    let [file] = &files[..] else {
        panic!("{files:?}")
    };
    let name = file.file_name().unwrap().to_str().unwrap();
    assert!(
        name.starts_with("pair-2") && name.ends_with("Z.json"),
        "{name}"
    );
    assert_eq!(std::fs::read(file).unwrap(), output.stdout);
    assert_eq!(
        text(&output.stderr),
        format!("record: {}\n", file.display())
    );
}

#[test]
fn the_report_on_stdout_is_plain_text() {
    let output = run(SMOKE, &["--no-save"]);
    let shown = text(&output.stdout);
    for needed in ["dashmap", "partitioned", "null", "A/A", "oracle", "trust"] {
        assert!(shown.contains(needed), "no {needed} in\n{shown}");
    }
    assert!(!shown.contains('\x1b'));
}

#[test]
fn a_rerun_gives_the_same_events_and_final_state() {
    let folder = tempfile::tempdir().unwrap();
    let first = folder.path().join("first.json");
    let first = first.to_str().unwrap();
    let asked = [
        "--seed",
        "77",
        "--threads",
        "3",
        "--batch",
        "10",
        "--engine",
        "partitioned",
    ];
    assert!(
        run(SMOKE, &[&asked[..], &["--out", first]].concat())
            .status
            .success()
    );
    let again = succeed(&["rerun", first, "--no-save", "--format", "json"]);
    assert!(
        text(&again.stderr).contains("the same events and the same final state as in"),
        "{}",
        text(&again.stderr)
    );
    let before = Record::load(Path::new(first)).unwrap();
    let now = record_on_stdout(&again);
    assert_eq!((now.plan, now.workload), (before.plan, before.workload));
    assert_eq!(now.engines, before.engines);
}

#[test]
fn a_rerun_that_comes_to_another_state_exits_with_3() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record.json");
    let path = path.to_str().unwrap();
    assert!(
        run(SMOKE, &["--engine", "dashmap", "--out", path])
            .status
            .success()
    );
    let mut record = Record::load(Path::new(path)).unwrap();
    record.oracle.as_mut().unwrap().snapshot_digest = "0".repeat(32);
    record.save(Path::new(path)).unwrap();
    let again = output(&["rerun", path, "--no-save"]);
    assert_eq!(again.status.code(), Some(3));
    assert!(
        text(&again.stderr).contains("another final state"),
        "{}",
        text(&again.stderr)
    );
}

/// A copy of a workload that expects these digests of 2,000 events.
fn expecting(folder: &Path, events: &str, snapshot: &str) -> String {
    let toml = std::fs::read_to_string(root().join(SMOKE)).unwrap();
    let toml = toml.replace("events = \"20k\"", "events = \"2k\"");
    // what it expects of its own events stands last
    let toml = toml.split("[expected]").next().unwrap();
    let path = folder.join("copy.toml");
    let expected = format!(
        "{toml}\n[expected]\nevents_digest = \"{events}\"\nsnapshot_digest = \"{snapshot}\"\n"
    );
    std::fs::write(&path, expected).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn an_expected_digest_that_is_not_found_exits_with_3() {
    let folder = tempfile::tempdir().unwrap();
    let unknown = "0".repeat(32);
    let workload = expecting(folder.path(), &unknown, &unknown);
    let quick = ["--engine", "dashmap", "--no-save", "--format", "json"];
    let wrong = run(&workload, &quick);
    assert_eq!(wrong.status.code(), Some(3), "{}", text(&wrong.stderr));
    let oracle = record_on_stdout(&wrong).oracle.unwrap();
    let said = text(&wrong.stderr);
    assert!(
        said.contains(&unknown) && said.contains(&oracle.events_digest),
        "{said}"
    );
    // the snapshot's alone
    let workload = expecting(folder.path(), &oracle.events_digest, &unknown);
    let wrong = run(&workload, &quick);
    assert_eq!(wrong.status.code(), Some(3));
    assert!(text(&wrong.stderr).contains(&oracle.snapshot_digest));
    // both right
    let workload = expecting(
        folder.path(),
        &oracle.events_digest,
        &oracle.snapshot_digest,
    );
    let right = run(&workload, &quick);
    assert_eq!(right.status.code(), Some(0), "{}", text(&right.stderr));
    assert_eq!(record_on_stdout(&right).oracle.unwrap().expected, "matches");
    // another seed: nothing is expected of it
    let other = run(&workload, &[&quick[..], &["--seed", "1"]].concat());
    assert_eq!(other.status.code(), Some(0), "{}", text(&other.stderr));
    assert_eq!(record_on_stdout(&other).oracle.unwrap().expected, "unknown");
}

#[test]
fn a_reader_that_goes_hides_no_failure() {
    let folder = tempfile::tempdir().unwrap();
    let unknown = "0".repeat(32);
    let workload = expecting(folder.path(), &unknown, &unknown);
    let mut child = notibench()
        .args([
            "run",
            &workload,
            "--engine",
            "dashmap",
            "--no-save",
            "--format",
            "json",
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut said = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut said)
        .unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(3), "{said}");
}

#[test]
fn without_the_proof_the_record_says_so() {
    let output = run(SMOKE, &["--no-verify", "--no-save", "--format", "json"]);
    assert!(output.status.success());
    let record = record_on_stdout(&output);
    assert!(record.oracle.is_none() && !record.plan.verify);
    assert!(
        record
            .proofs
            .iter()
            .all(|proof| proof.verdict == ProofVerdict::NotChecked)
    );
}

#[test]
fn a_snapshot_is_of_the_first_engine_even_beside_a_probe() {
    let folder = tempfile::tempdir().unwrap();
    let mut texts = Vec::new();
    for engines in [&["dashmap"][..], &["null", "dashmap"]] {
        let path = folder.path().join(engines.join("-"));
        let mut more = vec!["--no-save", "--snapshot", path.to_str().unwrap()];
        more.extend(engines.iter().flat_map(|engine| ["--engine", engine]));
        assert!(run(SMOKE, &more).status.success());
        texts.push(std::fs::read_to_string(&path).unwrap());
    }
    assert!(texts[0].lines().count() > 3, "{}", texts[0]);
    assert_eq!(texts[0], texts[1]);
}

#[test]
fn verify_says_what_it_compared() {
    let output = succeed(&["verify", SMOKE, "--events", "2k", "--threads", "1,3"]);
    let shown = text(&output.stdout);
    let engines = ENTRIES.iter().filter(|info| info.role == Role::Engine);
    let engines = engines.count();
    // at two numbers of threads
    let compared = format!("{} snapshots of {engines} engines", 2 * engines);
    assert!(
        shown.starts_with("pair ") && shown.contains(&compared),
        "{shown}"
    );
    assert!(
        shown.contains("at 1, 3 threads, 2,000 events: equal to the oracle"),
        "{shown}"
    );
    // two members are no proof, and beside more of them no matter
    let blind = "note: 2 members at the most";
    let proving = "smoke/from_zero";
    assert!(shown.contains(blind) && shown.contains(proving), "{shown}");
    let quick = ["--events", "2k", "--threads", "1", "--engine", "dashmap"];
    let both = succeed(&[&["verify", SMOKE, proving][..], &quick].concat());
    assert!(!text(&both.stdout).contains("note:"));
}

#[test]
fn limits_and_a_second_pass_stand_beside_the_engines() {
    let asked = ["--limits", "--warm", "--engine", "dashmap"];
    let output = run(
        SMOKE,
        &[&asked[..], &["--format", "json", "--no-save"]].concat(),
    );
    assert!(output.status.success(), "{}", text(&output.stderr));
    let record = record_on_stdout(&output);
    assert!(record.plan.warm && record.plan.dense);
    assert!(record.oracle.unwrap().warm_snapshot_digest.is_some());
    let limits = [
        "limit-read",
        "limit-flat",
        "limit-state",
        "limit-partitioned",
    ];
    for name in ["dashmap", "dashmap (A/A)", "null"].iter().chain(&limits) {
        let passes = record.trials.iter().filter(|trial| trial.engine == *name);
        let passes: Vec<Pass> = passes.map(|trial| trial.pass).collect();
        assert_eq!(passes, [Pass::Fresh, Pass::Warm], "{name}");
    }
    let shown = run(SMOKE, &[&asked[..], &["--no-save"]].concat());
    let shown = text(&shown.stdout);
    for needed in limits
        .into_iter()
        .chain(["engines over warm state", "reads a trial, twice"])
    {
        assert!(shown.contains(needed), "no {needed} in\n{shown}");
    }
}

#[test]
fn a_rerun_has_the_probes_and_passes_of_the_record() {
    let folder = tempfile::tempdir().unwrap();
    let first = folder.path().join("first.json");
    let first = first.to_str().unwrap();
    let asked = ["--limits", "--warm", "--engine", "dashmap", "--out", first];
    assert!(run(SMOKE, &asked).status.success());
    let again = succeed(&["rerun", first, "--no-save", "--format", "json"]);
    let before = Record::load(Path::new(first)).unwrap();
    let now = record_on_stdout(&again);
    assert_eq!(
        (&now.plan, now.trials.len()),
        (&before.plan, before.trials.len())
    );
}
