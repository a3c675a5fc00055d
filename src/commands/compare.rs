//! `compare`: two builds in turns of processes, or two saved records.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::args::compare::{CompareArgs, CompareFormat};
use crate::args::measurement::PassArg;
use crate::engines::engines_or_default;
use crate::exit::{Failure, command_words, print};
use crate::page;
use crate::progress::Progress;
use crate::show::style;
use crate::signal::stop_flag;
use notibench_core::engine::StopFlag;
use notibench_core::unit::quantity::{counted, show_whole};
use notibench_harness::{self as harness, ChildError, Contender, LockStep, Observer as _};
use notibench_record::Record;
use notibench_report::compare::{
    self, Builds, Comparison, Gate, RecordFile, Refusal, TurnUnit, check_turn, compare_builds,
    compare_records,
};
use notibench_report::html::Document;
use notibench_workload::{Workload, built_in_text};

/// Turns that are thrown away.
const WARMUP_TURNS: usize = 1;
/// Turns that count, at the least and at the most.
const TURNS: std::ops::RangeInclusive<usize> = 2..=10_000;
/// `notibench compare`.
pub(crate) fn compare(args: &CompareArgs, own: &[Contender]) -> Result<(), Failure> {
    let stem = args.paths.last().and_then(|path| path.file_stem());
    let stem = stem.map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    let page = args.html.target_by_name(&format!("{stem}-comparison"))?;
    let comparison = match (&args.exes[..], &args.paths[..]) {
        ([old, new], [workload]) => builds(args, own, [old, new], workload)?,
        ([], [before, after]) => records(args, before, after)?,
        ([], [_]) => {
            return Err(Failure::Usage(
                "one record has nothing to be compared with: name two, or two builds with --exe \
                 OLD --exe NEW"
                    .to_owned(),
            ));
        }
        ([_], _) => {
            return Err(Failure::Usage(
                "--exe names one build: name two, the old one first: --exe OLD --exe NEW"
                    .to_owned(),
            ));
        }
        ([_, _], _) => {
            return Err(Failure::Usage(
                "two builds run one workload: name one workload file".to_owned(),
            ));
        }
        _ => {
            return Err(Failure::Usage(
                "--exe is given more than twice: name the old build, then the new one".to_owned(),
            ));
        }
    };
    print(&show(&comparison, args.format))?;
    if let Some(page) = page {
        page::write(
            &page.path,
            &[Document::Comparison(&comparison, &command_words())],
        )?;
    }
    match comparison.failure() {
        Some(words) => Err(Failure::Regression(words)),
        None => Ok(()),
    }
}

fn show(comparison: &Comparison, format: CompareFormat) -> String {
    match format {
        CompareFormat::Terminal => compare::terminal(comparison, &style()),
        CompareFormat::Json => compare::json(comparison),
        CompareFormat::Markdown => compare::markdown(comparison),
    }
}

/// The gate that was asked for.
fn gate(args: &CompareArgs) -> Option<Gate> {
    args.fail_slower.map(|slower| Gate {
        slower,
        fail_unsure: args.fail_unsure,
    })
}

fn records(args: &CompareArgs, before: &Path, after: &Path) -> Result<Comparison, Failure> {
    let (old, new) = (Record::load(before)?, Record::load(after)?);
    let [before, after] = [before, after].map(|path| path.display().to_string());
    let file = |path, record| RecordFile { path, record };
    let (before, after) = (file(&before, &old), file(&after, &new));
    Ok(compare_records(
        before,
        after,
        args.pass.into(),
        gate(args),
        args.force,
    )?)
}

