//! A run: the stream, the oracle, rounds of shuffled turns, proofs, and the
//! record of it all.

pub(super) mod child;
pub(super) mod interleaved;
pub(super) mod lock_step;
pub(super) mod new_record;
mod recording_cost;
pub(super) mod request;
pub(super) mod round;
pub(super) mod stopping;
pub(super) mod sweep;
mod trial_note;
pub(super) mod verify;

use std::time::Instant;

use parking_lot::Mutex;

use super::contender::Contender;
use crate::host::clock::measure_clock;
use crate::host::environment::at_end;
use crate::host::weather::WeatherStation;
use crate::proof::expectation::Expectation;
use crate::proof::realised::realised;
use crate::run::lock_step::TurnTaker;
use crate::run::new_record::new_record;
use crate::run::request::{RunRequest, setup_of};
use crate::run::round::{Rounds, is_wrong, most_rounds};
use crate::run::stopping::end_after;
use crate::trial::answers::sampled;
use crate::trial::error::TrialError;
use crate::trial::source::Source;
use crate::trial::watch::{Observer, Silent};
use notibench_core::engine::Role;
use notibench_core::snapshot::Snapshot;
use notibench_core::unit::digest::Digest;
use notibench_record::{ProofVerdict, Record, Weather};
use notibench_workload::generator::{Generator, ReadStream};

/// Events, from the stream's start, on which freshness is checked.
pub const FRESHNESS_EVENTS: u64 = 20_000;

/// Runs it. A failure of an engine is told in the record, not as an error:
/// [`Record::failure`], [`Record::proofs`], [`Record::complete`].
pub fn run(request: &RunRequest<'_>, observer: &mut dyn Observer) -> Record {
    run_with(request, None, observer)
}

/// The same in lock-step with other processes: every round is interleaved,
/// slice by slice as these allow, and the run ends at the first wrong engine.
pub fn run_in_lock_step(
    request: &RunRequest<'_>,
    taker: &TurnTaker,
    observer: &mut dyn Observer,
) -> Record {
    run_with(request, Some(taker), observer)
}

fn run_with(
    request: &RunRequest<'_>,
    taker: Option<&TurnTaker>,
    observer: &mut dyn Observer,
) -> Record {
    let clock = measure_clock();
    let source = source_of(request, observer);
    observer.stage("looking at the stream");
    let realised = realised(&source);
    let expected = expectation_of(request, &source, observer);
    let mut record = new_record(request, clock, realised, expected.as_ref());
    let ended = recording_cost::measure(request, &source, observer).and_then(|notes| {
        record.recording = notes;
        let weather = Mutex::new(weather_of(request, observer));
        let rounds = Rounds {
            request,
            source: &source,
            expected: expected.as_ref(),
            start: Instant::now(),
            weather: &weather,
            taker,
        };
        all_rounds(&rounds, &mut record, observer)
    });
    // what broke the cluster stopped everything else, too
    let broken = request.contenders.iter().find_map(Contender::broken);
    let ended = ended.map_err(|error| broken.map_or(error, TrialError::Cluster));
    finish(request, &source, ended, &mut record, observer);
    observer.measured(None, &record);
    record
}

/// The stream of a run, made beforehand unless its plan says inline.
pub(super) fn source_of(request: &RunRequest<'_>, observer: &mut dyn Observer) -> Source {
    let RunRequest { workload, plan, .. } = request;
    observer.stage(if plan.inline {
        "preparing"
    } else {
        "generating the stream"
    });
    let reads = ReadStream::new(workload, plan.seed);
    let source = match request.trace {
        Some(trace) => Source::of_trace(trace, reads).prefix(plan.events),
        None => {
            let generator = Generator::new(workload, plan.seed);
            let new = match plan.apart {
                Some(_) => Source::with_endless_reads,
                None => Source::new,
            };
            new(generator, reads, plan.events, plan.inline).counted(request.views.clone())
        }
    };
    let source = match plan.apart {
        Some(_) => source.asked_without_end(),
        None => source,
    };
    let source = if plan.verify && plan.open_loop.is_none() {
        observer.stage("sampling the reads");
        sampled(source, plan.order_seed)
    } else {
        source
    };
    if !request.contenders.iter().any(Contender::needs_dense_ids) {
        return source;
    }
    observer.stage("numbering the ids");
    source.with_dense_ids()
}

