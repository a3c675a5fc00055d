//! The action that gates a pull request: `action.yml` is what GitHub reads, and
//! the scripts of its steps do what they say. Builds are shell scripts that print
//! prepared records, and the server of the comments is one, too.

mod build;
mod comment;
mod definition;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::common::binary::{SMOKE, root, text};
use super::compare::Prepared;

fn script(step: &str) -> PathBuf {
    root().join(".ci/gate").join(step)
}

/// Whether a program that a check needs is there; under CI its absence fails.
fn is_there(program: &str, words: &[&str]) -> bool {
    let found = Command::new(program).args(words).output();
    let found = found.is_ok_and(|found| found.status.success());
    if !found {
        let is_ci = std::env::var_os("CI").is_some();
        assert!(
            !is_ci,
            "no {program} {words:?}, and this check must not be skipped"
        );
        eprintln!("skipped: this check needs {program} {words:?}");
    }
    found
}

/// One step of the action, run as a runner runs it.
struct Step {
    folder: tempfile::TempDir,
    command: Command,
}

impl Step {
    fn new(step: &str, settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new("bash");
        command
            .arg(script(step))
            .current_dir(root())
            .env("RUNNER_TEMP", folder.path())
            .env("GITHUB_OUTPUT", folder.path().join("output"))
            .env("GITHUB_STEP_SUMMARY", folder.path().join("summary"))
            .envs(settings.iter().copied());
        Self { folder, command }
    }

    fn run(&mut self) -> Output {
        self.command.output().unwrap()
    }

    fn file(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(name)).unwrap_or_default()
    }

    /// What the step gave to later ones.
    fn output(&self, name: &str) -> Option<String> {
        let output = self.file("output");
        let start = format!("{name}=");
        let mut values = output.lines().filter_map(|line| line.strip_prefix(&start));
        values.next().map(str::to_owned)
    }
}

/// A build that compares as this one does, and runs as `prints` does.
fn new_build(prepared: &Prepared, percent_slower: u64) -> String {
    let runs = prepared.prints("runs", |record| {
        for trial in &mut record.trials {
            trial.wall_ns = trial.wall_ns * (100 + percent_slower) / 100;
        }
    });
    let exe = env!("CARGO_BIN_EXE_notibench");
    let script =
        format!("if [ \"$1\" = compare ]; then exec '{exe}' \"$@\"; fi\nexec '{runs}' \"$@\"");
    prepared.build("new", &script)
}

/// The settings of the step that compares, as `action.yml` names them.
fn settings<'a>(old: &'a str, new: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("GATE_NAME", "small"),
        ("GATE_OLD", old),
        ("GATE_NEW", new),
        ("GATE_OLD_COMMIT", "0123abc"),
        ("GATE_NEW_COMMIT", "4567def"),
        ("GATE_WORKING_DIRECTORY", "."),
        ("GATE_WORKLOAD", SMOKE),
        ("GATE_ENGINE", "dashmap"),
        ("GATE_EVENTS", "2k"),
        ("GATE_THREADS", ""),
        ("GATE_TURNS", "4"),
        ("GATE_ROUNDS", ""),
        ("GATE_PASS", "fresh"),
        ("GATE_FAIL_SLOWER", "3%"),
        ("GATE_FAIL_UNSURE", "true"),
    ]
}

/// The settings with one of them changed.
fn changed<'a>(
    settings: &[(&'a str, &'a str)],
    name: &'a str,
    value: &'a str,
) -> Vec<(&'a str, &'a str)> {
    let mut settings = settings.to_vec();
    settings.retain(|(at, _)| *at != name);
    settings.push((name, value));
    settings
}

#[test]
fn a_slowdown_is_reported_and_ends_the_job_with_4() {
    let prepared = Prepared::new();
    let old = prepared.prints("old", |_| {});
    for (percent, code, word) in [(0, "0", "| dashmap |"), (20, "4", "**GATE FAILED**")] {
        let new = new_build(&prepared, percent);
        let mut step = Step::new("compare", &settings(&old, &new));
        let done = step.run();
        assert!(done.status.success(), "{}", text(&done.stderr));
        assert_eq!(step.output("exit-code").as_deref(), Some(code));
        let summary = step.file("summary");
        assert!(summary.starts_with("<!-- notibench gate: small -->\n### "));
        for word in [word, "two builds in 4 turns", "Old: 0123abc, new: 4567def."] {
            assert!(summary.contains(word), "no {word:?} in\n{summary}");
        }
        let report = step.output("report").unwrap();
        assert_eq!(std::fs::read_to_string(report).unwrap(), summary);
        let ended = Step::new("verdict", &[("GATE_EXIT_CODE", code)]).run();
        assert_eq!(ended.status.code(), code.parse().ok());
    }
}

#[test]
fn what_is_no_verdict_is_said_and_no_input_is_run() {
    let prepared = Prepared::new();
    let old = prepared.prints("old", |_| {});
    let new = new_build(&prepared, 0);
    let mark = prepared.path("was-run");
    let command = format!("$(touch '{mark}'); touch '{mark}' `touch '{mark}'`");
    let right = settings(&old, &new);
    for (name, value) in [
        ("GATE_ENGINE", command.as_str()),
        ("GATE_WORKLOAD", &command),
        ("GATE_WORKLOAD", "--help"),
        ("GATE_TURNS", "--force"),
        ("GATE_FAIL_SLOWER", &command),
    ] {
        let mut step = Step::new("compare", &changed(&right, name, value));
        let done = step.run();
        assert!(done.status.success(), "{name} {}", text(&done.stderr));
        let code = step.output("exit-code").unwrap();
        // these builds print a record whatever engine they are asked for
        if name != "GATE_ENGINE" {
            assert!(["1", "2"].contains(&code.as_str()), "{name}: {code}");
            assert!(step.file("summary").contains("small: no verdict"), "{name}");
        }
    }
    for (name, value) in [
        ("GATE_NAME", "--> <b>"),
        ("GATE_NAME", command.as_str()),
        ("GATE_FAIL_UNSURE", &command),
        ("GATE_OLD", &command),
    ] {
        let mut step = Step::new("compare", &changed(&right, name, value));
        let done = step.run();
        assert_eq!(done.status.code(), Some(1), "{name}");
        assert!(text(&done.stderr).contains("::error "), "{name}");
        assert_eq!(step.file("summary"), "");
    }
    assert!(!Path::new(&mark).exists());
}