fn builds(
    args: &CompareArgs,
    own: &[Contender],
    exes: [&PathBuf; 2],
    workload: &Path,
) -> Result<Comparison, Failure> {
    check_turns(args.turns)?;
    // a mistake in it is told here, with its place, and not by a child
    Workload::load(workload)?;
    let order_seed = args.order_seed.unwrap_or_else(harness::drawn_seed);
    let exes = [executable(exes[0])?, executable(exes[1])?];
    let identical = is_identical(&exes);
    let before = exes.each_ref().map(stamp);
    let paths = [&args.exes[0], &args.exes[1]].map(|path| path.display().to_string());
    let paths = paths.each_ref().map(String::as_str);
    let engines = engines_or_default(&args.engines, own);
    let copy = copy_of_built_in(workload)?;
    let words = words(
        args,
        &engines,
        copy.as_ref().map_or(workload, TemporaryWorkload::path),
    );
    let stop = stop_flag();
    let mut turns = Turns {
        exes: exes.each_ref().map(PathBuf::as_path),
        paths,
        words,
        order_seed,
        stop: &stop,
        lock_step: (!args.isolated).then(|| LockStep::new(order_seed, args.slice)),
        apart: None,
        progress: Progress::new(),
    };
    let (mut counted, mut again) = (Vec::new(), Vec::new());
    for turn in 0..args.turns + WARMUP_TURNS {
        let (records, second) = turns.take(turn, args.turns + WARMUP_TURNS)?;
        if turn >= WARMUP_TURNS {
            counted.push(records);
            again.extend(second);
        }
    }
    let (lock_step, apart) = (turns.lock_step.take(), turns.apart.take());
    drop(turns);
    if exes.each_ref().map(stamp) != before {
        return Err(Failure::Error(
            "an executable was replaced while it was measured: copy both aside before, such as to \
             /tmp, and compare the copies"
                .to_owned(),
        ));
    }
    Ok(compare_builds(&Builds {
        paths,
        identical,
        turns: &counted,
        turn_unit: match &lock_step {
            None => TurnUnit::Processes(apart.as_deref()),
            Some(lock_step) => TurnUnit::Slices {
                again: &again,
                slice_us: lock_step.slice_us(),
            },
        },
        order_seed,
        warmup_turns: WARMUP_TURNS,
        pass: args.pass.into(),
        gate: gate(args),
    })?)
}

/// Refuses a number of turns that is out of range.
fn check_turns(turns: usize) -> Result<(), Failure> {
    if TURNS.contains(&turns) {
        return Ok(());
    }
    Err(Failure::Usage(format!(
        "--turns is {}, must be {} to {}",
        show_whole(turns as u64),
        TURNS.start(),
        show_whole(*TURNS.end() as u64)
    )))
}

/// A workload in a file of a folder of its own, which lasts as long as this.
struct TemporaryWorkload {
    path: PathBuf,
    _folder: tempfile::TempDir,
}

impl TemporaryWorkload {
    fn path(&self) -> &Path {
        &self.path
    }
}

/// A built-in workload in a file: both builds are to run the same one, and
/// an older one may have none.
fn copy_of_built_in(workload: &Path) -> Result<Option<TemporaryWorkload>, Failure> {
    let Some(text) = built_in_text(workload) else {
        return Ok(None);
    };
    let copy = tempfile::tempdir().and_then(|folder| {
        let name = workload.file_name().unwrap_or(workload.as_os_str());
        let path = folder.path().join(name).with_extension("toml");
        std::fs::write(&path, text)?;
        let _folder = folder;
        Ok(TemporaryWorkload { path, _folder })
    });
    let why = |error| format!("cannot write the workload into a temporary file: {error}");
    copy.map(Some).map_err(|error| Failure::Error(why(error)))
}

