//! Pages in a real browser: `tests/browser/check.mjs` looks at them in a
//! headless Chromium, in light, dark, narrow, on paper and without scripts.
//! Where Node or Chromium is missing the test says that it is skipped; under
//! `CI` that is a failure.

#[allow(dead_code)]
#[path = "common/binary.rs"]
mod binary;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use binary::{root, succeed, text};
use notibench_core::unit::quantity::show_count;
use notibench_record::{ProofVerdict, Record};
use notibench_report::{EngineLine, Summary, Versus};
use serde_json::{Value, json};

const HOSTILE: &str = "</script><img src=x onerror=window.pwned=1>";
/// Where Debian, Ubuntu and others put it.
const BROWSERS: [&str; 4] = [
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
    "/usr/bin/google-chrome-stable",
];

/// The browser, or what is missing.
fn browser() -> Result<PathBuf, String> {
    let found = std::env::var_os("CHROMIUM").map(PathBuf::from);
    let found = found.into_iter().chain(BROWSERS.map(PathBuf::from));
    let browser = found.into_iter().find(|path| path.exists());
    let browser = browser.ok_or("no Chromium: apt-get install chromium")?;
    let version = Command::new("node").arg("--version").output();
    if !version.is_ok_and(|output| output.status.success()) {
        return Err("no Node: apt-get install nodejs npm".to_owned());
    }
    if !root().join("tests/browser/node_modules").is_dir() {
        return Err("no playwright-core: npm ci in tests/browser".to_owned());
    }
    Ok(browser)
}

fn kept() -> Record {
    Record::load(&root().join("reports/kept/steady_week.json")).unwrap()
}

/// Gives an engine another name, everywhere.
fn rename(record: &mut Record, from: &str, to: &str) {
    let names = record
        .engines
        .iter_mut()
        .map(|e| &mut e.name)
        .chain(record.trials.iter_mut().map(|t| &mut t.engine))
        .chain(record.proofs.iter_mut().map(|p| &mut p.engine));
    for name in names.filter(|name| *name == from) {
        *name = to.to_owned();
    }
}

fn hostile() -> Record {
    let mut record = kept();
    rename(&mut record, "dashmap", HOSTILE);
    record.workload.name = HOSTILE.to_owned();
    record.command.push(HOSTILE.to_owned());
    record.environment.cpu = HOSTILE.to_owned();
    record.warnings.push(HOSTILE.to_owned());
    record
}

fn empty() -> Record {
    let mut record = kept();
    record.trials.clear();
    record.proofs.clear();
    record.engines.clear();
    (record.oracle, record.realised) = (None, None);
    record.complete = false;
    record
}

fn partial() -> Record {
    let mut record = kept();
    record.trials.truncate(14);
    record.complete = false;
    record.failure = Some("interrupted".into());
    record
}

fn failed() -> Record {
    let mut record = kept();
    let mut proofs = record.proofs.iter_mut();
    let proof = proofs
        .find(|proof| proof.engine == "sharded-mutex")
        .unwrap();
    proof.verdict = ProofVerdict::Differs("member 7: badge 3, not 2".to_owned());
    record
}

/// One engine many times over, under names as long as they get.
fn twenty() -> Record {
    let mut record = kept();
    let (engines, trials) = (record.engines.clone(), record.trials.clone());
    let proofs = record.proofs.clone();
    for at in 0..16 {
        let name = format!("an-engine-of-ones-own-number-{at}");
        let of = |engine: &str| engine == "dashmap";
        let mut note = engines.iter().find(|e| of(&e.name)).unwrap().clone();
        note.name.clone_from(&name);
        record.engines.push(note);
        for mut trial in trials.iter().filter(|t| of(&t.engine)).cloned() {
            trial.engine.clone_from(&name);
            trial.wall_ns += trial.wall_ns / 20 * at;
            record.trials.push(trial);
        }
        let mut proof = proofs.iter().find(|p| of(&p.engine)).unwrap().clone();
        proof.engine = name;
        record.proofs.push(proof);
    }
    record
}

/// Events a second with the larger half of their interval, as tables show them.
fn show_give_or_take(line: &EngineLine) -> String {
    let speed = show_count(line.events_per_s);
    let Some(interval) = line.speed else {
        return speed;
    };
    let half = (interval.high / interval.ratio - 1.0).max(1.0 - interval.low / interval.ratio);
    // to so many digits as a share is shown with
    let digits = if half >= 0.00995 { 1 } else { 2 };
    format!("{speed} ± {:.digits$}%", half * 100.0)
}

