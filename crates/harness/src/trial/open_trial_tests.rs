//! Every engine in an open loop that skips: what is left is proved, and what
//! was generated is accounted for.

use crate::OnHang;
use crate::Rate;
use crate::plan::options::OpenLoopOptions;
use crate::plan::options::RunOptions;
use crate::run::request::RunRequest;
use crate::run::run;
use crate::trial::watch::{Observer, Silent, TrialProgress};
use crate::{choose_contenders, resolve};
use notibench_core::engine::Role;
use notibench_core::engine::StopFlag;
use notibench_engines::registry::ENTRIES;
use notibench_record::{Environment, ProofVerdict, Record};
use notibench_workload::Workload;

fn record_of(engines: &[&str], change: impl FnOnce(&mut RunOptions)) -> Record {
    watched_record_of(engines, change, &mut Silent)
}

fn watched_record_of(
    engines: &[&str],
    change: impl FnOnce(&mut RunOptions),
    observer: &mut dyn Observer,
) -> Record {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../workloads/steady_week.toml"
    );
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
        wait_quiet: None,
        workload: &workload,
        views: crate::views_of(&workload).unwrap(),
        toml,
        trace: None,
        plan,
        contenders,
        environment: Environment::default(),
        command: Vec::new(),
        stop: StopFlag::default(),
        on_hang: OnHang::new(|words| panic!("{words}")),
        process: 0,
    };
    run(&request, observer)
}

fn per_second(events: u64) -> Option<Rate> {
    let per_ns = 1_000_000_000;
    Some(Rate { events, per_ns })
}

#[test]
fn every_engine_is_right_about_what_was_not_skipped() {
    let engines = ENTRIES.iter().filter(|info| info.role == Role::Engine);
    let engines: Vec<&str> = engines.map(|info| info.name).collect();
    // all of it is due within 30 µs, and 90 events may wait: most are skipped
    let record = record_of(&engines, |options| {
        options.open_loop = OpenLoopOptions {
            rate: per_second(1_000_000_000),
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

/// Keeps what it saw.
#[derive(Default)]
struct Eye(Vec<TrialProgress>);

impl Observer for Eye {
    fn stage(&mut self, _: &str) {}
    fn turn(&mut self, _: usize, _: usize, _: &str) {}
    fn wants_progress(&self) -> bool {
        true
    }
    fn progress(&mut self, progress: &TrialProgress) {
        self.0.push(progress.clone());
    }
}

#[test]
fn a_trial_that_runs_is_seen_and_no_worker_shows_it() {
    let mut eye = Eye::default();
    let record = watched_record_of(
        &["dashmap"],
        |options| {
            (options.rounds, options.warmup_rounds) = (Some(1), Some(0));
            options.open_loop = OpenLoopOptions {
                rate: per_second(30_000),
                interval_ns: Some(100_000_000),
                ..OpenLoopOptions::default()
            };
        },
        &mut eye,
    );
    assert_eq!(record.failure, None);
    // a trial takes a second: it was seen more than once, and further each time
    assert!(eye.0.len() >= 2, "{} looks", eye.0.len());
    for progress in &eye.0 {
        let open = progress.open_loop.as_ref().unwrap();
        assert_eq!(progress.of, 30_000);
        assert!(progress.over + open.behind <= 30_000);
        assert!(open.response.count() <= progress.over);
        assert!(open.interval_response.count() <= open.response.count());
    }
    let last = eye.0.last().unwrap();
    assert!(last.over > 0 && last.open_loop.as_ref().unwrap().response.count() > 0);
    assert!(record.trials.iter().any(|trial| trial.watched_ns > 0));
}

#[test]
fn a_look_counts_whole_intervals_once() {
    use crate::trial::open_loop::Recorder as _;
    use crate::trial::open_trial::{Look, OnceLock, OpenLoop, Series};
    let due: Vec<u64> = (0..100).map(|at| at * 10).collect();
    let open_loop = OpenLoop {
        due: vec![due.clone()],
        backlog_each: 100,
        idle: notibench_record::Idle::Spin,
        interval_ns: 250,
        duration_ns: 1_000,
        stationary: true,
        recorded: true,
    };
    let mut series = Series::new(4, 250);
    let seen = vec![OnceLock::from(series.intervals().clone())];
    let mut look = Look::new(&open_loop, &seen);
    // five events are done by 100, twenty more by 300, in the second interval
    series.events(60, 100, &due[..5]);
    let now = look.at(120);
    let open = now.open_loop.unwrap();
    assert_eq!((now.over, open.behind), (5, 8));
    assert_eq!(
        (open.response.count(), open.interval_response.count()),
        (0, 0)
    );
    series.events(100, 300, &due[5..25]);
    for _ in 0..2 {
        let now = look.at(320);
        let open = now.open_loop.unwrap();
        assert_eq!((now.over, open.behind), (25, 8));
        assert_eq!(
            (open.response.count(), open.interval_response.count()),
            (5, 5)
        );
    }
    let now = look.at(900);
    let open = now.open_loop.unwrap();
    assert_eq!(
        (open.response.count(), open.interval_response.count()),
        (25, 0)
    );
    assert_eq!(open.behind, 66);
}