/// The turns of two builds.
struct Turns<'a> {
    exes: [&'a Path; 2],
    paths: [&'a str; 2],
    words: Vec<OsString>,
    order_seed: u64,
    stop: &'a StopFlag,
    /// Slices in turn, as long as both builds take them so.
    lock_step: Option<LockStep>,
    /// Why whole processes take turns, where slices were wanted.
    apart: Option<String>,
    progress: Progress,
}

impl Turns<'_> {
    /// The records of one turn, of `total`: the old build's and the new
    /// one's, and with slices in turn that of the old one's second process.
    fn take(
        &mut self,
        turn: usize,
        total: usize,
    ) -> Result<([Record; 2], Option<Record>), Failure> {
        let stop = self.stop;
        if let Some(lock_step) = &mut self.lock_step {
            self.progress.turn(turn, total, "all in lock-step");
            let [old, new] = self.exes;
            match lock_step.turn(&[old, new, old], &self.words, stop) {
                // a build of before lock-step, or too little memory for three
                Err(error @ ChildError::NotInLockStep { .. }) if turn == 0 => {
                    self.apart = Some(error.to_string());
                    self.lock_step = None;
                }
                records => return self.three(records),
            }
        }
        let mut over = turn * 2;
        let begins = &mut |at: usize| {
            self.progress.turn(over, total * 2, self.paths[at]);
            over += 1;
        };
        let at = (self.order_seed, turn);
        let records = harness::run_turn(self.exes, &self.words, at, stop, begins)
            .map_err(|error| failure_of(error, stop))?;
        check_turn(self.paths, records.each_ref())?;
        Ok((records, None))
    }

    /// The three records of a turn in lock-step, checked.
    fn three(
        &self,
        records: Result<Vec<Record>, ChildError>,
    ) -> Result<([Record; 2], Option<Record>), Failure> {
        let records = records.map_err(|error| failure_of(error, self.stop))?;
        let [old, new, again] = <[Record; 3]>::try_from(records).map_err(|records| {
            Failure::Error(format!(
                "{} of a turn in place of 3 gave a record",
                counted(records.len(), "process")
            ))
        })?;
        check_turn(self.paths, [&old, &new])?;
        check_turn([self.paths[0]; 2], [&old, &again])?;
        Ok(([old, new], Some(again)))
    }
}

/// The executable's whole path: a bare name would be looked for in `PATH`.
fn executable(path: &Path) -> Result<PathBuf, Failure> {
    if !path.is_file() {
        return Err(Failure::Usage(format!(
            "--exe {} is no file: name an executable of notibench, such as one that `cargo build \
             --release` made and that was copied aside",
            path.display()
        )));
    }
    std::path::absolute(path)
        .map_err(|error| Failure::Error(format!("cannot find {}: {error}", path.display())))
}

/// When the file was written last, and its size.
fn stamp(exe: &PathBuf) -> Option<(SystemTime, u64)> {
    let metadata = std::fs::metadata(exe).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

/// Whether both are one file, byte for byte; what can't be read is not.
fn is_identical(exes: &[PathBuf; 2]) -> bool {
    exes[0] == exes[1]
        || matches!(
            (std::fs::read(&exes[0]), std::fs::read(&exes[1])),
            (Ok(one), Ok(other)) if one == other
        )
}

/// The words of each child.
fn words(args: &CompareArgs, engines: &[String], workload: &Path) -> Vec<OsString> {
    let mut words: Vec<OsString> = ["run", "--no-save", "--format", "json"]
        .map(OsString::from)
        .to_vec();
    let mut pair = |flag: &str, value: String| {
        words.extend([OsString::from(flag), OsString::from(value)]);
    };
    for engine in engines {
        pair("--engine", engine.clone());
    }
    pair("--rounds", args.rounds.to_string());
    pair("--warmup-rounds", args.warmup_rounds.to_string());
    let numbers = [
        ("--events", args.events),
        ("--seed", args.seed),
        ("--threads", args.threads.map(|threads| threads as u64)),
        ("--batch", args.batch.map(|batch| batch as u64)),
    ];
    for (flag, value) in numbers {
        if let Some(value) = value {
            pair(flag, value.to_string());
        }
    }
    let switches = [
        ("--warm", args.pass == PassArg::Warm),
        ("--pin", args.pin),
        ("--inline", args.inline),
        ("--no-verify", args.no_verify),
    ];
    let given = switches.iter().filter(|(_, given)| *given);
    words.extend(given.map(|(flag, _)| OsString::from(flag)));
    words.extend([OsString::from("--"), workload.as_os_str().to_owned()]);
    words
}

fn failure_of(error: ChildError, stop: &StopFlag) -> Failure {
    match error {
        _ if stop.is_set() => Failure::Interrupted("interrupted; nothing was compared".to_owned()),
        ChildError::Interrupted => {
            Failure::Interrupted("a child was interrupted; nothing was compared".to_owned())
        }
        error => error.into(),
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Wrong(words) => Self::Verification(words),
            _ => Self::Error(refusal.to_string()),
        }
    }
}
