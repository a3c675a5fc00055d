//! The workers of an interleaved round: one thread a worker with a session of
//! every engine, from turn to turn together.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use crate::contender::Contender;
use crate::contender::live_engine::LiveEngine;
use crate::host::weather::WeatherStation;
use crate::run::interleaved::gate::Gate;
use crate::run::interleaved::schedule::Turn;
use crate::run::lock_step::TurnTaker;
use crate::trial::apart::{ApartSlice, IDLE};
use crate::trial::call_board::{Call, CallBoard};
use crate::trial::error::TrialError;
use crate::trial::setup::TrialSetup;
use crate::trial::timed_engine::SliceSession;
use crate::trial::watch::{Pace, TrialProgress};
use crate::trial::worker::{Shared, WorkerReport};
use crate::trial::worker_threads::WorkerThreads;
use notibench_core::engine::StopFlag;

/// An engine of an interleaved round.
pub(crate) struct Entry<'a> {
    pub(crate) contender: &'a Contender,
    pub(crate) live: LiveEngine,
}

/// What the engines of a stretch took, in the order of the entries.
#[derive(Default)]
pub(super) struct Driven {
    pub(super) engines: Vec<Timed>,
}

/// What one engine took.
pub(super) struct Timed {
    /// One a worker; their stamps are those of the slices, as if these had
    /// followed each other at once.
    pub(super) reports: Vec<WorkerReport>,
    /// ns of each slice, from its first worker's start to its last one's end.
    pub(super) slices: Vec<u64>,
    /// The same of the workers that write alone, and of those that only read,
    /// where each has one role: 0 where it has nothing to do.
    pub(super) writing: Vec<u64>,
    pub(super) reading: Vec<u64>,
    /// ns of finishing all sessions, and of closing epochs.
    pub(super) finish: u64,
}

impl Timed {
    /// ns of it all.
    fn total(&self) -> u64 {
        self.slices.iter().sum::<u64>() + self.finish
    }

    /// The close of an epoch, during which every worker waits.
    pub(super) fn add_close(&mut self, close_ns: u64) {
        self.finish += close_ns;
        for report in &mut self.reports {
            report.stamp.end_ns += close_ns;
        }
    }
}

impl Driven {
    /// Adds a later stretch of the same engines.
    pub(super) fn add(&mut self, later: Self) {
        if self.engines.is_empty() {
            *self = later;
            return;
        }
        for (engine, later) in self.engines.iter_mut().zip(later.engines) {
            let before = engine.total();
            for (report, mut later) in engine.reports.iter_mut().zip(later.reports) {
                later.stamp.end_ns += before;
                report.add(later);
            }
            engine.slices.extend(later.slices);
            engine.writing.extend(later.writing);
            engine.reading.extend(later.reading);
            engine.finish += later.finish;
        }
    }
}

/// What a worker brings home: a report an engine, when it started and ended
/// each turn, and each engine's finish.
struct Work {
    worker: usize,
    reports: Vec<WorkerReport>,
    turns: Vec<[u64; 2]>,
    finishes: Vec<[u64; 2]>,
}

