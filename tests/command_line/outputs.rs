//! What the other commands print: the policy, lists, the doctor, help; plain
//! text unless a terminal wants colour.

use std::fs::File;
use std::process::{Command, Stdio};

use super::common::binary::{SMOKE, notibench, root, succeed, text};
use notibench_core::event::Kind;
use notibench_core::policy;
use notibench_engines::registry::ENTRIES;

fn shown(words: &[&str]) -> String {
    let output = succeed(words);
    assert!(output.stderr.is_empty(), "{}", text(&output.stderr));
    let shown = text(&output.stdout);
    assert!(
        !shown.contains('\x1b'),
        "escape codes, and no terminal: {shown}"
    );
    shown
}

/// The words of the line that begins with these.
#[track_caller]
fn line_of(shown: &str, first: &[&str]) -> String {
    let line = shown.lines().find(|line| {
        let words: Vec<&str> = line.split_whitespace().take(first.len()).collect();
        words == first
    });
    line.unwrap_or_else(|| panic!("no line of {first:?} in\n{shown}"))
        .to_owned()
}

#[test]
fn the_policy_has_a_line_for_each_row_of_the_table() {
    let shown = shown(&["policy"]);
    for row in policy::table() {
        let mut first = vec![row.kind.name()];
        first.extend(row.undo.then_some("undo"));
        let line = line_of(&shown, &first);
        assert!(line.contains(row.effect.disposition.name()), "{line}");
        assert!(line.contains(row.what_changes()), "{line}");
    }
    assert!(
        shown.contains("whose actor is its recipient is discarded"),
        "{shown}"
    );
}

#[test]
fn lists_name_everything_there_is() {
    let engines = shown(&["list", "engines"]);
    for info in ENTRIES {
        assert!(line_of(&engines, &[info.name]).contains(&info.freshness.in_words()));
    }
    let kinds = shown(&["list", "kinds"]);
    for kind in Kind::ALL {
        line_of(&kinds, &[kind.name()]);
    }
    for folder in ["workloads", "workloads/smoke"] {
        let listed = shown(&["list", "workloads", "--folder", folder]);
        for file in notibench_workload::workload_files(&root().join(folder)).unwrap() {
            line_of(&listed, &[file.file_stem().unwrap().to_str().unwrap()]);
        }
    }
    let listed = shown(&["list", "workloads"]);
    for name in notibench_workload::built_in_names() {
        line_of(&listed, &[name]);
    }
}

#[test]
fn a_broken_workload_does_not_hide_the_others() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(root().join(SMOKE), folder.path().join("good.toml")).unwrap();
    std::fs::write(folder.path().join("bad.toml"), "events = 0\n").unwrap();
    let listing = [
        "list",
        "workloads",
        "--folder",
        folder.path().to_str().unwrap(),
    ];
    let output = super::common::binary::output(&listing);
    assert_eq!(output.status.code(), Some(1));
    line_of(&text(&output.stdout), &["good"]);
    assert!(
        text(&output.stderr).contains("bad.toml:1:"),
        "{}",
        text(&output.stderr)
    );
}

#[test]
fn the_doctor_looks_at_everything_that_spoils_a_measurement() {
    let shown = shown(&["doctor"]);
    for what in [
        "build",
        "processors",
        "governor",
        "load",
        "steal",
        "cgroup",
        "clock source",
        "clock cost",
        "huge pages",
        "memory",
    ] {
        let line = shown.lines().find(|line| line.contains(what));
        let line = line.unwrap_or_else(|| panic!("nothing of {what} in\n{shown}"));
        let mark = line.trim_start().chars().next();
        assert!(matches!(mark, Some('!' | '✓')), "{line}");
    }
    assert!(
        shown.trim_end().ends_with("would spoil a measurement"),
        "{shown}"
    );
}

#[test]
fn help_and_version_go_to_stdout() {
    assert!(shown(&["--help"]).contains("Usage: notibench [OPTIONS] <COMMAND>"));
    assert!(shown(&["--version"]).contains(env!("CARGO_PKG_VERSION")));
    for command in [
        "run", "rerun", "verify", "generate", "list", "policy", "doctor",
    ] {
        assert!(shown(&[command, "--help"]).contains(&format!("notibench {command}")));
    }
}

#[test]
fn a_full_disk_under_stdout_is_told() {
    let Ok(full) = File::options().write(true).open("/dev/full") else {
        return;
    };
    for line in [
        "policy".to_owned(),
        format!("generate {SMOKE} --out -"),
        format!("run {SMOKE} --events 2k --rounds 1 --warmup-rounds 0 --no-save"),
    ] {
        let mut command = notibench();
        let words = line.split(' ');
        let stdout = Stdio::from(full.try_clone().unwrap());
        let output = command.args(words).stdout(stdout).output().unwrap();
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{line}: {said}");
        assert!(said.contains("cannot write to stdout"), "{line}: {said}");
        assert!(!said.contains("panicked"), "{said}");
    }
}

/// What a small run prints to a terminal; none where there is no Python to
/// make one.
fn on_a_terminal(no_color: Option<&str>) -> Option<String> {
    let script = "import os, pty, sys\n\
                  sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))";
    let quiet = "exec \"$0\" \"$@\" 2>/dev/null";
    let mut command = Command::new("python3");
    command
        .args([
            "-c",
            script,
            "sh",
            "-c",
            quiet,
            env!("CARGO_BIN_EXE_notibench"),
        ])
        .args(["run", SMOKE, "--no-save", "--events", "2k", "--rounds", "1"])
        .current_dir(root())
        .stdin(Stdio::null())
        .env_remove("NO_COLOR");
    if let Some(value) = no_color {
        command.env("NO_COLOR", value);
    }
    let output = command.output().ok()?;
    assert!(output.status.success(), "{}", text(&output.stderr));
    Some(text(&output.stdout))
}

#[test]
fn a_terminal_gets_colour_unless_it_is_unwanted() {
    let Some(coloured) = on_a_terminal(None) else {
        eprintln!("skipped: no python3 on the PATH");
        return;
    };
    assert!(coloured.contains("\x1b["), "{coloured}");
    let plain = on_a_terminal(Some("1")).unwrap();
    assert!(
        !plain.contains('\x1b') && plain.contains("dashmap"),
        "{plain}"
    );
    // empty means the same as absent
    assert!(on_a_terminal(Some("")).unwrap().contains("\x1b["));
}
