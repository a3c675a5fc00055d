//! How a command ends: exit codes and the message that goes with each.

use std::fmt;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use notibench_core::unit::address::without_password;
use notibench_core::unit::atomic_file::WriteError;
use notibench_core::unit::terminal::{is_coloured, takes_escapes};
use notibench_harness::{ChildError, PlanError, TrialError};
use notibench_record::RecordError;
use notibench_workload::WorkloadError;
use notibench_workload::trace::TraceError;

/// Wrong usage.
pub(super) const USAGE: u8 = 2;
/// Interrupted, and ended in good order.
pub(super) const INTERRUPTED: u8 = 130;

/// Why a command did not succeed.
#[derive(Debug)]
pub(super) enum Failure {
    /// Something went wrong: 1.
    Error(String),
    /// The command line can't be meant: 2.
    Usage(String),
    /// An engine is wrong: 3.
    Verification(String),
    /// Slower beyond the gate: 4.
    Regression(String),
    /// Interrupted: 130.
    Interrupted(String),
    /// The reader of stdout has closed it: not an error.
    ReaderGone,
}

impl Failure {
    /// Prints the message; gives the exit code.
    pub(super) fn report(&self) -> ExitCode {
        let (code, message) = match self {
            Self::Error(message) => (1, message),
            Self::Usage(message) => (USAGE, message),
            Self::Verification(message) => (3, message),
            Self::Regression(message) => (4, message),
            Self::Interrupted(message) => (INTERRUPTED, message),
            Self::ReaderGone => return ExitCode::SUCCESS,
        };
        // a workload's error is a whole rendered report of its own
        let prefix = if message.starts_with("error") {
            ""
        } else {
            "error: "
        };
        say(format_args!("{prefix}{message}"));
        ExitCode::from(code)
    }
}

impl From<PlanError> for Failure {
    fn from(error: PlanError) -> Self {
        match error {
            PlanError::TooLarge { .. } | PlanError::NotAsRecorded(_) => {
                Self::Error(error.to_string())
            }
            _ => Self::Usage(error.to_string()),
        }
    }
}

impl From<TrialError> for Failure {
    fn from(error: TrialError) -> Self {
        match error {
            TrialError::Interrupted => Self::Interrupted(error.to_string()),
            _ => Self::Error(error.to_string()),
        }
    }
}

impl From<ChildError> for Failure {
    fn from(error: ChildError) -> Self {
        match error {
            ChildError::Interrupted => Self::Interrupted(error.to_string()),
            ChildError::Wrong { .. } => Self::Verification(error.to_string()),
            _ => Self::Error(error.to_string()),
        }
    }
}

impl From<WorkloadError> for Failure {
    fn from(error: WorkloadError) -> Self {
        Self::Error(error.render(is_coloured(&io::stderr())))
    }
}

impl From<TraceError> for Failure {
    fn from(error: TraceError) -> Self {
        Self::Error(error.to_string())
    }
}

impl From<RecordError> for Failure {
    fn from(error: RecordError) -> Self {
        Self::Error(error.to_string())
    }
}

impl From<WriteError> for Failure {
    fn from(error: WriteError) -> Self {
        Self::Error(error.to_string())
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::ReaderGone,
            _ => Self::Error(format!("cannot write to stdout: {error}")),
        }
    }
}

/// Writes to stdout and flushes, so that a full disk is noticed. A reader that
/// has gone is no failure: the command goes on, and its exit code says what
/// came of it.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let end = if text.ends_with('\n') { "" } else { "\n" };
    let written = out
        .write_all(text.as_bytes())
        .and_then(|()| out.write_all(end.as_bytes()))
        .and_then(|()| out.flush());
    match written.map_err(Failure::from) {
        Err(Failure::ReaderGone) => Ok(()),
        other => other,
    }
}

/// Writes a line to stderr. A stderr that is closed changes nothing, unlike
/// with `eprintln!`, which panics.
pub(super) fn say(words: impl fmt::Display) {
    let _ = writeln!(io::stderr(), "{words}");
}

/// Whether `--quiet` was given.
static QUIET: AtomicBool = AtomicBool::new(false);

/// From now on no progress and no notes.
pub(super) fn be_quiet() {
    QUIET.store(true, Ordering::Relaxed);
}

/// Says where something was written, or the like, unless `--quiet` was given.
pub(super) fn note(words: impl fmt::Display) {
    if !QUIET.load(Ordering::Relaxed) {
        say(words);
    }
}

/// Whether progress is shown: on a stderr that takes escape sequences, unless
/// `--quiet` was given.
pub(super) fn progress_wanted() -> bool {
    takes_escapes(&io::stderr()) && !QUIET.load(Ordering::Relaxed)
}

/// This command's line, word by word, as it is recorded and shown: bytes that
/// are no text as U+FFFD, and passwords of addresses left out.
pub(super) fn command_words() -> Vec<String> {
    let words = std::env::args_os();
    words
        .map(|word| without_password(&word.to_string_lossy()))
        .collect()
}
