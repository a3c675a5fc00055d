//! `history`: what it takes, what it prints, and what it refuses.

use std::path::Path;

use super::common::binary::{SMOKE, output, succeed, text};
use notibench_record::Record;

/// Records of one small run, a day apart; in the second half `dashmap` takes
/// half as long again.
fn records(folder: &Path) -> Vec<String> {
    let first = folder.join("first.json");
    let file = first.to_str().unwrap();
    succeed(&[
        "run",
        SMOKE,
        "--engine",
        "dashmap-naive",
        "--engine",
        "dashmap",
        "--events",
        "5k",
        "--rounds",
        "2",
        "--out",
        file,
    ]);
    let record = Record::load(&first).unwrap();
    let later = |day: u64| {
        let mut record = record.clone();
        record.started = format!("2026-11-{day:02}T12:00:00Z");
        for trial in &mut record.trials {
            if trial.engine == "dashmap" {
                trial.wall_ns += trial.wall_ns * (day % 3) / 100;
                trial.wall_ns += if day > 8 { trial.wall_ns / 2 } else { 0 };
            }
        }
        let path = folder.join(format!("{day:02}.json"));
        record.save(&path).unwrap();
        path.to_str().unwrap().to_owned()
    };
    (1..=16).map(later).collect()
}

#[test]
fn a_history_shows_a_change_and_is_written_as_csv() {
    let folder = tempfile::tempdir().unwrap();
    let files = records(folder.path());
    let asked = |flags: &[&str]| -> Vec<String> {
        let words = ["history"]
            .iter()
            .chain(flags)
            .map(|word| (*word).to_owned());
        words.chain(files.iter().cloned()).collect()
    };
    let shown = text(&succeed(&asked(&[])).stdout);
    let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(shown.contains("from 2026-11-09T12:00:00Z"), "{shown}");
    assert!(shown.contains("dashmap 16"), "{shown}");
    let csv = text(&succeed(&asked(&["--format", "csv"])).stdout);
    assert_eq!(csv.lines().count(), 17, "{csv}");
    assert!(csv.starts_with("time,version,file,dashmap\n2026-11-01T12:00:00Z,"));
    for (flags, said) in [
        (["--workload", "other"], "--workload other is in none"),
        (["--pass", "warm"], "--pass warm is of runs with --warm"),
    ] {
        let output = output(&asked(&flags));
        assert_eq!(output.status.code(), Some(2));
        assert!(text(&output.stderr).contains(said));
    }
}

#[test]
fn csv_is_of_one_kind_of_record() {
    let folder = tempfile::tempdir().unwrap();
    let mut files = records(folder.path());
    let mut other = Record::load(Path::new(&files[0])).unwrap();
    other.environment.cpu = "Another Processor".to_owned();
    other.save(Path::new(&files[0])).unwrap();
    files.splice(0..0, ["history", "--format", "csv"].map(str::to_owned));
    let output = output(&files);
    let stderr = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr.contains("Another Processor") && output.stdout.is_empty());
}
