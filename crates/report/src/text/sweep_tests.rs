//! Tests of the text of a sweep.

use super::*;
use crate::style::Style;
use notibench_record::SweepPoint;
use notibench_record::fixture;

fn shown(sweep: &Sweep) -> String {
    super::sweep(sweep, Pass::Fresh, &Style::default())
}

/// The text as words with one space between.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The lines under a heading, up to the next empty line.
#[track_caller]
fn part<'t>(text: &'t str, heading: &str) -> &'t str {
    let start = text
        .find(&format!("\n{heading}"))
        .unwrap_or_else(|| panic!("no {heading:?} in\n{text}"));
    let rest = &text[start + 1..];
    &rest[..rest.find("\n\n").unwrap_or(rest.len())]
}

/// A sweep of threads on many processors whose engines follow the law; its
/// rounds differ by the fixture's noise.
fn scaling(counts: &[usize], sigma: f64, kappa: f64) -> Sweep {
    let mut sweep = fixture::sweep();
    let point = |&threads: &usize| {
        let mut record = fixture::record();
        record.plan.threads = threads;
        record.environment.cores = 64;
        record.environment.cgroup_cpus = None;
        let n = threads as f64;
        let speed = n / (1.0 + sigma * (n - 1.0) + kappa * n * (n - 1.0));
        for trial in &mut record.trials {
            trial.wall_ns = (trial.wall_ns as f64 / speed) as u64;
        }
        SweepPoint { value: n, record }
    };
    sweep.points = counts.iter().map(point).collect();
    sweep.asked = sweep.points.iter().map(|point| point.value).collect();
    sweep
}

#[test]
fn every_figure_has_a_table_of_engines_and_points() {
    let text = shown(&fixture::sweep());
    assert!(
        text.starts_with("steady_week · sweep of threads: 1; 2 · "),
        "{text}"
    );
    let throughput = flat(part(&text, "events/s"));
    // the median of the fixture's rounds is a little above 100 ns
    assert!(throughput.contains("dashmap 9.94M 17.9M"), "{throughput}");
    assert!(throughput.contains("null (probe) 199M"), "{throughput}");
    assert!(
        !throughput.contains("again"),
        "the control is no engine: {throughput}"
    );
    let speed = flat(part(&text, "speed vs threads 1"));
    assert!(speed.contains("dashmap 1 (first) ▲ 1.80"), "{speed}");
    let ratios = part(&text, "speed vs dashmap-naive, point by point");
    assert!(!ratios.contains("\n  dashmap-naive"), "{ratios}");
    assert!(flat(ratios).contains("dashmap ▲ 5.00 ▲ 5.00"), "{ratios}");
    assert!(!text.contains("bytes per member"), "{text}");
    assert!(text.contains("round by round"), "{text}");
}

#[test]
fn what_cannot_be_seen_at_two_threads_is_refused_in_words() {
    let text = flat(&shown(&fixture::sweep()));
    assert!(
        text.contains("not fitted to any engine: the law has 3 parameters"),
        "{text}"
    );
    assert!(text.contains("here are 2 (1, 2)"), "{text}");
}

#[test]
fn points_beyond_the_processors_are_marked() {
    let mut sweep = fixture::sweep();
    for point in &mut sweep.points {
        point.record.environment.cores = 1;
    }
    let text = shown(&sweep);
    let head = part(&text, "events/s").lines().nth(1).unwrap();
    assert_eq!(flat(head), "threads 1 2 †");
    let text = flat(&text);
    assert!(
        text.contains("† more threads than the 1 processors"),
        "{text}"
    );
    assert!(text.contains("2 are beyond the 1 processors"), "{text}");
}

#[test]
fn the_law_is_told_with_its_parameters() {
    let text = shown(&scaling(&[1, 2, 4, 8, 16], 0.05, 0.004));
    let law = flat(part(&text, "Universal Scalability Law"));
    for needed in [
        "dashmap 9.9",
        "0.050",
        "0.004",
        "at 1, 2, 4, 8, 16 threads",
        "15.4",
    ] {
        assert!(law.contains(needed), "no {needed:?} in {law}");
    }
    assert!(!law.contains("not fitted"), "{law}");
    // all engines but one follow the law
    let mut sweep = scaling(&[1, 2, 4, 8, 16], 0.05, 0.004);
    for round in 0..=5 {
        let record = &mut sweep.points[3].record;
        fixture::trial_mut(record, "sharded-mutex", round).wall_ns *= 2;
    }
    let law = flat(part(&shown(&sweep), "Universal Scalability Law"));
    assert!(
        law.contains("not fitted to sharded-mutex: the best curve misses the throughput at"),
        "{law}"
    );
    assert!(law.contains(" dashmap "), "{law}");
}

