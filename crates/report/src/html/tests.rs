//! Tests of the whole page on the record's fixtures. What only a browser can
//! see is in tests/html_browser.rs, which reads the fixtures from files.

use std::path::Path;

use super::*;
use crate::model::summary::Summary;
use notibench_core::unit::quantity::show_count;
use notibench_record::{fixture, fixture_in_turn, fixture_open_loop};

fn page(record: &Record) -> String {
    html(&[Document::Run(record)])
}

/// The page without what is the same in every page.
fn own(page: &str) -> String {
    let mut text = page.to_owned();
    for part in [assets::ECHARTS, assets::CHARTS, assets::STYLE] {
        text = text.replace(part, "");
    }
    text
}

fn assert_no_nonsense(text: &str) {
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '-');
    for word in words {
        assert!(
            !["NaN", "nan", "inf", "-inf", "infinity", "null", "undefined"].contains(&word)
                // the probe, and a plot's interval that is not known
                || word == "null",
            "{word} in\n{text}"
        );
    }
}

/// The plots' data of a page.
fn plots(page: &str) -> serde_json::Value {
    let start = page.find("id=\"plots\">").unwrap() + "id=\"plots\">".len();
    let end = page[start..].find("</script>").unwrap();
    serde_json::from_str(&page[start..start + end]).unwrap()
}

#[test]
fn the_page_shows_the_figures_of_the_record() {
    let record = fixture::with_limits();
    let page = own(&page(&record));
    for line in &Summary::of(&record).ranked {
        let figure = show_count(line.events_per_s);
        assert!(page.contains(&format!(">{figure} ± 0.4")), "{figure}");
    }
    assert!(page.contains("dashmap is the fastest engine: "), "{page}");
    assert!(page.contains("notibench run steady_week"));
    assert_no_nonsense(&page);
}

