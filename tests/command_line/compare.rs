//! `compare`: two builds in turns, two records, the gate and its exit code 4.
//! No verdict here hangs on a time that was measured: builds are shell scripts
//! that print prepared records, and times of records are planted.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use super::common::binary::{SMOKE, output, root, succeed, text};
use notibench_record::Record;

/// A folder with the record of a small run, the times of its trials planted:
/// as many ns as its events times a number of the engine's, and a little more
/// or less from round to round.
pub(super) struct Prepared {
    folder: tempfile::TempDir,
    record: Record,
}

impl Prepared {
    pub(super) fn new() -> Self {
        let mut words = vec!["run", SMOKE, "--events", "2k", "--rounds", "5", "--no-save"];
        words.extend(["--engine", "dashmap", "--engine", "dashmap-naive"]);
        words.extend(["--format", "json", "--warmup-rounds", "0"]);
        let printed = succeed(&words).stdout;
        let mut record = Record::from_json(&printed, Path::new("stdout")).unwrap();
        record.environment.profile = "release".to_owned();
        for trial in &mut record.trials {
            let ns = if trial.engine == "dashmap" { 100 } else { 300 };
            let stray = 1_000 + (trial.round as u64 * 7 + ns / 100) % 11;
            trial.wall_ns = 2_000 * ns * stray / 1_000;
            trial.steal_ms = 0;
        }
        Self {
            folder: tempfile::tempdir().unwrap(),
            record,
        }
    }

    pub(super) fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// Saves a copy of the record, changed; gives its path.
    fn record(&self, name: &str, edit: impl FnOnce(&mut Record)) -> String {
        let mut record = self.record.clone();
        edit(&mut record);
        let path = self.path(name);
        record.save(Path::new(&path)).unwrap();
        path
    }

    /// A build that does what the shell script says. Another process writes
    /// the file: were it open for writing here, a child that another test
    /// forks meanwhile would keep it from being started.
    pub(super) fn build(&self, name: &str, script: &str) -> String {
        let path = self.path(name);
        let mut shell = Command::new("/bin/sh")
            .args(["-c", "cat > \"$0\" && chmod 755 \"$0\"", &path])
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let text = format!("#!/bin/sh\n{script}\n");
        shell
            .stdin
            .take()
            .unwrap()
            .write_all(text.as_bytes())
            .unwrap();
        assert!(shell.wait().unwrap().success());
        path
    }

    /// A build that prints such a record whatever it is asked.
    pub(super) fn prints(&self, name: &str, edit: impl FnOnce(&mut Record)) -> String {
        let record = self.record(&format!("{name}.json"), edit);
        self.build(name, &format!("cat '{record}'"))
    }
}

/// Makes one engine's times so many percent longer.
fn slow(record: &mut Record, engine: &str, percent: u64) {
    let trials = record.trials.iter_mut().filter(|t| t.engine == engine);
    trials.for_each(|trial| trial.wall_ns = trial.wall_ns * (100 + percent) / 100);
}

pub(super) fn compare(words: &[&str]) -> Output {
    output(&[&["compare"], words].concat())
}

/// Two builds in four turns.
pub(super) fn builds(old: &str, new: &str, more: &[&str]) -> Output {
    let words = ["--exe", old, "--exe", new, SMOKE, "--turns", "4"];
    compare(&[&words[..], more].concat())
}

