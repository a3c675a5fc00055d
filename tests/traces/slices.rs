//! Traces whose indexes are no positions: slices of a stream, and streams of
//! which lines are left out. Every command takes them like any other.

use std::fs;
use std::path::Path;

use notibench_record::{Arrivals, Record};

use super::binary::{output, succeed, text};

const WORKLOAD: &str = "workloads/smoke/constant_sequential.toml";
const START: u64 = 30_000;
const EVENTS: u64 = 6_000;

/// A slice, and that slice with lines left out: every third, and all but a few.
fn traces(folder: &Path) -> Vec<String> {
    let path = |name: &str| folder.join(name).display().to_string();
    let slice = path("slice.csv");
    let (start, events) = (START.to_string(), EVENTS.to_string());
    let from = ["generate", WORKLOAD, "--start", &start, "--events", &events];
    succeed(&[&from[..], &["--out", &slice]].concat());
    let written = fs::read_to_string(&slice).unwrap();
    let without = |name: &str, keep: fn(usize) -> bool| {
        let lines = written.lines().enumerate();
        let kept = lines.filter(|(line, _)| *line == 0 || keep(*line));
        let text: String = kept.map(|(_, line)| format!("{line}\n")).collect();
        fs::write(path(name), text).unwrap();
        path(name)
    };
    let thinned = without("thinned.csv", |line| line % 3 != 0);
    let sparse = without("sparse.csv", |line| line % 31 == 7);
    vec![slice, thinned, sparse]
}

fn run(words: &[&str], out: &Path) -> Record {
    let record = out.join("r.json").display().to_string();
    let rest = [
        "--rounds",
        "1",
        "--warmup-rounds",
        "0",
        "--threads",
        "2",
        "--out",
        &record,
    ];
    let all = [&["run"], words, &rest].concat();
    let given = output(&all);
    assert!(given.status.success(), "{words:?}: {}", text(&given.stderr));
    Record::load(record.as_ref()).unwrap()
}

#[test]
fn every_engine_and_probe_runs_on_a_slice() {
    let folder = tempfile::tempdir().unwrap();
    for trace in traces(folder.path()) {
        let record = run(&["--trace", &trace, "--all"], folder.path());
        let lines = fs::read_to_string(&trace).unwrap().lines().count() as u64;
        assert_eq!(record.plan.events, lines - 1, "{trace}");
        assert!(record.complete && record.plan.dense, "{trace}");
        let probes = [
            "limit-read",
            "limit-flat",
            "limit-state",
            "limit-partitioned",
        ];
        for probe in probes {
            let ran = record.trials.iter().any(|trial| trial.engine == probe);
            assert!(ran, "{probe} on {trace}");
        }
        assert!(!record.proofs.is_empty());
        // a second pass, a part of it, and single events
        run(
            &["--trace", &trace, "--limits", "--warm", "--batch", "1"],
            folder.path(),
        );
        run(
            &["--trace", &trace, "--limits", "--events", "100"],
            folder.path(),
        );
        let verified = succeed(&["verify", "--trace", &trace, "--threads", "1,2"]);
        let said = text(&verified.stdout);
        assert!(said.contains("equal to the oracle"), "{said}");
        succeed(&["describe", &trace]);
        succeed(&[
            "rerun",
            &folder.path().join("r.json").display().to_string(),
            "--no-save",
        ]);
    }
}

#[test]
fn an_open_loop_takes_as_many_events_of_a_trace_as_its_schedule_has() {
    let folder = tempfile::tempdir().unwrap();
    for trace in traces(folder.path()) {
        let open = [
            "--rate",
            "2k/s",
            "--duration",
            "50ms",
            "--engine",
            "dashmap",
        ];
        let record = run(&[&["--trace", &trace][..], &open].concat(), folder.path());
        assert_eq!(record.plan.events, 100, "{trace}");
        assert!(record.complete, "{trace}: {:?}", record.failure);
    }
}

#[test]
fn a_squeezed_trace_is_as_long_as_from_its_first_event_to_its_last() {
    let folder = tempfile::tempdir().unwrap();
    for trace in traces(folder.path()) {
        let open = ["--time-scale", "1s/1d", "--engine", "dashmap"];
        let record = run(&[&["--trace", &trace][..], &open].concat(), folder.path());
        let written = fs::read_to_string(&trace).unwrap();
        let times: Vec<u64> = written
            .lines()
            .skip(1)
            .map(|line| line.split(',').nth(1).unwrap().parse().unwrap())
            .collect();
        let span_us = times[times.len() - 1] - times[0];
        let open = record.plan.open_loop.unwrap();
        let Arrivals::Workload { real_ns, event_us } = open.arrivals else {
            panic!("{:?}", open.arrivals);
        };
        let length = u128::from(span_us) * u128::from(real_ns) / u128::from(event_us);
        assert_eq!(u128::from(open.duration_ns), length + 1, "{trace}");
    }
}
