//! Conservation, in every engine: generated = applied + discarded + failed +
//! skipped, exactly; what the workers stamped adds up to what was generated;
//! every read was answered once. At 1, 2, 8 and 64 threads, over 20 seeds; over 100
//! where `CI` is set.

use std::path::Path;

use notibench_core::engine::{Engine, EngineInfo, Role, StopFlag};
use notibench_core::policy::{Disposition, effect_of};
use notibench_engines::registry::{ENTRIES, EngineVisitor, dispatch};
use notibench_harness::{
    self as harness, Contender, OnHang, RunOptions, RunRequest, Silent, Source, TrialSetup,
    run_trial,
};
use notibench_record::{ProofVerdict, Record};
use notibench_workload::generator::{Generator, ReadStream};
use notibench_workload::{ViewMode, Workload, workload_files};

const THREADS: [usize; 4] = [1, 2, 8, 64];
/// Events of each stream: no multiple of a batch or a group, so that every
/// trial ends in parts of both.
const EVENTS: u64 = 3_001;
/// Events of one ingest call: more than a timed group, and fewer.
const BATCHES: [usize; 4] = [1, 7, 64, 100];

fn smoke_workloads() -> Vec<(Workload, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("workloads/smoke");
    let files = workload_files(&folder).unwrap();
    files
        .iter()
        .map(|file| Workload::load(file).unwrap())
        .collect()
}

fn end(message: &str) {
    // a worker hangs: no assertion could be reached
    eprintln!("{message}");
    std::process::abort();
}

/// One trial of an engine, and what it must add up to.
struct Trial<'a> {
    setup: TrialSetup<'a>,
}

impl EngineVisitor for Trial<'_> {
    type Output = ();

    fn visit<E: Engine>(self) {
        let source = self.setup.source;
        let what = format!("{}, {} threads", E::INFO.name, self.setup.threads);
        let (outcome, ()) = run_trial::<E, ()>(&self.setup, |_| ()).expect(&what);
        assert_eq!(outcome.workers.len(), self.setup.threads, "{what}");
        let ingested: u64 = outcome.workers.iter().map(|worker| worker.events).sum();
        assert_eq!(ingested, source.events(), "{what}");
        assert_eq!(outcome.reads, source.reads(), "{what}");
        assert_eq!(outcome.answers, outcome.reads, "{what}");
        for worker in &outcome.workers {
            assert!(worker.start_ns <= worker.end_ns, "{what}");
            assert!(worker.end_ns - worker.start_ns <= outcome.wall_ns, "{what}");
        }
    }
}

#[test]
fn trials_ingest_every_event_and_answer_every_read() {
    let workloads = smoke_workloads();
    for seed in 0..BATCHES.len() as u64 * 2 {
        let (workload, _) = &workloads[seed as usize % workloads.len()];
        let source = Source::new(
            Generator::new(workload, seed),
            ReadStream::new(workload, seed),
            EVENTS,
            // made beforehand, and by the workers
            seed % 2 == 1,
        )
        .with_dense_ids();
        let stop = StopFlag::default();
        for threads in THREADS {
            for info in ENTRIES {
                if seed % 2 == 1 && needs_dense_ids(info) {
                    continue;
                }
                let setup = TrialSetup::new(
                    &source,
                    (threads, BATCHES[(seed / 2) as usize % BATCHES.len()]),
                    &stop,
                    OnHang::new(end),
                );
                assert!(dispatch(info.name, Trial { setup }).is_some());
            }
        }
    }
}

/// A limit probe, which takes no part where the workers make the stream.
fn needs_dense_ids(info: &EngineInfo) -> bool {
    Contender::registered(info.name).is_some_and(|found| found.needs_dense_ids())
}

