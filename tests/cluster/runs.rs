//! Runs of clusters to their end: what they come to, and what is refused
//! before they start.

use notibench_record::{ProofVerdict, Record};
use notibench_workload::{ViewMode, Workload, workload_files};

use super::common::binary::{SMOKE, output, root, succeed, text};

/// The record of a cluster of processes on this machine.
fn record_of(workload: &str, more: &[&str]) -> Record {
    let words = ["cluster", workload, "--no-save", "--format", "json"];
    let printed = succeed(&[&words[..], more].concat()).stdout;
    Record::from_json(&printed, std::path::Path::new("stdout")).unwrap()
}

fn is_proved(record: &Record) {
    assert!(record.complete, "{:?}", record.failure);
    for proof in record.proofs.iter().filter(|proof| proof.engine != "null") {
        assert_eq!(proof.verdict, ProofVerdict::Equal, "{}", proof.engine);
    }
}

#[test]
fn three_runs_of_two_processes_are_equal_to_the_oracle() {
    for seed in ["1", "2", "3"] {
        let size = [
            "--local", "2", "--events", "300k", "--rounds", "2", "--seed", seed,
        ];
        let record = record_of("workloads/steady_week.toml", &size);
        is_proved(&record);
        let timely = record
            .trials
            .iter()
            .filter(|trial| trial.engine == "timely");
        let oracle = record.oracle.as_ref().unwrap();
        for trial in timely {
            assert_eq!(
                trial.snapshot_digest.as_ref(),
                Some(&oracle.snapshot_digest)
            );
            assert_eq!(trial.events_digest.as_ref(), Some(&oracle.events_digest));
            assert_eq!(trial.applied + trial.discarded, 300_000);
            assert_eq!(trial.workers.len(), record.plan.threads);
            let exchange = trial.exchange.unwrap();
            assert!(exchange.updates > 300_000, "{exchange:?}");
            assert!(exchange.updates_away > 100_000, "{exchange:?}");
            // a member's update is 32 bytes, a content's 16
            assert!(
                exchange.bytes_away > exchange.updates_away * 16,
                "{exchange:?}"
            );
            assert!(
                exchange.bytes_away < exchange.updates_away * 64,
                "{exchange:?}"
            );
        }
    }
}

#[test]
fn every_smoke_workload_that_counts_plainly_is_proved() {
    let mut runs = 0;
    for file in workload_files(&root().join("workloads/smoke")).unwrap() {
        let workload = Workload::load(&file).unwrap().0;
        let has_cap = workload.settings.pushes_per_day.is_some();
        let plain = workload.anonymity.mode == ViewMode::Off && !has_cap;
        let file = file.to_str().unwrap();
        let size = [
            "--local",
            "3",
            "--threads",
            "2",
            "--events",
            "20k",
            "--rounds",
            "1",
        ];
        if plain {
            let record = record_of(file, &[&size[..], &["--warmup-rounds", "0"]].concat());
            is_proved(&record);
            assert_eq!(record.plan.threads, 6);
            runs += 1;
        } else {
            let refused = output(&[&["cluster", file], &size[..]].concat());
            assert_eq!(refused.status.code(), Some(2));
            let why = text(&refused.stderr);
            let words = ["[anonymity]", "pushes_per_day"];
            assert!(words.iter().any(|word| why.contains(word)), "{why}");
        }
    }
    assert!(runs > 8, "{runs}");
}

#[test]
fn a_stream_that_workers_generate_is_proved_too() {
    let size = [
        "--events", "100k", "--rounds", "1", "--inline", "--batch", "1",
    ];
    let record = record_of(SMOKE, &size);
    is_proved(&record);
    assert!(looked_at(&record, "timely") > 0);
}

/// Answers under load of an engine that were held against the history.
fn looked_at(record: &Record, engine: &str) -> u64 {
    let mut proofs = record.proofs.iter();
    let proof = proofs.find(|proof| proof.engine == engine).unwrap();
    proof.explained + proof.bounded
}

