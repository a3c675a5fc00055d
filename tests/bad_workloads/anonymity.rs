//! `[anonymity]`: its modes, each with the keys that it has.

use notibench_core::policy::Epsilon;
use notibench_workload::{ViewMode, Workload};

use super::{FILE, RIGHT, rejected};

/// The right workload with four weeks, and that in `[anonymity]`.
fn with(table: &str) -> String {
    let month = RIGHT.replace("span = \"1d\"", "span = \"28d\"");
    format!("{month}\n[anonymity]\n{table}\n")
}

fn told(text: &str, parts: &[&str]) {
    let error = rejected(text);
    let message = error.to_string();
    assert_eq!(error.faults(), 1, "{message}");
    for part in parts.iter().chain(&["help: "]) {
        assert!(message.contains(part), "no {part:?} in\n{message}");
    }
}

#[test]
fn each_mode_has_its_keys_and_defaults() {
    let read = |table: &str| {
        let workload = Workload::parse(FILE, &with(table));
        workload.unwrap_or_else(|error| panic!("{error}")).anonymity
    };
    let plain = Workload::parse(FILE, RIGHT).unwrap();
    assert_eq!(plain.anonymity.mode, ViewMode::Off);
    assert_eq!(read("mode = \"off\""), plain.anonymity);
    let counts = read("mode = \"counts\"\nhidden_share = 0.25");
    assert_eq!((counts.mode, counts.hidden_share), (ViewMode::Counts, 0.25));
    let released = read("mode = \"released\"\nepsilon = 1.5\nthreshold = 20");
    assert_eq!(released.mode, ViewMode::Released);
    assert_eq!(released.epsilon, Epsilon::of_thousandths(1_500));
    assert_eq!((released.threshold, released.hidden_share), (20, 0.0));
    let default = read("mode = \"released\"");
    assert_eq!(default.epsilon.value(), 0.5);
    assert_eq!(default.threshold, 10);
}

#[test]
fn mistakes_are_told_with_their_remedy() {
    for (table, parts) in [
        (
            "hidden_share = 0.1",
            &["missing key `mode`", "mode = \"released\""][..],
        ),
        (
            "mode = \"release\"",
            &["can't be \"release\"", "did you mean \"released\"?"],
        ),
        (
            "mode = \"off\"\nhidden_share = 0.1",
            &["unknown key `hidden_share`", "use mode = \"counts\""],
        ),
        (
            "mode = \"counts\"\nepsilon = 0.5",
            &["unknown key `epsilon`", "belongs to mode = \"released\""],
        ),
        (
            "mode = \"released\"\nepsilon = 0.0",
            &["out of range", "too small"],
        ),
        (
            "mode = \"released\"\nepsilon = 0.12345",
            &["more than three decimals", "epsilon = 0.5"],
        ),
        (
            "mode = \"released\"\nthreshold = 0",
            &["out of range", "threshold = 10"],
        ),
        (
            "mode = \"released\"\nhidden_share = 1.5",
            &["out of range", "too large"],
        ),
        (
            "mode = \"released\"\nmembers = 5",
            &["`members` belongs in [population]"],
        ),
    ] {
        told(&with(table), parts);
    }
}

#[test]
fn releases_need_weeks_and_reads_of_views_need_releases() {
    let released = "mode = \"released\"";
    let fortnight = with(released).replace("\"28d\"", "\"14d\"");
    told(
        &fortnight,
        &["so short a span", "beyond \"14d\"", "ends in its week 2"],
    );
    let reads = |text: &str| text.replace("reactions = 1 }", "who_viewed = 1 }");
    assert!(Workload::parse(FILE, &reads(&with(released))).is_ok());
    for text in [reads(RIGHT), reads(&with("mode = \"counts\""))] {
        told(
            &text,
            &[
                "`who_viewed` reads what nothing releases",
                "mode = \"released\"",
            ],
        );
    }
    let digest = "events_digest = \"00112233445566778899aabbccddeeff\"";
    let expected = digest.replace("events", "snapshot");
    told(
        &with(released).replace(digest, &expected),
        &["no snapshot digest can be expected", "remove the line"],
    );
    assert!(Workload::parse(FILE, &with("mode = \"counts\"").replace(digest, &expected)).is_ok());
}