#[test]
fn a_wrong_engine_has_no_figure_at_that_point() {
    let mut sweep = fixture::sweep();
    fixture::break_engine(&mut sweep.points[1].record, "dashmap", "member 7: badge");
    let text = shown(&sweep);
    assert!(
        text.starts_with("FAILED  threads 2: dashmap: wrong final state: member 7: badge"),
        "{text}"
    );
    assert!(
        flat(part(&text, "events/s")).contains("dashmap 9.94M ✗"),
        "{text}"
    );
    assert!(text.contains("NOT every final state"), "{text}");
}

#[test]
fn an_interrupted_sweep_says_how_far_it_came() {
    let mut sweep = fixture::sweep();
    sweep.complete = false;
    sweep.asked.push(4.0);
    for point in &mut sweep.points {
        point.record.complete = false;
        point.record.failure = Some("interrupted".into());
    }
    let text = shown(&sweep);
    // what all points say is said once
    assert!(
        text.starts_with("FAILED  the run failed: interrupted\n"),
        "{text}"
    );
    assert!(
        text.contains("incomplete: 0 of 3 points came to their end"),
        "{text}"
    );
    sweep.points.clear();
    assert!(shown(&sweep).contains("no point has a figure"));
}

#[test]
fn points_with_streams_of_their_own_are_compared_without_pairs() {
    let mut sweep = fixture::sweep();
    sweep.axis = SweepAxis::Members;
    sweep.interleaved = false;
    sweep.asked = vec![10_000.0, 1e6];
    for (point, value) in sweep.points.iter_mut().zip([10_000.0, 1e6]) {
        point.value = value;
    }
    // one point had more rounds than the other
    sweep.points[0].record = fixture::with_rounds(9);
    let text = shown(&sweep);
    let speed = flat(part(&text, "speed vs members 10k"));
    assert!(
        speed.contains("members 10k 1M dashmap 1 (first) ▲ 1.80 ["),
        "{speed}"
    );
    assert!(speed.contains("minutes apart"), "{speed}");
    assert!(
        part(&text, "bytes per member").contains("1.10 KiB"),
        "{text}"
    );
    assert!(!text.contains("Scalability Law"));
    assert!(
        flat(&text).contains("recipients 10k: 88,000 distinct"),
        "{text}"
    );
}

#[test]
fn many_points_go_on_below_and_no_line_is_too_long() {
    let counts: Vec<usize> = (1..=20).collect();
    let sweep = scaling(&counts, 0.05, 0.004);
    for width in [60, 100] {
        let text = super::sweep(
            &sweep,
            Pass::Fresh,
            &Style {
                color: false,
                width,
            },
        );
        let tables = text.split("\ntrust\n").next().unwrap();
        for line in tables.lines().skip(1) {
            assert!(line.chars().count() <= width, "{width}: {line:?}");
        }
        let throughput = part(&text, "events/s");
        let heads = throughput.matches("  threads").count();
        assert!(heads > 1, "{throughput}");
        assert_eq!(throughput.matches("\n  dashmap ").count(), heads);
    }
}

#[test]
fn one_round_gives_no_interval_and_no_law() {
    let mut sweep = fixture::sweep();
    for point in &mut sweep.points {
        point.record = fixture::with_rounds(1);
    }
    let text = shown(&sweep);
    assert!(
        flat(part(&text, "speed vs threads")).contains("(1 round)"),
        "{text}"
    );
}

#[test]
fn warm_passes_have_tables_of_their_own() {
    let mut sweep = fixture::sweep();
    for point in &mut sweep.points {
        let threads = point.record.plan.threads;
        point.record = fixture::with_warm_passes();
        point.record.plan.threads = threads;
    }
    let [fresh, warm] =
        [Pass::Fresh, Pass::Warm].map(|pass| super::sweep(&sweep, pass, &Style::default()));
    assert!(!fresh.contains("over warm state"), "{fresh}");
    assert!(
        warm.contains("sweep of threads: 1; 2, over warm state ·"),
        "{warm}"
    );
    // twice as fast
    let figures = |text: &str| flat(part(text, "events/s"));
    assert!(figures(&fresh).contains("dashmap 9.94M 9.94M"), "{fresh}");
    assert!(figures(&warm).contains("dashmap 19.9M 19.9M"), "{warm}");
}
