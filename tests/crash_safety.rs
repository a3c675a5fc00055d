//! What was saved before survives: a kill at any moment, Ctrl-C, a full disk,
//! a file that can't be grown, a folder that can't be written. What is there
//! afterwards is the earlier file, byte for byte, or a whole new one.

mod common;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use common::Draws;
use common::binary::{SMOKE, notibench, text};
use notibench_record::Record;

/// Runs that are killed.
const KILLS: u64 = 200;
/// A child that is still there after this long hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// A run of a few ms, proof included, that writes its record to `out`.
fn small_run(out: &Path) -> Command {
    let mut command = notibench();
    command
        .args(["run", SMOKE, "--events", "20k", "--rounds", "1"])
        .args(["--warmup-rounds", "0", "--engine", "dashmap", "--out"])
        .arg(out)
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    command
}

#[track_caller]
fn succeed(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    output
}

/// Every file of a folder, by name.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(folder).unwrap();
    let read = |path: PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        (name, std::fs::read(&path).unwrap())
    };
    entries.map(|entry| read(entry.unwrap().path())).collect()
}

/// Takes temporary files away, each of which a kill between naming and
/// renaming leaves; gives how many there were.
fn sweep(folder: &Path) -> usize {
    let litter: Vec<String> = files(folder)
        .into_keys()
        .filter(|name| name.starts_with(".notibench-"))
        .collect();
    for name in &litter {
        std::fs::remove_file(folder.join(name)).unwrap();
    }
    litter.len()
}

/// Runs the command again and again, each time killed after a moment between
/// nothing and what a whole run takes; holds what is left against `is_whole`.
fn kill_at_any_moment(
    target: &Path,
    kills: u64,
    command: impl Fn() -> Command,
    is_whole: impl Fn(&[u8]) -> bool,
) {
    let folder = target.parent().unwrap();
    let name = target.file_name().and_then(|name| name.to_str()).unwrap();
    let start = Instant::now();
    succeed(&mut command());
    // at least one is killed early enough, and some come to their end
    let longest_us = (start.elapsed().as_micros() as u64).clamp(5_000, 100_000) * 5 / 4;
    let mut draws = Draws {
        key: start.elapsed().as_nanos() as u64,
        at: 0,
    };
    let bystander = folder.join("earlier.json");
    std::fs::write(&bystander, "an earlier record").unwrap();
    let mut before = std::fs::read(target).unwrap();
    let (mut killed, mut replaced, mut litter) = (0, 0, 0);
    for kill in 0..kills {
        let mut child = command().stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_micros(draws.below(longest_us)));
        child.kill().unwrap();
        killed += u64::from(!child.wait().unwrap().success());
        litter += sweep(folder);
        let mut left = files(folder);
        let after = left.remove(name).expect("the earlier file is gone");
        assert_eq!(left.remove("earlier.json").unwrap(), b"an earlier record");
        assert!(left.is_empty(), "kill {kill} left {:?}", left.keys());
        if after != before {
            assert!(is_whole(&after), "kill {kill} left half a file");
            replaced += 1;
            before = after;
        }
    }
    eprintln!("{killed} of {kills} killed, {replaced} replaced, {litter} temporary files left");
    assert!(killed > 0, "none was killed in time");
}

#[test]
fn a_kill_leaves_the_earlier_record_or_a_whole_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("record.json");
    let is_whole = |bytes: &[u8]| Record::from_json(bytes, &target).is_ok_and(|r| r.complete);
    kill_at_any_moment(&target, KILLS, || small_run(&target), is_whole);
}

#[test]
fn a_kill_leaves_the_earlier_stream_or_a_whole_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("events.csv");
    // most of its time it writes
    let command = || {
        let mut command = notibench();
        command
            .args(["generate", SMOKE, "--events", "100k", "--out"])
            .arg(&target)
            .stderr(Stdio::piped());
        command
    };
    // every one writes the same: anything else is not whole
    kill_at_any_moment(&target, 50, command, |_| false);
}

/// Sends a signal that can be handled.
fn send(signal: &str, child: &Child) {
    let kill = format!("kill -{signal} {}", child.id());
    assert!(
        Command::new("sh")
            .args(["-c", &kill])
            .status()
            .unwrap()
            .success()
    );
}

