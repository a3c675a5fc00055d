//! One round: each contender once over the stream, alone or interleaved with
//! the others.

use std::time::Instant;

use parking_lot::Mutex;

use crate::contender::Contender;
use crate::host::weather::WeatherStation;
use crate::plan::rounds::DEFAULT_SLICE_US;
use crate::proof::expectation::Expectation;
use crate::proof::inspect::Proved;
use crate::run::interleaved::apart::apart;
use crate::run::interleaved::{Entry, RoundPass, Slicing, interleaved};
use crate::run::lock_step::TurnTaker;
use crate::run::request::{RunRequest, open_loop_of, setup_of};
use crate::run::trial_note::trial_of;
use crate::trial::error::TrialError;
use crate::trial::setup::TrialSetup;
use crate::trial::source::Source;
use crate::trial::watch::{Observer, Watch};
use notibench_core::engine::{Role, StopFlag};
use notibench_core::unit::mix::{below, counter_word, mix};
use notibench_record::stats::geometric_mean;
use notibench_record::{
    EngineProof, EngineRole, InterleavedRound, Pass, Plan, ProofVerdict, Record, SlicesNote, Trial,
    spaced,
};

/// ns per event of an engine that no trial has timed yet.
pub(crate) const USUAL_NS_PER_EVENT: f64 = 100.0;

/// What the rounds of a run have in common.
#[derive(Clone, Copy)]
pub(crate) struct Rounds<'a> {
    pub(crate) request: &'a RunRequest<'a>,
    pub(crate) source: &'a Source,
    pub(crate) expected: Option<&'a Expectation<'a>>,
    /// When the first round began.
    pub(crate) start: Instant,
    /// Sampled between slices.
    pub(crate) weather: &'a Mutex<WeatherStation>,
    /// Where other processes take turns with this one: what gives the turns.
    pub(crate) taker: Option<&'a TurnTaker>,
}

/// Where trials stand among those of a run.
#[derive(Clone, Copy)]
struct Place {
    round: usize,
    group: usize,
    turn: usize,
    /// Decides orders and lengths of slices.
    number: usize,
    /// What an event took in the rounds before.
    ns_per_event: f64,
    /// Whether one contender has the round's slices to itself.
    is_alone: bool,
}

