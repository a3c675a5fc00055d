//! `run`, `verify`, `rerun` and `generate` over traces, as a user meets them.

use std::fs;

use notibench_record::{Capacity, Record, Saved};

use super::binary::{SMOKE, output, succeed, text};

const QUICK: [&str; 9] = [
    "--engine",
    "dashmap",
    "--rounds",
    "1",
    "--warmup-rounds",
    "0",
    "--threads",
    "2",
    "--out",
];

#[test]
fn a_trace_is_run_like_the_stream_that_it_was_written_from() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (csv, ndjson, lines) = (path("s.csv"), path("s.ndjson"), path("s.as2.ndjson"));
    for file in [&csv, &ndjson, &lines] {
        succeed(&["generate", SMOKE, "--events", "3k", "--out", file]);
    }
    let run = |first: &[&str], out: &str| {
        let mut words = vec!["run"];
        words.extend(first);
        words.extend(QUICK);
        words.push(out);
        succeed(&words);
        Record::load(out.as_ref()).unwrap()
    };
    let generated = run(&[SMOKE, "--events", "3k"], &path("g.json"));
    let recorded = run(&["--trace", &csv], &path("t.json"));
    let digests = |record: &Record| {
        let oracle = record.oracle.clone().unwrap();
        (oracle.events_digest, oracle.snapshot_digest)
    };
    assert_eq!(digests(&generated), digests(&recorded));
    let note = recorded.workload.trace.unwrap();
    assert_eq!((note.path.as_str(), note.events), (csv.as_str(), 3_000));
    assert_eq!(note.bytes, fs::metadata(&csv).unwrap().len());
    assert_eq!(generated.workload.trace, None);
    // activities lack picture_download, which changes no state
    let activities = run(&["--trace", &lines], &path("a.json"));
    assert!(activities.plan.events < 3_000);
    let part = run(&["--trace", &ndjson, "--events", "1k"], &path("p.json"));
    let same = run(&[SMOKE, "--events", "1k"], &path("q.json"));
    assert_eq!(digests(&part), digests(&same));
    let verified = succeed(&["verify", "--trace", &ndjson, "--threads", "1,3"]);
    assert!(text(&verified.stdout).contains("3,000 events: equal to the oracle"));
}

#[test]
fn a_rerun_takes_the_same_trace_and_refuses_another() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (log, record) = (path("log.csv"), path("r.json"));
    let row = |n: u64| format!("{},user{},user{}\n", n / 3, n % 7, n % 5);
    let rows: String = (0..500).map(row).collect();
    fs::write(&log, format!("t,a,b\n{rows}bad\n")).unwrap();
    let map = "actor=a,recipient=b,at=t";
    let reading = ["--map", map, "--kind", "member_follow", "--skip-bad"];
    let mut words = vec!["run", "--trace", &log];
    words.extend(reading);
    words.extend(QUICK);
    words.push(&record);
    let told = text(&succeed(&words).stderr);
    assert!(told.contains("500 events, 1 bad entry skipped"), "{told}");
    assert!(told.contains("log.csv, line 502"), "{told}");
    let saved = Record::load(record.as_ref()).unwrap();
    assert!(
        saved.warnings.iter().any(|words| words.contains("1 bad")),
        "{:?}",
        saved.warnings
    );
    let again = succeed(&["rerun", &record, "--no-save"]);
    assert!(text(&again.stderr).contains("the same events and the same final state"));
    fs::write(&log, format!("t,a,b\n{rows}").replace("user6", "user9")).unwrap();
    let refused = output(&["rerun", &record, "--no-save"]);
    assert_eq!(refused.status.code(), Some(1));
    let words = text(&refused.stderr);
    assert!(words.contains("is not the trace of the record"), "{words}");
}

