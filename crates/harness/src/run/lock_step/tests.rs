//! Tests of both sides, over pipes within one process: real runs that take
//! turns, and processes that do something else.

use std::io::{self, PipeReader, PipeWriter, Write as _};
use std::num::NonZeroUsize;
use std::thread::{JoinHandle, spawn};

use crate::OnHang;
use crate::run::interleaved::schedule::Draw;
use crate::run::lock_step::TurnTaker;
use crate::run::lock_step::giver::{Broken, Giver, Pace, Why};
use crate::run::lock_step::line::Line;
use crate::run::tests::Broken as BrokenEngine;
use crate::{
    Contender, RunOptions, RunRequest, Silent, choose_contenders, resolve, run_in_lock_step,
    views_of,
};
use notibench_core::engine::StopFlag;
use notibench_record::{Environment, Pass, ProofVerdict, Record};
use notibench_workload::fixture::workload;
use notibench_workload::{ViewMode, Workload};

/// The ends of a connection: the giver's line, and what a process reads and
/// writes.
fn connection() -> (Line, PipeReader, PipeWriter) {
    let ((from_giver, to_process), (from_process, to_giver)) =
        (io::pipe().unwrap(), io::pipe().unwrap());
    (
        Line::new(from_process, to_process).unwrap(),
        from_giver,
        to_giver,
    )
}

fn give(lines: &mut [Line], stop: &StopFlag) -> Result<(), Broken> {
    give_slices(lines, stop, 10e6)
}

/// Slices of so many ns, as far as the pace is known.
fn give_slices(lines: &mut [Line], stop: &StopFlag, slice_ns: f64) -> Result<(), Broken> {
    let mut pace = Pace::default();
    Giver {
        lines,
        stop,
        slice_ns,
        draw: Draw::new(7, 0),
        pace: &mut pace,
    }
    .give()
}

/// A run that takes turns, on a thread of its own.
fn process(
    from: PipeReader,
    to: PipeWriter,
    workload: Workload,
    options: RunOptions,
    own: Option<Contender>,
) -> JoinHandle<Record> {
    spawn(move || {
        let stop = StopFlag::default();
        let own: Vec<Contender> = own.into_iter().collect();
        let options = RunOptions {
            lock_step: NonZeroUsize::new(3),
            threads: Some(2),
            batch: Some(64),
            rounds: Some(2),
            warmup_rounds: Some(1),
            ..options
        };
        let (mut contenders, baseline) = choose_contenders(&options, &own).unwrap();
        let names = &options.engines;
        contenders.retain(|contender| names.contains(&contender.name));
        let environment = Environment::default();
        let plan = resolve(&options, &workload, &contenders, baseline, &environment).unwrap();
        let request = RunRequest {
            wait_quiet: None,
            trace: None,
            plan,
            workload: &workload,
            toml: String::new(),
            views: views_of(&workload).unwrap(),
            contenders,
            environment,
            command: vec!["test".to_owned()],
            stop: stop.clone(),
            on_hang: OnHang::new(|message| panic!("{message}")),
            process: 0,
        };
        let taker = TurnTaker::greet(from, to, stop).unwrap();
        let record = run_in_lock_step(&request, &taker, &mut Silent);
        assert_eq!(taker.broken(), None);
        taker.record_follows();
        record
    })
}

fn options(engines: &[&str]) -> RunOptions {
    RunOptions {
        engines: engines.iter().map(ToString::to_string).collect(),
        ..RunOptions::default()
    }
}

/// The records of three processes that take turns.
fn three(workload: &Workload, options: &RunOptions) -> Vec<Record> {
    let (mut lines, mut running) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        let (line, from, to) = connection();
        lines.push(line);
        running.push(process(from, to, workload.clone(), options.clone(), None));
    }
    give(&mut lines, &StopFlag::default()).unwrap();
    running.into_iter().map(|run| run.join().unwrap()).collect()
}

fn small() -> Workload {
    Workload {
        events: 20_000,
        ..workload()
    }
}

/// Each record is whole and proved, all its trials are interleaved, and all
/// processes had the same slices.
#[track_caller]
fn holds(records: &[Record], trials: usize) {
    for record in records {
        assert_eq!((record.complete, &record.failure), (true, &None));
        let is_equal = |verdict: &ProofVerdict| *verdict == ProofVerdict::Equal;
        assert!(record.proofs.iter().all(|proof| is_equal(&proof.verdict)));
        assert_eq!(record.trials.len(), trials);
        for trial in &record.trials {
            let slices = trial.slices.as_ref().unwrap();
            let sum = slices.each_ns().iter().sum::<u64>() + slices.finish_ns;
            assert_eq!(trial.wall_ns, sum);
            assert_eq!(trial.warmup, trial.round == 0);
        }
        let ends = |record: &Record| -> Vec<String> {
            let rounds = record.interleaved.iter();
            rounds.map(|round| round.slice_ends.clone()).collect()
        };
        assert_eq!(ends(record), ends(&records[0]));
    }
}

