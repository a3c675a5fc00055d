//! The command itself, and the examples beside it, run as a user would.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A small workload, from the project's root.
pub(crate) const SMOKE: &str = "workloads/smoke/pair.toml";

/// The project's root.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The command, run in the project's root, with nothing on its standard input
/// and nothing in its environment that changes what it prints.
pub(crate) fn notibench() -> Command {
    plain(Path::new(env!("CARGO_BIN_EXE_notibench")))
}

/// A program of `examples/`.
pub(crate) fn example(name: &str) -> Command {
    plain(&example_path(name))
}

/// Where `cargo test` builds it.
pub(crate) fn example_path(name: &str) -> PathBuf {
    // this test is target/…/deps/<name>-<hash>
    let test = std::env::current_exe().unwrap();
    let profile = test.parent().and_then(Path::parent).unwrap();
    let path: PathBuf = profile.join("examples").join(name);
    assert!(
        path.exists(),
        "no {}: `cargo build --examples` makes it",
        path.display()
    );
    path
}

/// With signals as they are by default: whoever runs the tests may ignore
/// Ctrl-C, and a run that begins so goes on ignoring it.
fn plain(path: &Path) -> Command {
    let mut command = Command::new("env");
    command
        .arg("--default-signal=HUP,INT,TERM")
        .arg(path)
        .current_dir(root())
        .stdin(Stdio::null())
        .env_remove("NO_COLOR")
        .env_remove("COLUMNS");
    command
}

/// What the command gives for these words.
pub(crate) fn output<S: AsRef<std::ffi::OsStr>>(words: &[S]) -> Output {
    notibench().args(words).output().unwrap()
}

/// What it gives, where it must succeed.
#[track_caller]
pub(crate) fn succeed<S: AsRef<std::ffi::OsStr>>(words: &[S]) -> Output {
    let output = output(words);
    assert!(output.status.success(), "{}", text(&output.stderr));
    output
}

/// Output as text.
pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}
