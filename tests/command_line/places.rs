//! The command in the places where it is run: under `nohup`, behind a pipe
//! that closes, on a terminal that takes no escapes, among files whose names
//! are no text.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Read as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use super::common::binary::{SMOKE, notibench, output, root, succeed, text};
use notibench_record::Record;

const SMALL: [&str; 8] = [
    "--events",
    "2k",
    "--rounds",
    "1",
    "--warmup-rounds",
    "0",
    "--engine",
    "dashmap",
];

/// A run that lasts until it is interrupted, started with these signals
/// ignored, or as they are by default.
fn long_run(signals: &str) -> Child {
    let mut command = Command::new("env");
    command
        .current_dir(root())
        .args(["--default-signal=HUP,INT,TERM", signals])
        .arg(env!("CARGO_BIN_EXE_notibench"))
        .args(["run", SMOKE, "--engine", "dashmap", "--no-save"])
        .args(["--events", "2G", "--inline", "--no-verify", "--rounds", "1"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    wait_for(&child, "SigCgt:", 15);
    child
}

/// Waits until the mask of that name has the bit of a signal.
fn wait_for(child: &Child, mask: &str, signal: u32) {
    let start = Instant::now();
    let status = format!("/proc/{}/status", child.id());
    loop {
        let found = std::fs::read_to_string(&status).ok().and_then(|text| {
            let line = text.lines().find_map(|line| line.strip_prefix(mask))?;
            u64::from_str_radix(line.trim(), 16).ok()
        });
        if found.is_some_and(|mask| mask >> (signal - 1) & 1 == 1) {
            return;
        }
        assert!(start.elapsed() < Duration::from_secs(60), "no {mask}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn send(signal: &str, child: &Child) {
    let sent = Command::new("kill")
        .args([&format!("-{signal}"), &child.id().to_string()])
        .status();
    assert!(sent.unwrap().success());
}

/// How it ended, and what it said.
fn ended(mut child: Child) -> (ExitStatus, String) {
    let mut said = String::new();
    let mut stderr = child.stderr.take().unwrap();
    stderr.read_to_string(&mut said).unwrap();
    (child.wait().unwrap(), said)
}

#[test]
#[cfg(target_os = "linux")]
fn a_signal_that_was_ignored_at_the_start_stays_ignored() {
    for (ignored, signal) in [
        ("--ignore-signal=HUP", "HUP"),
        ("--ignore-signal=INT", "INT"),
    ] {
        let child = long_run(ignored);
        send(signal, &child);
        // had it been handled, this would be the second, which ends at once
        // and says no more
        send("TERM", &child);
        let (status, said) = ended(child);
        assert_eq!(status.code(), Some(130), "{signal}: {said}");
        assert!(said.contains("error: interrupted;"), "{signal}: {said}");
        assert_eq!(said.matches("ending in good order").count(), 1, "{said}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn each_signal_that_was_not_ignored_ends_it_in_good_order() {
    for signal in ["HUP", "INT", "TERM"] {
        let child = long_run("--default-signal=PIPE");
        send(signal, &child);
        let (status, said) = ended(child);
        assert_eq!(status.code(), Some(130), "{signal}: {said}");
        assert!(said.contains("error: interrupted;"), "{signal}: {said}");
    }
}

/// What a command writes to a terminal of this type, as stdout and stderr.
fn on_terminal(term: &str, words: &[&str]) -> String {
    let pair = nix::pty::openpty(None, None).unwrap();
    let mut child = notibench()
        .env("TERM", term)
        .args(words)
        .stdout(pair.slave.try_clone().unwrap())
        .stderr(pair.slave)
        .spawn()
        .unwrap();
    let mut shown = Vec::new();
    // the end of a terminal is an error where all its writers have gone
    let _ = File::from(pair.master).read_to_end(&mut shown);
    assert!(child.wait().unwrap().code().is_some());
    String::from_utf8_lossy(&shown).into_owned()
}

#[test]
fn a_dumb_terminal_gets_no_escapes() {
    let run = [&["run", SMOKE, "--no-save"], &SMALL[..]].concat();
    let missing = vec!["run", "no_such.toml"];
    for words in [&run, &missing] {
        let shown = on_terminal("xterm-256color", words);
        assert!(shown.contains('\x1b'), "{words:?} has no colours at all");
        let shown = on_terminal("dumb", words);
        assert!(!shown.contains('\x1b'), "{words:?}: {shown:?}");
        assert!(shown.contains("dashmap") || shown.contains("no_such.toml"));
    }
}

#[test]
fn progress_counts_trials_and_no_stage() {
    let run = [&["run", SMOKE, "--no-save"], &SMALL[..]].concat();
    let shown = on_terminal("xterm-256color", &run);
    assert!(shown.contains("generating"), "{shown}");
    assert!(shown.contains("/3") && shown.contains(" left"), "{shown}");
    assert!(!shown.contains("0/0"), "{shown}");
}

/// The exit code of a command whose readers of stdout and stderr have gone
/// before it writes.
fn unread(words: &[&str]) -> ExitStatus {
    let gone = || {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        writer
    };
    let mut command = notibench();
    command.args(words).stdout(gone()).stderr(gone());
    command.status().unwrap()
}

#[test]
fn readers_that_have_gone_change_no_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (trace, workload) = (path("events.csv"), path("wrong.toml"));
    let (before, after) = (path("before.json"), path("after.json"));
    succeed(&["generate", SMOKE, "--events", "500", "--out", &trace]);
    // its digest is another than the one it expects: exit code 3
    let smoke = std::fs::read_to_string(root().join(SMOKE)).unwrap();
    let zeros = "0".repeat(32);
    let wrong = smoke.split("[expected]").next().unwrap();
    let wrong = format!("{wrong}\n[expected]\nevents_digest = \"{zeros}\"\n");
    std::fs::write(&workload, wrong).unwrap();
    let pair = ["--engine", "dashmap", "--engine", "sharded-mutex"];
    let rounds = ["--events", "2k", "--rounds", "6", "--out", &before];
    succeed(&[&["run", SMOKE], &rounds[..], &pair].concat());
    let mut record = Record::load(Path::new(&before)).unwrap();
    for trial in &mut record.trials {
        if trial.engine == "sharded-mutex" {
            trial.wall_ns *= 100;
        }
    }
    record.save(Path::new(&after)).unwrap();
    let small = |words: &[&'static str]| [words, &SMALL[..]].concat();
    let of_workload = ["run", "--no-save", &workload, "--rounds", "1"];
    let gate = ["compare", &before, &after, "--fail-slower", "50%"];
    for (words, code) in [
        (small(&["run", SMOKE, "--no-save"]), 0),
        (small(&["sweep", SMOKE, "--no-save", "--threads", "1,2"]), 0),
        (of_workload.to_vec(), 3),
        (gate.to_vec(), 4),
        (
            vec!["verify", SMOKE, "--events", "2k", "--engine", "scc"],
            0,
        ),
        (vec!["describe", SMOKE], 0),
        (vec!["describe", &trace], 0),
        (vec!["fit", &trace], 0),
        (vec!["list", "engines"], 0),
        (vec!["policy"], 0),
        (vec!["doctor"], 0),
        (vec!["--help"], 0),
        (vec!["report", &before], 0),
        (vec!["winners", &before], 0),
        (vec!["completions", "bash"], 0),
        (vec!["man"], 0),
        (vec!["generate", SMOKE, "--out", "-"], 0),
        (vec!["run", "no_such.toml"], 1),
        (vec!["frobnicate"], 2),
    ] {
        let status = unread(&words);
        assert_eq!(
            status.code(),
            Some(code),
            "{words:?}: {:?}",
            status.signal()
        );
    }
}

#[test]
fn names_that_are_no_text_are_names() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &[u8]| folder.path().join(OsStr::from_bytes(name));
    let workload = path(b"caf\xe9.toml");
    std::fs::copy(root().join(SMOKE), &workload).unwrap();
    let words = |start: &[&str], more: &[&OsStr]| {
        let mut words: Vec<_> = start.iter().map(|word| OsStr::new(*word)).collect();
        words.extend(more);
        words
            .iter()
            .map(|word| word.to_os_string())
            .collect::<Vec<_>>()
    };
    let out = OsStr::new("--out");
    let (trace, record) = (path(b"\xff.csv"), path(b"\xfe.json"));
    let generate = words(
        &["generate", SMOKE, "--events", "2k"],
        &[out, trace.as_os_str()],
    );
    succeed(&generate);
    let run = [&["run"], &SMALL[..]].concat();
    succeed(&words(
        &run,
        &[workload.as_os_str(), out, record.as_os_str()],
    ));
    let sweep = [&["sweep", "--threads", "1,2", "--no-save"], &SMALL[..]].concat();
    succeed(&words(&sweep, &[workload.as_os_str()]));
    let run = [&["run", "--no-save", "--trace"], &SMALL[..]].concat();
    let mut traced = words(&run, &[]);
    traced.insert(3, trace.as_os_str().to_owned());
    succeed(&traced);
    for command in ["describe", "fit"] {
        succeed(&words(&[command], &[trace.as_os_str()]));
    }
    succeed(&words(&["describe"], &[workload.as_os_str()]));
    succeed(&words(&["report"], &[record.as_os_str()]));
    succeed(&words(&["rerun", "--no-save"], &[record.as_os_str()]));
    succeed(&words(&["man"], &[out, path(b"man\xff").as_os_str()]));
    let verify = ["verify", "--events", "1k", "--engine", "scc"];
    succeed(&words(&verify, &[workload.as_os_str()]));
    // a word that must be text is refused in words
    let refused = output(&words(
        &["run", SMOKE, "--engine"],
        &[OsStr::from_bytes(b"\xff")],
    ));
    assert_eq!(refused.status.code(), Some(2));
    // and in what is recorded, the line can be read
    let record = Record::load(&record).unwrap();
    assert!(
        record
            .command
            .iter()
            .any(|word| word.ends_with("caf\u{fffd}.toml"))
    );
}

#[test]
fn the_line_that_made_a_record_can_be_pasted() {
    let folder = tempfile::tempdir().unwrap();
    let record = folder.path().join("it's  a record.json");
    let mut out = notibench();
    out.args(["run", SMOKE])
        .args(SMALL)
        .arg("--out")
        .arg(&record);
    let output = out.output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let shown = text(
        &notibench()
            .arg("report")
            .arg(&record)
            .output()
            .unwrap()
            .stdout,
    );
    let line = shown.lines().find(|line| line.contains("made by"));
    let (_, line) = line.and_then(|line| line.split_once(": ")).unwrap();
    let mut shell = Command::new("sh");
    shell.args([
        "-c",
        &format!("for word in {line}; do echo \"$word\"; done"),
    ]);
    let read = text(&shell.output().unwrap().stdout);
    let read: Vec<&str> = read.lines().skip(1).collect();
    let mut given = vec!["run", SMOKE];
    given.extend(SMALL);
    given.extend(["--out", record.to_str().unwrap()]);
    assert_eq!(read, given, "{shown}");
}
