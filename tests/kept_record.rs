//! The record that the project keeps: it loads, its report drawn again is the
//! text beside it, and the README shows that text.

use std::path::Path;

use notibench::record::Record;
use notibench::report::{Style, terminal};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap()
}

#[test]
fn the_kept_report_is_drawn_from_the_kept_record_and_shown_in_the_readme() {
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
         and show it in README.md"
    );
    assert!(
        text("README.md").contains(kept.trim_end()),
        "README.md shows another report than reports/kept/steady_week.txt"
    );
}

#[test]
fn the_kept_record_is_of_the_workload_as_it_is() {
    let record = Record::load(&root().join("reports/kept/steady_week.json")).unwrap();
    assert!(record.complete && record.failure.is_none());
    assert_eq!(record.workload.toml, text("workloads/steady_week.toml"));
    assert_eq!(record.oracle.unwrap().expected, "matches");
}
