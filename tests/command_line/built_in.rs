//! Built-in workloads, which work in any folder, and the words that are short:
//! names, lists, flags.

use std::path::Path;
use std::process::{Command, Output};

use super::common::binary::{SMOKE, notibench, root, succeed, text};
use notibench_record::Record;

/// The command in a folder that has nothing of the project's.
fn elsewhere(folder: &Path, words: &[&str]) -> Output {
    let mut command: Command = notibench();
    let output = command.current_dir(folder).args(words).output().unwrap();
    assert!(
        output.status.success(),
        "{words:?}: {}",
        text(&output.stderr)
    );
    output
}

#[test]
fn names_of_workloads_work_in_any_folder() {
    let folder = tempfile::tempdir().unwrap();
    let small = [
        "--events",
        "2k",
        "--rounds",
        "1",
        "--engine",
        "dashmap",
        "--no-save",
    ];
    let run = |name: &str| {
        let words = [&["run", name, "--format", "json"], &small[..]].concat();
        let output = elsewhere(folder.path(), &words);
        Record::from_json(&output.stdout, Path::new("stdout")).unwrap()
    };
    let built_in = run("smoke/pair");
    assert_eq!(built_in.workload.name, "pair");
    let file = std::fs::read_to_string(root().join(SMOKE)).unwrap();
    assert_eq!(built_in.workload.toml, file);
    assert_eq!(run("steady_week").workload.name, "steady_week");
    // a path still is a path, of a file with that very name, too
    let other = file.replacen("seed = ", "seed = 1", 1);
    std::fs::create_dir(folder.path().join("smoke")).unwrap();
    std::fs::write(folder.path().join("smoke/pair"), &other).unwrap();
    assert_eq!(run("smoke/pair").workload.toml, other);
    for words in [
        &["generate", "viral_post", "--events", "10", "--out", "-"][..],
        &["describe", "viral_post", "--events", "1k"],
        &[
            "sweep",
            "smoke/views_only",
            "--threads",
            "1,2",
            "--events",
            "1k",
            "--no-save",
        ],
        &["list", "workloads"],
    ] {
        elsewhere(folder.path(), words);
    }
}

#[test]
fn the_nearest_built_in_name_is_proposed() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = notibench();
    command
        .current_dir(folder.path())
        .args(["run", "steady_weak"]);
    let said = text(&command.output().unwrap().stderr);
    assert!(said.contains("did you mean `steady_week`?"), "{said}");
}

#[test]
fn verify_takes_every_built_in_workload() {
    let folder = tempfile::tempdir().unwrap();
    let words = [
        "verify",
        "--events",
        "200",
        "--threads",
        "1",
        "--engine",
        "scc",
    ];
    let shown = text(&elsewhere(folder.path(), &words).stdout);
    let files = |folder: &str| {
        let entries = std::fs::read_dir(root().join(folder)).unwrap();
        let is_toml = |path: &std::path::PathBuf| path.extension().is_some_and(|e| e == "toml");
        entries
            .map(|entry| entry.unwrap().path())
            .filter(is_toml)
            .count()
    };
    let expected = files("workloads") + files("workloads/smoke");
    assert_eq!(shown.lines().count(), expected, "{shown}");
}

#[test]
fn two_builds_run_a_built_in_workload_from_one_file() {
    let exe = env!("CARGO_BIN_EXE_notibench");
    let words = [
        "compare",
        "--exe",
        exe,
        "--exe",
        exe,
        "smoke/pair",
        "--turns",
        "2",
    ];
    let few = ["--rounds", "1", "--events", "2k"];
    let shown = text(&succeed(&[&words[..], &few].concat()).stdout);
    assert!(shown.contains("dashmap"), "{shown}");
}

#[test]
fn list_alone_lists_all() {
    let shown = text(&succeed(&["list"]).stdout);
    for one in ["steady_week", "smoke/pair", "dashmap-naive", "post_like"] {
        assert!(shown.contains(one), "no {one} in\n{shown}");
    }
}

#[test]
fn engines_may_be_a_list_and_flags_may_be_short() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("r.json");
    let words = [
        "run",
        SMOKE,
        "-e",
        "scc,dashmap",
        "-t",
        "1",
        "-n",
        "2k",
        "--rounds",
        "1",
    ];
    succeed(&[&words[..], &["-o", out.to_str().unwrap()]].concat());
    let record = Record::load(&out).unwrap();
    assert_eq!((record.plan.threads, record.plan.events), (1, 2_000));
    let names: Vec<&str> = record.engines.iter().map(|e| e.name.as_str()).collect();
    assert_eq!(names[..2], ["scc", "dashmap"]);
    let all = ["verify", SMOKE, "--all", "-n", "500", "-t", "1"];
    assert!(text(&succeed(&all).stdout).contains("equal to the oracle"));
}
