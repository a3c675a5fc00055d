//! `generate`: slices agree with the whole, CSV with NDJSON, and a reader may
//! go when it has had enough.

use std::io::Read as _;
use std::process::Stdio;

use super::common::binary::{SMOKE, notibench, succeed, text};

/// What `generate` prints.
fn generate(more: &str) -> String {
    let line = format!("generate {SMOKE} --out - {more}");
    let words: Vec<&str> = line.split(' ').filter(|word| !word.is_empty()).collect();
    text(&succeed(&words).stdout)
}

#[test]
fn slices_agree_with_the_whole() {
    let whole = generate("--events 40k");
    let lines: Vec<&str> = whole.lines().collect();
    assert_eq!(lines.len(), 40_001);
    assert_eq!(
        lines[0],
        "index,at_us,kind,undo,actor,segment,recipient,content"
    );
    // across the border of what one task writes, and at both ends
    for (start, events) in [(0, 1), (16_000, 1_000), (39_999, 1), (123, 0), (7, 20_000)] {
        let slice = generate(&format!("--start {start} --events {events}"));
        let slice: Vec<&str> = slice.lines().collect();
        assert_eq!(slice[0], lines[0]);
        assert_eq!(slice[1..], lines[start + 1..=start + events]);
    }
    assert_ne!(
        generate("--events 100 --seed 99").lines().nth(1),
        Some(lines[1])
    );
    let default: Vec<String> = generate("").lines().map(str::to_owned).collect();
    assert_eq!(default[..], lines[..20_001], "the workload's own events");
}

#[test]
fn csv_and_ndjson_agree() {
    let csv = generate("--events 5k");
    let ndjson = generate("--events 5k --format ndjson");
    let mut rows = csv.lines();
    let header: Vec<&str> = rows.next().unwrap().split(',').collect();
    assert_eq!(ndjson.lines().count(), 5_000);
    for (row, object) in rows.zip(ndjson.lines()) {
        let object: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(object).unwrap();
        assert_eq!(object.len(), header.len());
        for (key, value) in header.iter().zip(row.split(',')) {
            let found = match &object[*key] {
                serde_json::Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            assert_eq!(found, value, "{key} of {row}");
        }
    }
}

#[test]
fn a_file_holds_what_stdout_shows() {
    let folder = tempfile::tempdir().unwrap();
    for (name, format) in [
        ("e.csv", "csv"),
        ("e.ndjson", "ndjson"),
        ("e.JSONL", "ndjson"),
    ] {
        let path = folder.path().join(name);
        let path = path.to_str().unwrap();
        let output = succeed(&["generate", SMOKE, "--events", "3k", "--out", path]);
        assert!(output.stdout.is_empty());
        let said = text(&output.stderr);
        assert_eq!(said, format!("wrote {path}: 3,000 events\n"));
        let shown = generate(&format!("--events 3k --format {format}"));
        assert_eq!(std::fs::read_to_string(path).unwrap(), shown, "{name}");
    }
}

#[test]
fn a_reader_that_goes_ends_it_quietly() {
    let mut child = notibench()
        .args(["generate", SMOKE, "--out", "-", "--events", "100M"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 100];
    let mut reader = child.stdout.take().unwrap();
    reader.read_exact(&mut first).unwrap();
    drop(reader);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(text(&output.stderr), "");
    assert!(first.starts_with(b"index,at_us,"));
}
