//! Tests of whole interleaved runs.

use crate::OnHang;
use crate::run::run;
use crate::run::tests::Broken;
use crate::{
    Contender, Observer, RunOptions, RunRequest, Silent, choose_contenders, resolve, views_of,
};
use notibench_core::engine::{Engine as _, StopFlag};
use notibench_engines::maps::dashmap::DashMapEngine;
use notibench_record::{
    EngineRole, Environment, InterleavingPlan, Pass, ProofVerdict, Record, Trial,
};
use notibench_workload::fixture::workload;
use notibench_workload::{ViewMode, Workload};

fn options() -> RunOptions {
    RunOptions {
        threads: Some(2),
        batch: Some(64),
        rounds: Some(2),
        warmup_rounds: Some(0),
        slice_us: Some(100),
        order_seed: Some(5),
        ..RunOptions::default()
    }
}

fn small() -> Workload {
    Workload {
        events: 20_000,
        ..workload()
    }
}

fn record_of(
    workload: &Workload,
    options: &RunOptions,
    own: &[Contender],
    change: fn(&mut InterleavingPlan),
    observer: &mut dyn Observer,
    stop: StopFlag,
) -> Record {
    let environment = Environment::default();
    let (contenders, baseline) = choose_contenders(options, own).unwrap();
    let mut plan = resolve(options, workload, &contenders, baseline, &environment).unwrap();
    change(plan.interleaving.as_mut().unwrap());
    let request = RunRequest {
        wait_quiet: None,
        trace: None,
        plan,
        workload,
        toml: String::new(),
        views: views_of(workload).unwrap(),
        contenders,
        environment,
        command: vec!["test".to_owned()],
        stop,
        on_hang: OnHang::new(|message| panic!("{message}")),
        process: 0,
    };
    run(&request, observer)
}

fn run_of(workload: &Workload, options: &RunOptions) -> Record {
    record_of(
        workload,
        options,
        &[],
        |_| (),
        &mut Silent,
        StopFlag::default(),
    )
}

fn interleaved(record: &Record) -> impl Iterator<Item = &Trial> {
    record.trials.iter().filter(|trial| trial.slices.is_some())
}

/// Every proof is right, and every interleaved trial's time the sum of its
/// slices.
fn holds(record: &Record) {
    assert_eq!(record.failure, None);
    assert!(record.complete);
    for (note, proof) in record.engines.iter().zip(&record.proofs) {
        let expected = match note.role {
            EngineRole::Probe => ProofVerdict::NotChecked,
            _ => ProofVerdict::Equal,
        };
        assert_eq!(proof.verdict, expected, "{}", note.name);
    }
    assert!(interleaved(record).count() > 0);
    for trial in interleaved(record) {
        let slices = trial.slices.as_ref().unwrap();
        let each = slices.each_ns();
        let at = (trial.round, trial.group, trial.pass);
        let mut rounds = record.interleaved.iter();
        let round = rounds.find(|it| (it.round, it.group, it.pass) == at);
        let ends = round.unwrap().ends();
        assert_eq!(ends.len(), each.len());
        assert_eq!(ends.last(), Some(&record.plan.events));
        assert_eq!(trial.wall_ns, each.iter().sum::<u64>() + slices.finish_ns);
        let events: u64 = trial.workers.iter().map(|worker| worker.events).sum();
        assert_eq!(events, record.plan.events);
    }
}

#[test]
fn every_engine_and_probe_is_proved_in_slices_fresh_and_warm() {
    let options = RunOptions {
        all: true,
        warm: true,
        ..options()
    };
    let record = run_of(&small(), &options);
    holds(&record);
    assert_eq!(record.interleaved.len(), 2 * 2);
    let of_dashmap = interleaved(&record).filter(|trial| trial.engine == "dashmap");
    let passes: Vec<Pass> = of_dashmap.map(|trial| trial.pass).collect();
    assert_eq!(passes, [Pass::Fresh, Pass::Warm, Pass::Fresh, Pass::Warm]);
    let slices = record.interleaved[0].ends().len();
    assert!(slices > 3, "{slices}");
    // three rounds alone, for what is no ratio
    let alone = record.counted("dashmap", Pass::Fresh);
    assert_eq!(alone.filter(|trial| trial.slices.is_none()).count(), 3);
    let compared = record.compared("dashmap", Pass::Warm);
    assert_eq!(compared.filter(|trial| trial.slices.is_some()).count(), 2);
}

#[test]
fn epochs_close_for_all_engines_between_slices() {
    for mode in [ViewMode::Counts, ViewMode::Released] {
        let mut workload = small();
        workload.span_us = 30 * 86_400_000_000;
        workload.anonymity.mode = mode;
        holds(&run_of(&workload, &options()));
    }
}