/// Drives the turns through newly opened sessions of all engines; finishes
/// these, engine by engine. With a `taker`, each turn and finish waits for
/// those of other processes.
///
/// # Errors
/// Where a worker panics, or cannot be started.
pub(super) fn drive(
    setup: &TrialSetup<'_>,
    entries: &[Entry<'_>],
    stop: &StopFlag,
    (turns, slices): (&[Turn], usize),
    weather: &Mutex<WeatherStation>,
    taker: Option<&TurnTaker>,
) -> Result<Driven, TrialError> {
    let setup = &with_longest_patience(setup, entries);
    let zero = Instant::now();
    let calls = CallBoard::new(setup.threads);
    let shared: Vec<Shared<'_>> = turns
        .iter()
        .map(|turn| {
            Shared::of_slice(setup, &turn.events, stop.clone(), zero, &calls)
                .with_roles(slice_of(setup, turn))
        })
        .collect();
    let before = || taker.is_none_or(TurnTaker::step);
    let gate = Gate::new(setup.threads, stop.clone(), &before);
    // the engine that each worker is at, for errors
    let at: Vec<AtomicUsize> = (0..setup.threads).map(|_| AtomicUsize::new(0)).collect();
    let over = AtomicUsize::new(0);
    let threads = WorkerThreads {
        setup,
        engine: &|worker| name_of(&entries[at[worker].load(Ordering::Relaxed)]),
        stop,
        // seldom where another process may be in turn
        tick: Duration::from_millis(if taker.is_some() { 200 } else { 20 }),
        calls: &calls,
    };
    let mut pace = Pace::new();
    let work = |worker: usize, started: &dyn Fn()| {
        let is_at = |engine| at[worker].store(engine, Ordering::Relaxed);
        let seats = entries.iter().enumerate().map(|(engine, entry)| {
            is_at(engine);
            entry.live.open(worker)
        });
        let seats = seats.collect();
        started();
        let turn_is_over = || {
            // the others wait at the gate, asleep
            if worker == 0 {
                over.fetch_add(1, Ordering::Relaxed);
                // in lock-step another process is in turn now
                if taker.is_none() {
                    weather.lock().sample_if_due();
                }
            }
        };
        let (me, turns) = ((worker, &calls), (turns, &shared[..]));
        work(me, seats, turns, &gate, &is_at, &turn_is_over)
    };
    let works = threads.run(&work, &mut || (), &mut || {
        let turn = turns.get(over.load(Ordering::Relaxed));
        show_progress(setup, &mut pace, zero, turn);
    })?;
    if stop.is_set() {
        return Err(TrialError::Interrupted);
    }
    let writers = setup.apart.map_or(setup.threads, |apart| apart.writers);
    Ok(timed(works, (entries.len(), writers), turns, slices))
}

/// The same trials, the longest of the engines' own times to hang for all.
fn with_longest_patience<'a>(setup: &TrialSetup<'a>, entries: &[Entry<'_>]) -> TrialSetup<'a> {
    let patience = |entry: &Entry<'_>| entry.contender.on_hang(setup.on_hang);
    let longest = entries.iter().map(patience).max_by_key(|hang| hang.after);
    TrialSetup {
        on_hang: longest.unwrap_or(setup.on_hang),
        ..*setup
    }
}

/// The roles of the workers in a turn, where each has one.
fn slice_of(setup: &TrialSetup<'_>, turn: &Turn) -> Option<ApartSlice> {
    let (apart, phase) = setup.apart.zip(turn.phase)?;
    Some(ApartSlice::new(phase, &apart))
}

/// Lets a watcher look where it is time; the turn is that which goes on.
fn show_progress(setup: &TrialSetup<'_>, pace: &mut Pace, zero: Instant, turn: Option<&Turn>) {
    if let Some(watcher) = setup.watcher.filter(|_| pace.is_due()) {
        watcher.progress(&mut || TrialProgress {
            elapsed_ns: zero.elapsed().as_nanos() as u64,
            over: turn.map_or(setup.source.events(), |turn| turn.events.start),
            of: setup.source.events(),
            open_loop: None,
        });
    }
}

fn name_of(entry: &Entry<'_>) -> String {
    entry.contender.name.clone()
}

/// One worker, from turn to turn. Ends early where the stop flag is set.
fn work(
    (worker, calls): (usize, &CallBoard),
    mut seats: Vec<Box<dyn SliceSession + '_>>,
    (turns, shared): (&[Turn], &[Shared<'_>]),
    gate: &Gate<'_>,
    is_at: &dyn Fn(usize),
    turn_is_over: &dyn Fn(),
) -> Work {
    let mut done = Work {
        worker,
        reports: Vec::with_capacity(seats.len()),
        turns: Vec::with_capacity(turns.len()),
        finishes: Vec::with_capacity(seats.len()),
    };
    for (turn, shared) in turns.iter().zip(shared) {
        is_at(turn.engine);
        if !gate.pass() {
            return done;
        }
        done.turns.push(seats[turn.engine].slice(shared));
        turn_is_over();
    }
    let Some(zero) = shared.first().map(|shared| shared.zero) else {
        return done;
    };
    for (engine, seat) in seats.into_iter().enumerate() {
        is_at(engine);
        if !gate.pass() {
            return done;
        }
        calls.begin(worker, Call::Finish);
        let (report, stamps) = seat.finish(zero);
        calls.begin(worker, Call::None);
        done.reports.push(report);
        done.finishes.push(stamps);
    }
    done
}

/// What the workers' stamps come to, engine by engine.
fn timed(
    mut works: Vec<Work>,
    (engines, writers): (usize, usize),
    turns: &[Turn],
    slices: usize,
) -> Driven {
    works.sort_unstable_by_key(|work| work.worker);
    let span_of = |works: &[Work], stamps: &dyn Fn(&Work) -> [u64; 2]| {
        let start = works.iter().map(|work| stamps(work)[0]).min();
        let end = works.iter().map(|work| stamps(work)[1]).max();
        // of workers that all had nothing to do there is none
        let span = [start.unwrap_or(IDLE[0]), end.unwrap_or(IDLE[1])];
        if span == IDLE { [0, 0] } else { span }
    };
    let span = |stamps: &dyn Fn(&Work) -> [u64; 2]| span_of(&works, stamps);
    let mut of: Vec<Timed> = (0..engines)
        .map(|engine| {
            let [start, end] = span(&|work| work.finishes[engine]);
            Timed {
                reports: Vec::new(),
                slices: vec![0; slices],
                writing: vec![0; slices],
                reading: vec![0; slices],
                finish: end - start,
            }
        })
        .collect();
    for (at, turn) in turns.iter().enumerate() {
        let [start, end] = span(&|work| work.turns[at]);
        of[turn.engine].slices[turn.slice] = end - start;
        let (write, read) = works.split_at(writers.min(works.len()));
        let [writing, reading] = [write, read].map(|works| {
            let [start, end] = span_of(works, &|work| work.turns[at]);
            end - start
        });
        of[turn.engine].writing[turn.slice] = writing;
        of[turn.engine].reading[turn.slice] = reading;
    }
    let ends: Vec<u64> = (0..engines)
        .map(|engine| span(&|work| work.finishes[engine])[1])
        .collect();
    for work in works {
        for (engine, mut report) in work.reports.into_iter().enumerate() {
            let timed = &mut of[engine];
            let early = ends[engine] - work.finishes[engine][1];
            report.stamp.start_ns = 0;
            report.stamp.end_ns = timed.total() - early;
            timed.reports.push(report);
        }
    }
    Driven { engines: of }
}
