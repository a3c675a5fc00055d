//! The processes of a lock-step: started together, given turns, their records
//! read, and ended whatever happens.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::plan::rounds::DEFAULT_SLICE_US;
use crate::run::child::{ChildError, LOOK_EVERY, check_status, last_lines, read_back, record_of};
use crate::run::interleaved::schedule::Draw;
use crate::run::lock_step::giver::{Broken, Giver, Pace, Why};
use crate::run::lock_step::line::{Line, LineError};
use notibench_core::engine::StopFlag;
use notibench_record::Record;

/// How long a process that has failed may take to end.
const GRACE: Duration = Duration::from_secs(5);
/// How long the lines of a record may take.
const RECORD: Duration = Duration::from_secs(600);

/// Turns of several processes in lock-step, each with processes of its own.
#[derive(Debug)]
pub struct LockStep {
    order_seed: u64,
    slice_us: u64,
    turns: usize,
    pace: Pace,
}

impl LockStep {
    /// Turns whose slices and orders are drawn from the seed; a slice takes so
    /// many µs on average, 10 ms by default.
    #[must_use]
    pub fn new(order_seed: u64, slice_us: Option<u64>) -> Self {
        Self {
            order_seed,
            slice_us: slice_us.unwrap_or(DEFAULT_SLICE_US),
            turns: 0,
            pace: Pace::default(),
        }
    }

    /// What a slice takes on average, in µs.
    #[must_use]
    pub const fn slice_us(&self) -> u64 {
        self.slice_us
    }

    /// One turn: a process of each executable, all alive at the same time,
    /// which take each slice in an order of its own. `words` are those of
    /// `run`, the subcommand first. The records come in the order of `exes`.
    ///
    /// # Errors
    /// [`ChildError::NotInLockStep`] where an executable does not take turns
    /// by the slice; as other children, and where one is out of step.
    pub fn turn(
        &mut self,
        exes: &[&Path],
        words: &[OsString],
        stop: &StopFlag,
    ) -> Result<Vec<Record>, ChildError> {
        let mut lines = Vec::with_capacity(exes.len());
        let mut running = Vec::with_capacity(exes.len());
        for exe in exes {
            let (process, line) = Running::start(exe, &words_of(words, exes.len()))?;
            running.push(process);
            lines.push(line);
        }
        let given = Giver {
            lines: &mut lines,
            stop,
            slice_ns: self.slice_us as f64 * 1e3,
            draw: Draw::new(self.order_seed, self.turns),
            pace: &mut self.pace,
        }
        .give();
        self.turns += 1;
        if let Err(Broken { member, why }) = given {
            return Err(running.swap_remove(member).error(why, stop));
        }
        let ended = running.into_iter().zip(lines);
        ended.map(|(one, line)| one.record(&line, stop)).collect()
    }
}

/// The words of each process, which is told how many share the machine.
fn words_of(words: &[OsString], processes: usize) -> Vec<OsString> {
    let mut words = words.to_vec();
    let told = ["--lock-step".into(), processes.to_string().into()];
    words.splice(1.min(words.len())..1.min(words.len()), told);
    words
}

/// A process that is ended where this goes.
struct Running {
    exe: PathBuf,
    child: Child,
    said: File,
}

impl Drop for Running {
    fn drop(&mut self) {
        // it may have ended by itself; it saves nothing that could be lost
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Running {
    fn start(exe: &Path, words: &[OsString]) -> Result<(Self, Line), ChildError> {
        let exe = exe.to_owned();
        let not_read = |source| ChildError::NotRead {
            exe: exe.clone(),
            source,
        };
        let said = tempfile::tempfile().map_err(not_read)?;
        let mut child = Command::new(&exe)
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(said.try_clone().map_err(not_read)?)
            .spawn()
            .map_err(|source| ChildError::NotStarted {
                exe: exe.clone(),
                source,
            })?;
        let pipes = child.stdout.take().zip(child.stdin.take());
        let running = Self { exe, child, said };
        let (from, to) = pipes.ok_or_else(|| running.not_read(io::ErrorKind::BrokenPipe.into()))?;
        let line = Line::new(from, to).map_err(|error| running.not_read(error))?;
        Ok((running, line))
    }

    fn not_read(&self, source: io::Error) -> ChildError {
        ChildError::NotRead {
            exe: self.exe.clone(),
            source,
        }
    }

    /// What its early end comes to.
    fn error(mut self, why: Why, stop: &StopFlag) -> ChildError {
        let why = match why {
            Why::Interrupted => return ChildError::Interrupted,
            Why::TakesNone(why) => {
                let exe = self.exe.clone();
                // what it said last says more than that it ended
                let status = self.ended(GRACE, stop);
                let said = read_back(&mut self.said).unwrap_or_default();
                let said = match (status, said.is_empty()) {
                    (Ok(Some(_)), false) => last_lines(&said),
                    _ => String::new(),
                };
                return ChildError::NotInLockStep { exe, why, said };
            }
            Why::OutOfStep(why) => why,
        };
        let status = match self.ended(GRACE, stop) {
            Ok(status) => status,
            Err(error) => return error,
        };
        let said = match read_back(&mut self.said) {
            Ok(said) => last_lines(&said),
            Err(source) => return self.not_read(source),
        };
        let exe = self.exe.clone();
        match status.map(|status| check_status(&exe, status, &said)) {
            Some(Err(error)) => error,
            Some(Ok(())) | None => ChildError::OutOfStep { exe, why, said },
        }
    }

    /// The record that it prints last, and its end.
    fn record(mut self, line: &Line, stop: &StopFlag) -> Result<Record, ChildError> {
        let printed = line.rest(stop, RECORD).map_err(|error| match error {
            LineError::Interrupted => ChildError::Interrupted,
            error => ChildError::OutOfStep {
                exe: self.exe.clone(),
                why: error.to_string(),
                said: String::new(),
            },
        })?;
        let status = self.ended(RECORD, stop)?;
        let said = read_back(&mut self.said).map_err(|source| self.not_read(source))?;
        let said = last_lines(&said);
        match status {
            Some(status) => check_status(&self.exe, status, &said)?,
            None => {
                return Err(ChildError::OutOfStep {
                    exe: self.exe.clone(),
                    why: "it printed its record and did not end".to_owned(),
                    said,
                });
            }
        }
        record_of(&self.exe, printed.as_bytes(), said)
    }

    /// How it ended; none where it has not within `patience`.
    fn ended(
        &mut self,
        patience: Duration,
        stop: &StopFlag,
    ) -> Result<Option<ExitStatus>, ChildError> {
        let start = Instant::now();
        loop {
            if stop.is_set() {
                return Err(ChildError::Interrupted);
            }
            let status = self.child.try_wait();
            match status.map_err(|source| self.not_read(source))? {
                Some(status) => return Ok(Some(status)),
                None if start.elapsed() > patience => return Ok(None),
                None => std::thread::sleep(LOOK_EVERY),
            }
        }
    }
}
