//! Every engine in an open loop that skips: what is left is proved, and what
//! was generated is accounted for.

use crate::engine::Role;
use crate::engine::StopFlag;
use crate::engine::registry::ENTRIES;
use crate::harness::plan::RunOptions;
use crate::harness::plan_open_loop::OpenLoopOptions;
use crate::harness::run::{RunRequest, Silent, run};
use crate::harness::{choose_contenders, resolve};
use crate::record::{Environment, ProofVerdict, Record};
use crate::workload::Workload;

fn record_of(engines: &[&str], change: impl FnOnce(&mut RunOptions)) -> Record {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/workloads/steady_week.toml");
    let (workload, toml) = Workload::load(std::path::Path::new(path)).unwrap();
    let mut options = RunOptions {
        engines: engines.iter().map(|&name| name.to_owned()).collect(),
        threads: Some(3),
        events: Some(30_000),
        ..RunOptions::default()
    };
    change(&mut options);
    let (contenders, baseline) = choose_contenders(&options, &[]).unwrap();
    let env = Environment::default();
    let plan = resolve(&options, &workload, &contenders, baseline, &env).unwrap();
    let request = RunRequest {
        workload: &workload,
        views: crate::harness::views_of(&workload).unwrap(),
        toml,
        trace: None,
        plan,
        contenders,
        environment: Environment::default(),
        command: Vec::new(),
        stop: StopFlag::default(),
        on_hang: |words| panic!("{words}"),
        process: 0,
    };
    run(&request, &mut Silent)
}

#[test]
fn every_engine_is_right_about_what_was_not_skipped() {
    let engines = ENTRIES.iter().filter(|info| info.role == Role::Engine);
    let engines: Vec<&str> = engines.map(|info| info.name).collect();
    // all of it is due within 30 µs, and 90 events may wait: most are skipped
    let record = record_of(&engines, |options| {
        options.open_loop = OpenLoopOptions {
            rate: Some(1_000_000_000),
            max_backlog: Some(90),
            ..OpenLoopOptions::default()
        };
    });
    assert_eq!(record.failure, None);
    record.validate().unwrap();
    let mut skipping = 0;
    for trial in &record.trials {
        let sum = trial.applied + trial.discarded + trial.failed + trial.skipped;
        assert_eq!(sum, trial.generated, "{}", trial.engine);
        let open = trial.open_loop.as_ref().unwrap();
        assert_eq!(open.skipped(), trial.skipped);
        assert_eq!(open.offered, 30_000);
        let completed: u64 = open.intervals.iter().map(|part| part.completed).sum();
        assert_eq!(completed + trial.skipped, 30_000);
        skipping += u64::from(trial.skipped > 0 && trial.engine != "null");
    }
    assert!(
        skipping >= engines.len() as u64 - 1,
        "{skipping} trials skipped"
    );
    for proof in record.proofs.iter().filter(|proof| proof.engine != "null") {
        assert_eq!(proof.verdict, ProofVerdict::Equal, "{}", proof.engine);
    }
}

#[test]
fn a_squeezed_stream_is_taken_whole_and_proved() {
    let record = record_of(&["dashmap", "partitioned"], |options| {
        options.open_loop.time_scale = Some((15_000_000_000, 604_800_000_000));
        options.inline = true;
    });
    for trial in &record.trials {
        assert_eq!(trial.skipped, 0, "{}", trial.engine);
        assert!(trial.open_loop.as_ref().unwrap().achieved_per_s > 0.0);
        assert_eq!(trial.reads, record.plan.reads);
    }
    assert!(
        record
            .proofs
            .iter()
            .all(|proof| !matches!(proof.verdict, ProofVerdict::Differs(_)))
    );
    let equal = |name: &str| {
        record
            .proofs
            .iter()
            .any(|p| p.engine == name && p.verdict == ProofVerdict::Equal)
    };
    assert!(equal("dashmap") && equal("partitioned"));
}
