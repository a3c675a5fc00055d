//! Tests of the trust block and the warnings.

use crate::*;
use notibench_record::{Record, fixture};

fn shown(record: &Record) -> String {
    terminal(record, &Style::default())
}

#[test]
fn a_trace_is_not_said_to_have_a_workload_file() {
    let mut record = fixture::record();
    if let Some(oracle) = &mut record.oracle {
        oracle.expected = "unknown".to_owned();
    }
    let flat = |record: &Record| {
        let text = shown(record);
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert!(flat(&record).contains("workload's file expects none"));
    record.workload.trace = Some(notibench_record::TraceNote {
        path: "log.csv".to_owned(),
        format: "csv".to_owned(),
        bytes: 1,
        events: 1,
        events_digest: String::new(),
        flags: Vec::new(),
        bad: 0,
        skipped: Vec::new(),
        out_of_order: 0,
    });
    let text = flat(&record);
    assert!(text.contains("of a trace, which expects none"), "{text}");
    assert!(!text.contains("workload's file"), "{text}");
}

#[test]
fn warnings_name_the_flag_that_mends_them() {
    let mut record = fixture::with_rounds(3);
    record.environment.profile = "debug".to_owned();
    record.plan.threads = 8;
    record.plan.inline = true;
    record
        .warnings
        .push("the harness says so: --seed".to_owned());
    for round in 0..=3 {
        fixture::trial_mut(&mut record, "null", round).wall_ns = 50_000_000;
    }
    let trial = fixture::trial_mut(&mut record, "dashmap", 1);
    (trial.steal_ms, trial.out_of_range) = (12_000, 3);
    trial.wall_ns *= 2;
    let text = shown(&record);
    let warnings = &text[text.find("warning: ").unwrap()..];
    let flat = warnings.split_whitespace().collect::<Vec<_>>().join(" ");
    for expected in [
        "--release",
        "3 rounds that count: intervals are wide and percentiles few; give --rounds 5 or more",
        "leave out --inline",
        "8 threads on 2 processors wait for each other's turns: give --threads 2",
        "the host took 12,000 ms",
        "3 service times",
        "wider than 10% of their ratio: dashmap (",
        "the harness says so: --seed",
    ] {
        assert!(flat.contains(expected), "{expected} not in\n{warnings}");
    }
    let mut record = fixture::record();
    // nearly every virtual machine loses a little
    fixture::trial_mut(&mut record, "dashmap", 1).steal_ms = 2;
    assert!(!shown(&record).contains("warning: "), "{}", shown(&record));
    assert!(
        !shown(&fixture::record()).contains("warning: "),
        "{}",
        shown(&fixture::record())
    );
}

#[test]
fn the_trust_block_has_what_a_reader_needs() {
    let text = shown(&fixture::record());
    let trust = &text[text.find("\ntrust\n").unwrap()..];
    for expected in [
        "fedcba9876543210fedcba9876543210",
        "0123456789abcdef0123456789abcdef",
        "dashmap: equal to the oracle's (6 snapshots, 2,000 reads compared)",
        "null: a probe",
        "generated 30,000,000 = applied 27,000,000 + discarded 3,000,000 + failed 0 + skipped 0",
        "A/A control",
        "of the fastest engine's time",
        "one reading costs 21.5 ns",
        "profile_view 60.0%",
        "undos 1.0%",
        "88,000 distinct",
        "the most frequent gets 1.2%, the top hundred 21.0%",
        "steal 0 ms in all",
        "involuntary switches 90 in all, at most 3 a trial",
        "cgroup: memory 4.00 GiB, processors 2",
        "An Example Processor",
        "80% power",
    ] {
        let flat = trust.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(expected), "{expected} not in\n{trust}");
    }
}

#[test]
fn no_difference_is_claimed_that_the_baseline_shows_against_itself() {
    let mut record = fixture::record();
    // the control is 3% off, in rounds that agree by chance; an engine 1%
    for round in 1..=5 {
        let base = fixture::trial_mut(&mut record, "dashmap-naive", round).wall_ns;
        let noise = base * round as u64 / 10_000;
        let control = base * 97 / 100 + noise;
        fixture::trial_mut(&mut record, "dashmap-naive-again", round).wall_ns = control;
        fixture::trial_mut(&mut record, "dashmap", round).wall_ns = base * 99 / 100 + noise;
    }
    let summary = Summary::of(&record);
    let interval = summary.intervals().find(|(name, _)| *name == "dashmap");
    assert!(interval.unwrap().1.low > 1.0, "{interval:?}");
    let text = shown(&record);
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("≈ 1.01 [1.0"), "{text}");
    assert!(
        flat.contains("≈ no relevant difference (within 2%): dashmap."),
        "{text}"
    );
    assert!(
        flat.contains("where the A/A control deviates from 1 by more (3.1%): dashmap."),
        "{text}"
    );
    record.engines.retain(|note| !note.control);
    assert!(shown(&record).contains("▲ 1.01 [1.0"));
}
