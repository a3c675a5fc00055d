//! Tests of what a record says of a run that went wrong.

use super::*;
use crate::host::environment::Usage;
use crate::proof::inspect::Finding;
use crate::run::round::shuffled;
use crate::run::trial_note::trial_of;
use crate::trial::event_counts::EventCounts;
use crate::trial::outcome::TrialOutcome;
use crate::trial::setup::OnHang;
use crate::{RunOptions, choose_contenders, resolve};
use notibench_core::engine::{
    Engine, EngineConfig, EngineInfo, Freshness, MemoryUse, Session, StopFlag,
};
use notibench_core::event::{Event, Read};
use notibench_core::read::Answer;
use notibench_core::snapshot::SnapshotDigest;
use notibench_core::state::{StateMut, StateRef};
use notibench_core::unit::digest::Digest;
use notibench_engines::maps::dashmap::{DashMapEngine, DashMapSession};
use notibench_record::stats::ServiceHistogram;
use notibench_record::{Environment, Pass, Trial};
use notibench_workload::Workload;
use notibench_workload::fixture::workload;

/// Panics at the first batch, or hears no event at all.
pub(crate) struct Broken<const PANICS: bool>(DashMapEngine);
pub(crate) struct BrokenSession<const PANICS: bool>;

impl<const PANICS: bool> Engine for Broken<PANICS> {
    const INFO: EngineInfo = EngineInfo {
        name: "broken",
        role: Role::Engine,
        freshness: Freshness::Immediate,
        about: "panics at its first batch or is deaf, for these tests only",
    };
    type Session<'engine> = BrokenSession<PANICS>;