#[track_caller]
pub(super) fn assert_code(output: &Output, code: i32, words: &[&str]) {
    let said = format!("{}{}", text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{said}");
    for word in words {
        assert!(said.contains(word), "no {word:?} in\n{said}");
    }
    assert!(
        !said.contains('\x1b') && !said.contains("panicked"),
        "{said}"
    );
}

#[test]
fn this_build_beside_itself() {
    let exe = env!("CARGO_BIN_EXE_notibench");
    let quick = [
        "--exe", exe, "--exe", exe, SMOKE, "--events", "2k", "--turns", "2",
    ];
    // so loose a gate that no noise comes near it
    let gate = [
        "--rounds",
        "2",
        "--warmup-rounds",
        "0",
        "--fail-slower",
        "10000%",
    ];
    let words = [&quick[..], &gate].concat();
    let shown = compare(&words);
    let needed = [
        "pair · two builds in 2 turns",
        "both are one file, byte for byte",
        "in lock-step: ",
        "\n  dashmap (A/A) ",
        "between processes, ",
        "2,000 events",
        "\n  dashmap ",
        "gate: ",
        "the same final state on both sides: ",
        "only 2 turns count",
    ];
    assert_code(&shown, 0, &needed);
    assert!(text(&shown.stderr).is_empty(), "{}", text(&shown.stderr));
    let slices = ["--slice", "2ms", "--order-seed", "77"];
    let json = [&slices[..], &["--format", "json", "--seed", "9"]].concat();
    let shown = compare(&[&words[..], &json].concat());
    assert_code(&shown, 0, &[]);
    let value: serde_json::Value = serde_json::from_slice(&shown.stdout).unwrap();
    assert_eq!((&value["turns"], &value["seed"]), (&2.into(), &9.into()));
    assert_eq!(value["engines"].as_array().unwrap().len(), 1);
    assert_eq!(value["engines"][0]["engine"], "dashmap");
    assert_eq!(value["turns_of"], "slices");
    assert_eq!(
        (&value["slice_us"], &value["order_seed"]),
        (&2_000.into(), &77.into())
    );
    for list in ["again", "variance"] {
        assert_eq!(value[list].as_array().unwrap().len(), 1, "{list}");
    }
    let warm = ["--pass", "warm", "--engine", "dashmap", "--engine", "actor"];
    let warm = compare(&[&words[..], &warm].concat());
    let needed = ["over warm state", "in lock-step: ", "actor (A/A)"];
    assert_code(&warm, 0, &needed);
    let isolated = ["--isolated", "--order-seed", "77"];
    let apart = compare(&[&words[..], &isolated].concat());
    let needed = ["whole processes in turn (--isolated)", "--order-seed 77"];
    assert_code(&apart, 0, &needed);
    let both = compare(&[&words[..], &slices[..], &["--isolated"]].concat());
    assert_code(&both, 2, &["--slice", "--isolated"]);
}

#[test]
fn a_build_that_became_slower_is_stopped_with_4() {
    let prepared = Prepared::new();
    let old = prepared.prints("old", |_| {});
    let new = prepared.prints("new", |record| slow(record, "dashmap", 20));
    let stopped = builds(&old, &new, &["--fail-slower", "3%"]);
    let needed = [
        "error: slower by more than 3.0%: dashmap by 20.0%\n",
        "gate: FAILED",
        "slower",
    ];
    assert_code(&stopped, 4, &needed);
    assert!(text(&stopped.stdout).starts_with("GATE FAILED  "));
    assert_code(
        &builds(&old, &new, &["--fail-slower", "0.3"]),
        0,
        &["gate: passed"],
    );
    // without a gate it is said, and no failure
    assert_code(&builds(&old, &new, &[]), 0, &["slower"]);
    // the other way round it is a gain
    assert_code(
        &builds(&new, &old, &["--fail-slower", "3%"]),
        0,
        &["faster"],
    );
    let pasted = builds(&old, &new, &["--fail-slower", "3%", "--format", "markdown"]);
    assert_code(&pasted, 4, &["**GATE FAILED**", "| dashmap |"]);
}

#[test]
fn the_builds_take_turns_and_get_the_flags() {
    let prepared = Prepared::new();
    let log = prepared.path("log");
    let record = prepared.record("record.json", |_| {});
    let [old, new] = ["old", "new"].map(|name| {
        let script = format!("echo {name} \"$@\" >> '{log}'; cat '{record}'");
        prepared.build(name, &script)
    });
    let mut flags = vec!["--engine", "dashmap", "--engine", "partitioned"];
    flags.extend([
        "--events",
        "3k",
        "--threads",
        "3",
        "--batch",
        "7",
        "--seed",
        "5",
    ]);
    flags.extend([
        "--rounds",
        "2",
        "--warmup-rounds",
        "0",
        "--pin",
        "--no-verify",
        "--inline",
        "--isolated",
    ]);
    assert_code(&builds(&old, &new, &flags), 0, &["in 4 turns"]);
    let lines = std::fs::read_to_string(&log).unwrap();
    let lines: Vec<&str> = lines.lines().collect();
    // four turns after one of warm-up
    assert_eq!(lines.len(), 10, "{lines:?}");
    for turn in lines.chunks(2) {
        let mut names: Vec<&str> = turn.iter().map(|line| &line[..3]).collect();
        names.sort_unstable();
        assert_eq!(names, ["new", "old"], "{lines:?}");
    }
    let asked = format!(
        "run --no-save --format json --engine dashmap --engine partitioned --rounds 2 \
         --warmup-rounds 0 --events 3000 --seed 5 --threads 3 --batch 7 --pin --inline \
         --no-verify -- {SMOKE}"
    );
    assert!(lines.iter().all(|line| line[4..] == asked), "{lines:?}");
}

#[test]
fn builds_that_fail_or_do_other_work_are_told() {
    let prepared = Prepared::new();
    let old = prepared.prints("old", |_| {});
    let other = "0".repeat(32);
    let state = prepared.prints("state", |record| {
        record
            .oracle
            .as_mut()
            .unwrap()
            .snapshot_digest
            .clone_from(&other);
        for trial in &mut record.trials {
            trial.snapshot_digest = trial.snapshot_digest.as_ref().map(|_| other.clone());
        }
    });
    assert_code(
        &builds(&old, &state, &[]),
        3,
        &["another final state", &other],
    );
    let batch = prepared.prints("batch", |record| record.plan.batch = 7);
    assert_code(
        &builds(&old, &batch, &[]),
        1,
        &["batch: 1,024 and 7", "--batch"],
    );
    let path = prepared.path("old.json");
    let schema = format!("sed 's|\"notibench-record/[0-9]*\"|\"notibench-record/99\"|' '{path}'");
    for (script, code, words) in [
        (
            "echo one >&2; echo two >&2; exit 7",
            1,
            "it said:\n  one\n  two",
        ),
        (
            "echo wrong >&2; exit 3",
            3,
            "found its own result wrong; it said:\n  wrong",
        ),
        ("exit 0", 1, "printed nothing"),
        ("echo hello", 1, "printed no record"),
        (&schema, 1, "notibench-record/99"),
    ] {
        let new = prepared.build("new", script);
        let failed = builds(&old, &new, &["--fail-slower", "3%"]);
        assert_code(&failed, code, &[words, &new]);
        assert!(failed.stdout.is_empty());
    }
    let gone = builds(&old, &prepared.path("none"), &[]);
    assert_code(&gone, 2, &["is no file"]);
}

#[test]
fn records_are_held_against_each_other() {
    let prepared = Prepared::new();
    let before = prepared.record("before.json", |_| {});
    let after = prepared.record("after.json", |record| slow(record, "dashmap", 20));
    let stopped = compare(&[&before, &after, "--fail-slower", "10%"]);
    let needed = [
        "two records, unpaired",
        "UNPAIRED",
        "error: slower by more than 10.0%: dashmap by 20.",
    ];
    assert_code(&stopped, 4, &needed);
    assert_code(
        &compare(&[&before, &after, "--fail-slower", "50%"]),
        0,
        &["gate: passed", "slower"],
    );
    assert_code(
        &compare(&[&before, &before, "--fail-slower", "10%"]),
        0,
        &["no difference seen", "gate: passed"],
    );
    // a machine that is half as fast today changes no ratio
    let machine = prepared.record("machine.json", |record| {
        record
            .trials
            .iter_mut()
            .for_each(|trial| trial.wall_ns *= 2);
    });
    assert_code(
        &compare(&[&before, &machine, "--fail-slower", "10%"]),
        0,
        &["no difference seen"],
    );
}

#[test]
fn records_that_do_not_compare_are_refused() {
    let prepared = Prepared::new();
    let before = prepared.record("before.json", |_| {});
    let unlike = prepared.record("unlike.json", |record| {
        record.plan.threads += 1;
        record.environment.cpu = "Another".to_owned();
    });
    let refused = compare(&[&before, &unlike]);
    assert_code(&refused, 1, &["threads: ", "and Another", "--force"]);
    assert!(refused.stdout.is_empty());
    assert_code(
        &compare(&[&before, &unlike, "--force"]),
        0,
        &["warning: compared by --force", "threads: ", "Another"],
    );
    let early = prepared.record("early.json", |record| {
        record.complete = false;
        record.failure = Some("interrupted".into());
    });
    assert_code(
        &compare(&[&early, &before, "--force"]),
        1,
        &["early.json: the run is incomplete"],
    );
    let wrong = prepared.record("wrong.json", |record| {
        let mut trials = record.trials.iter_mut();
        let of_it = trials.find(|trial| trial.engine == "dashmap");
        of_it.unwrap().snapshot_digest = Some("0".repeat(32));
    });
    assert_code(
        &compare(&[&before, &wrong, "--force"]),
        3,
        &["wrong.json: ", "wrong final state"],
    );
    let baseline = prepared.record("baseline.json", |record| {
        record.plan.baseline = "dashmap".to_owned();
    });
    assert_code(
        &compare(&[&before, &baseline, "--force"]),
        1,
        &["two baselines, dashmap-naive and dashmap", "--baseline"],
    );
}

#[test]
fn the_kept_record_compares_with_itself() {
    let kept = root().join("reports/kept/steady_week.json");
    let kept = kept.to_str().unwrap();
    let shown = compare(&[kept, kept, "--fail-slower", "1%"]);
    // its intervals are wider than that: the gate says what it cannot see
    assert_code(
        &shown,
        0,
        &["no difference seen", "gate: not failed, but unsure"],
    );
}