/// How many of the first events the policy discards or blocks keep out,
/// counted one by one.
fn discarded(workload: &Workload, seed: u64) -> u64 {
    let generator = Generator::new(workload, seed);
    let views = harness::views_of(workload).unwrap();
    let discards = |index: &u64| {
        let event = generator.event(*index);
        match effect_of(&event).disposition {
            Disposition::Discard => true,
            Disposition::Aggregate | Disposition::OwnAct => false,
            Disposition::Notify | Disposition::Retract => {
                let (actor, recipient) = (event.actor, event.recipient);
                views.settings().is_blocked(actor, recipient)
            }
        }
    };
    (0..EVENTS).filter(discards).count() as u64
}

fn record_of(workload: &Workload, toml: &str, seed: u64, threads: usize) -> Record {
    let options = RunOptions {
        all: true,
        threads: Some(threads),
        events: Some(EVENTS),
        rounds: Some(1),
        warmup_rounds: Some(0),
        seed: Some(seed),
        batch: Some(BATCHES[seed as usize % BATCHES.len()]),
        inline: seed.is_multiple_of(3),
        // the others three rounds alone, and one in turn
        isolated: seed != 5,
        warm: seed.is_multiple_of(4) && workload.anonymity.mode == ViewMode::Off,
        ..RunOptions::default()
    };
    let environment = harness::examine();
    let (contenders, baseline) = harness::choose_contenders(&options, &[] as &[Contender]).unwrap();
    let plan = harness::resolve(&options, workload, &contenders, baseline, &environment).unwrap();
    let request = RunRequest {
        wait_quiet: None,
        workload,
        toml: toml.to_owned(),
        trace: None,
        plan,
        views: harness::views_of(workload).unwrap(),
        contenders,
        environment,
        command: vec!["test".to_owned()],
        stop: StopFlag::default(),
        on_hang: OnHang::new(end),
        process: 0,
    };
    harness::run(&request, &mut Silent)
}

fn assert_conserved(record: &Record, discarded: u64, what: &str) {
    assert!(
        record.complete && record.failure.is_none(),
        "{what}: {:?}",
        record.failure
    );
    // every engine and every probe that can, and the control
    let can = |info: &&EngineInfo| !(record.plan.inline && needs_dense_ids(info));
    let contenders = ENTRIES.iter().filter(can).count() + 1;
    let passes = if record.plan.warm { 2 } else { 1 };
    let rounds = record
        .plan
        .interleaving
        .map_or(1, |how| how.isolated_rounds + 1);
    assert_eq!(record.trials.len(), rounds * contenders * passes, "{what}");
    for trial in &record.trials {
        let what = format!("{what}: {}", trial.engine);
        let accounted = trial.applied + trial.discarded + trial.failed + trial.skipped;
        assert_eq!(trial.generated, EVENTS, "{what}");
        assert_eq!(trial.generated, accounted, "{what}");
        assert_eq!((trial.failed, trial.skipped), (0, 0), "{what}");
        assert_eq!(trial.discarded, discarded, "{what}");
        assert_eq!(trial.reads, record.plan.reads, "{what}");
        let ingested: u64 = trial.workers.iter().map(|worker| worker.events).sum();
        assert_eq!(ingested, EVENTS, "{what}");
    }
    for proof in &record.proofs {
        let is_probe = |info: &EngineInfo| info.name == proof.engine && info.role == Role::Probe;
        let expected = if ENTRIES.iter().any(is_probe) {
            ProofVerdict::NotChecked
        } else {
            ProofVerdict::Equal
        };
        assert_eq!(proof.verdict, expected, "{what}: {}", proof.engine);
    }
}

#[test]
fn records_account_for_every_event() {
    let workloads = smoke_workloads();
    let seeds = match std::env::var_os("CI") {
        Some(_) => 100,
        None => 20,
    };
    for seed in 0..seeds {
        let (workload, toml) = &workloads[seed as usize % workloads.len()];
        let expected = discarded(workload, seed);
        for threads in THREADS {
            let record = record_of(workload, toml, seed, threads);
            let what = format!("{}, seed {seed}, {threads} threads", workload.name);
            assert_conserved(&record, expected, &what);
        }
    }
}
