//! Maps of shared libraries: `--map-lib` from end to end, with libraries that
//! are right and with some that are not.

#[path = "common/mod.rs"]
mod common;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use common::binary::notibench;

/// tests/c_maps/one_lock.c as a library, with these definitions.
fn library(folder: &Path, name: &str, definitions: &[&str]) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = folder.join(format!("lib{name}.so"));
    let built = Command::new("cc")
        .args([
            "-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-pthread",
        ])
        .args(definitions)
        .arg("-I")
        .arg(root.join("include"))
        .arg(root.join("tests/c_maps/one_lock.c"))
        .arg("-o")
        .arg(&path)
        .output()
        .expect("a C compiler, `cc`");
    assert!(
        built.status.success(),
        "{}",
        String::from_utf8_lossy(&built.stderr)
    );
    path
}

fn run(library: &Path, more: &[&str]) -> Output {
    notibench()
        .args([
            "run",
            "workloads/smoke/pair.toml",
            "--engine",
            "dashmap",
            "--no-save",
        ])
        .args([
            "--events",
            "20k",
            "--rounds",
            "2",
            "--warmup-rounds",
            "0",
            "--threads",
            "2",
        ])
        .arg("--map-lib")
        .arg(library)
        .args(more)
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[track_caller]
fn refused(library: &Path, code: i32, words: &[&str]) {
    let output = run(library, &["--stall-timeout", "1s"]);
    let said = said(&output);
    assert_eq!(output.status.code(), Some(code), "{said}");
    for word in words {
        assert!(said.contains(word), "no {word:?} in: {said}");
    }
}

#[test]
fn a_map_in_c_is_measured_beside_the_others_and_proved() {
    let folder = tempfile::tempdir().unwrap();
    let library = library(folder.path(), "one_lock", &[]);
    let output = run(&library, &[]);
    let text = said(&output);
    assert!(output.status.success(), "{text}");
    assert!(
        text.contains("one-lock-c") && text.contains("null-map-lib"),
        "{text}"
    );

    let mut verify = notibench();
    verify.args([
        "verify",
        "workloads/smoke/from_zero.toml",
        "--engine",
        "one-lock-c",
        "--map-lib",
    ]);
    let output = verify.arg(&library).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
}

#[test]
fn a_library_that_is_not_right_is_told_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let of = |name: &str, definition: &str| library(folder.path(), name, &[definition]);
    refused(
        &of("old", "-DVERSION=7"),
        2,
        &["version 7", "version 1", "include/notibench.h"],
    );
    refused(
        &of("none", "-Dnotibench_maps=other"),
        2,
        &["exports no `notibench_maps`"],
    );
    refused(
        &of("unlooked", "-DWITHOUT_LOOK"),
        2,
        &["no function `look`"],
    );
    refused(&of("losing", "-DFAULT=LOSES"), 3, &["one-lock-c"]);
    refused(
        &of("hanging", "-DFAULT=HANGS"),
        1,
        &["one-lock-c", "ingest"],
    );
    let text = folder.path().join("text.so");
    std::fs::write(&text, "no library").unwrap();
    refused(&text, 2, &["text.so", "is no shared library"]);
    refused(
        &folder.path().join("gone.so"),
        2,
        &["gone.so", "can't be read"],
    );
}

#[test]
fn one_map_of_a_library_is_taken_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let library = library(folder.path(), "named", &[]);
    let named = |name: &str| PathBuf::from(format!("{}:{name}", library.display()));
    let output = run(&named("one-lock-c"), &[]);
    assert!(output.status.success(), "{}", said(&output));
    refused(&named("other"), 2, &["has no map `other`", "one-lock-c"]);
}

#[test]
fn a_library_that_counts_no_bytes_is_no_smaller_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let row = |name: &str, definitions: &[&str]| {
        let output = run(&library(folder.path(), name, definitions), &[]);
        let text = said(&output);
        assert!(output.status.success(), "{text}");
        let row = text
            .lines()
            .find(|line| line.trim().starts_with("one-lock-c"));
        row.unwrap_or_else(|| panic!("no row: {text}")).to_owned()
    };
    assert!(!row("honest", &[]).contains("not counted"));
    let garbage = row("garbage", &["-DFAULT=GARBAGE"]);
    assert!(garbage.contains("not counted"), "{garbage}");
}

#[test]
fn the_header_is_c11_and_cpp17() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (compiler, language, standard) in [("cc", "c", "-std=c11"), ("c++", "c++", "-std=c++17")] {
        let Ok(output) = Command::new(compiler)
            .args([
                standard,
                "-Wall",
                "-Wextra",
                "-Wpedantic",
                "-Werror",
                "-fsyntax-only",
                "-x",
            ])
            .arg(language)
            .arg(root.join("include/notibench.h"))
            .output()
        else {
            assert!(std::env::var_os("CI").is_none(), "no {compiler}");
            continue;
        };
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}