/// Waits until the child has a handler for Ctrl-C (signal 2).
fn wait_for_handler(child: &Child) {
    let start = Instant::now();
    let status = format!("/proc/{}/status", child.id());
    while start.elapsed() < PATIENCE {
        let caught = std::fs::read_to_string(&status).ok().and_then(|text| {
            let line = text.lines().find_map(|line| line.strip_prefix("SigCgt:"))?;
            u64::from_str_radix(line.trim(), 16).ok()
        });
        if caught.is_some_and(|signals| signals & 0b10 != 0) {
            return;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    panic!("no handler for Ctrl-C");
}

fn wait_patiently(mut child: Child) -> Output {
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if start.elapsed() > PATIENCE {
            child.kill().unwrap();
            panic!("still there {PATIENCE:?} after its signal");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    child.wait_with_output().unwrap()
}

#[test]
#[cfg(target_os = "linux")]
fn ctrl_c_ends_a_run_with_a_record_marked_incomplete() {
    // in the timed part, where nothing is proved, and while the oracle works
    let inline = &[
        "--events",
        "200M",
        "--inline",
        "--no-verify",
        "--rounds",
        "1",
    ][..];
    let proved = &["--events", "5M", "--rounds", "1000"][..];
    for (signal, how, after_ms) in [
        ("INT", inline, 0),
        ("INT", inline, 1_500),
        ("TERM", inline, 1_500),
        ("INT", proved, 1_500),
    ] {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("earlier.json"), "an earlier record").unwrap();
        let child = notibench()
            .args(["run", SMOKE, "--engine", "dashmap", "--out"])
            .arg(folder.path())
            .args(how)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        wait_for_handler(&child);
        std::thread::sleep(Duration::from_millis(after_ms));
        send(signal, &child);
        let output = wait_patiently(child);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(130), "{signal} {how:?}: {said}");
        assert!(said.contains("interrupted"), "{said}");
        assert!(
            text(&output.stdout).contains("incomplete"),
            "{}",
            text(&output.stdout)
        );
        let mut left = files(folder.path());
        assert_eq!(left.remove("earlier.json").unwrap(), b"an earlier record");
        assert_eq!(left.len(), 1, "{:?}", left.keys());
        for (name, bytes) in left {
            let record = Record::from_json(&bytes, Path::new(&name)).unwrap();
            assert!(!record.complete);
            assert_eq!(record.failure.as_deref(), Some("interrupted"));
        }
    }
}

#[test]
fn a_target_that_cannot_be_written_leaves_everything_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let earlier = folder.path().join("earlier.json");
    succeed(&mut small_run(&earlier));
    let before = files(folder.path());
    for (target, advice) in [
        // a folder that is a file, one that the system keeps to itself, none
        (earlier.join("record.json"), "choose a folder that exists"),
        (
            PathBuf::from("/proc/record.json"),
            "choose a folder that exists",
        ),
        (
            folder.path().join("none/record.json"),
            "choose a folder that exists",
        ),
        // a disk that is full
        (PathBuf::from("/dev/full"), "free some room"),
    ] {
        let output = small_run(&target).output().unwrap();
        let said = text(&output.stderr);
        assert_eq!(
            output.status.code(),
            Some(1),
            "{}: {said}",
            target.display()
        );
        assert!(said.contains(advice), "{}: {said}", target.display());
        assert_eq!(files(folder.path()), before);
    }
}

/// The command under a limit of a few kB a file, with the signal ignored that
/// goes with it: a write fails in the middle, as on a full disk.
fn within_a_small_disk(arguments: &[&str]) -> Output {
    Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 4; exec \"$0\" \"$@\""])
        .arg(env!("CARGO_BIN_EXE_notibench"))
        .args(arguments)
        .current_dir(common::binary::root())
        .output()
        .unwrap()
}

#[test]
#[cfg(target_os = "linux")]
fn a_write_that_fails_in_the_middle_leaves_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("record.csv");
    let path = target.to_str().unwrap();
    succeed(&mut small_run(&target));
    let before = files(folder.path());
    let run = ["run", SMOKE, "--events", "2k", "--engine", "dashmap"];
    for arguments in [
        [&run[..], &["--out", path]].concat(),
        [&run[..], &["--no-save", "--snapshot", path]].concat(),
        vec!["generate", SMOKE, "--events", "5k", "--out", path],
    ] {
        // two members and four contents: too little for the limit
        let arguments: Vec<&str> = arguments
            .into_iter()
            .map(|word| match word {
                SMOKE => "workloads/smoke/constant_sequential.toml",
                word => word,
            })
            .collect();
        let output = within_a_small_disk(&arguments);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
        assert!(
            said.contains("record.csv: File too large"),
            "{arguments:?}: {said}"
        );
        assert_eq!(files(folder.path()), before, "{arguments:?}");
        // the figures of the run are not lost
        assert_eq!(output.stdout.is_empty(), arguments[0] == "generate");
    }
}