/// What the oracle expects, where the plan wants a proof. None where it was
/// interrupted, too: then there are no trials either.
pub(super) fn expectation_of<'a>(
    request: &RunRequest<'_>,
    source: &'a Source,
    observer: &mut dyn Observer,
) -> Option<Expectation<'a>> {
    let plan = &request.plan;
    if !plan.verify {
        return None;
    }
    observer.stage("asking the oracle");
    Expectation::of(source, plan.inbox_capacity, plan.warm, &request.stop)
}

/// What comes after the last round, or after the error that ended them.
pub(super) fn finish(
    request: &RunRequest<'_>,
    source: &Source,
    ended: Result<(), TrialError>,
    record: &mut Record,
    observer: &mut dyn Observer,
) {
    if ended.is_ok() && request.plan.verify {
        observer.stage("checking freshness");
        check_freshness(request, source, record);
    }
    record.complete = ended.is_ok();
    if let Err(error) = ended {
        // why it ended comes first; what was known before is not lost
        record.warnings.extend(
            record
                .failure
                .replace(error.to_string().into())
                .map(String::from),
        );
    }
    at_end(&mut record.environment);
}

/// Holds every engine to the freshness that it declares, on the stream's
/// beginning.
fn check_freshness(request: &RunRequest<'_>, source: &Source, record: &mut Record) {
    let setup = setup_of(request, source);
    for (contender, proof) in request.contenders.iter().zip(&mut record.proofs) {
        if contender.control || proof.verdict != ProofVerdict::Equal {
            continue;
        }
        if let Err(words) = contender.check_freshness(&setup, FRESHNESS_EVENTS) {
            let freshness = contender.info.freshness.name();
            proof.verdict =
                ProofVerdict::Differs(format!("its reads are not {freshness}: {words}"));
        }
    }
}

/// The final state of the first engine of a run that is no probe, from a
/// trial of its own, and the digest that a record keeps of that.
///
/// # Errors
/// A worker's panic, or an interruption.
pub fn snapshot_of_first(request: &RunRequest<'_>) -> Result<(Snapshot, Digest), TrialError> {
    let source = source_of(request, &mut Silent);
    let setup = setup_of(request, &source);
    let mut engines = request.contenders.iter();
    match engines.find(|contender| contender.info.role != Role::Probe) {
        Some(engine) => engine.snapshot(&setup),
        None => Ok(Default::default()),
    }
}

fn all_rounds(
    rounds: &Rounds<'_>,
    record: &mut Record,
    observer: &mut dyn Observer,
) -> Result<(), TrialError> {
    let mut ended = Ok(());
    for round in 0..most_rounds(&rounds.request.plan) {
        if let Some(ended_by) = end_after(record, round, rounds.start.elapsed()) {
            record.ended_by = ended_by;
            break;
        }
        // the other processes have as many engines as before, and this one not
        if rounds.taker.is_some() && record.proofs.iter().any(is_wrong) {
            break;
        }
        ended = rounds.run(record, observer, round);
        if ended.is_err() {
            break;
        }
        observer.measured(None, record);
    }
    record.weather = noted(rounds.request, rounds.weather);
    ended
}

/// What samples the weather; where the run is to wait for a quiet machine,
/// after that.
pub(super) fn weather_of(request: &RunRequest<'_>, observer: &mut dyn Observer) -> WeatherStation {
    let mut station = WeatherStation::new(&request.environment);
    if let Some(most) = request.wait_quiet {
        observer.stage("waiting for a quiet machine");
        station.wait_for_quiet(most, &|| request.stop.is_set());
    }
    station.begin();
    station
}

/// What a record keeps of the weather; nothing where no round is interleaved.
pub(super) fn noted(request: &RunRequest<'_>, station: &Mutex<WeatherStation>) -> Option<Weather> {
    let sampled = request.plan.interleaving.is_some();
    sampled.then(|| station.lock().note())
}

#[cfg(test)]
pub(super) mod tests;
