//! A Python program that shares nothing with this crate reads a stream's CSV,
//! applies the table, and must print the same snapshot, byte for byte.

mod common;

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use common::binary::{root, succeed};
use common::{Stream, shuffle};
use notibench_core::engine::{Engine as _, EngineConfig, Role};
use notibench_core::event::{Event, EventFormat};
use notibench_core::oracle::Oracle;
use notibench_core::proof::fold_on_threads;
use notibench_core::snapshot::{Snapshot, write_ndjson};
use notibench_engines::maps::dashmap::DashMapEngine;
use notibench_engines::registry::ENTRIES;
use notibench_workload::Workload;

/// What the script prints for the stream; none where there is no Python.
fn fold_in_python(events: &[Event], inbox_capacity: usize) -> Option<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let csv = folder.path().join("events.csv");
    let mut header = Vec::new();
    EventFormat::Csv.push_header(&mut header);
    let mut file = File::create(&csv).unwrap();
    file.write_all(&header).unwrap();
    EventFormat::Csv.write_events(events, &mut file).unwrap();
    file.sync_all().unwrap();
    fold_file_in_python(&csv, inbox_capacity, 0.0)
}

/// The same for a file of events, and a share of pairs that are blocked.
fn fold_file_in_python(csv: &Path, inbox_capacity: usize, blocked_share: f64) -> Option<Vec<u8>> {
    if Command::new("python3").arg("--version").output().is_err() {
        assert!(
            std::env::var_os("CI").is_none(),
            "no python3 on the PATH, and what is checked for others must not be skipped"
        );
        eprintln!("skipped: no python3 on the PATH; install Python 3 to run this check");
        return None;
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/independent/fold.py");
    let run = Command::new("python3")
        .arg(script)
        .arg(csv)
        .arg(inbox_capacity.to_string())
        .arg(blocked_share.to_string())
        .output()
        .unwrap();
    assert!(
        run.status.success(),
        "{}",
        String::from_utf8_lossy(&run.stderr)
    );
    Some(run.stdout)
}

fn text_of(snapshot: &Snapshot) -> Vec<u8> {
    let mut text = Vec::new();
    write_ndjson(snapshot, &mut text).unwrap();
    text
}

/// Compares line by line first, so that a failure can be read.
fn assert_same(python: &[u8], ours: &[u8]) {
    let lines = |text: &[u8]| -> Vec<String> {
        String::from_utf8(text.to_vec())
            .unwrap()
            .lines()
            .map(str::to_owned)
            .collect()
    };
    for (at, (python, ours)) in lines(python).iter().zip(&lines(ours)).enumerate().skip(1) {
        assert_eq!(python, ours, "line {}", at + 1);
    }
    assert!(python == ours, "the header or the number of lines differs");
}

#[test]
fn an_independent_fold_gives_the_same_snapshot() {
    for (seed, inbox_capacity) in [(11, 32), (12, 1), (13, 5)] {
        let mut events = Stream::crowded(seed, 12_000).make();
        if seed == 13 {
            shuffle(&mut events, seed);
        }
        let Some(python) = fold_in_python(&events, inbox_capacity) else {
            return;
        };
        let config = EngineConfig {
            inbox_capacity,
            ..EngineConfig::new(2)
        };
        let engine = DashMapEngine::build(&config);
        fold_on_threads(&engine, &config, &events, 100).unwrap();
        assert_same(&python, &text_of(&Snapshot::of(&engine)));
        let mut oracle = Oracle::new(inbox_capacity);
        oracle.fold_all(&events);
        assert_same(&python, &text_of(&oracle.snapshot()));
    }
}

#[test]
fn an_independent_fold_of_many_members_gives_the_same_snapshot() {
    let stream = Stream {
        seed: 14,
        events: 40_000,
        members: 3_000,
        contents: 2_000,
    };
    let events = stream.make();
    let mut oracle = Oracle::default();
    oracle.fold_all(&events);
    if let Some(python) = fold_in_python(&events, 32) {
        assert_same(&python, &text_of(&oracle.snapshot()));
    }
}

#[test]
fn an_empty_stream_is_a_header_alone() {
    if let Some(python) = fold_in_python(&[], 32) {
        assert_same(&python, &text_of(&Snapshot::default()));
        assert_eq!(python.iter().filter(|&&byte| byte == b'\n').count(), 1);
    }
}

#[test]
fn what_the_command_writes_agrees_for_every_engine_and_workload() {
    let folder = tempfile::tempdir().unwrap();
    let mut files = notibench_workload::workload_files(&root().join("workloads/smoke")).unwrap();
    // the script counts views, not viewers: a key that no file holds permutes these
    files.retain(|file| {
        let text = std::fs::read_to_string(file).unwrap();
        !text.contains("[anonymity]")
    });
    let engines = || ENTRIES.iter().filter(|info| info.role != Role::Probe);
    for (at, workload) in files.iter().enumerate() {
        let name = workload.file_stem().unwrap().to_str().unwrap();
        let file = workload.to_str().unwrap();
        let csv = folder.path().join(format!("{name}.csv"));
        let size = ["--events", "20000"];
        let out = ["--out", csv.to_str().unwrap()];
        succeed(&[&["generate", file], &size[..], &out].concat());
        let (loaded, _) = Workload::load(workload).unwrap();
        let blocked_share = loaded.settings.blocked_share;
        let Some(python) = fold_file_in_python(&csv, 32, blocked_share) else {
            return;
        };
        assert!(python.iter().filter(|&&byte| byte == b'\n').count() > 2);
        // every engine on the first workload, one on each of the others
        let turn = at % engines().count();
        let chosen = engines()
            .enumerate()
            .filter(|(of, _)| at == 0 || *of == turn);
        for (_, info) in chosen {
            let snapshot = folder.path().join(format!("{name}-{}.ndjson", info.name));
            let engine = ["--engine", info.name, "--no-save"];
            let rounds = ["--rounds", "1", "--warmup-rounds", "0"];
            let shown = ["--snapshot", snapshot.to_str().unwrap()];
            succeed(&[&["run", file], &size[..], &rounds, &engine, &shown].concat());
            assert_same(&python, &std::fs::read(&snapshot).unwrap());
        }
    }
}
