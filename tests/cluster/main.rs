//! Clusters of processes on loopback: equal to the oracle; and what is said,
//! and with which exit code, where a process is killed, frozen, missing or of
//! another run. Built with the feature `cluster`.
#![cfg(feature = "cluster")]

#[path = "../common/mod.rs"]
mod common;
mod runs;

use std::io::Read as _;
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use common::binary::{SMOKE, notibench, text};

/// Long enough that a busy machine reaches it only where something hangs.
const PATIENT: Duration = Duration::from_secs(60);

/// One process of a cluster; killed where the test ends before it does.
struct Process {
    child: Child,
}

impl Process {
    /// `run` with these words, as the process of that number.
    fn start(hosts: &Path, process: usize, words: &[&str]) -> Self {
        let mut command = notibench();
        command.args([
            "run",
            SMOKE,
            "--engine",
            "timely",
            "--no-save",
            "--threads",
            "1",
        ]);
        command.args(["--warmup-rounds", "0", "--process", &process.to_string()]);
        command.arg("--hosts").arg(hosts).args(words);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        Self {
            child: command.spawn().unwrap(),
        }
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args([&format!("-{name}"), &self.child.id().to_string()])
            .status();
        assert!(sent.unwrap().success());
    }

    /// Its exit status, and what it said on stderr, once it has ended.
    fn wait(mut self) -> (ExitStatus, String) {
        let start = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(start.elapsed() < PATIENT, "it does not end");
            std::thread::sleep(Duration::from_millis(5));
        };
        let mut said = Vec::new();
        let stderr = self.child.stderr.as_mut().unwrap();
        stderr.read_to_end(&mut said).unwrap();
        (status, text(&said))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A file of as many addresses on loopback that nobody listens on.
fn hosts(count: usize) -> (tempfile::TempDir, PathBuf, Vec<String>) {
    let listeners: Vec<_> = (0..count)
        .map(|_| TcpListener::bind("127.0.0.1:0").unwrap())
        .collect();
    let addresses = listeners.iter().map(TcpListener::local_addr);
    let addresses: Vec<String> = addresses.map(|of| of.unwrap().to_string()).collect();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hosts.txt");
    std::fs::write(&file, addresses.join("\n")).unwrap();
    (folder, file, addresses)
}

/// Rounds without end, of trials that are long enough to be met in one.
const LONG: [&str; 6] = [
    "--events",
    "2M",
    "--rounds",
    "1000",
    "--inline",
    "--no-verify",
];

/// Two processes in the middle of their trials.
fn two_at_work(more: &[&str]) -> (tempfile::TempDir, Process, Process, Vec<String>) {
    let (folder, file, addresses) = hosts(2);
    let words = [&LONG[..], more].concat();
    let leader = Process::start(&file, 0, &words);
    let mut other = Process::start(&file, 1, &words);
    // it says so when it has joined; its first trial begins soon after
    let stderr = other.child.stderr.as_mut().unwrap();
    let (mut said, mut byte) = (Vec::new(), [0]);
    while byte != *b"\n" && stderr.read(&mut byte).unwrap() == 1 {
        said.push(byte[0]);
    }
    assert!(text(&said).contains("process 1 of 2: joined"));
    std::thread::sleep(Duration::from_millis(500));
    (folder, leader, other, addresses)
}

#[test]
fn a_process_that_is_killed_ends_all_with_words() {
    let (_folder, leader, other, addresses) = two_at_work(&[]);
    other.signal("KILL");
    drop(other);
    let (status, said) = leader.wait();
    assert_eq!(status.code(), Some(1), "{said}");
    let named = format!("error: process 1 ({}) has gone", addresses[1]);
    assert!(said.contains(&named), "{said}");
    assert!(!said.contains("panicked"), "{said}");
}

#[test]
fn where_process_0_is_killed_the_others_end_too() {
    let (_folder, leader, other, addresses) = two_at_work(&[]);
    leader.signal("KILL");
    drop(leader);
    let (status, said) = other.wait();
    assert_eq!(status.code(), Some(1), "{said}");
    let named = format!("error: process 0 ({}) has gone", addresses[0]);
    assert!(said.contains(&named), "{said}");
    assert!(!said.contains("panicked"), "{said}");
}

#[test]
fn a_process_that_is_frozen_ends_all_with_words() {
    let (_folder, leader, other, addresses) = two_at_work(&["--peer-timeout", "1s"]);
    other.signal("STOP");
    let (status, said) = leader.wait();
    assert_eq!(status.code(), Some(1), "{said}");
    let named = format!("process 1 ({}) has not been heard of for 1s", addresses[1]);
    assert!(said.contains(&named), "{said}");
    // once it goes on, it finds that the others have ended
    other.signal("CONT");
    let (status, said) = other.wait();
    assert_eq!(status.code(), Some(1), "{said}");
    assert!(!said.contains("panicked"), "{said}");
}

#[test]
fn a_process_that_never_comes_is_named() {
    let (_folder, file, addresses) = hosts(2);
    let soon = ["--peer-timeout", "200ms"];
    let leader = Process::start(&file, 0, &soon);
    let (status, said) = leader.wait();
    assert_eq!(status.code(), Some(1), "{said}");
    let named = format!(
        "error: process 1 ({}) has not come within 200ms",
        addresses[1]
    );
    assert!(said.contains(&named), "{said}");
    let (status, said) = Process::start(&file, 1, &soon).wait();
    assert_eq!(status.code(), Some(1), "{said}");
    let named = format!("error: process 0 ({}) does not answer", addresses[0]);
    assert!(said.contains(&named), "{said}");
}

#[test]
fn a_process_of_another_run_is_refused_and_both_say_why() {
    let (_folder, file, _) = hosts(2);
    let leader = Process::start(&file, 0, &["--seed", "1"]);
    let other = Process::start(&file, 1, &["--seed", "2"]);
    for process in [leader, other] {
        let (status, said) = process.wait();
        assert_eq!(status.code(), Some(1), "{said}");
        assert!(said.contains("it has --seed 2, process 0 has 1"), "{said}");
    }
}

#[test]
fn strangers_are_let_go_and_the_run_is_proved() {
    let (_folder, file, addresses) = hosts(2);
    let words = ["--events", "20k", "--rounds", "2"];
    let leader = Process::start(&file, 0, &words);
    let reach = || loop {
        if let Ok(stream) = TcpStream::connect(&addresses[0]) {
            return stream;
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let silent = reach();
    let mut curious = reach();
    std::io::Write::write_all(&mut curious, b"GET / HTTP/1.1\r\n\r\n").unwrap();
    // it is closed, and given no answer
    let mut answer = Vec::new();
    let _ = curious.read_to_end(&mut answer);
    assert!(answer.is_empty());
    let other = Process::start(&file, 1, &words);
    let (status, said) = leader.wait();
    assert!(status.success(), "{said}");
    let (status, said) = other.wait();
    assert!(status.success(), "{said}");
    assert!(
        said.contains("process 1 of 2: done after 4 trials"),
        "{said}"
    );
    drop(silent);
}

/// A terminal's Ctrl-C reaches every process at once: that is no failure of
/// one of them.
#[test]
fn an_interruption_of_all_is_one_interruption() {
    let mut command = notibench();
    command.args(["cluster", SMOKE, "--engine", "timely", "--no-save"]);
    command.args(["--warmup-rounds", "0"]).args(LONG);
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    command.process_group(0);
    let all = Process {
        child: command.spawn().unwrap(),
    };
    std::thread::sleep(Duration::from_millis(1_500));
    let sent = Command::new("kill")
        .args(["-INT", "--", &format!("-{}", all.child.id())])
        .status();
    assert!(sent.unwrap().success());
    let (status, said) = all.wait();
    assert_eq!(status.code(), Some(130), "{said}");
}

#[test]
fn an_interruption_ends_all_in_good_order() {
    let (_folder, leader, other, _) = two_at_work(&[]);
    leader.signal("INT");
    let (status, said) = leader.wait();
    assert_eq!(status.code(), Some(130), "{said}");
    let (status, said) = other.wait();
    assert_eq!(status.code(), Some(1), "{said}");
    assert!(said.contains("process 0 was interrupted"), "{said}");
}