    fn build(config: &EngineConfig) -> Self {
        Self(DashMapEngine::build(config))
    }
    fn session(&self, worker: usize) -> BrokenSession<PANICS> {
        let _: DashMapSession<'_> = self.0.session(worker);
        BrokenSession
    }
    fn visit(&self, visit: &(dyn Fn(StateRef<'_>) + Sync)) {
        self.0.visit(visit);
    }
    fn visit_mut(&self, visit: &(dyn Fn(StateMut<'_>) + Sync)) {
        self.0.visit_mut(visit);
    }
    fn memory(&self) -> MemoryUse {
        self.0.memory()
    }
}

impl<const PANICS: bool> Session for BrokenSession<PANICS> {
    fn ingest(&mut self, _: &[Event]) {
        assert!(!PANICS, "a slip in the engine");
    }
    fn read(&mut self, _: &[Read], _: &mut impl FnMut(usize, &Answer)) {}
    fn finish(self) {}
}

/// A run of a few events of a workload whose file names these digests.
fn record_of(
    engine: Contender,
    events_digest: Option<Digest>,
    snapshot_digest: Option<Digest>,
) -> Record {
    record_with(
        RunOptions::default(),
        engine,
        events_digest,
        snapshot_digest,
    )
}

fn record_with(
    options: RunOptions,
    engine: Contender,
    events_digest: Option<Digest>,
    snapshot_digest: Option<Digest>,
) -> Record {
    let workload = Workload {
        events: 500,
        expected_events_digest: events_digest,
        expected_snapshot_digest: snapshot_digest,
        ..workload()
    };
    let options = RunOptions {
        engines: vec![engine.name.clone()],
        threads: Some(1),
        rounds: Some(1),
        warmup_rounds: Some(0),
        ..options
    };
    let environment = Environment::default();
    let (contenders, baseline) = choose_contenders(&options, &[engine]).unwrap();
    let request = RunRequest {
        wait_quiet: None,
        trace: None,
        plan: resolve(&options, &workload, &contenders, baseline, &environment).unwrap(),
        workload: &workload,
        toml: String::new(),
        views: super::super::views_of(&workload).unwrap(),
        contenders,
        environment,
        command: vec!["test".to_owned()],
        stop: StopFlag::default(),
        on_hang: OnHang::new(|message| panic!("{message}")),
        process: 0,
    };
    run(&request, &mut Silent)
}

#[test]
fn the_record_says_whether_the_file_expected_these_digests() {
    let run = |events, snapshot| record_of(Contender::of::<DashMapEngine>(), events, snapshot);
    let told = |record: &Record| record.oracle.clone().unwrap().expected;
    let unknown = run(None, None);
    assert_eq!(
        (told(&unknown).as_str(), &unknown.failure),
        ("unknown", &None)
    );
    let oracle = unknown.oracle.unwrap();
    let right = |text: &str| Some(text.parse().unwrap());
    let events = right(&oracle.events_digest);
    let matching = run(events, right(&oracle.snapshot_digest));
    assert_eq!(
        (told(&matching).as_str(), &matching.failure),
        ("matches", &None)
    );
    let differing = run(events, Some(Digest(1)));
    assert_eq!(told(&differing), "differs");
    assert!(
        differing
            .failure
            .unwrap()
            .contains("the snapshot digest of")
    );
}

#[test]
fn an_unexpected_digest_does_not_hide_a_panic() {
    let record = record_of(Contender::of::<Broken<true>>(), Some(Digest(1)), None);
    assert!(!record.complete);
    let failure = record.failure.unwrap();
    assert!(
        failure.contains("worker 0 panicked: a slip in the engine"),
        "{failure}"
    );
    assert!(
        record.warnings[0].contains("the events digest of"),
        "{:?}",
        record.warnings
    );
}

#[test]
fn a_deaf_engine_is_found_out_even_where_nothing_is_verified() {
    for no_verify in [false, true] {
        let options = RunOptions {
            no_verify,
            ..RunOptions::default()
        };
        let record = record_with(options, Contender::of::<Broken<false>>(), None, None);
        let ProofVerdict::Differs(words) = &record.proofs[0].verdict else {
            panic!("{:?}", record.proofs);
        };
        assert!(
            no_verify == words.starts_with("its state holds 0 notifications"),
            "{words}"
        );
    }
}

#[test]
fn an_event_that_no_worker_took_is_not_conserved() {
    let plan = record_of(Contender::of::<DashMapEngine>(), None, None).plan;
    let outcome = |events| TrialOutcome {
        wall_ns: 1,
        workers: Vec::new(),
        counts: EventCounts {
            events,
            ..EventCounts::default()
        },
        reads: 0,
        answers: 0,
        ingest_service: ServiceHistogram::new(),
        read_service: ServiceHistogram::new(),
        snapshot: SnapshotDigest::default(),
        memory: MemoryUse::default(),
        usage: Usage::default(),
        perf: None,
        epochs: None,
        logs: Vec::new(),
        exchange: None,
        open_loop: None,
    };
    for (taken, conserved) in [(500, true), (499, false), (501, false)] {
        let trial = trial_of("e", &plan, &(outcome(taken), Finding::default()));
        let parts = trial.applied + trial.discarded + trial.failed + trial.skipped;
        assert_eq!(parts == trial.generated, conserved, "{taken} of 500");
    }
}

#[test]
fn turns_are_shuffled_anew_each_round_and_the_same_each_time() {
    let order = |round| shuffled(6, 1, round).collect::<Vec<_>>();
    assert_eq!(order(3), order(3));
    assert_ne!(order(3), order(4));
    let firsts: std::collections::HashSet<usize> = (0..40).map(|round| order(round)[0]).collect();
    assert_eq!(firsts.len(), 6, "everyone is first now and then");
    let mut sorted = order(0);
    sorted.sort_unstable();
    assert_eq!(sorted, [0, 1, 2, 3, 4, 5]);
}

/// Right until its sessions were finished once; deaf from then on.
struct DeafLater(DashMapEngine, std::sync::atomic::AtomicBool);
struct DeafLaterSession<'engine>(&'engine DeafLater, DashMapSession<'engine>);

impl Engine for DeafLater {
    const INFO: EngineInfo = EngineInfo {
        name: "deaf-later",
        role: Role::Engine,
        freshness: Freshness::Immediate,
        about: "takes in only what its first sessions bring, for these tests only",
    };
    type Session<'engine> = DeafLaterSession<'engine>;

    fn build(config: &EngineConfig) -> Self {
        Self(DashMapEngine::build(config), false.into())
    }
    fn session(&self, worker: usize) -> DeafLaterSession<'_> {
        DeafLaterSession(self, self.0.session(worker))
    }
    fn visit(&self, visit: &(dyn Fn(StateRef<'_>) + Sync)) {
        self.0.visit(visit);
    }
    fn visit_mut(&self, visit: &(dyn Fn(StateMut<'_>) + Sync)) {
        self.0.visit_mut(visit);
    }
    fn memory(&self) -> MemoryUse {
        self.0.memory()
    }
}

impl Session for DeafLaterSession<'_> {
    fn ingest(&mut self, batch: &[Event]) {
        if !self.0.1.load(std::sync::atomic::Ordering::Relaxed) {
            self.1.ingest(batch);
        }
    }
    fn read(&mut self, reads: &[Read], sink: &mut impl FnMut(usize, &Answer)) {
        self.1.read(reads, sink);
    }
    fn finish(self) {
        self.0.1.store(true, std::sync::atomic::Ordering::Relaxed);
        self.1.finish();
    }
}

fn warm(no_verify: bool) -> RunOptions {
    RunOptions {
        warm: true,
        no_verify,
        ..RunOptions::default()
    }
}

#[test]
fn a_second_pass_is_a_trial_of_its_own_with_a_proof_of_its_own() {
    let record = record_with(warm(false), Contender::of::<DashMapEngine>(), None, None);
    assert!(record.complete && record.plan.warm);
    let oracle = record.oracle.unwrap();
    let twice = oracle.warm_snapshot_digest.unwrap();
    assert_ne!(oracle.snapshot_digest, twice);
    let of_engine = |trial: &&Trial| trial.engine == "dashmap";
    let trials: Vec<&Trial> = record.trials.iter().filter(of_engine).collect();
    let passes: Vec<Pass> = trials.iter().map(|trial| trial.pass).collect();
    assert_eq!(passes, [Pass::Fresh, Pass::Warm]);
    for (trial, digest) in trials.iter().zip([&oracle.snapshot_digest, &twice]) {
        assert_eq!(trial.snapshot_digest.as_ref(), Some(digest));
        // each pass is conserved by itself
        assert_eq!(trial.generated, 500);
        assert_eq!(trial.applied + trial.discarded, 500);
        assert_eq!(trial.events_digest.as_ref(), Some(&oracle.events_digest));
        assert_ne!(trial.ingest_service_ns, "");
    }
    assert_eq!(trials[0].members, trials[1].members);
    assert_eq!(record.proofs[0].verdict, ProofVerdict::Equal);
    assert_eq!(record.proofs[0].snapshots, 2);
}

#[test]
fn an_engine_that_loses_the_second_pass_is_found_out() {
    let verdict_of = |options: RunOptions| {
        let record = record_with(options, Contender::of::<DeafLater>(), None, None);
        record.proofs[0].verdict.clone()
    };
    let cold = RunOptions::default();
    // one trial is right; the deafness is in what follows it
    assert_eq!(
        verdict_of(RunOptions {
            no_verify: true,
            ..cold
        }),
        ProofVerdict::NotChecked
    );
    for no_verify in [false, true] {
        let ProofVerdict::Differs(words) = verdict_of(warm(no_verify)) else {
            panic!("it was not found out");
        };
        assert!(no_verify == words.starts_with("its state holds"), "{words}");
    }
}
