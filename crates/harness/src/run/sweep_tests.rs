//! Tests of sweeps over a few events.

use super::*;
use crate::contender::Contender;
use crate::plan::contenders::choose_contenders;
use crate::plan::options::RunOptions;
use crate::plan::resolve::resolve;
use crate::run::tests::Broken;
use crate::trial::setup::OnHang;
use crate::trial::watch::Silent;
use notibench_core::engine::StopFlag;
use notibench_record::{EngineProof, Environment, ProofVerdict};
use notibench_workload::Workload;
use notibench_workload::fixture::workload;

/// A request of these thread counts, or of these numbers of members.
fn request<'a>(
    axis: SweepAxis,
    workloads: &'a [Workload],
    values: &[f64],
    stop: &StopFlag,
) -> SweepRequest<'a> {
    request_of(axis, workloads, values, stop, None)
}

/// The same with an engine of one's own in the first's place.
fn request_of<'a>(
    axis: SweepAxis,
    workloads: &'a [Workload],
    values: &[f64],
    stop: &StopFlag,
    own: Option<Contender>,
) -> SweepRequest<'a> {
    let own: Vec<Contender> = own.into_iter().collect();
    let first = own.first().map_or("dashmap", |own| own.info.name);
    let points = values
        .iter()
        .zip(workloads)
        .map(|(&value, workload)| {
            let options = RunOptions {
                engines: vec![first.to_owned(), "dashmap-naive".to_owned()],
                threads: Some(if axis == SweepAxis::Threads {
                    value as usize
                } else {
                    1
                }),
                rounds: Some(3),
                warmup_rounds: Some(1),
                isolated: true,
                order_seed: Some(1),
                ..RunOptions::default()
            };
            let environment = Environment::default();
            let (contenders, baseline) = choose_contenders(&options, &own).unwrap();
            let run = RunRequest {
                wait_quiet: None,
                trace: None,
                plan: resolve(&options, workload, &contenders, baseline, &environment).unwrap(),
                workload,
                toml: String::new(),
                views: notibench_core::viewing::Views::default(),
                contenders,
                environment,
                command: Vec::new(),
                stop: stop.clone(),
                on_hang: OnHang::new(|message| panic!("{message}")),
                process: 0,
            };
            (value, run)
        })
        .collect();
    SweepRequest {
        axis,
        points,
        command: vec!["test".to_owned()],
    }
}

fn small(members: u64) -> Workload {
    let mut small = workload();
    small.events = 500;
    small.population.members = members;
    small
}

/// Hears the turns; sets the flag at one of them.
struct Ear {
    turns: Vec<(usize, usize, String)>,
    stop_at: usize,
    stop: StopFlag,
}

impl Observer for Ear {
    fn stage(&mut self, _: &str) {}
    fn turn(&mut self, over: usize, of: usize, engine: &str) {
        if self.turns.len() == self.stop_at {
            self.stop.set();
        }
        self.turns.push((over, of, engine.to_owned()));
    }
}

#[test]
fn points_of_one_stream_take_turns_round_by_round() {
    let stop = StopFlag::default();
    let workloads = [small(50), small(50), small(50)];
    let request = request(SweepAxis::Threads, &workloads, &[1.0, 2.0, 3.0], &stop);
    let mut ear = Ear {
        turns: Vec::new(),
        stop_at: usize::MAX,
        stop,
    };
    let sweep = sweep(&request, &mut ear);
    assert!(sweep.complete && sweep.interleaved);
    // four passes over three points of four contenders
    assert_eq!(ear.turns.len(), 48);
    for (at, (over, of, _)) in ear.turns.iter().enumerate() {
        assert_eq!((*over, *of), (at, 48));
    }
    let points: Vec<&str> = ear
        .turns
        .iter()
        .step_by(4)
        .map(|(_, _, what)| &what[..9])
        .collect();
    let mut orders = Vec::new();
    for pass in points.chunks(3) {
        orders.push(pass.to_vec());
        let mut sorted = pass.to_vec();
        sorted.sort_unstable();
        assert_eq!(
            sorted,
            ["threads 1", "threads 2", "threads 3"],
            "each once a pass"
        );
    }
    assert!(orders.iter().any(|order| order != &orders[0]), "shuffled");
    for (point, threads) in sweep.points.iter().zip(1..) {
        let record = &point.record;
        assert!(record.complete && record.failure.is_none());
        assert_eq!(
            (point.value, record.plan.threads),
            (threads as f64, threads)
        );
        assert_eq!(record.trials.len(), 16);
        assert!(
            record
                .trials
                .iter()
                .all(|trial| trial.workers.len() == threads)
        );
        record.validate().unwrap();
    }
}

#[test]
fn points_of_other_streams_run_one_after_the_other() {
    let stop = StopFlag::default();
    let workloads = [small(20), small(90)];
    let request = request(SweepAxis::Members, &workloads, &[20.0, 90.0], &stop);
    let sweep = sweep(&request, &mut Silent);
    assert!(sweep.complete && !sweep.interleaved);
    let oracles: Vec<_> = sweep
        .points
        .iter()
        .map(|point| point.record.oracle.clone().unwrap())
        .collect();
    assert!(oracles[0].members <= 20 && oracles[1].members > 20);
    assert_ne!(oracles[0].events_digest, oracles[1].events_digest);
}

#[test]
fn an_interruption_keeps_what_was_measured() {
    for (axis, begun) in [(SweepAxis::Threads, 2), (SweepAxis::Members, 1)] {
        let stop = StopFlag::default();
        let workloads = [small(50), small(60)];
        let workloads = if axis == SweepAxis::Threads {
            [workloads[0].clone(), workloads[0].clone()]
        } else {
            workloads
        };
        let request = request(axis, &workloads, &[1.0, 2.0], &stop);
        let mut ear = Ear {
            turns: Vec::new(),
            stop_at: 9,
            stop,
        };
        let sweep = sweep(&request, &mut ear);
        assert!(!sweep.complete);
        assert_eq!(sweep.points.len(), begun);
        let trials: usize = sweep.points.iter().map(|p| p.record.trials.len()).sum();
        assert!((9..=10).contains(&trials), "{trials}");
        for point in &sweep.points {
            assert_eq!(point.record.failure.as_deref(), Some("interrupted"));
            assert!(!point.record.complete);
        }
    }
}

#[test]
fn a_wrong_engine_is_told_at_its_points_and_ends_nothing() {
    let stop = StopFlag::default();
    let workloads = [small(50), small(50)];
    let deaf = Contender::of::<Broken<false>>();
    let values = [1.0, 2.0];
    let request = request_of(SweepAxis::Threads, &workloads, &values, &stop, Some(deaf));
    let sweep = sweep(&request, &mut Silent);
    assert!(sweep.complete);
    for point in &sweep.points {
        let record = &point.record;
        let of = |name: &str| record.trials.iter().filter(|t| t.engine == name).count();
        // it takes no further turn at that point; the others do
        assert_eq!((of("broken"), of("dashmap-naive")), (1, 4));
        let wrong = |proof: &&EngineProof| matches!(proof.verdict, ProofVerdict::Differs(_));
        let wrong: Vec<&EngineProof> = record.proofs.iter().filter(wrong).collect();
        assert_eq!(wrong.len(), 1);
        assert_eq!(wrong[0].engine, "broken");
    }
}
