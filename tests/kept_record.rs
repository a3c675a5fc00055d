//! The record that the project keeps: it loads, its report drawn again is the
//! text beside it, and the README shows it in short.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

use notibench_record::Record;
use notibench_report::{Style, brief, terminal};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap()
}

#[test]
fn the_kept_report_is_drawn_from_the_kept_record_and_shown_in_short_in_the_readme() {
    let record = Record::load(&root().join("reports/kept/steady_week.json")).unwrap();
    let plain = Style {
        color: false,
        width: 100,
    };
    let drawn = terminal(&record, &plain);
    let kept = text("reports/kept/steady_week.txt");
    assert_eq!(
        drawn.trim_end(),
        kept.trim_end(),
        "draw it again with `notibench report reports/kept/steady_week.json`, \
         into reports/kept/steady_week.txt"
    );
    // what a terminal shows of such a run
    let short = brief(&record, &plain);
    assert!(
        text("README.md").contains(short.trim_end()),
        "README.md does not show what `notibench report --brief reports/kept/steady_week.json` says"
    );
}

/// Every record below a folder.
fn records_in(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path());
    let below = |path: PathBuf| match path.extension() {
        None => records_in(&path),
        Some(extension) if extension == "json" || extension == "gz" => vec![path],
        Some(_) => Vec::new(),
    };
    entries.flat_map(below).collect()
}

#[test]
fn every_kept_record_is_whole_and_anybody_can_run_its_command() {
    let records = records_in(&root().join("reports/kept"));
    assert!(!records.is_empty());
    for path in records {
        let file = BufReader::new(File::open(&path).unwrap());
        let record: serde_json::Value = if path.extension().unwrap() == "gz" {
            serde_json::from_reader(MultiGzDecoder::new(file)).unwrap()
        } else {
            serde_json::from_reader(file).unwrap()
        };
        // a selftest that is interrupted leaves no record
        let is_selftest = record["schema"] == "notibench-selftest/1";
        let is_whole = is_selftest || record["complete"] == true;
        assert!(is_whole, "{}", path.display());
        let command = record["command"].as_array().unwrap();
        let words = command.iter().map(|word| word.as_str().unwrap());
        for word in words {
            assert!(!word.starts_with('/'), "{}: {word}", path.display());
        }
    }
}

#[test]
fn the_kept_record_is_of_the_workload_as_it_is() {
    let record = Record::load(&root().join("reports/kept/steady_week.json")).unwrap();
    assert!(record.complete && record.failure.is_none());
    assert_eq!(record.workload.toml, text("workloads/steady_week.toml"));
    assert_eq!(record.oracle.unwrap().expected, "matches");
}
