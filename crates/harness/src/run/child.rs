//! A run in a process of its own, of this build or another; a run made in
//! several of them, and two builds that take turns.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read as _, Seek as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use crate::run::round::shuffled;
use crate::trial::watch::Observer;
use notibench_core::engine::StopFlag;
use notibench_record::{Record, RunFailure};

/// How often is looked whether the child has ended: rarely enough that the
/// parent takes no time from it.
pub(crate) const LOOK_EVERY: Duration = Duration::from_millis(20);
/// Lines of a failed child's messages that are told.
const LAST_LINES: usize = 8;

/// Why a child gave no record.
#[derive(Debug, thiserror::Error)]
pub enum ChildError {
    /// The stop flag was set; the child has been ended.
    #[error("interrupted")]
    Interrupted,
    /// It could not be started.
    #[error(
        "cannot start {}: {source}; name an executable of notibench that runs on this machine",
        exe.display()
    )]
    NotStarted {
        /// The executable.
        exe: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// What it said could not be kept or read.
    #[error(
        "cannot keep what {} prints: {source}; make room in the folder of temporary files",
        exe.display()
    )]
    NotRead {
        /// The executable.
        exe: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// It found an engine wrong: its exit code was 3.
    #[error("{} found its own result wrong{said}", exe.display())]
    Wrong {
        /// The executable.
        exe: PathBuf,
        /// Its last messages, each on a line of its own.
        said: String,
    },
    /// It ended with another code, or by a signal.
    #[error("{} failed ({status}){said}", exe.display())]
    Failed {
        /// The executable.
        exe: PathBuf,
        /// Its exit code or signal, in words.
        status: String,
        /// Its last messages, each on a line of its own.
        said: String,
    },
    /// It succeeded, and what it printed is no record that this build reads.
    #[error("{} printed no record that this build reads: {why}{said}", exe.display())]
    NoRecord {
        /// The executable.
        exe: PathBuf,
        /// What is wrong with it.
        why: String,
        /// Its last messages, each on a line of its own.
        said: String,
    },
    /// It does not take turns by the slice with other processes.
    #[error("{} takes no turns by the slice: {why}{said}", exe.display())]
    NotInLockStep {
        /// The executable.
        exe: PathBuf,
        /// What it did in place of that.
        why: String,
        /// Its last messages, each on a line of its own.
        said: String,
    },
    /// It ended, or said something else, where it was to take its turn.
    #[error("{} did not take its turn: {why}{said}", exe.display())]
    OutOfStep {
        /// The executable.
        exe: PathBuf,
        /// What it did in place of that.
        why: String,
        /// Its last messages, each on a line of its own.
        said: String,
    },
    /// Its record does not go with those of the processes before it.
    #[error("the processes do not agree: {0}")]
    Disagree(String),
}

/// Runs `exe` with these words and reads the record that it prints. The child
/// gets no standard input; its output goes to files without a name, so that
/// nothing has to read along while it measures.
///
/// # Errors
/// Where it can't be started, fails, or prints no record; where `stop` is set,
/// which ends the child.
fn run_child(exe: &Path, words: &[OsString], stop: &StopFlag) -> Result<Record, ChildError> {
    let not_read = |source| ChildError::NotRead {
        exe: exe.to_owned(),
        source,
    };
    let mut printed = tempfile::tempfile().map_err(not_read)?;
    let mut said = tempfile::tempfile().map_err(not_read)?;
    let mut child = Command::new(exe)
        .args(words)
        .stdin(Stdio::null())
        .stdout(printed.try_clone().map_err(not_read)?)
        .stderr(said.try_clone().map_err(not_read)?)
        .spawn()
        .map_err(|source| ChildError::NotStarted {
            exe: exe.to_owned(),
            source,
        })?;
    let status = wait(&mut child, stop)
        .map_err(not_read)?
        .ok_or(ChildError::Interrupted)?;
    let said = last_lines(&read_back(&mut said).map_err(not_read)?);
    check_status(exe, status, &said)?;
    record_of(exe, &read_back(&mut printed).map_err(not_read)?, said)
}

