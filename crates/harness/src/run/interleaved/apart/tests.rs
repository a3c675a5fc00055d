//! Tests of whole runs of writers and readers apart.

mod planted;

use std::time::Duration;

use crate::run::interleaved::apart::steps::{Lengths, steps};
use crate::run::interleaved::apart::tests::planted::{
    Deed, HANGS, LIES, LOCKS, LOSES, Planted, blocked_indexes,
};
use crate::run::interleaved::schedule::Draw;
use crate::run::run;
use crate::trial::apart::Phase;
use crate::{
    ApartOptions, Contender, OnHang, Rate, RunOptions, RunRequest, Silent, choose_contenders,
    resolve, resolve_again, views_of,
};
use notibench_core::engine::StopFlag;
use notibench_record::stats::ServiceHistogram;
use notibench_record::{
    ApartRole, EngineRole, Environment, ProofVerdict, Record, Trial, WorkerStamp,
};
use notibench_workload::Workload;
use notibench_workload::fixture::workload;

/// Events of a run, of which the first half fills the state.
const EVENTS: u64 = 20_000;
const BATCH: usize = 64;

fn options(writers: usize, readers: usize) -> RunOptions {
    RunOptions {
        apart: ApartOptions {
            writers: Some(writers),
            readers: Some(readers),
            ..ApartOptions::default()
        },
        batch: Some(BATCH),
        rounds: Some(2),
        warmup_rounds: Some(0),
        order_seed: Some(5),
        ..RunOptions::default()
    }
}

fn record_of(options: &RunOptions, own: &[Contender]) -> Record {
    record_within(options, own, None)
}

/// The same, an engine being taken to hang after so long.
fn record_within(options: &RunOptions, own: &[Contender], after: Option<Duration>) -> Record {
    let workload = Workload {
        events: EVENTS,
        ..workload()
    };
    let environment = Environment::default();
    let (contenders, baseline) = choose_contenders(options, own).unwrap();
    let plan = resolve(options, &workload, &contenders, baseline, &environment).unwrap();
    let again = resolve_again(&plan, &workload, &contenders, &environment);
    assert_eq!(again.unwrap(), plan, "a rerun has the same plan");
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
        stop: StopFlag::default(),
        on_hang: OnHang {
            after,
            ..OnHang::new(|message| panic!("{message}"))
        },
        process: 0,
    };
    let record = run(&request, &mut Silent);
    record.validate().unwrap();
    record
}

/// One planted engine in a round of its own.
fn planted(options: &RunOptions) -> RunOptions {
    RunOptions {
        engines: vec!["planted".to_owned()],
        isolated: true,
        rounds: Some(1),
        ..options.clone()
    }
}

fn of_planted<const DEED: Deed>(options: &RunOptions) -> Record {
    record_of(&planted(options), &[Contender::of::<Planted<DEED>>()])
}

fn verdict<'r>(record: &'r Record, engine: &str) -> &'r ProofVerdict {
    let mut proofs = record.proofs.iter();
    &proofs.find(|proof| proof.engine == engine).unwrap().verdict
}

/// Every event of the trial was written once, and what each role did adds up.
fn holds(trial: &Trial, (writers, readers): (usize, usize)) {
    assert_eq!(trial.applied + trial.discarded, EVENTS, "{trial:?}");
    assert_eq!(trial.workers.len(), writers + readers);
    let ingested = |workers: &[WorkerStamp]| workers.iter().map(|of| of.events).sum::<u64>();
    assert_eq!(ingested(&trial.workers[..writers]), EVENTS);
    assert_eq!(ingested(&trial.workers[writers..]), 0);
    let apart = trial.apart.as_ref().unwrap();
    let written = [&apart.writers_alone, &apart.writers_beside];
    let written: u64 = written.iter().map(|phase| phase.operations).sum();
    assert_eq!(written, EVENTS / 2);
    let read = [&apart.readers_alone, &apart.readers_beside];
    assert_eq!(
        read.iter().map(|phase| phase.operations).sum::<u64>(),
        trial.reads
    );
    assert!(readers == 0 || apart.readers_alone.operations > 0);
    assert_eq!(trial.ns_per_event(), trial.ns_beside(ApartRole::Writer));
}

#[test]
fn each_role_is_measured_and_every_state_is_proved() {
    for (isolated, roles) in [
        (true, (1, 1)),
        (false, (1, 1)),
        (false, (2, 1)),
        (true, (1, 3)),
    ] {
        let options = RunOptions {
            isolated,
            ..options(roles.0, roles.1)
        };
        let record = record_of(&options, &[]);
        assert!(record.complete, "{:?}", record.failure);
        assert_eq!(record.trials.len(), 2 * record.engines.len());
        for trial in &record.trials {
            holds(trial, roles);
            assert_eq!(trial.slices.is_none(), isolated);
        }
        assert_eq!(record.interleaved.len(), if isolated { 0 } else { 2 });
        for engine in &record.engines {
            if engine.role == EngineRole::Engine {
                assert_eq!(verdict(&record, &engine.name), &ProofVerdict::Equal);
            }
        }
        let explained: u64 = record.proofs.iter().map(|proof| proof.explained).sum();
        assert!(explained > 0);
    }
}

