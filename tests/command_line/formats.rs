//! `--format`: every format, of a run, and of a record drawn again; `--perf`.

use std::path::Path;
use std::process::Output;

use super::common::binary::{SMOKE, output, succeed, text};
use notibench_record::{ProofVerdict, Record};

const SMALL: [&str; 6] = ["--events", "2k", "--rounds", "2", "--warmup-rounds", "0"];
const FORMATS: [&str; 6] = [
    "terminal",
    "json",
    "csv",
    "markdown",
    "github-action-benchmark",
    "bencher",
];

fn run(more: &[&str]) -> Output {
    succeed(&[&["run", SMOKE], &SMALL[..], more].concat())
}

fn report(record: &Path, format: &str) -> String {
    let record = record.to_str().unwrap();
    let output = succeed(&["report", record, "--format", format]);
    assert!(output.stderr.is_empty(), "{}", text(&output.stderr));
    text(&output.stdout)
}

#[test]
fn a_run_prints_what_its_record_gives_again() {
    let folder = tempfile::tempdir().unwrap();
    for format in FORMATS {
        let file = folder.path().join(format);
        let output = run(&["--out", file.to_str().unwrap(), "--format", format]);
        assert_eq!(text(&output.stdout), report(&file, format), "{format}");
    }
}

#[test]
fn a_wrong_engine_is_a_row_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("record.json");
    run(&["--out", file.to_str().unwrap()]);
    let mut record = Record::load(&file).unwrap();
    let proof = record
        .proofs
        .iter_mut()
        .find(|proof| proof.engine == "sharded-mutex");
    proof.unwrap().verdict = ProofVerdict::Differs("member 7: badge 3, not 2".to_owned());
    record.save(&file).unwrap();
    for format in FORMATS {
        let shown = report(&file, format);
        let words = match format {
            // it has numbers only
            "bencher" => r#""wrong-engines": {"#,
            _ => "member 7: badge 3, not 2",
        };
        assert!(shown.contains(words), "{format}: {shown}");
    }
}

#[test]
fn an_unknown_format_is_told_with_those_that_there_are() {
    let output = output(&["run", SMOKE, "--format", "xml"]);
    assert_eq!(output.status.code(), Some(2));
    let said = text(&output.stderr);
    assert!(FORMATS.iter().all(|format| said.contains(format)), "{said}");
}

/// Whatever the machine counts, the run succeeds; where something is not
/// counted, stderr and the report say so.
#[test]
fn perf_never_fails_a_run() {
    let output = run(&["--perf", "--no-save", "--format", "json"]);
    let said = text(&output.stderr);
    let record = Record::from_json(&output.stdout, Path::new("stdout")).unwrap();
    assert!(record.plan.perf);
    let counted = |trial: &notibench_record::Trial| {
        let note = trial.perf.unwrap();
        let counts = [
            note.cycles,
            note.instructions,
            note.cache_misses,
            note.tlb_misses,
        ];
        counts.iter().flatten().count()
    };
    let everything = record.trials.iter().all(|trial| counted(trial) == 4);
    let warned = record.warnings.iter().find(|w| w.starts_with("--perf"));
    match warned {
        Some(words) => {
            assert_eq!(said, format!("warning: {words}\n"));
            assert!(!everything, "{words}");
        }
        None => assert!(everything && said.is_empty(), "{said}"),
    }
}

#[test]
fn the_report_in_short_is_of_the_same_run() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("record.json");
    let path = file.to_str().unwrap();
    let short = run(&["--out", path, "--brief"]);
    let told = text(&short.stderr);
    assert!(
        told.contains("record: ") && told.contains("`notibench report`"),
        "{told}"
    );
    let short = text(&short.stdout);
    assert!(short.lines().count() < 40, "{short}");
    assert!(short.contains("\ntrust  ✓ proof"), "{short}");
    assert_eq!(short, text(&succeed(&["report", path, "--brief"]).stdout));
    // where stdout is no terminal, the whole report is what is printed
    let whole = succeed(&["report", path, "--verbose"]);
    assert_eq!(text(&whole.stdout), report(&file, "terminal"));
    assert!(text(&whole.stdout).contains("\ntrust\n"));
    let both = output(&["report", path, "--brief", "--format", "csv"]);
    assert_eq!(both.status.code(), Some(2));
}
