//! The step that builds both sides, from a clone as a runner makes it.

use std::path::Path;
use std::process::Command;

use super::{Step, changed, is_there};
use crate::common::binary::text;

fn git(folder: &Path, words: &[&str]) -> String {
    let done = Command::new("git")
        .args(["-c", "user.name=t", "-c", "user.email=t@t.invalid"])
        .args([
            "-c",
            "init.defaultBranch=main",
            "-c",
            "commit.gpgsign=false",
        ])
        .args(words)
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(done.status.success(), "{words:?}: {}", text(&done.stderr));
    text(&done.stdout).trim().to_owned()
}

#[test]
fn the_base_of_a_merge_and_what_is_checked_out_are_built() {
    if !is_there("git", &["--version"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let origin = folder.path().join("origin");
    std::fs::create_dir(&origin).unwrap();
    git(&origin, &["init", "--quiet"]);
    let commit = |file: &str| {
        std::fs::create_dir_all(origin.join("crate")).unwrap();
        std::fs::write(origin.join("crate").join(file), file).unwrap();
        git(&origin, &["add", "."]);
        git(&origin, &["commit", "--quiet", "-m", file]);
    };
    commit("first");
    git(&origin, &["switch", "--quiet", "-c", "change"]);
    commit("mine");
    git(&origin, &["switch", "--quiet", "main"]);
    commit("meanwhile");
    let base = git(&origin, &["rev-parse", "main"]);
    git(&origin, &["switch", "--quiet", "-c", "merged"]);
    git(
        &origin,
        &["merge", "--quiet", "--no-ff", "-m", "merge", "change"],
    );
    // as a runner checks it out: the merge alone
    let url = format!("file://{}", origin.display());
    let words = [
        "clone",
        "--quiet",
        "--depth=1",
        "--branch=merged",
        &url,
        "clone",
    ];
    git(folder.path(), &words);
    git(
        &origin,
        &["config", "uploadpack.allowAnySHA1InWant", "true"],
    );
    let settings = [
        ("GATE_OLD", ""),
        ("GATE_NEW", ""),
        ("GATE_BASE", ""),
        ("GATE_EVENT_BASE", "not-this"),
        ("GATE_BUILD_COMMAND", "mkdir -p out; ls > 'out/a program'"),
        ("GATE_EXECUTABLE", "out/a program"),
        ("GATE_WORKING_DIRECTORY", "crate"),
    ];
    let run = |settings: &[(&str, &str)]| {
        let mut step = Step::new("build", settings);
        step.command.current_dir(folder.path().join("clone"));
        let done = step.run();
        (step, done)
    };
    let (step, done) = run(&settings);
    assert!(done.status.success(), "{}", text(&done.stderr));
    assert_eq!(step.output("old-commit"), Some(base));
    for (side, holds) in [
        ("old", "first\nmeanwhile\nout\n"),
        ("new", "first\nmeanwhile\nmine\nout\n"),
    ] {
        let file = step.output(side).unwrap();
        assert_eq!(std::fs::read_to_string(file).unwrap(), holds, "{side}");
    }
    for (name, value, words) in [
        (
            "GATE_BASE",
            "--upload-pack=touch",
            "cannot begin with a dash",
        ),
        ("GATE_EXECUTABLE", "none", "left no file"),
        ("GATE_NEW", "/bin/true", "name both"),
    ] {
        let (_, done) = run(&changed(&settings, name, value));
        assert_eq!(done.status.code(), Some(1), "{name}");
        let said = text(&done.stderr);
        assert!(said.contains(words), "{said}");
    }
}
