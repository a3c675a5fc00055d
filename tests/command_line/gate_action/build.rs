//! The step that builds both sides, from a clone as a runner makes it.

use std::path::Path;
use std::process::Command;

use super::{Step, changed, is_there};
use crate::common::binary::text;

fn git(folder: &Path, line: &str) -> String {
    let done = Command::new("git")
        .args(["-c", "user.name=t", "-c", "user.email=t@t.invalid"])
        .args(["-c", "init.defaultBranch=main"])
        .args(["-c", "commit.gpgsign=false"])
        .args(line.split(' '))
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(done.status.success(), "{line}: {}", text(&done.stderr));
    text(&done.stdout).trim().to_owned()
}

/// The folder `clone`, as a runner checks a pull request out: its merge alone.
/// Gives the commit that it was merged into.
fn check_out(folder: &Path) -> String {
    let origin = folder.join("origin");
    std::fs::create_dir_all(origin.join("crate")).unwrap();
    git(&origin, "init --quiet");
    let commit = |file: &str| {
        std::fs::write(origin.join("crate").join(file), file).unwrap();
        git(&origin, "add .");
        git(&origin, &format!("commit --quiet -m {file}"));
    };
    commit("first");
    git(&origin, "switch --quiet -c change");
    commit("mine");
    git(&origin, "switch --quiet main");
    commit("meanwhile");
    git(&origin, "switch --quiet -c merged");
    git(&origin, "merge --quiet --no-ff -m merge change");
    git(&origin, "config uploadpack.allowAnySHA1InWant true");
    let url = format!("file://{}", origin.display());
    git(
        folder,
        &format!("clone --quiet --depth=1 --branch=merged {url} clone"),
    );
    git(&origin, "rev-parse main")
}

#[test]
fn the_base_of_a_merge_and_what_is_checked_out_are_built() {
    if !is_there("git", &["--version"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let base = check_out(folder.path());
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
    let built = ["old", "new"].map(|side| std::fs::read_to_string(step.output(side).unwrap()));
    let [old, new] = built.map(Result::unwrap);
    assert_eq!(old, "first\nmeanwhile\nout\n");
    assert_eq!(new, "first\nmeanwhile\nmine\nout\n");
    for (name, value, words) in [
        ("GATE_BASE", "--upload-pack=touch", "begin with a dash"),
        ("GATE_EXECUTABLE", "none", "left no file"),
        ("GATE_BUILD_COMMAND", "false", ""),
        ("GATE_NEW", "/bin/true", "name both"),
    ] {
        let (step, done) = run(&changed(&settings, name, value));
        assert_eq!(done.status.code(), Some(1), "{name}");
        let said = text(&done.stderr);
        assert!(said.contains(words), "{said}");
        assert_eq!(step.output("new"), None, "{name}");
    }
}
