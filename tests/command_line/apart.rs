//! `run --writers --readers`, drawn again, run again, as a page, as Markdown, and
//! swept.

use super::common::binary::{SMOKE, succeed, text};
use notibench_record::{ProofVerdict, Record, Saved};

/// A small run with one writer and one reader; `beside` comes after the rest.
fn words<'w>(command: &'w str, readers: &'w str, beside: &[&'w str]) -> Vec<&'w str> {
    let of_all = ["--writers", "1", "--readers", readers, "--events", "2k"];
    let rounds = ["--rounds", "2", "--warmup-rounds", "1", "--batch", "64"];
    let engines = ["--engine", "dashmap,global-mutex"];
    [&[command, SMOKE][..], &of_all, &rounds, &engines, beside].concat()
}

fn record_of(path: &std::path::Path) -> Record {
    match Saved::load(path).unwrap() {
        Saved::Run(record) => *record,
        _ => panic!("no run"),
    }
}

#[test]
fn a_record_shows_what_the_run_showed_and_is_run_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("apart.json");
    let name = path.to_str().unwrap();
    for beside in [&["--isolated", "--out", name][..], &["--out", name]] {
        let shown = text(&succeed(&words("run", "1", beside)).stdout);
        for part in [
            "events a second of 1 writer, alone and beside 1 reader",
            "reads a second of 1 reader, alone and beside 1 writer",
            "service time of groups of calls",
            "1 writer and 1 reader",
        ] {
            assert!(shown.contains(part), "no {part} in\n{shown}");
        }
        assert_eq!(text(&succeed(&["report", name]).stdout), shown);
        let record = record_of(&path);
        let plan = record.plan.apart.unwrap();
        assert_eq!((plan.writers, plan.readers, plan.filled), (1, 1, 1_000));
        assert_eq!((record.plan.threads, record.plan.reads), (2, 0));
        for proof in record.proofs.iter().filter(|proof| proof.engine != "null") {
            assert_eq!(proof.verdict, ProofVerdict::Equal, "{}", proof.engine);
        }
        let again = folder.path().join("again.json");
        succeed(&["rerun", name, "--out", again.to_str().unwrap()]);
        let again = record_of(&again);
        assert_eq!(again.plan, record.plan);
        assert_eq!(again.trials.len(), record.trials.len());
    }
    let brief = text(&succeed(&words("run", "1", &["--brief", "--no-save"])).stdout);
    assert!(
        brief.contains("writes keep") && brief.contains("reads keep"),
        "{brief}"
    );
    let markdown = text(&succeed(&["report", name, "--format", "markdown"]).stdout);
    for part in ["keeps", "global-mutex", "alone/s"] {
        assert!(markdown.contains(part), "no {part} in\n{markdown}");
    }
    let page = folder.path().join("page.html");
    succeed(&["report", name, "--out", page.to_str().unwrap()]);
    let page = std::fs::read_to_string(page).unwrap();
    assert!(page.contains("Writers and readers apart"));
    assert!(page.contains("What readers keep of their speed beside writers"));
}

#[test]
fn readers_are_swept_from_none_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sweep.json");
    let name = path.to_str().unwrap();
    let shown = text(&succeed(&words("sweep", "0,1,2", &["--out", name])).stdout);
    for part in ["sweep of readers: 0; 1; 2", "1 writer", "that readers keep"] {
        assert!(shown.contains(part), "no {part} in\n{shown}");
    }
    assert_eq!(text(&succeed(&["report", name]).stdout), shown);
    let Saved::Sweep(sweep) = Saved::load(&path).unwrap() else {
        panic!("no sweep");
    };
    assert!(sweep.complete && sweep.interleaved);
    let readers = sweep.points.iter().map(|point| {
        let plan = point.record.plan.apart.unwrap();
        assert_eq!(plan.writers + plan.readers, point.record.plan.threads);
        plan.readers as f64
    });
    assert_eq!(readers.collect::<Vec<_>>(), sweep.asked);
}
