//! An interleaved round: all engines are alive, each with its own state, and
//! take the same slice of the stream in turn, on the same worker threads. What
//! a neighbour on the machine does falls on all of them alike.
//!
//! An engine's time is the sum of its slices. An engine that is not in turn
//! does nothing: what its threads have queued is worked off inside its slice
//! ([`Session::pause`](notibench_core::engine::Session::pause)), and what its sessions
//! defer is paid in `finish`, a timed turn of its own.

pub(crate) mod apart;
mod drive;
mod gate;
pub(crate) mod schedule;

use std::ops::Range;

use parking_lot::Mutex;
use rayon::ThreadPool;

use crate::host::environment::Usage;
use crate::host::weather::WeatherStation;
use crate::proof::expectation::Expectation;
use crate::proof::inspect::Proved;
pub(crate) use crate::run::interleaved::drive::Entry;
use crate::run::interleaved::drive::{Driven, drive};
use crate::run::interleaved::schedule::{Draw, Turn};
use crate::run::lock_step::TurnTaker;
use crate::trial::epoch_loop::closers;
use crate::trial::epochs::{EpochsClosed, epochs_of};
use crate::trial::error::TrialError;
use crate::trial::setup::TrialSetup;
use notibench_core::engine::StopFlag;
use notibench_record::{ApartTrial, Pass};

/// What decides the slices and their order.
#[derive(Clone, Copy)]
pub(crate) struct Slicing<'a> {
    /// Events of a slice, on average.
    pub(crate) events: u64,
    /// What an event takes, as far as it is known.
    pub(crate) ns_per_event: f64,
    /// Seed of lengths and orders.
    pub(crate) order_seed: u64,
    /// The round, which has lengths and orders of its own.
    pub(crate) round: usize,
    /// Sampled between slices.
    pub(crate) weather: &'a Mutex<WeatherStation>,
    /// Where other processes take turns with this one: what decides the turns.
    pub(crate) taker: Option<&'a TurnTaker>,
}

/// What one pass of all engines came to.
pub(crate) struct RoundPass {
    pub(crate) pass: Pass,
    /// Where the slices end, in events.
    pub(crate) ends: Vec<u64>,
    /// In the order of the entries.
    pub(crate) engines: Vec<EnginePass>,
    /// Steal, switches and peak memory of all engines together.
    pub(crate) usage: Usage,
}

/// What one engine's pass came to.
pub(crate) struct EnginePass {
    pub(crate) proved: Proved,
    /// ns of each slice.
    pub(crate) slices: Vec<u64>,
    /// ns of `finish` and of closing epochs.
    pub(crate) finish: u64,
    /// Where each worker only writes or only reads, what each role did.
    pub(crate) apart: Option<ApartTrial>,
}

