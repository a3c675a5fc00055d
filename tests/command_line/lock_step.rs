//! `compare` of builds that take slices in turn, of builds that do not, and
//! of builds that leave. No verdict here hangs on a time that was measured.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::common::binary::{SMOKE, notibench};
use super::compare::{Prepared, assert_code, builds, compare};

#[test]
fn builds_without_lock_step_run_whole_processes_and_it_is_said() {
    let prepared = Prepared::new();
    let old = prepared.prints("old", |_| {});
    // as clap refuses a flag that an older build does not know
    let record = prepared.path("old.json");
    let refuses = format!(
        "case \"$*\" in *--lock-step*) echo 'unexpected argument' >&2; exit 2;; esac; cat \
         '{record}'"
    );
    let refusing = prepared.build("refusing", &refuses);
    let this = env!("CARGO_BIN_EXE_notibench");
    for [one, other] in [[&old, &old], [&refusing, &old]] {
        let shown = builds(one, other, &["--format", "json"]);
        assert_code(&shown, 0, &["takes no turns by the slice"]);
        let value: serde_json::Value = serde_json::from_slice(&shown.stdout).unwrap();
        assert_eq!(
            (&value["turns_of"], &value["turns"]),
            (&"processes".into(), &4.into())
        );
    }
    // the old build takes turns, and the new one does not
    let small = ["--events", "2k", "--rounds", "5", "--warmup-rounds", "0"];
    let mixed = [&small[..], &["--turns", "2", "--format", "json"]].concat();
    let words = ["--exe", this, "--exe", &refusing, SMOKE];
    let shown = compare(&[&words[..], &mixed].concat());
    let needed = [
        "refusing takes no turns by the slice",
        "unexpected argument",
    ];
    assert_code(&shown, 0, &needed);
}

#[test]
fn a_build_that_leaves_lock_step_is_told() {
    let prepared = Prepared::new();
    let this = env!("CARGO_BIN_EXE_notibench");
    let hello = "echo notibench-lock-step/1; read go";
    for (script, code, words) in [
        ("echo oops >&2; exit 7", 1, "it said:\n  oops"),
        ("kill -9 $$", 1, "signal: 9"),
        ("exit 3", 3, "found its own result wrong"),
        ("exit 0", 1, "did not take its turn: it ended early"),
        ("echo rubbish; exec sleep 300", 1, "it said \"rubbish\""),
        ("echo record; exit 0", 1, "it said `record`"),
    ] {
        let new = prepared.build("new", &format!("{hello}; {script}"));
        let failed = compare(&[
            "--exe", this, "--exe", &new, SMOKE, "--events", "2k", "--turns", "2",
        ]);
        assert_code(&failed, code, &[words, &new]);
        assert!(failed.stdout.is_empty());
    }
}

#[test]
fn an_interruption_ends_it_and_its_child_with_130() {
    // before it says anything, and in lock-step
    for hello in ["", "echo notibench-lock-step/1; read go; "] {
        interrupt(hello);
    }
}

fn interrupt(hello: &str) {
    let prepared = Prepared::new();
    let child = prepared.path("child");
    let script =
        format!("{hello}echo $$ > '{child}.new'; mv '{child}.new' '{child}'; exec sleep 300");
    let slow = prepared.build("slow", &script);
    let started = Instant::now();
    let parent = notibench()
        .args(["compare", "--exe", &slow, "--exe", &slow, SMOKE])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    while !PathBuf::from(&child).exists() {
        assert!(started.elapsed() < Duration::from_secs(60), "no child came");
        std::thread::sleep(Duration::from_millis(10));
    }
    let kill = Command::new("kill")
        .args(["-INT", &parent.id().to_string()])
        .status();
    assert!(kill.unwrap().success());
    let ended = parent.wait_with_output().unwrap();
    assert_code(&ended, 130, &["nothing was compared"]);
    let child = std::fs::read_to_string(&child).unwrap();
    let alive = Command::new("kill")
        .args(["-0", child.trim()])
        .stderr(Stdio::null())
        .status();
    assert!(!alive.unwrap().success(), "the child still runs");
}
