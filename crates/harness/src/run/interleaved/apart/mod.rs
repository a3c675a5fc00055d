//! A round of writers and readers apart: each engine is filled, then its writers
//! alone, its readers alone and both together have slices in turn, over one
//! state and through the same open sessions. So what is compared with each other
//! lies next to each other in time.

mod note;
mod steps;

use std::ops::Range;

use crate::host::environment::Usage;
use crate::proof::expectation::Expectation;
use crate::run::interleaved::apart::note::note_of;
use crate::run::interleaved::apart::steps::{Lengths, Step, steps};
use crate::run::interleaved::drive::{Entry, drive};
use crate::run::interleaved::schedule::{Draw, Turn, turns};
use crate::run::interleaved::{RoundPass, Slicing, Whole, prove};
use crate::trial::error::TrialError;
use crate::trial::setup::TrialSetup;
use crate::trial::worker::group_calls;
use notibench_core::engine::StopFlag;
use notibench_record::{ApartPlan, ApartTrial, Pass};

/// Runs all entries over the stream, slice by slice, each worker with one role.
///
/// # Errors
/// Where a worker panics, or the run is interrupted.
pub(crate) fn apart(
    setup: &TrialSetup<'_>,
    entries: &[Entry<'_>],
    (plan, slicing, stop): (&ApartPlan, Slicing<'_>, &StopFlag),
    expected: Option<&Expectation<'_>>,
) -> Result<RoundPass, TrialError> {
    let mut draw = Draw::new(slicing.order_seed, slicing.round);
    // at a rate an event takes no less than from one to the next
    let ns_per_event = plan.events_per_s.map_or(0.0, |per_s| 1e9 / per_s);
    let ns_per_event = slicing.ns_per_event.max(ns_per_event);
    let slice_ns = slicing.events as f64 * slicing.ns_per_event;
    let lengths = Lengths {
        mean: (slice_ns / ns_per_event) as u64,
        unit: (group_calls(setup.batch) * setup.batch) as u64,
        ns_per_event,
    };
    let steps = steps(plan, setup.source.events(), lengths, &mut draw);
    let ranges: Vec<Range<u64>> = steps.iter().map(|step| step.events.clone()).collect();
    let turns = with_phases(turns(&ranges, entries.len(), &mut draw), &steps);
    let before = Usage::start();
    let schedule = (&turns[..], steps.len());
    let mut driven = drive(setup, entries, stop, schedule, slicing.weather, None)?;
    let usage = before.until_now();
    if setup.stop.is_set() {
        return Err(TrialError::Interrupted);
    }
    let each = driven.engines.iter_mut();
    let notes: Vec<ApartTrial> = each.map(|timed| note_of(timed, &steps, plan)).collect();
    let ends: Vec<u64> = ranges.iter().map(|range| range.end).collect();
    let whole = Whole {
        driven,
        ends: ends.clone(),
        epochs: entries.iter().map(|_| None).collect(),
    };
    let mut engines = prove(setup, entries, whole, Pass::Fresh, expected)?;
    for (engine, note) in engines.iter_mut().zip(notes) {
        engine.apart = Some(note);
    }
    Ok(RoundPass {
        pass: Pass::Fresh,
        ends,
        engines,
        usage,
    })
}

/// The turns, each with what its slice is for.
fn with_phases(turns: Vec<Turn>, steps: &[Step]) -> Vec<Turn> {
    let of = |turn: Turn| Turn {
        phase: Some(steps[turn.slice].phase),
        ..turn
    };
    turns.into_iter().map(of).collect()
}

#[cfg(test)]
mod tests;
