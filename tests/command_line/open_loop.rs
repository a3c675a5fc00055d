//! `run --rate` and `capacity`: what is refused, and what comes of them.

use super::common::binary::{SMOKE, output, succeed, text};
use notibench_record::{Capacity, Record};

fn words(line: &str) -> Vec<String> {
    line.replace("SMOKE", SMOKE)
        .split(' ')
        .map(|word| word.replace('_', " "))
        .collect()
}

#[test]
fn what_contradicts_is_refused_by_name() {
    for (line, said) in [
        (
            "run SMOKE --rate 1k --time-scale 1s/week",
            "--rate and --time-scale",
        ),
        (
            "run SMOKE --rate 1k --duration 1s --events 5",
            "--rate, --duration and --events",
        ),
        (
            "run SMOKE --time-scale 1s/week --duration 1s --events 5",
            "--duration and --events",
        ),
        ("run SMOKE --duration 1s", "nothing how fast"),
        (
            "run SMOKE --time-scale 1s/week --arrivals constant",
            "--arrivals",
        ),
        (
            "run SMOKE --max-backlog 5",
            "--max-backlog is of an open loop",
        ),
        (
            "run SMOKE --require-rate",
            "--require-rate is of an open loop",
        ),
        ("run SMOKE --rate 1k --warm", "--warm is of a closed loop"),
        ("run SMOKE --rate fast", "5M/s"),
        ("run SMOKE --rate 1k --arrivals often", "bursts:"),
        ("capacity SMOKE", "--slo"),
        ("capacity SMOKE --slo p99", "p99.9 < 1ms"),
        ("capacity SMOKE --slo p99<1ms --engine null", "is a probe"),
        (
            "capacity SMOKE --slo p99<1ms --engine dashmap --engine dashmap",
            "given twice",
        ),
        ("capacity SMOKE --slo p99<1ms --events 10", "--events is 10"),
        (
            "capacity SMOKE --slo p99<1ms --search-steps 1",
            "--search-steps is 1",
        ),
    ] {
        let output = output(&words(line));
        let stderr = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{line}: {stderr}");
        assert!(stderr.contains(said), "{line}: {stderr}");
        assert!(output.stdout.is_empty(), "{line}");
    }
}

/// The same words on one line.
fn unwrapped(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_missed_rate_is_said_and_fails_only_where_it_is_required() {
    // all of it is due at once, and two events may wait
    let line = "run SMOKE --rate 1G --events 20k --max-backlog 2 --engine dashmap --no-save";
    let shown = unwrapped(&text(&succeed(&words(line)).stdout));
    assert!(
        shown.contains("MISSED") && shown.contains("and skipped"),
        "{shown}"
    );
    let output = output(&words(&format!("{line} --require-rate")));
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("--require-rate: dashmap completed"));
}

#[test]
fn an_open_loop_is_saved_reported_again_and_run_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("r.json");
    let file = path.to_str().unwrap();
    let line = "run SMOKE --rate 20k/s --duration 300ms --engine dashmap --idle yield --out";
    let mut asked = words(line);
    asked.push(file.to_owned());
    let shown = text(&succeed(&asked).stdout);
    for said in [
        "response",
        "service",
        "give their processor away",
        "recording",
    ] {
        assert!(unwrapped(&shown).contains(said), "{said} in {shown}");
    }
    assert_eq!(text(&succeed(&["report", file]).stdout), shown);
    let record = Record::load(&path).unwrap();
    assert_eq!(record.plan.events, 6_000);
    let again = succeed(&["rerun", file, "--no-save", "--format", "json"]);
    let again = Record::from_json(&again.stdout, &path).unwrap();
    assert_eq!(again.plan, record.plan);
}

#[test]
fn a_search_is_saved_and_its_report_drawn_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c.json");
    let file = path.to_str().unwrap();
    // an objective that nothing meets: three or four steps, and an answer
    let line = "capacity SMOKE --slo max_<_1ns --events 20k --searches 1 --out";
    let mut asked = words(line);
    asked.push(file.to_owned());
    let shown = text(&succeed(&asked).stdout);
    assert!(shown.contains("not attainable on this machine"), "{shown}");
    assert!(
        shown.contains("stall floor") && !shown.contains("FAIL"),
        "{shown}"
    );
    assert!(
        unwrapped(&shown).contains("give --searches 3 or more"),
        "{shown}"
    );
    assert_eq!(text(&succeed(&["report", file]).stdout), shown);
    let steps = text(&succeed(&["report", file, "--steps"]).stdout);
    assert!(
        steps.contains("steps of dashmap") && steps.contains("FAIL"),
        "{steps}"
    );
    assert!(Capacity::load(&path).unwrap().complete);
}

/// Every step begins with the same state, or, with `--growth`, with none; each
/// is proved, has the same events and other arrivals.
#[test]
fn steps_of_a_search_are_alike_but_for_their_rate() {
    for growth in ["", " --growth"] {
        // an objective that nearly everything meets, up to where events queue
        let line = format!(
            "capacity SMOKE --slo p50_<_20ms --events 20k --searches 3 --search-steps 5 \
             --no-save --format json{growth}"
        );
        let json = succeed(&words(&line)).stdout;
        let found = Capacity::from_json(&json, std::path::Path::new("c.json")).unwrap();
        assert_eq!(found.plan.growth, !growth.is_empty());
        let searches = &found.engines[0].searches;
        assert_eq!(searches.len(), 3);
        for step in found.steps() {
            assert!(step.proved);
            assert_eq!(step.events, 20_000);
            let conserved = step.conditions.iter().find(|c| c.name == "conserved");
            assert!(conserved.unwrap().pass);
        }
        let first = |at: usize| searches[at].steps[0].offered_per_s;
        assert!(first(0) != first(1) && first(1) != first(2));
    }
}