/// A table of 300 rows, and the words that read it.
fn log(folder: &tempfile::TempDir) -> (String, [&'static str; 4]) {
    let log = folder.path().join("log.csv").display().to_string();
    let row = |n: u64| format!("{},user{},user{},{}\n", n / 3, n % 7, n % 5, n % 2);
    let rows: String = (0..300).map(row).collect();
    fs::write(&log, format!("t,a,b,u\n{rows}")).unwrap();
    let map = "actor=a,recipient=b,at=t,undo=u";
    (log, ["--map", map, "--kind", "member_follow"])
}

#[test]
fn a_short_trace_is_run_in_several_passes_with_reads_beside_it_and_again() {
    let folder = tempfile::tempdir().unwrap();
    let record = folder.path().join("r.json").display().to_string();
    let (log, reading) = log(&folder);
    let mut words = vec!["run", "--trace", &log];
    words.extend(reading);
    words.extend(["--repeat", "7", "--reads-per-event", "0.123456789"]);
    words.extend(QUICK);
    words.push(&record);
    let shown = text(&succeed(&words).stdout);
    let saved = Record::load(record.as_ref()).unwrap();
    assert_eq!((saved.plan.events, saved.plan.reads), (2_100, 259));
    assert_eq!(saved.trials[0].reads, 259);
    assert_eq!(saved.workload.trace.as_ref().unwrap().events, 2_100);
    let flat = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        flat.contains("a trial of the fastest engine took"),
        "{shown}"
    );
    assert!(!flat.contains("the trace has no reads"), "{shown}");
    let again = succeed(&["rerun", &record, "--no-save"]);
    assert!(text(&again.stderr).contains("the same events and the same final state"));
    // --events is what a trial has, passes or not
    words.extend(["--events", "1k"]);
    succeed(&words);
    let saved = Record::load(record.as_ref()).unwrap();
    assert_eq!(saved.plan.events, 1_000);
    succeed(&["rerun", &record, "--no-save"]);
    let verify = [
        "verify",
        "--trace",
        &log,
        "--threads",
        "1,2",
        "--repeat",
        "3",
    ];
    let mut words = verify.to_vec();
    words.extend(["--reads-per-event", "1"]);
    words.extend(reading);
    assert!(text(&succeed(&words).stdout).contains("900 events: equal to the oracle"));
}

#[test]
fn a_trace_without_reads_says_so_in_the_report() {
    let folder = tempfile::tempdir().unwrap();
    let (log, reading) = log(&folder);
    let mut words = vec!["run", "--trace", &log, "--no-save", "--engine", "dashmap"];
    words.extend(["--rounds", "1", "--warmup-rounds", "0"]);
    words.extend(reading);
    let shown = text(&succeed(&words).stdout);
    let flat = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("the trace has no reads"), "{shown}");
    assert!(flat.contains("--repeat"), "{shown}");
}

#[test]
fn a_trace_is_swept_and_searched_for_capacity() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (log, reading) = log(&folder);
    let sweep_file = path("s.json");
    let mut words = vec!["sweep", "--trace", &log, "--threads", "1,2"];
    words.extend([
        "--engine",
        "dashmap",
        "--rounds",
        "1",
        "--warmup-rounds",
        "0",
    ]);
    words.extend(reading);
    let mut given = words.clone();
    given.extend(["--out", &sweep_file]);
    succeed(&given);
    let Saved::Sweep(sweep) = Saved::load(sweep_file.as_ref()).unwrap() else {
        panic!("no sweep in {sweep_file}");
    };
    assert!(sweep.complete && sweep.points.len() == 2);
    for point in &sweep.points {
        assert_eq!(point.record.plan.events, 300);
        assert!(point.record.workload.trace.is_some());
    }
    words[4] = "2";
    words.extend(["--members", "10,20", "--no-save"]);
    let refused = output(&words);
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("a trace is as it is"));

    let found = path("c.json");
    let mut words = vec![
        "capacity",
        "--trace",
        &log,
        "--slo",
        "p50 < 10s",
        "--out",
        &found,
    ];
    words.extend(["--events", "2k", "--searches", "1", "--search-steps", "4"]);
    words.extend(["--engine", "dashmap", "--threads", "1"]);
    words.extend(reading);
    succeed(&words);
    let found = Capacity::load(found.as_ref()).unwrap();
    assert_eq!(found.workload.trace.unwrap().events, 300);
    // more events than the trace has: it was gone through again and again
    let step = &found.engines[0].searches[0].steps[0];
    assert!(step.events > 300, "{}", step.events);
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (csv, empty) = (path("s.csv"), path("e.ndjson"));
    succeed(&["generate", SMOKE, "--events", "100", "--out", &csv]);
    fs::write(&empty, "").unwrap();
    for (words, code, part) in [
        (
            vec!["run", SMOKE, "--trace", &csv],
            2,
            "cannot be used with",
        ),
        (vec!["run"], 2, "required"),
        (
            vec!["run", "--trace", &csv, "--inline"],
            2,
            "leave out --inline",
        ),
        (
            vec!["run", "--trace", &csv, "--events", "101"],
            2,
            "are more than the 100 of the trace",
        ),
        (vec!["sweep", "--threads", "1,2"], 2, "required"),
        (vec!["run", "--trace", "no/such.csv"], 1, "cannot read it"),
        (vec!["run", "--trace", &empty], 1, "no event in it"),
        (
            vec!["run", "--trace", "README.md"],
            1,
            "its ending names no format",
        ),
        (
            vec!["run", "--trace", &csv, "--map", "actor=a"],
            2,
            "add at=COLUMN",
        ),
        (
            vec!["run", "--trace", &csv, "--kind", "post_like"],
            2,
            "--map",
        ),
        (
            vec!["verify", SMOKE, "--trace", &csv],
            2,
            "cannot be used with",
        ),
    ] {
        check_refused(&words, code, part);
    }
}