impl Rounds<'_> {
    /// Runs one round, its trials added to the record.
    ///
    /// # Errors
    /// Where a worker panics, or the run is interrupted.
    pub(crate) fn run(
        &self,
        record: &mut Record,
        observer: &mut dyn Observer,
        round: usize,
    ) -> Result<(), TrialError> {
        let plan = &self.request.plan;
        let open_loop = open_loop_of(self.request, self.source, self.number_of(round));
        let watch = Watch::new(observer);
        let setup = TrialSetup {
            open_loop: open_loop.as_ref(),
            watcher: watch.watcher(),
            ..setup_of(self.request, self.source)
        };
        match plan.interleaving {
            Some(how) if self.taker.is_some() || round >= first_interleaved(plan) => {
                for group in 0..how.groups {
                    self.interleaved(&setup, record, &watch, (round, group, how.groups))?;
                }
                Ok(())
            }
            _ => self.isolated(&setup, record, &watch, round),
        }
    }

    /// The whole trial of each contender alone, in an order of the round's own.
    fn isolated(
        &self,
        setup: &TrialSetup<'_>,
        record: &mut Record,
        watch: &Watch<'_>,
        round: usize,
    ) -> Result<(), TrialError> {
        let plan = &self.request.plan;
        let contenders = planted(self.request);
        let number = self.number_of(round);
        let ns_per_event = usual_ns_per_event(record);
        for (turn, at) in shuffled(contenders.len(), plan.order_seed, number).enumerate() {
            let contender = &contenders[at];
            if self.request.stop.is_set() {
                return Err(TrialError::Interrupted);
            }
            if is_wrong(&record.proofs[at]) {
                continue;
            }
            self.begins(watch, (round, turn), &contender.name);
            if plan.apart.is_some() {
                let place = Place {
                    round,
                    group: 0,
                    turn,
                    number,
                    ns_per_event,
                    is_alone: true,
                };
                self.in_turn(setup, record, watch, (&[at], place))?;
                continue;
            }
            let started_ms = self.start.elapsed().as_millis() as u64;
            for (pass, proved) in passes(contender, setup, self.expected, plan.warm)? {
                note_proof(&mut record.proofs[at], &proved);
                let mut trial = trial_of(&contender.name, plan, &proved);
                (trial.round, trial.turn, trial.pass) = (round, turn, pass);
                (trial.warmup, trial.started_ms) = (round < plan.warmup_rounds, started_ms);
                keep(record, watch, trial);
            }
        }
        Ok(())
    }

    /// The contenders of a group, slice by slice in turn.
    fn interleaved(
        &self,
        setup: &TrialSetup<'_>,
        record: &mut Record,
        watch: &Watch<'_>,
        (round, group, groups): (usize, usize, usize),
    ) -> Result<(), TrialError> {
        let plan = &self.request.plan;
        let contenders = planted(self.request);
        let members = members_of(&contenders, &record.proofs, plan, (group, groups));
        self.begins(watch, (round, group), "all in turn");
        let number = self.number_of(round) * groups + group;
        let place = Place {
            round,
            group,
            turn: 0,
            number,
            ns_per_event: usual_ns_per_event(record),
            is_alone: false,
        };
        self.in_turn(setup, record, watch, (&members, place))
    }

    /// These contenders, by their numbers, slice by slice in turn.
    fn in_turn(
        &self,
        setup: &TrialSetup<'_>,
        record: &mut Record,
        watch: &Watch<'_>,
        (members, place): (&[usize], Place),
    ) -> Result<(), TrialError> {
        let plan = &self.request.plan;
        let contenders = planted(self.request);
        let (round, group) = (place.round, place.group);
        let stop = StopFlag::default();
        let entries: Vec<Entry<'_>> = members
            .iter()
            .map(|&at| {
                let contender = &contenders[at];
                let live = contender.alive(setup, &stop)?;
                Ok(Entry { contender, live })
            })
            .collect::<Result<_, TrialError>>()?;
        let slicing = Slicing {
            events: slice_events(plan, place.ns_per_event),
            ns_per_event: place.ns_per_event,
            order_seed: plan.order_seed,
            round: place.number,
            weather: self.weather,
            taker: self.taker,
        };
        self.weather.lock().prepare();
        let started_ms = self.start.elapsed().as_millis() as u64;
        let passes = match &plan.apart {
            Some(roles) => vec![apart(
                setup,
                &entries,
                (roles, slicing, &stop),
                self.expected,
            )?],
            None => interleaved(setup, &entries, &stop, slicing, self.expected, plan.warm)?,
        };
        for pass in passes {
            if !place.is_alone {
                record.interleaved.push(round_note(&pass, (round, group)));
            }
            for (mut engine, &at) in pass.engines.into_iter().zip(members) {
                note_proof(&mut record.proofs[at], &engine.proved);
                if place.is_alone {
                    engine.proved.0.usage = pass.usage;
                }
                let mut trial = trial_of(&contenders[at].name, plan, &engine.proved);
                (trial.round, trial.group, trial.pass) = (round, group, pass.pass);
                (trial.warmup, trial.started_ms) = (round < plan.warmup_rounds, started_ms);
                trial.turn = place.turn;
                trial.slices = (!place.is_alone).then(|| SlicesNote {
                    ns: spaced(&engine.slices),
                    finish_ns: engine.finish,
                });
                trial.apart = engine.apart;
                keep(record, watch, trial);
            }
        }
        Ok(())
    }

    /// The round's number among those of all processes.
    fn number_of(&self, round: usize) -> usize {
        self.request.process * most_rounds(&self.request.plan) + round
    }

    fn begins(&self, watch: &Watch<'_>, (round, turn): (usize, usize), name: &str) {
        let contenders = self.request.contenders.len();
        let total = most_rounds(&self.request.plan) * contenders;
        watch
            .observer()
            .turn(round * contenders + turn, total, name);
    }
}