/// Refuses a child that did not succeed.
pub(crate) fn check_status(exe: &Path, status: ExitStatus, said: &str) -> Result<(), ChildError> {
    let (exe, said) = (exe.to_owned(), said.to_owned());
    match status.code() {
        Some(0) => Ok(()),
        Some(3) => Err(ChildError::Wrong { exe, said }),
        Some(130) => Err(ChildError::Interrupted),
        _ => {
            let status = status.to_string();
            Err(ChildError::Failed { exe, status, said })
        }
    }
}

/// The record that a child printed.
pub(crate) fn record_of(exe: &Path, printed: &[u8], said: String) -> Result<Record, ChildError> {
    let no_record = |why| ChildError::NoRecord {
        exe: exe.to_owned(),
        why,
        said,
    };
    if printed.is_empty() {
        return Err(no_record("it printed nothing".to_owned()));
    }
    Record::from_json(printed, Path::new("its output"))
        .map_err(|error| no_record(error.to_string()))
}

/// One run in `processes` processes of `exe`, one after the other, the words
/// of each given by `words`; their records made into one. Interrupted, it
/// gives the record of the processes that came to their end, marked
/// incomplete; that of the one that was under way is lost.
///
/// # Errors
/// As `run_child`; where the records do not go together; where `stop` is
/// set before the first process has ended.
pub fn run_in_processes(
    exe: &Path,
    words: impl Fn(usize) -> Vec<OsString>,
    processes: usize,
    stop: &StopFlag,
    observer: &mut dyn Observer,
) -> Result<Record, ChildError> {
    let mut whole: Option<Record> = None;
    for number in 0..processes {
        observer.turn(number, processes, &format!("process {}", number + 1));
        let part = if stop.is_set() {
            Err(ChildError::Interrupted)
        } else {
            run_child(exe, &words(number), stop)
        };
        let part = match part {
            Err(ChildError::Interrupted) => {
                let record = whole.as_mut().ok_or(ChildError::Interrupted)?;
                record.complete = false;
                record.failure = Some(RunFailure::Interrupted);
                break;
            }
            part => part?,
        };
        match &mut whole {
            None => whole = Some(part),
            Some(record) => record
                .add_process(part, number)
                .map_err(ChildError::Disagree)?,
        }
        if let Some(record) = &whole {
            observer.measured(None, record);
        }
    }
    whole.ok_or(ChildError::Interrupted)
}

/// One turn of two builds: one process of each, in an order that the seed
/// decides anew for each turn. `begins` hears whose process starts. The
/// records come in the order of `exes`.
///
/// # Errors
/// As `run_child`.
pub fn run_turn(
    exes: [&Path; 2],
    words: &[OsString],
    (seed, turn): (u64, usize),
    stop: &StopFlag,
    begins: &mut dyn FnMut(usize),
) -> Result<[Record; 2], ChildError> {
    let mut run = |at: usize| {
        begins(at);
        run_child(exes[at], words, stop)
    };
    if shuffled(2, seed, turn).next() == Some(1) {
        let new = run(1)?;
        Ok([run(0)?, new])
    } else {
        Ok([run(0)?, run(1)?])
    }
}

/// Waits for the child; `None` where the stop flag was set, and then it is
/// ended: it saves nothing that could be lost.
fn wait(child: &mut Child, stop: &StopFlag) -> io::Result<Option<ExitStatus>> {
    loop {
        if let Some(status) = child.try_wait()? {
            // a child that shares our terminal was interrupted with us
            return Ok((!stop.is_set()).then_some(status));
        }
        if stop.is_set() {
            // it may have ended by itself since
            let _ = child.kill();
            child.wait()?;
            return Ok(None);
        }
        std::thread::sleep(LOOK_EVERY);
    }
}

pub(crate) fn read_back(file: &mut File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The last lines of what it said, each after a line break and two spaces,
/// without control characters.
pub(crate) fn last_lines(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
    if lines.is_empty() {
        return ", and said nothing".to_owned();
    }
    let last = &lines[lines.len().saturating_sub(LAST_LINES)..];
    let plain = |line: &&str| -> String {
        line.chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect()
    };
    let last: Vec<String> = last.iter().map(plain).collect();
    format!("; it said:\n  {}", last.join("\n  "))
}

#[cfg(test)]
#[path = "child_tests.rs"]
mod tests;