/// No role is ahead of its rate, and each group has a response time that holds
/// its service time.
#[test]
fn at_a_rate_each_group_is_timed_from_when_it_was_due() {
    let per_s = |events| Rate {
        events,
        per_ns: 1_000_000_000,
    };
    for roles in [(1, 1), (2, 2)] {
        let mut options = options(roles.0, roles.1);
        options.apart.events_rate = Some(per_s(400_000));
        options.apart.reads_rate = Some(per_s(200_000));
        options.engines = vec!["dashmap".to_owned()];
        let record = record_of(&options, &[]);
        assert_eq!(verdict(&record, "dashmap"), &ProofVerdict::Equal);
        for trial in &record.trials {
            holds(trial, roles);
            let apart = trial.apart.as_ref().unwrap();
            for (phase, per_s) in [
                (&apart.writers_alone, 4e5),
                (&apart.writers_beside, 4e5),
                (&apart.readers_alone, 2e5),
                (&apart.readers_beside, 2e5),
            ] {
                let read = |text: &str| ServiceHistogram::from_base64(text).unwrap();
                let [service, response] =
                    [&phase.service_ns, &phase.response_ns].map(|it| read(it));
                assert_eq!(service.count(), response.count());
                assert!(response.max() as f64 > 0.99 * service.max() as f64);
                let least_ns = phase.operations as f64 * 1e9 / per_s;
                assert!(phase.wall_ns as f64 > 0.99 * least_ns, "{phase:?}");
            }
        }
    }
}

#[test]
fn what_is_generated_inline_is_the_same() {
    let options = RunOptions {
        inline: true,
        engines: vec!["dashmap".to_owned()],
        ..options(1, 1)
    };
    let record = record_of(&options, &[]);
    assert_eq!(verdict(&record, "dashmap"), &ProofVerdict::Equal);
    record.trials.iter().for_each(|trial| holds(trial, (1, 1)));
}

#[test]
fn without_readers_all_is_the_writers_own() {
    let record = record_of(&options(1, 0), &[]);
    for trial in &record.trials {
        let apart = trial.apart.as_ref().unwrap();
        assert_eq!(apart.writers_beside.operations, EVENTS / 2);
        assert_eq!(apart.writers_alone.operations, 0);
        assert_eq!(trial.reads, 0);
    }
    assert!(record.proofs.iter().all(|proof| proof.explained == 0));
}

/// What each event of the first round is written for.
fn phase_of(record: &Record, index: u64) -> Phase {
    let lengths = Lengths {
        // 10 ms of what an event takes as long as none was timed
        mean: 100_000,
        unit: BATCH as u64,
        ns_per_event: 100.0,
    };
    let plan = record.plan.apart.unwrap();
    let mut draw = Draw::new(record.plan.order_seed, 0);
    let steps = steps(&plan, EVENTS, lengths, &mut draw);
    let found = steps.iter().find(|step| step.events.contains(&index));
    found.unwrap().phase
}

#[test]
fn a_slow_read_under_a_global_lock_holds_writers_up_beside_readers_alone() {
    let record = of_planted::<LOCKS>(&options(1, 1));
    assert_eq!(verdict(&record, "planted"), &ProofVerdict::Equal);
    let blocked = blocked_indexes();
    assert!(!blocked.is_empty(), "no ingest call found the lock taken");
    for index in blocked {
        assert_eq!(phase_of(&record, index), Phase::Together, "{index}");
    }
}

#[test]
fn an_engine_that_loses_events_beside_readers_alone_is_found_out() {
    let record = of_planted::<LOSES>(&options(1, 1));
    let ProofVerdict::Differs(words) = verdict(&record, "planted") else {
        panic!("{:?}", record.proofs);
    };
    assert!(!words.is_empty());
    // without readers it loses nothing
    let record = of_planted::<LOSES>(&options(1, 0));
    assert_eq!(verdict(&record, "planted"), &ProofVerdict::Equal);
}

#[test]
fn an_answer_that_is_wrong_beside_writers_alone_is_found_out() {
    let record = of_planted::<LIES>(&options(1, 1));
    // in which of the trials a badge is asked for beside a writer is chance
    let found = record.proofs.iter().any(
        |proof| matches!(&proof.verdict, ProofVerdict::Differs(words) if words.contains("77")),
    );
    assert!(found, "{:?}", record.proofs);
}

#[test]
fn a_writer_that_hangs_beside_a_reader_is_named() {
    let own = [Contender::of::<Planted<HANGS>>()];
    let after = Some(Duration::from_millis(300));
    let record = record_within(&planted(&options(1, 1)), &own, after);
    let failure = record.failure.unwrap().to_string();
    assert!(failure.contains("worker 0 in `ingest` for"), "{failure}");
    assert!(!failure.contains("worker 1 in `read` for"), "{failure}");
}