#[test]
fn what_workers_of_all_processes_were_told_is_explained() {
    let size = ["--local", "2", "--events", "200k", "--rounds", "1"];
    let record = record_of("workloads/steady_week.toml", &size);
    is_proved(&record);
    let reads = record.plan.reads;
    assert!(reads > 10_000, "{reads}");
    for trial in record
        .trials
        .iter()
        .filter(|trial| trial.engine == "timely")
    {
        assert_eq!(trial.reads, reads);
    }
    // the same sample as in one process: what each process logged is there
    let of_cluster = looked_at(&record, "timely");
    assert!(of_cluster > 1_000, "{of_cluster}");
    assert_eq!(of_cluster, looked_at(&record, "timely-in-process"));
}

#[test]
fn the_engine_in_one_process_is_proved_with_reads_and_warm_passes() {
    let words = [
        "run",
        "workloads/steady_week.toml",
        "--engine",
        "timely",
        "--no-save",
    ];
    let more = [
        "--events",
        "200k",
        "--rounds",
        "1",
        "--warm",
        "--threads",
        "3",
    ];
    let shown = text(&succeed(&[&words[..], &more].concat()).stdout);
    assert!(shown.contains("timely: equal to the oracle's"), "{shown}");
    let verified = ["verify", SMOKE, "--engine", "timely", "--threads", "1,2,8"];
    succeed(&verified);
}

#[test]
fn the_report_says_what_was_exchanged() {
    let words = [
        "cluster",
        SMOKE,
        "--no-save",
        "--events",
        "50k",
        "--rounds",
        "1",
    ];
    let shown = text(&succeed(&words).stdout);
    assert!(shown.contains("exchanged between processes"), "{shown}");
    assert!(shown.contains("2 processes of "), "{shown}");
}

#[test]
fn what_a_cluster_can_not_do_is_refused_before_it_starts() {
    let refused = |words: &[&str], named: &str| {
        let refused = output(&[&["cluster", SMOKE], words].concat());
        let said = text(&refused.stderr);
        assert_eq!(refused.status.code(), Some(2), "{said}");
        assert!(said.contains(named), "{said}");
    };
    refused(&["--warm"], "--warm can't be had of a cluster");
    refused(
        &["--rate", "1M/s"],
        "an open loop can't be had of a cluster",
    );
    refused(&["--local", "1"], "--local is 1, must be 2 to 64");
    refused(&["--engine", "dashmap"], "add --engine timely");
    refused(&["--all"], "--all is of the engines of one process");
    refused(
        &["--snapshot", "/tmp/none.ndjson"],
        "--snapshot can't be had of a cluster",
    );
}

#[test]
fn a_damaged_file_of_hosts_is_told_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hosts.txt");
    std::fs::write(&file, "10.0.0.1:7000\nnowhere\n").unwrap();
    let hosts = ["--hosts", file.to_str().unwrap()];
    let run = ["run", SMOKE, "--engine", "timely", "--process"];
    let refused = output(&[&run[..], &["0"], &hosts].concat());
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("hosts.txt:2: `nowhere`"));
    std::fs::write(&file, "10.0.0.1:7000\n10.0.0.2:7000\n").unwrap();
    let refused = output(&[&run[..], &["2"], &hosts].concat());
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("--process is 2"));
}

#[test]
fn a_record_of_a_cluster_is_not_run_again_as_if_it_were_of_one_process() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("record.json");
    let saved = ["--out", file.to_str().unwrap()];
    let words = ["cluster", SMOKE, "--events", "20k", "--rounds", "1"];
    succeed(&[&words[..], &saved].concat());
    succeed(&["report", file.to_str().unwrap()]);
    let refused = output(&["rerun", file.to_str().unwrap(), "--no-save"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("made by a cluster"));
}
