//! docs/FORMAT.md names every key of a record, and no other: held to a record
//! that the command really wrote.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// What a small run prints in that format.
fn printed(format: &str) -> Vec<u8> {
    let output = Command::new(env!("CARGO_BIN_EXE_notibench"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["run", "workloads/smoke/pair.toml", "--events", "2k"])
        .args(["--engine", "dashmap", "--rounds", "1", "--no-save"])
        .args(["--warmup-rounds", "0", "--format", format])
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    output.stdout
}

/// The record of a small run.
fn record() -> Value {
    serde_json::from_slice(&printed("json")).unwrap()
}

/// The part of the page under the heading `title`.
fn part<'a>(page: &'a str, title: &str) -> &'a str {
    let start = page
        .find(&format!("\n{title}\n"))
        .unwrap_or_else(|| panic!("docs/FORMAT.md has no heading `{title}`"));
    let rest = &page[start + title.len() + 2..];
    &rest[..rest.find("\n#").unwrap_or(rest.len())]
}

/// What stands between the marks of code in `text`.
fn codes(text: &str) -> impl Iterator<Item = String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned)
}

/// The keys in the first column of the part's tables: of the table whose
/// header names `of`, or of every table without it.
fn documented(part: &str, of: Option<&str>) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    let mut wanted = false;
    for line in part.lines() {
        if let Some(header) = line.strip_prefix("| key") {
            wanted = of.is_none_or(|of| header.split('|').next().unwrap().contains(of));
        } else if wanted && line.starts_with('|') && !line.starts_with("|---") {
            keys.extend(codes(line.trim_matches('|').split('|').next().unwrap()));
        }
    }
    keys
}

fn keys(object: &Value) -> BTreeSet<String> {
    let object = object.as_object().expect("an object");
    object.keys().cloned().collect()
}

#[test]
fn the_page_names_every_key_of_a_record_and_no_other() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/FORMAT.md");
    let page = std::fs::read_to_string(path).unwrap();
    let record = record();
    let plan = part(&page, "### `workload` and `plan`");
    let engines = part(&page, "### `engines` and `proofs`");
    let oracle = part(&page, "### `oracle`, `clock` and `realised`");
    let cases = [
        (part(&page, "### The record"), None, &record),
        (plan, Some("`workload`"), &record["workload"]),
        (plan, Some("`plan`"), &record["plan"]),
        (
            part(&page, "### `environment`"),
            None,
            &record["environment"],
        ),
        (engines, Some("an engine"), &record["engines"][0]),
        (engines, Some("a proof"), &record["proofs"][0]),
        (part(&page, "### `trials`"), None, &record["trials"][0]),
        (oracle, Some("`oracle`"), &record["oracle"]),
        (oracle, Some("`clock`"), &record["clock"]),
        (oracle, Some("`realised`"), &record["realised"]),
    ];
    for (part, of, written) in cases {
        assert_eq!(
            documented(part, of),
            keys(written),
            "documented, and written"
        );
    }
    // objects that the page describes inside a cell
    let workers = part(&page, "### `trials`")
        .lines()
        .find(|line| line.starts_with("| `workers`"))
        .expect("a row for `workers`");
    let named: BTreeSet<String> = codes(workers).skip(1).collect();
    assert_eq!(named, keys(&record["trials"][0]["workers"][0]));
}

#[test]
fn the_page_names_every_column_and_every_key_of_the_figures() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/FORMAT.md");
    let page = std::fs::read_to_string(path).unwrap();
    let table = String::from_utf8(printed("csv")).unwrap();
    let columns = table.lines().next().unwrap().split(',').map(str::to_owned);
    assert_eq!(
        documented(part(&page, "### `csv`"), None),
        columns.collect(),
        "documented, and written"
    );
    let entries: Value = serde_json::from_slice(&printed("github-action-benchmark")).unwrap();
    let written = entries.as_array().unwrap().iter().flat_map(keys).collect();
    let mut named = documented(part(&page, "### `github-action-benchmark`"), None);
    // one round has no interval, and so no range
    assert!(named.remove("range"));
    assert_eq!(named, written, "documented, and written");
}

#[test]
fn the_page_names_every_key_of_a_comparison_and_no_other() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("docs/FORMAT.md")).unwrap();
    let compared = |words: &[&str]| -> Value {
        let output = Command::new(env!("CARGO_BIN_EXE_notibench"))
            .current_dir(root)
            .args(["compare", "--format", "json"])
            .args(words)
            .output()
            .unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{stderr}");
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let kept = "reports/kept/steady_week.json";
    let records = compared(&[kept, kept]);
    let exe = env!("CARGO_BIN_EXE_notibench");
    let small = ["--turns", "2", "--rounds", "2", "--events", "2k"];
    let words = ["--exe", exe, "--exe", exe, "workloads/smoke/pair.toml"];
    let builds = compared(&[&words[..], &small].concat());
    let part = part(&page, "## Comparisons");
    for (of, written) in [
        ("a comparison", &records),
        ("a comparison", &builds),
        ("a side", &records["old"]),
        ("a side", &records["new"]),
        ("an engine", &records["engines"][0]),
        ("an engine", &records["control"]),
        ("an engine", &builds["again"][0]),
        ("a variance", &builds["variance"][0]),
    ] {
        assert_eq!(documented(part, Some(of)), keys(written), "{of}");
    }
}

#[test]
fn the_page_names_every_key_of_a_sweep_and_no_other() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("docs/FORMAT.md")).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_notibench"))
        .current_dir(root)
        .args(["sweep", "workloads/smoke/pair.toml", "--threads", "1,2"])
        .args(["--events", "2k", "--engine", "dashmap", "--rounds", "1"])
        .args(["--warmup-rounds", "0", "--no-save", "--format", "json"])
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    let written: Value = serde_json::from_slice(&output.stdout).unwrap();
    let part = part(&page, "## Sweeps");
    for (of, written) in [("a sweep", &written), ("a point", &written["points"][0])] {
        assert_eq!(documented(part, Some(of)), keys(written), "{of}");
    }
}
