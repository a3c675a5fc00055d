//! A run: the stream, the oracle, rounds of shuffled turns, proofs, and the
//! record of it all. Imports its siblings and `record`.

use std::time::Instant;

use super::clock::measure_clock;
use super::contender::{Contender, Proved};
use super::course::end_after;
use super::environment::at_end;
use super::new_record::new_record;
use super::open_loop::OpenLoop;
use super::proof::Expectation;
use super::realised::realised;
use super::recording;
use super::source::{Source, TraceStream};
use super::trial::{TrialError, TrialSetup};
use super::trial_note::trial_of;
use super::watch::{Observer, Silent, Watch};
use crate::engine::snapshot::Snapshot;
use crate::engine::viewing::Views;
use crate::engine::{Role, StopFlag};
use crate::generator::{Generator, ReadStream};
use crate::record::{EngineNote, EngineProof, Environment, Pass, Plan, ProofVerdict, Record};
use crate::unit::digest::Digest;
use crate::unit::mix::{below, counter_word, mix};
use crate::workload::Workload;

/// Events, from the stream's start, on which freshness is checked.
pub const FRESHNESS_EVENTS: u64 = 20_000;

/// Everything that a run needs.
#[derive(Debug)]
pub struct RunRequest<'a> {
    /// What is run.
    pub workload: &'a Workload,
    /// The text of its file, for the record.
    pub toml: String,
    /// The trace that is run in place of the workload's stream.
    pub trace: Option<&'a TraceStream>,
    /// How it is run.
    pub plan: Plan,
    /// How views are counted and shown: [`views_of`](super::views_of) the
    /// workload.
    pub views: Views,
    /// Who takes part.
    pub contenders: Vec<Contender>,
    /// Where it is run.
    pub environment: Environment,
    /// The command line, for the record.
    pub command: Vec<String>,
    /// Set on an interruption.
    pub stop: StopFlag,
    /// Called where a worker has panicked and another can't be stopped.
    pub on_hang: fn(&str),
    /// Which of the plan's processes this is, from 0: the order of turns
    /// differs from one to the other.
    pub process: usize,
}

/// Runs it. A failure of an engine is told in the record, not as an error:
/// [`Record::failure`], [`Record::proofs`], [`Record::complete`].
pub fn run(request: &RunRequest<'_>, observer: &mut dyn Observer) -> Record {
    let clock = measure_clock();
    let source = source_of(request, observer);
    observer.stage("looking at the stream");
    let realised = realised(&source);
    let expected = expectation_of(request, &source, observer);
    let mut record = new_record(request, clock, realised, expected.as_ref());
    let ended = recording::measure(request, &source, observer).and_then(|notes| {
        record.recording = notes;
        rounds(request, &source, expected.as_ref(), &mut record, observer)
    });
    // what broke the cluster stopped everything else, too
    let broken = request.contenders.iter().find_map(Contender::broken);
    let ended = ended.map_err(|error| broken.map_or(error, TrialError::Cluster));
    finish(request, &source, ended, &mut record, observer);
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
    let source = match request.trace {
        Some(trace) => Source::of_trace(trace),
        None => {
            let generator = Generator::new(workload, plan.seed);
            let reads = ReadStream::new(workload, plan.seed);
            let source = Source::new(generator, reads, plan.events, plan.inline);
            let source = source.counted(request.views.clone());
            match plan.cluster {
                Some(_) => source.unasked(),
                None => source,
            }
        }
    };
    if !request.contenders.iter().any(|c| c.needs_dense_ids) {
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
        record
            .warnings
            .extend(record.failure.replace(error.to_string()));
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

/// The schedule of an open loop, made anew for each round: it is the same.
pub(super) fn open_loop_of(plan: &Plan, source: &Source) -> Option<OpenLoop> {
    let open_loop = plan.open_loop.as_ref()?;
    let at_us = |index| source.at_us(index);
    let (seed, threads) = (plan.seed, plan.threads);
    Some(OpenLoop::new(open_loop, seed, threads, plan.events, at_us))
}

pub(super) fn setup_of<'a>(request: &'a RunRequest<'_>, source: &'a Source) -> TrialSetup<'a> {
    let plan = &request.plan;
    TrialSetup {
        source,
        threads: plan.threads,
        batch: plan.batch,
        pin: plan.pin,
        perf: plan.perf,
        inbox_capacity: plan.inbox_capacity,
        external: None,
        open_loop: None,
        share: None,
        watcher: None,
        stop: &request.stop,
        on_hang: request.on_hang,
    }
}