/// Rounds at the most, those that do not count among them.
pub(crate) fn most_rounds(plan: &Plan) -> usize {
    first_interleaved(plan) + plan.rounds
}

/// Rounds before those that are interleaved.
fn first_interleaved(plan: &Plan) -> usize {
    let alone = plan.interleaving.map_or(0, |how| how.isolated_rounds);
    plan.warmup_rounds + alone
}

/// Adds a trial to the record, and says so.
fn keep(record: &mut Record, watch: &Watch<'_>, mut trial: Trial) {
    // of both passes, where there are two: at the first
    trial.watched_ns = watch.take_spent_ns();
    watch.observer().trial(&trial);
    record.trials.push(trial);
}

fn round_note(pass: &RoundPass, (round, group): (usize, usize)) -> InterleavedRound {
    InterleavedRound {
        process: 0,
        round,
        group,
        pass: pass.pass,
        slice_ends: spaced(&pass.ends),
        steal_ms: pass.usage.steal_ms,
        involuntary_switches: pass.usage.involuntary_switches,
        peak_resident_bytes: pass.usage.peak_resident_bytes,
    }
}

/// Numbers of a group's contenders: the baseline, and its share of the others
/// that are not known to be wrong.
fn members_of(
    contenders: &[Contender],
    proofs: &[EngineProof],
    plan: &Plan,
    (group, groups): (usize, usize),
) -> Vec<usize> {
    let is_base = |at: &usize| contenders[*at].name == plan.baseline;
    let (base, others): (Vec<usize>, Vec<usize>) = (0..contenders.len())
        .filter(|&at| !is_wrong(&proofs[at]))
        .partition(is_base);
    let own = others.into_iter().skip(group).step_by(groups);
    base.into_iter().chain(own).collect()
}

/// What an event takes the engines, by the geometric mean of their trials so
/// far.
fn usual_ns_per_event(record: &Record) -> f64 {
    let is_ranked = |name: &str| {
        let mut engines = record.engines.iter();
        engines.any(|note| note.name == name && note.role == EngineRole::Engine)
    };
    let trials = record
        .trials
        .iter()
        .filter(|trial| is_ranked(&trial.engine));
    let times: Vec<f64> = trials.filter_map(Trial::ns_per_event).collect();
    geometric_mean(&times).unwrap_or(USUAL_NS_PER_EVENT)
}

/// Events of a slice: what takes the engines the wanted time.
fn slice_events(plan: &Plan, ns_per_event: f64) -> u64 {
    let slice_us = plan
        .interleaving
        .map_or(DEFAULT_SLICE_US, |how| how.slice_us);
    ((slice_us as f64 * 1_000.0 / ns_per_event) as u64).max(1)
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
        // what is planted into one engine alone stays
        _ if share == 0.0 => contender.clone(),
        _ => contender.planted(share),
    };
    request.contenders.iter().map(slowed).collect()
}

/// The order of one round: a shuffle (Fisher and Yates) that the seed decides.
pub(crate) fn shuffled(len: usize, seed: u64, round: usize) -> impl Iterator<Item = usize> {
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

fn note_proof(proof: &mut EngineProof, (_, finding): &Proved) {
    proof.snapshots += u64::from(finding.checked);
    proof.reads += finding.reads;
    proof.explained += finding.explained.explained;
    proof.bounded += finding.explained.bounded;
    match &finding.wrong {
        // what was wrong once stays so
        _ if matches!(proof.verdict, ProofVerdict::Differs(_)) => {}
        Some(words) => proof.verdict = ProofVerdict::Differs(words.clone()),
        None if finding.checked => proof.verdict = ProofVerdict::Equal,
        None => {}
    }
}

pub(crate) fn is_wrong(proof: &EngineProof) -> bool {
    matches!(proof.verdict, ProofVerdict::Differs(_))
}
