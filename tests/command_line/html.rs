//! `--html` and `report --out`: where the page goes, and what is refused.

use std::path::Path;

use super::common::binary::{SMOKE, notibench, output, succeed, text};

const SMALL: [&str; 6] = ["--events", "2k", "--rounds", "2", "--warmup-rounds", "0"];

fn page(path: &Path) -> String {
    let page = std::fs::read_to_string(path).unwrap();
    assert!(page.starts_with("<!doctype html>") && page.trim_end().ends_with("</html>"));
    page
}

fn refused(words: &[&str], with: &str) {
    let output = output(words);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains(with), "{said}");
}

#[test]
fn a_run_writes_its_page_beside_its_record_and_a_report_writes_it_again() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let record = at("record.json");
    let record = record.to_str().unwrap();
    let run = [&["run", "--html", SMOKE, "--out", record], &SMALL[..]].concat();
    let output = succeed(&run);
    assert!(
        text(&output.stderr).contains("page: "),
        "{}",
        text(&output.stderr)
    );
    let first = page(&at("record.html"));
    let again = at("again.html");
    let output = succeed(&["report", record, "--out", again.to_str().unwrap()]);
    assert!(output.stdout.is_empty());
    assert_eq!(first, page(&again));
    // the command that made the record is on it
    assert!(first.contains("run --html workloads/smoke/pair.toml"));
}

#[test]
fn a_page_is_named_with_a_space_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (record, named) = (at("record.json"), at("named.html"));
    let run = ["run", "--html", &named, SMOKE, "--out", &record];
    let output = succeed(&[&run[..], &SMALL].concat());
    assert!(text(&output.stderr).contains("record: "));
    let first = page(Path::new(&named));
    let output = succeed(&["report", &record, "--html"]);
    assert!(output.stdout.is_empty());
    assert_eq!(page(Path::new(&at("record.html"))), first);
    succeed(&["report", &record, "--html", &at("again.html"), "-q"]);
    assert_eq!(page(Path::new(&at("again.html"))), first);
    // of a comparison there is no record to stand beside: it is named, and said
    let compared = notibench()
        .current_dir(folder.path())
        .args(["compare", &record, &record, "--html"])
        .output()
        .unwrap();
    let said = text(&compared.stderr);
    let path = said
        .lines()
        .find_map(|line| line.strip_prefix("page: "))
        .unwrap();
    assert!(path.starts_with("reports/record-comparison-"), "{said}");
    page(&folder.path().join(path));
}

#[test]
fn quiet_says_nothing_but_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("r.json");
    let words = ["run", SMOKE, "-q", "--html", "-o", out.to_str().unwrap()];
    let output = succeed(&[&words[..], &SMALL].concat());
    assert_eq!(text(&output.stderr), "");
    assert!(out.exists() && out.with_extension("html").exists());
    refused(&["run", SMOKE, "-q", "--engine", "nil"], "`nil`");
}

#[test]
fn several_records_and_a_sweep_go_onto_one_page() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (sweep, swept, both) = (at("sweep.json"), at("swept.html"), at("both.html"));
    let html = format!("--html={swept}");
    let words = ["sweep", SMOKE, "--threads", "1,2", "--out", &sweep, &html];
    succeed(&[&words[..], &SMALL].concat());
    assert!(page(Path::new(&swept)).contains("Speed-up by threads"));
    let kept = "reports/kept/steady_week.json";
    succeed(&["report", kept, &sweep, "--out", &both]);
    let shown = page(Path::new(&both));
    assert!(shown.contains("id=\"a1\"") && shown.contains("id=\"a2\""));
    assert!(shown.len() < 2_000_000);
    let point = at("point.html");
    succeed(&["report", &sweep, "--point", "2", "--out", &point]);
    assert!(page(Path::new(&point)).contains("id=\"a1-speed\""));
}

#[test]
fn what_cannot_be_meant_is_refused_before_anything_is_written() {
    let kept = "reports/kept/steady_week.json";
    refused(&["report", kept, kept], "name its file with --out");
    refused(&["report", kept, "--out", kept], "would replace the record");
    refused(
        &["report", kept, "--out", "x.html", "--format", "csv"],
        "--format",
    );
    refused(&["run", SMOKE, "--html", "--no-save"], "--html=report.html");
    let there = tempfile::tempdir().unwrap();
    let record = there.path().join("r.json");
    let record = record.to_str().unwrap();
    let same = format!("--html={record}");
    refused(&["run", SMOKE, "--out", record, &same], "would both be");
    assert!(!Path::new(record).exists());
    let nowhere = output(&["report", kept, "--out", "no/such/folder/x.html"]);
    assert_eq!(nowhere.status.code(), Some(1));
}