/// Runs all engines over the stream, slice by slice; then, with `warm`, over
/// the same stream again.
///
/// # Errors
/// Where a worker panics, or the run is interrupted.
pub(crate) fn interleaved(
    setup: &TrialSetup<'_>,
    entries: &[Entry<'_>],
    stop: &StopFlag,
    slicing: Slicing<'_>,
    expected: Option<&Expectation<'_>>,
    warm: bool,
) -> Result<Vec<RoundPass>, TrialError> {
    let mut draw = Draw::new(slicing.order_seed, slicing.round);
    let mut passes = vec![Pass::Fresh];
    passes.extend(warm.then_some(Pass::Warm));
    passes
        .into_iter()
        .map(|pass| {
            let before = Usage::start();
            let whole = timed(setup, entries, stop, slicing, &mut draw)?;
            let usage = before.until_now();
            let ends = whole.ends.clone();
            let engines = prove(setup, entries, whole, pass, expected)?;
            Ok(RoundPass {
                pass,
                ends,
                engines,
                usage,
            })
        })
        .collect()
}

/// The timed part of a pass, and of each engine what closed its epochs.
struct Whole {
    driven: Driven,
    ends: Vec<u64>,
    epochs: Vec<Option<EpochsClosed>>,
}

/// One stretch of slices, sessions opened before and finished after it; where
/// viewers count once an epoch, a stretch an epoch, which is then closed for
/// all engines.
fn timed(
    setup: &TrialSetup<'_>,
    entries: &[Entry<'_>],
    stop: &StopFlag,
    slicing: Slicing<'_>,
    draw: &mut Draw,
) -> Result<Whole, TrialError> {
    let unit = (crate::trial::worker::group_calls(setup.batch) * setup.batch) as u64;
    let plain = setup.source.views().are_plain();
    let closers = if plain { None } else { Some(closers(setup)?) };
    let mut whole = Whole {
        driven: Driven::default(),
        ends: Vec::new(),
        epochs: entries.iter().map(|_| None).collect(),
    };
    for (epoch, range) in epochs_of(setup.source) {
        if closers.is_some() {
            for entry in entries {
                entry.live.open_epoch(epoch)?;
            }
        }
        let (ends, turns) = match slicing.taker {
            Some(taker) => taker.turns(&range, unit, entries.len())?,
            None => drawn(&range, slicing.events, unit, entries.len(), draw),
        };
        let schedule = (&turns[..], ends.len());
        let driven = drive(
            setup,
            entries,
            stop,
            schedule,
            slicing.weather,
            slicing.taker,
        )?;
        whole.ends.extend(ends);
        whole.driven.add(driven);
        if setup.stop.is_set() {
            return Err(TrialError::Interrupted);
        }
        if let Some(closers) = &closers {
            close(entries, closers, &mut whole, slicing.taker)?;
        }
        if !slicing.taker.is_none_or(TurnTaker::end) {
            return Err(TrialError::Interrupted);
        }
    }
    Ok(whole)
}

/// The ends of the slices of `events`, and which engine takes each when.
fn drawn(
    events: &Range<u64>,
    mean: u64,
    unit: u64,
    engines: usize,
    draw: &mut Draw,
) -> (Vec<u64>, Vec<Turn>) {
    let slices = schedule::slices(events, mean, unit, draw);
    let turns = schedule::turns(&slices, engines, draw);
    (slices.iter().map(|slice| slice.end).collect(), turns)
}

/// Closes the epoch of every engine, one after the other, each timed.
fn close(
    entries: &[Entry<'_>],
    closers: &ThreadPool,
    whole: &mut Whole,
    taker: Option<&TurnTaker>,
) -> Result<(), TrialError> {
    for (at, entry) in entries.iter().enumerate() {
        if !taker.is_none_or(TurnTaker::step) {
            return Err(TrialError::Interrupted);
        }
        let (truth, bytes, close_ns) = entry.live.close_epoch(closers);
        let epochs = whole.epochs[at].get_or_insert_with(|| EpochsClosed {
            are_released: entry.live.are_released(),
            ..EpochsClosed::default()
        });
        epochs.truths.push(truth);
        epochs.open_bytes = epochs.open_bytes.max(bytes);
        epochs.close_ns += close_ns;
        whole.driven.engines[at].add_close(close_ns);
    }
    Ok(())
}

/// Holds every engine against the oracle, one after the other.
fn prove(
    setup: &TrialSetup<'_>,
    entries: &[Entry<'_>],
    whole: Whole,
    pass: Pass,
    expected: Option<&Expectation<'_>>,
) -> Result<Vec<EnginePass>, TrialError> {
    let engines = whole.driven.engines.into_iter().zip(whole.epochs);
    engines
        .zip(entries)
        .map(|((timed, epochs), entry)| {
            let live = &entry.live;
            let epochs = epochs.map(|epochs| EpochsClosed {
                failed: live.failed(),
                ..epochs
            });
            let prove = || Ok(live.prove(setup, pass, timed.reports, epochs, expected));
            Ok(EnginePass {
                proved: entry.contender.at_rest(prove)?,
                slices: timed.slices,
                finish: timed.finish,
                apart: None,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests;