#[test]
fn flags_of_traces_are_refused_where_they_mean_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let csv = folder.path().join("s.csv").display().to_string();
    succeed(&["generate", SMOKE, "--events", "100", "--out", &csv]);
    for (words, code, part) in [
        (
            vec!["run", "--trace", &csv, "--repeat", "0"],
            2,
            "must be 1 or more passes",
        ),
        (
            vec!["run", "--trace", &csv, "--reads-per-event", "-1"],
            2,
            "write it as 0.25",
        ),
        (
            vec!["run", SMOKE, "--repeat", "2"],
            2,
            "--repeat is for traces",
        ),
        (
            vec!["verify", SMOKE, "--skip-bad"],
            2,
            "--skip-bad is for traces",
        ),
        (
            vec!["sweep", SMOKE, "--threads", "1,2", "--at", "order"],
            2,
            "--at is for traces",
        ),
        (
            vec!["run", "--trace", &csv, "--at", "order"],
            1,
            "are for activities",
        ),
        (
            vec!["run", "--trace", &csv, "--author", "somebody"],
            2,
            "write addressee",
        ),
        (
            vec!["capacity", SMOKE, "--trace", &csv, "--slo", "p99 < 1ms"],
            2,
            "cannot be used with",
        ),
    ] {
        check_refused(&words, code, part);
    }
}

fn check_refused(words: &[&str], code: i32, part: &str) {
    let given = output(words);
    let said = text(&given.stderr);
    assert_eq!(given.status.code(), Some(code), "{words:?}: {said}");
    assert!(said.contains(part), "{words:?}: {said}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_rerun_of_a_path_that_is_no_text_says_so() {
    use std::os::unix::ffi::OsStringExt as _;
    let folder = tempfile::tempdir().unwrap();
    let record = folder.path().join("r.json");
    let name = std::ffi::OsString::from_vec(b"log\xff.csv".to_vec());
    let odd = folder.path().join(name);
    let (plain, reading) = log(&folder);
    fs::rename(plain, &odd).unwrap();
    let run = super::binary::notibench()
        .args(["run", "--trace"])
        .arg(&odd)
        .args(reading)
        .args(QUICK)
        .arg(&record)
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", text(&run.stderr));
    let words = ["rerun", record.to_str().unwrap(), "--no-save"];
    check_refused(&words, 1, "no UTF-8 text");
}

#[test]
fn ids_of_0_are_ids_like_any_other() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (log, record) = (path("z.csv"), path("z.json"));
    for rows in ["1,0,1767225600\n", "0,1,1767225600\n0,1,1767225601\n"] {
        fs::write(&log, format!("a,b,t\n{rows}")).unwrap();
        let reading = [
            "--map",
            "actor=a,recipient=b,at=t",
            "--kind",
            "member_follow",
        ];
        for threads in ["1", "2"] {
            let words = [
                &["run", "--trace", &log, "--all", "--threads", threads][..],
                &["--rounds", "1", "--batch", "1", "--out", &record],
                &reading,
            ];
            let given = output(&words.concat());
            assert!(given.status.success(), "{rows}{}", text(&given.stderr));
        }
    }
}

#[test]
fn a_list_without_times_is_run_in_its_order_and_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (log, record) = (path("log.json"), path("r.json"));
    let item = |n: u64| format!("{{\"who\":{{\"id\":{}}},\"whom\":{}}}", n % 7, n % 5);
    let items: Vec<String> = (0..300).map(item).collect();
    fs::write(&log, format!("[{}]", items.join(","))).unwrap();
    let mut words = vec!["run", "--trace", &log, "--at", "order"];
    words.extend([
        "--map",
        "actor=who.id,recipient=whom",
        "--kind",
        "post_like",
    ]);
    check_refused(&words, 1, "needs a content");
    let kind = words.len() - 1;
    words[kind] = "member_follow";
    words.extend(QUICK);
    words.push(&record);
    succeed(&words);
    let saved = Record::load(record.as_ref()).unwrap();
    assert_eq!(saved.workload.trace.unwrap().format, "json by a mapping");
    let again = succeed(&["rerun", &record, "--no-save"]);
    assert!(text(&again.stderr).contains("the same events and the same final state"));
}