#[test]
fn the_stream_may_be_generated_inline_and_threads_outnumber_cores() {
    let options = RunOptions {
        inline: true,
        threads: Some(7),
        ..options()
    };
    holds(&run_of(&small(), &options));
}

#[test]
fn groups_each_have_the_baseline_and_compare_within() {
    let options = options();
    let record = record_of(
        &small(),
        &options,
        &[],
        |plan| plan.groups = 3,
        &mut Silent,
        StopFlag::default(),
    );
    holds(&record);
    let base = interleaved(&record).filter(|trial| trial.engine == "dashmap-naive");
    let groups: Vec<usize> = base.map(|trial| trial.group).collect();
    assert_eq!(groups, [0, 1, 2, 0, 1, 2]);
    for engine in [
        "dashmap",
        "sharded-mutex",
        "partitioned",
        "dashmap-naive (A/A)",
    ] {
        assert_eq!(
            record.paired_times(engine, Pass::Fresh).len(),
            2,
            "{engine}"
        );
    }
}

#[test]
fn both_copies_of_the_baseline_stand_below_a_ratio() {
    let mut record = run_of(&small(), &options());
    for trial in record
        .trials
        .iter_mut()
        .filter(|trial| trial.slices.is_some())
    {
        trial.wall_ns = match trial.engine.as_str() {
            "dashmap-naive" => 4_000_000,
            "dashmap-naive (A/A)" => 1_000_000,
            _ => 500_000,
        };
    }
    let ratio = |engine: &str| record.ratio(engine).unwrap().ratio;
    assert!((ratio("dashmap") - 4.0).abs() < 1e-9);
    assert!((ratio("dashmap-naive (A/A)") - 4.0).abs() < 1e-9);
}

#[test]
fn a_panic_in_a_slice_names_its_engine() {
    let own = [Contender::of::<Broken<true>>()];
    let options = RunOptions {
        engines: vec!["dashmap".to_owned(), "broken".to_owned()],
        ..options()
    };
    // the rounds alone would find it first
    let change = |plan: &mut InterleavingPlan| plan.isolated_rounds = 0;
    let stop = StopFlag::default();
    let record = record_of(&small(), &options, &own, change, &mut Silent, stop);
    let failure = record.failure.unwrap();
    assert!(failure.contains("engine `broken`: worker"), "{failure}");
    assert!(failure.contains("a slip in the engine"), "{failure}");
}

#[test]
fn a_wrong_engine_takes_no_further_turn() {
    let own = [Contender::of::<Broken<false>>()];
    let options = RunOptions {
        engines: vec!["dashmap".to_owned(), "broken".to_owned()],
        baseline: Some(DashMapEngine::INFO.name.to_owned()),
        ..options()
    };
    let record = record_of(
        &small(),
        &options,
        &own,
        |_| (),
        &mut Silent,
        StopFlag::default(),
    );
    assert!(record.complete);
    assert_eq!(
        interleaved(&record)
            .filter(|t| t.engine == "broken")
            .count(),
        0
    );
    assert_eq!(
        interleaved(&record)
            .filter(|t| t.engine == "dashmap")
            .count(),
        2
    );
}

/// Interrupts at the first interleaved round.
struct Interrupting(StopFlag);

impl Observer for Interrupting {
    fn stage(&mut self, _: &str) {}
    fn turn(&mut self, _: usize, _: usize, engine: &str) {
        if engine == "all in turn" {
            self.0.set();
        }
    }
}

#[test]
fn an_interruption_ends_it_and_keeps_what_there_was() {
    let stop = StopFlag::default();
    let mut observer = Interrupting(stop.clone());
    let record = record_of(&small(), &options(), &[], |_| (), &mut observer, stop);
    assert!(!record.complete);
    assert_eq!(record.failure.as_deref(), Some("interrupted"));
    assert_eq!(interleaved(&record).count(), 0);
    assert!(record.trials.iter().any(|trial| trial.slices.is_none()));
}

#[test]
fn without_an_end_a_run_aims_at_a_precision_for_a_minute() {
    let plan_of = |options: &RunOptions| {
        let (contenders, baseline) = choose_contenders(options, &[]).unwrap();
        resolve(
            options,
            &small(),
            &contenders,
            baseline,
            &Environment::default(),
        )
        .unwrap()
    };
    let plan = plan_of(&RunOptions {
        threads: Some(2),
        ..RunOptions::default()
    });
    assert_eq!(
        (plan.precision, plan.max_time_ms),
        (Some(0.03), Some(60_000))
    );
    assert_eq!(plan.interleaving.unwrap().isolated_rounds, 3);
    let alone = plan_of(&RunOptions {
        isolated: true,
        threads: Some(2),
        ..RunOptions::default()
    });
    assert_eq!((alone.rounds, alone.precision), (5, None));
    assert_eq!(alone.interleaving, None);
    // drawn anew each time
    assert_ne!(alone.order_seed, plan.order_seed);
}