#[test]
fn the_plots_hold_the_figures_of_the_record() {
    let record = fixture::with_limits();
    let summary = Summary::of(&record);
    let data = plots(&page(&record));
    let of = |id: &str| {
        let all = data.as_array().unwrap().iter();
        let mut found = all.filter(|plot| plot["id"].as_str().unwrap().ends_with(id));
        found.next().unwrap_or_else(|| panic!("no {id}"))["shape"].clone()
    };
    let rows = of("-throughput");
    for (row, line) in rows["rows"].as_array().unwrap().iter().zip(&summary.ranked) {
        assert_eq!(row["name"], line.name.as_str());
        let value = row["value"].as_f64().unwrap();
        assert!((value / line.events_per_s - 1.0).abs() < 1e-12);
        assert_eq!(row["dots"].as_array().unwrap().len(), line.rounds);
    }
    let ratios = of("-ratios");
    for (row, (name, interval)) in ratios["rows"]
        .as_array()
        .unwrap()
        .iter()
        .zip(summary.intervals())
    {
        assert_eq!(row["name"], name);
        assert_eq!(row["interval"][0].as_f64(), Some(interval.low));
    }
    // the control is the last row, and is drawn as no engine is
    let last = ratios["rows"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(last["name"], "A/A control");
}

#[test]
fn interleaved_rounds_have_a_line_an_engine_along_the_stream_and_the_weather() {
    let record = fixture_in_turn::record();
    let page = page(&record);
    let data = plots(&page);
    let of = |id: &str| {
        let all = data.as_array().unwrap().iter();
        let mut found = all.filter(|plot| plot["id"].as_str().unwrap().ends_with(id));
        found.next().unwrap_or_else(|| panic!("no {id}"))["shape"].clone()
    };
    let along = of("-along");
    let series = along["series"].as_array().unwrap();
    let names: Vec<&str> = series
        .iter()
        .map(|it| it["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["dashmap", "sharded-mutex", "A/A control"]);
    let points = series[0]["points"].as_array().unwrap();
    let at = |point: usize| points[point]["y"].as_f64().unwrap();
    assert_eq!(points.len(), 10);
    // `dashmap` takes twice as long in the second half
    assert!((at(0) / at(9) - 2.0).abs() < 0.1, "{} {}", at(0), at(9));
    assert!(points[0]["interval"][0].as_f64().unwrap() <= at(0));
    assert_eq!(
        points[9]["x"].as_f64(),
        Some(0.95 * record.plan.events as f64)
    );
    let weather = of("-weather");
    let loads = &weather["series"][0]["points"];
    assert_eq!(
        (&loads[3]["x"], &loads[3]["y"]),
        (&0.3.into(), &210.0.into())
    );
    // the tables say the same
    let own = own(&page);
    assert!(
        own.contains("speed beside dashmap-naive along the stream"),
        "{own}"
    );
    assert!(
        own.contains("<td>100 ns</td><td>200 ns</td><td>210 ns</td>"),
        "{own}"
    );
}

#[test]
fn failures_come_before_any_figure_and_wrong_engines_have_none() {
    let mut record = fixture::record();
    fixture::break_engine(&mut record, "dashmap", "member 7: badge 3, not 2");
    let page = own(&page(&record));
    let alarm = page
        .find("FAILED</strong> dashmap: wrong final state")
        .unwrap();
    assert!(alarm < page.find("class=\"answer\"").unwrap());
    assert!(page.find("class=\"answer\"").unwrap() < page.find("class=\"trust\"").unwrap());
    assert!(page.contains("badge bad"));
    let data = plots(&super::tests::page(&record)).to_string();
    assert!(!data.contains("\"name\":\"dashmap\""), "{data}");
}

#[test]
fn hostile_words_stay_words() {
    let hostile = "</script><img src=x onerror=\"alert(1)\"> & 'x' <!-- \u{2028}";
    let mut record = fixture::record();
    for name in record.engines.iter_mut().map(|e| &mut e.name) {
        if name == "dashmap" {
            *name = hostile.to_owned();
        }
    }
    for trial in record.trials.iter_mut().filter(|t| t.engine == "dashmap") {
        trial.engine = hostile.to_owned();
    }
    for proof in record.proofs.iter_mut().filter(|p| p.engine == "dashmap") {
        proof.engine = hostile.to_owned();
    }
    record.workload.name = hostile.to_owned();
    record.command.push(hostile.to_owned());
    record.environment.cpu = hostile.to_owned();
    record.warnings.push(hostile.to_owned());
    let page = page(&record);
    let own = own(&page);
    assert!(!own.contains("<img"), "{own}");
    // the data, the library, and what draws with it
    assert_eq!(own.matches("</script>").count(), 3, "{own}");
    let data = plots(&page).to_string();
    assert!(data.contains("onerror"));
}

#[test]
fn nothing_is_fetched_and_the_file_is_small() {
    let page = page(&fixture::with_warm_passes());
    assert!(page.len() < 2_000_000, "{} bytes", page.len());
    let own = own(&page);
    for word in ["http://", "https://", "//cdn", "@import", "src=\"", "url("] {
        assert!(!own.contains(word), "{word}");
    }
    assert!(
        own.contains("default-src &#39;none&#39;") || own.contains("default-src &#x27;none&#x27;"),
        "{}",
        &own[..800]
    );
    assert!(!own.contains("unsafe-inline") && !own.contains("unsafe-eval"));
}

#[test]
fn records_of_every_kind_make_a_page_without_nonsense() {
    let mut empty = fixture::record();
    empty.trials.clear();
    empty.proofs.clear();
    empty.engines.clear();
    empty.oracle = None;
    empty.realised = None;
    empty.complete = false;
    let mut partial = fixture::record();
    partial.trials.truncate(3);
    partial.complete = false;
    partial.failure = Some("interrupted".into());
    for record in [
        fixture::record(),
        fixture::with_rounds(1),
        fixture::with_limits(),
        fixture::with_warm_passes(),
        fixture::with_counts(),
        fixture_in_turn::record(),
        fixture::three_processes([0.9, 1.0, 1.1]),
        fixture_open_loop::record(),
        empty,
        partial,
    ] {
        let page = own(&page(&record));
        assert_no_nonsense(&page);
        assert!(page.contains("</html>"));
        assert_eq!(page.contains("FAILED"), !record.complete, "{page}");
    }
    let sweep = own(&html(&[Document::Sweep(&fixture::sweep())]));
    assert!(sweep.contains("Universal Scalability Law") && sweep.contains("not fitted"));
    assert!(!sweep.contains("over warm state"));
    assert_no_nonsense(&sweep);
    let mut twice = fixture::sweep();
    twice.points[1].record = fixture::with_warm_passes();
    let sweep = own(&html(&[Document::Sweep(&twice)]));
    assert!(sweep.contains("Throughput by threads, over warm state"));
    assert_no_nonsense(&sweep);
    let capacity = own(&html(&[Document::Capacity(&fixture_open_loop::capacity())]));
    assert!(
        capacity.contains("holds up to 8.0M events/s [7.6M, 8.4M] with dashmap."),
        "{capacity}"
    );
    assert!(capacity.contains("not attainable on this machine"));
    assert_no_nonsense(&capacity);
}

#[test]
fn several_reports_on_a_page_have_ids_of_their_own() {
    let record = fixture::record();
    let page = own(&html(&[Document::Run(&record), Document::Run(&record)]));
    let mut ids: Vec<&str> = page
        .split(" id=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all);
    assert!(all > 20 && page.contains("Reports on this page"));
}

#[test]
fn a_closed_loop_and_open_ones_are_told_side_by_side() {
    let (closed, mut slow) = (fixture::record(), fixture_open_loop::record());
    let open = slow.clone();
    slow.plan.open_loop.as_mut().unwrap().offered_per_s = 50_000.0;
    let documents = [&open, &closed, &slow].map(Document::Run);
    let page = html(&documents);
    let own = own(&page);
    assert!(own.contains("steady_week: side by side"), "{own}");
    assert!(own.contains("dashmap: at 100k events a second offered, one event in a hundred takes"));
    let data = plots(&page);
    let names: Vec<&str> = data[0]["shape"]["series"]
        .as_array()
        .unwrap()
        .iter()
        .map(|series| series["name"].as_str().unwrap())
        .collect();
    let told = [
        "closed loop",
        "response time at 50.0k",
        "response time at 100k",
    ];
    assert_eq!(names.len(), told.len());
    assert!(
        names
            .iter()
            .zip(told)
            .all(|(name, told)| name.starts_with(told)),
        "{names:?}"
    );
    // nothing to compare
    let same = html(&[Document::Run(&closed), Document::Run(&closed)]);
    assert!(!same.contains("side by side"));
}

/// The browser's tests are a program of their own, which reaches no fixture:
/// they read these files. `BLESS=1 cargo test --lib browser` writes them.
#[test]
fn the_browsers_records_are_the_fixtures() {
    let folder =
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join("tests/browser/records");
    for (name, text) in [
        ("run.json", fixture::with_warm_passes().to_json()),
        ("sweep.json", fixture::sweep().to_json().unwrap()),
        ("open_loop.json", fixture_open_loop::record().to_json()),
        (
            "capacity.json",
            fixture_open_loop::capacity().to_json().unwrap(),
        ),
    ] {
        let path = folder.join(name);
        if std::env::var_os("BLESS").is_some() {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&path, &text).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap();
        assert!(
            kept == text,
            "{}: BLESS=1 cargo test --lib browser",
            path.display()
        );
    }
}