/// What a page of this record must show.
fn expected(file: &str, record: &Record) -> Value {
    let summary = Summary::of(record);
    let rows: Vec<Vec<String>> = summary
        .ranked
        .iter()
        .map(|line| {
            let mark = if line.deferred { " *" } else { "" };
            let bytes = line
                .bytes_per_member
                .map(notibench_core::unit::quantity::show_bytes);
            let cells = [format!("{}{mark}", line.name), show_give_or_take(line)];
            cells.into_iter().chain(bytes).collect()
        })
        .collect();
    let ratios = summary
        .ranked
        .iter()
        .filter(|l| matches!(l.versus, Versus::Ratio { .. }));
    let control = summary
        .control
        .iter()
        .filter(|c| matches!(c.versus, Versus::Ratio { .. }));
    let mut marks = BTreeMap::new();
    if !summary.ranked.is_empty() {
        marks.insert("a1-plot-throughput", summary.ranked.len());
        marks.insert("a1-plot-ratios", ratios.count() + control.count());
        marks.insert("a1-plot-memory", summary.ranked.len() * 4);
    }
    let answer = summary.ranked.first().map(|line| line.name.clone());
    json!({ "file": file, "rows": rows, "marks": marks, "answer": answer })
}

/// Draws a page by the command, as a user would.
fn draw(records: &[&Path], page: &Path) {
    let mut words = vec!["report".into()];
    words.extend(records.iter().map(|path| path.as_os_str().to_owned()));
    words.extend(["--out".into(), page.as_os_str().to_owned()]);
    let output = succeed::<std::ffi::OsString>(&words);
    assert!(output.stdout.is_empty(), "{}", text(&output.stdout));
}

/// Draws every page, and says what the browser must find on each.
fn write_pages(folder: &Path) {
    let at = |name: &str| folder.join(name);
    let mut manifest = Vec::new();
    for (name, record, failures) in [
        ("kept", kept(), vec![]),
        ("hostile", hostile(), vec![]),
        (
            "empty",
            empty(),
            vec!["incomplete: interrupted after 0 trials"],
        ),
        (
            "partial",
            partial(),
            vec!["the run failed: interrupted", "incomplete"],
        ),
        (
            "failed",
            failed(),
            vec!["sharded-mutex: wrong final state: member 7"],
        ),
        ("twenty", twenty(), vec![]),
    ] {
        let (json, page) = (at(&format!("{name}.json")), format!("{name}.html"));
        record.save(&json).unwrap();
        draw(&[&json], &at(&page));
        let mut wanted = expected(&page, &record);
        wanted["fails"] = json!(!failures.is_empty());
        wanted["failures"] = json!(failures);
        manifest.push(wanted);
    }
    let records = root().join("tests/browser/records");
    let fixtures =
        ["run", "sweep", "open_loop", "capacity"].map(|name| records.join(format!("{name}.json")));
    for fixture in &fixtures {
        let page = format!("{}.html", fixture.file_stem().unwrap().to_str().unwrap());
        draw(&[fixture], &at(&page));
        manifest.push(json!({ "file": page }));
    }
    let all: Vec<&Path> = fixtures.iter().map(PathBuf::as_path).collect();
    draw(&all, &at("together.html"));
    manifest.push(json!({ "file": "together.html" }));
    let kept = root().join("reports/kept/limits.json");
    draw(&[&kept], &at("limits.html"));
    manifest.push(json!({ "file": "limits.html" }));
    let (same, page) = (at("kept.json"), at("compare.html"));
    let (same, html) = (same.to_str().unwrap(), format!("--html={}", page.display()));
    succeed(&["compare", same, same, &html]);
    manifest.push(json!({ "file": "compare.html", "marks": { "a1-plot-changes": 4 } }));
    std::fs::write(
        at("manifest.json"),
        serde_json::to_string(&manifest).unwrap(),
    )
    .unwrap();
}

#[test]
fn pages_are_as_they_should_be_in_a_browser() {
    let browser = match browser() {
        Ok(browser) => browser,
        Err(missing) => {
            let ci = std::env::var_os("CI").is_some_and(|value| !value.is_empty());
            assert!(!ci, "{missing}");
            eprintln!("skipped: {missing}");
            return;
        }
    };
    let folder = tempfile::tempdir().unwrap();
    write_pages(folder.path());
    let output = Command::new("node")
        .arg(root().join("tests/browser/check.mjs"))
        .arg(folder.path())
        .env("CHROMIUM", browser)
        .output()
        .unwrap();
    let said = format!("{}{}", text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{said}");
    assert!(said.contains("0 wrong"), "{said}");
}