fn rounds(
    request: &RunRequest<'_>,
    source: &Source,
    expected: Option<&Expectation<'_>>,
    record: &mut Record,
    observer: &mut dyn Observer,
) -> Result<(), TrialError> {
    let most = request.plan.warmup_rounds + request.plan.rounds;
    let start = Instant::now();
    for round in 0..most {
        if let Some(ended_by) = end_after(record, round, start.elapsed()) {
            record.ended_by = ended_by;
            return Ok(());
        }
        one_round(request, source, expected, record, observer, round)?;
    }
    Ok(())
}

/// One trial of each contender, in an order of the round's own.
pub(super) fn one_round(
    request: &RunRequest<'_>,
    source: &Source,
    expected: Option<&Expectation<'_>>,
    record: &mut Record,
    observer: &mut dyn Observer,
    round: usize,
) -> Result<(), TrialError> {
    let plan = &request.plan;
    let open_loop = open_loop_of(plan, source);
    let watch = Watch::new(observer);
    let setup = TrialSetup {
        open_loop: open_loop.as_ref(),
        watcher: watch.watcher(),
        ..setup_of(request, source)
    };
    let contenders = planted(request);
    let most = plan.warmup_rounds + plan.rounds;
    let total = most * contenders.len();
    let turns = shuffled(contenders.len(), plan.seed, request.process * most + round);
    for (turn, at) in turns.enumerate() {
        let contender = &contenders[at];
        if request.stop.is_set() {
            return Err(TrialError::Interrupted);
        }
        if matches!(record.proofs[at].verdict, ProofVerdict::Differs(_)) {
            continue;
        }
        let over = round * contenders.len() + turn;
        watch.observer().turn(over, total, &contender.name);
        for (pass, proved) in passes(contender, &setup, expected, plan.warm)? {
            note_proof(&mut record.proofs[at], &proved);
            let mut trial = trial_of(&contender.name, plan, &proved);
            (trial.round, trial.turn, trial.pass) = (round, turn, pass);
            trial.warmup = round < plan.warmup_rounds;
            // of both passes, where there are two: at the first
            trial.watched_ns = watch.take_spent_ns();
            watch.observer().trial(&trial);
            record.trials.push(trial);
        }
    }
    Ok(())
}

/// One trial: a pass from an empty state, and one over warm state where it is
/// asked for.
fn passes(
    contender: &Contender,
    setup: &TrialSetup<'_>,
    expected: Option<&Expectation<'_>>,
    warm: bool,
) -> Result<Vec<(Pass, Proved)>, TrialError> {
    if !warm {
        return Ok(vec![(Pass::Fresh, contender.trial(setup, expected)?)]);
    }
    let [fresh, warm] = contender.trial_twice(setup, expected)?;
    Ok(vec![(Pass::Fresh, fresh), (Pass::Warm, warm)])
}

/// The contenders, all but probes slowed down where the plan says so.
fn planted(request: &RunRequest<'_>) -> Vec<Contender> {
    let share = request.plan.planted_share;
    let slowed = |contender: &Contender| match contender.info.role {
        Role::Probe => contender.clone(),
        _ => contender.planted(share),
    };
    request.contenders.iter().map(slowed).collect()
}

/// The order of one round: a shuffle (Fisher and Yates) that the seed decides.
pub(super) fn shuffled(len: usize, seed: u64, round: usize) -> impl Iterator<Item = usize> {
    let key = mix(seed ^ mix(round as u64 ^ 0x7475_726e));
    let mut order: Vec<usize> = (0..len).collect();
    for at in (1..len).rev() {
        order.swap(
            at,
            below(counter_word(key, at as u64), at as u64 + 1) as usize,
        );
    }
    order.into_iter()
}

pub(super) fn engine_note(contender: &Contender) -> EngineNote {
    let role = match contender.info.role {
        Role::Engine => "engine",
        Role::Probe => "probe",
        Role::Ablation => "ablation",
    };
    EngineNote {
        name: contender.name.clone(),
        engine: contender.info.name.to_owned(),
        role: role.to_owned(),
        freshness: contender.info.freshness.name().to_owned(),
        control: contender.control,
        out_of_process: contender.out_of_process,
    }
}

pub(super) fn first_proof(contender: &Contender) -> EngineProof {
    EngineProof {
        engine: contender.name.clone(),
        verdict: ProofVerdict::NotChecked,
        snapshots: 0,
        reads: 0,
    }
}

fn note_proof(proof: &mut EngineProof, (_, finding): &Proved) {
    proof.snapshots += u64::from(finding.checked);
    proof.reads += finding.reads;
    match &finding.wrong {
        // what was wrong once stays so
        _ if matches!(proof.verdict, ProofVerdict::Differs(_)) => {}
        Some(words) => proof.verdict = ProofVerdict::Differs(words.clone()),
        None if finding.checked => proof.verdict = ProofVerdict::Equal,
        None => {}
    }
}

#[cfg(test)]
#[path = "run_tests.rs"]
pub(super) mod tests;