#[test]
fn one_engine_in_three_processes() {
    let records = three(&small(), &options(&["dashmap"]));
    holds(&records, 3);
    let counted = records[0].compared("dashmap", Pass::Fresh).count();
    assert_eq!(counted, 2);
}

#[test]
fn slices_are_as_long_as_was_asked() {
    // before anything is known of the pace, a stretch's slices are as many as
    // the usual one makes them
    let slices = |slice_ns: f64| {
        let (line, from, to) = connection();
        let running = process(from, to, small(), options(&["dashmap"]), None);
        give_slices(&mut [line], &StopFlag::default(), slice_ns).unwrap();
        let record = running.join().unwrap();
        record.interleaved[0].ends().len()
    };
    let (long, short) = (slices(1e9), slices(100e3));
    assert!(long == 1 && short > 10, "{long} and {short}");
}

#[test]
fn several_engines_with_a_warm_pass() {
    let options = RunOptions {
        warm: true,
        ..options(&["dashmap", "actor", "dashmap-deferred"])
    };
    holds(&three(&small(), &options), 3 * 3 * 2);
}

#[test]
fn epochs_close_in_turn() {
    let mut weekly = small();
    weekly.anonymity.mode = ViewMode::Counts;
    holds(&three(&weekly, &options(&["dashmap", "partitioned"])), 6);
}

/// What comes of a process that says these lines and then ends, beside one
/// that takes turns; the stretch of that is `ready 0 20000 64 1`.
fn beside(lines: &[&str], keep_open: bool) -> Broken {
    let (one, from, to) = connection();
    let (other, from_giver, mut to_giver) = connection();
    let taking = process(from, to, small(), options(&["dashmap"]), None);
    let says = lines.join("\n") + "\n";
    to_giver.write_all(says.as_bytes()).unwrap();
    let kept = keep_open.then_some((from_giver, to_giver));
    let mut lines = [other, one];
    let broken = give(&mut lines, &StopFlag::default()).unwrap_err();
    drop((lines, kept));
    // the other one ends where no one gives it turns
    assert!(taking.join().is_err());
    broken
}

#[test]
fn who_does_something_else_is_told() {
    let ready = "ready 0 20000 64 1";
    let hello = "notibench-lock-step/1";
    for (lines, words) in [
        (&[hello, ready, "at 1"][..], "was to say `at 0`"),
        (&[hello, ready, "at 0", "at 0"], "was to say `at 1`"),
        (&[hello, ready, "what?"], "\"what?\""),
        (&[hello, "ready 0 10 64 1"], "it said `ready 0"),
        (&[hello, "record"], "it said `record`, and another process"),
    ] {
        let Broken { why, .. } = beside(lines, true);
        let Why::OutOfStep(why) = why else {
            panic!("{why:?}");
        };
        assert!(why.contains(words), "{why}");
    }
    for lines in [&[hello][..], &[hello, ready], &[hello, ready, "at 0"]] {
        let Broken { member, why } = beside(lines, false);
        assert_eq!(member, 0);
        assert_eq!(why, Why::OutOfStep("it ended early".to_owned()));
    }
}

#[test]
fn who_does_not_take_turns_says_so_at_once() {
    for (lines, words) in [
        (&["{ \"schema\": 1 }"][..], "is no line of"),
        (&["end"], "it said `end` first"),
    ] {
        let (line, _from, mut to) = connection();
        to.write_all(lines.join("\n").as_bytes()).unwrap();
        drop(to);
        let broken = give(&mut [line], &StopFlag::default()).unwrap_err();
        let Why::TakesNone(why) = broken.why else {
            panic!("{:?}", broken.why);
        };
        assert!(why.contains(words), "{why}");
    }
}

#[test]
fn an_interruption_ends_the_waiting() {
    let (line, _from, _to) = connection();
    let stop = StopFlag::default();
    let interrupting = stop.clone();
    let ending = spawn(move || interrupting.set());
    let broken = give(&mut [line], &stop).unwrap_err();
    assert_eq!(broken.why, Why::Interrupted);
    ending.join().unwrap();
}

#[test]
fn a_wrong_engine_ends_its_process_with_a_record() {
    let (line, from, to) = connection();
    let own = Contender::of::<BrokenEngine<false>>();
    let running = process(from, to, small(), options(&["broken"]), Some(own));
    give(&mut [line], &StopFlag::default()).unwrap();
    let record = running.join().unwrap();
    // the first round, and none after it
    assert_eq!(record.trials.len(), 1);
    let verdict = &record.proofs[0].verdict;
    assert!(matches!(verdict, ProofVerdict::Differs(_)), "{verdict:?}");
}
