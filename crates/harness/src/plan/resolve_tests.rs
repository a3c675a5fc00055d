//! Tests of what is refused, and with what advice.

use super::*;
use crate::plan::contenders::{choose_contenders, find_contender};
use crate::plan::memory::Prediction;
use notibench_workload::fixture::workload;

fn names(options: &RunOptions) -> (Vec<String>, String) {
    let (contenders, baseline) = choose_contenders(options, &[]).unwrap();
    (
        contenders
            .into_iter()
            .map(|contender| contender.name)
            .collect(),
        baseline,
    )
}

/// The plan of what was asked, on the small workload.
fn resolved(options: &RunOptions, env: &Environment) -> Result<Plan, PlanError> {
    let (contenders, baseline) = choose_contenders(options, &[])?;
    resolve(options, &workload(), &contenders, baseline, env)
}

fn asked(engines: &[&str]) -> RunOptions {
    let engines = engines.iter().map(ToString::to_string).collect();
    RunOptions {
        engines,
        ..RunOptions::default()
    }
}

#[test]
fn every_run_has_a_control_and_the_null_probe() {
    let (named, baseline) = names(&asked(&["dashmap"]));
    assert_eq!(named, ["dashmap", "dashmap (A/A)", "null"]);
    assert_eq!(baseline, "dashmap");
    let (named, baseline) = names(&asked(&["dashmap", "dashmap-naive", "null"]));
    assert_eq!(
        named,
        ["dashmap", "dashmap-naive", "null", "dashmap-naive (A/A)"]
    );
    assert_eq!(baseline, "dashmap-naive");
}

#[test]
fn a_baseline_that_was_not_named_takes_part() {
    let options = RunOptions {
        baseline: Some("dashmap-naive".to_owned()),
        ..asked(&["dashmap"])
    };
    assert_eq!(names(&options).0[..2], ["dashmap", "dashmap-naive"]);
}

#[test]
fn what_cannot_be_run_is_refused_with_advice() {
    for (options, advice) in [
        (asked(&["dashmop"]), "list engines"),
        (asked(&["dashmap", "dashmap"]), "twice"),
        (asked(&["null"]), "add an engine"),
        (
            RunOptions {
                baseline: Some("null".to_owned()),
                ..asked(&["dashmap"])
            },
            "is a probe",
        ),
    ] {
        let message = choose_contenders(&options, &[]).unwrap_err().to_string();
        assert!(message.contains(advice), "{message}");
    }
}

#[test]
fn numbers_out_of_range_and_runs_that_would_not_fit_are_refused() {
    let env = Environment {
        cores: 2,
        available_bytes: 1 << 34,
        ..Environment::default()
    };
    let refused =
        |options: RunOptions, env: &Environment| resolved(&options, env).unwrap_err().to_string();
    let none = RunOptions::default;
    assert!(
        refused(
            RunOptions {
                threads: Some(0),
                ..none()
            },
            &env
        )
        .contains("--threads")
    );
    assert!(
        refused(
            RunOptions {
                batch: Some(0),
                ..none()
            },
            &env
        )
        .contains("--batch")
    );
    assert!(
        refused(
            RunOptions {
                rounds: Some(0),
                ..none()
            },
            &env
        )
        .contains("--rounds")
    );
    assert!(
        refused(
            RunOptions {
                events: Some(0),
                ..none()
            },
            &env
        )
        .contains("--events")
    );
    let small = Environment {
        available_bytes: 1 << 20,
        ..env.clone()
    };
    assert!(refused(none(), &small).contains("lower --events"));
    // a stream beyond a quarter of the memory is generated inline
    let options = RunOptions {
        events: Some(200_000_000),
        no_verify: true,
        ..none()
    };
    assert!(resolved(&options, &env).unwrap().inline);
}

#[test]
fn a_plan_of_a_record_is_run_as_it_was_or_refused() {
    let env = Environment {
        cores: 2,
        available_bytes: 1 << 34,
        ..Environment::default()
    };
    let options = RunOptions {
        events: Some(1_000),
        batch: Some(7),
        rounds: Some(3),
        ..RunOptions::default()
    };
    let plan = resolved(&options, &env).unwrap();
    let (contenders, _) = choose_contenders(&options, &[]).unwrap();
    let again = |plan: &Plan, env: &Environment| resolve_again(plan, &workload(), &contenders, env);
    assert_eq!(again(&plan, &env), Ok(plan.clone()));
    for (damage, advice) in [
        (
            (|plan: &mut Plan| plan.threads = 0) as fn(&mut Plan),
            "--threads is 0",
        ),
        (|plan| plan.batch = 0, "--batch is 0"),
        (|plan| plan.events = u64::MAX, "--events"),
        (|plan| plan.inbox_capacity = 31, "inbox"),
        (|plan| plan.reads += 1, "reads"),
    ] {
        let mut damaged = plan.clone();
        damage(&mut damaged);
        let message = again(&damaged, &env).unwrap_err().to_string();
        assert!(message.contains(advice), "{message}");
    }
    // here the stream would not fit in a quarter of the memory
    let large = Plan {
        events: 20_000_000,
        reads: ReadStream::new(&workload(), 7).due_before(20_000_000),
        verify: false,
        ..plan
    };
    let small = Environment {
        available_bytes: 1 << 30,
        ..env
    };
    let message = again(&large, &small).unwrap_err().to_string();
    assert!(message.contains("more memory"), "{message}");
}

const LIMITS: [&str; 4] = [
    "limit-read",
    "limit-flat",
    "limit-state",
    "limit-partitioned",
];

#[test]
fn limit_probes_take_part_where_they_are_asked_for() {
    let limits_of = |options: &RunOptions| {
        let (mut names, _) = names(options);
        names.retain(|name| name.starts_with("limit-"));
        names
    };
    assert_eq!(limits_of(&RunOptions::default()), [""; 0]);
    let with_limits = RunOptions {
        limits: true,
        ..asked(&["dashmap", "limit-state"])
    };
    assert_eq!(limits_of(&with_limits).len(), LIMITS.len());
    let mut all = RunOptions {
        all: true,
        ..RunOptions::default()
    };
    assert_eq!(limits_of(&all), LIMITS);
    // what can be had of a stream that the workers make
    all.inline = true;
    assert_eq!(limits_of(&all), ["limit-read"]);
}

#[test]
fn limit_probes_need_a_stream_that_is_made_beforehand() {
    let large = Environment {
        cores: 2,
        available_bytes: 1 << 34,
        ..Environment::default()
    };
    let plain = asked(&["dashmap"]);
    let limits = RunOptions {
        limits: true,
        no_verify: true,
        events: Some(20_000_000),
        ..plain.clone()
    };
    let plan = resolved(&limits, &large).unwrap();
    assert!(plan.dense && !plan.inline);
    assert!(!resolved(&plain, &large).unwrap().dense);
    let (contenders, _) = choose_contenders(&limits, &[]).unwrap();
    let again = resolve_again(&plan, &workload(), &contenders, &large);
    assert_eq!(again, Ok(plan));
    let inline = RunOptions {
        inline: true,
        ..limits.clone()
    };
    let named = RunOptions {
        inline: true,
        ..asked(&["dashmap", "limit-flat"])
    };
    let small = Environment {
        available_bytes: 1 << 30,
        ..large.clone()
    };
    for (options, env, advice) in [
        (&inline, &large, "leave out --inline"),
        (&named, &large, "leave out --inline"),
        (&limits, &small, "lower --events"),
    ] {
        let message = resolved(options, env).unwrap_err().to_string();
        assert!(
            message.contains("limit probes") && message.contains(advice),
            "{message}"
        );
    }
    let read = RunOptions {
        inline: true,
        ..asked(&["dashmap", "limit-read"])
    };
    assert!(resolved(&read, &large).is_ok());
}

/// What `engines` need on 1,000,000 events.
fn needed_by(engines: &[&str], threads: usize, warm: bool) -> Prediction {
    let sizes = RunSizes {
        events: 1_000_000,
        reads: 0,
        threads,
        batch: 1_024,
        inbox_capacity: INBOX_CAPACITY,
        verify: false,
        warm,
    };
    let find = |name: &&str| find_contender(name, &[]).unwrap();
    let contenders: Vec<Contender> = engines.iter().map(find).collect();
    predict(&workload(), &sizes, &contenders)
}

#[test]
fn dense_numbers_and_gathered_updates_are_part_of_the_prediction() {
    let plain = needed_by(&["dashmap"], 2, false).peak(false);
    let limits = needed_by(&["dashmap", "limit-flat", "limit-partitioned"], 2, false);
    // 8 bytes an event of numbers, and at least 4 gathered
    assert!(limits.peak(false) >= plain + 12_000_000);
    assert_eq!(limits.holder, "limit-partitioned");
}

#[test]
fn what_engines_hold_beyond_their_state_is_part_of_the_prediction() {
    let plain = needed_by(&["dashmap", "papaya", "global-mutex"], 2, false);
    assert_eq!((plain.held, plain.holder), (0, ""));
    // 8 bytes an event at least, all of which wait
    let deferred = needed_by(&["dashmap", "dashmap-deferred"], 2, false);
    assert!(deferred.held >= 8_000_000);
    assert_eq!(deferred.peak(true), plain.peak(true) + deferred.held);
    // a copy a worker, one of which becomes the state of a first pass
    let copies = |threads, warm| needed_by(&["fold-reduce"], threads, warm);
    assert_eq!(copies(1, false).held, 0);
    assert_eq!(copies(1, true).held, copies(1, true).state);
    assert!(copies(8, false).held > 2 * copies(2, false).held);
    for engine in ["actor", "partitioned"] {
        let held = |threads| needed_by(&[engine], threads, false).held;
        assert!(0 < held(2) && held(2) < held(16), "{engine}");
    }
}

#[test]
fn a_run_that_does_not_fit_for_what_one_engine_holds_says_which() {
    let options = |engines: &[&str]| RunOptions {
        no_verify: true,
        events: Some(20_000_000),
        inline: true,
        ..asked(engines)
    };
    let env = Environment {
        cores: 2,
        available_bytes: 200 << 20,
        ..Environment::default()
    };
    resolved(&options(&["dashmap"]), &env).unwrap();
    let engines = options(&["dashmap", "dashmap-deferred"]);
    let message = resolved(&engines, &env).unwrap_err().to_string();
    for words in [
        "held by dashmap-deferred beyond its state 3",
        "lower --events, leave out dashmap-deferred, or lower",
    ] {
        assert!(message.contains(words), "{message}");
    }
    // where it would not fit either, leaving it out is no advice
    let tiny = Environment {
        available_bytes: 1 << 20,
        ..env
    };
    let message = resolved(&engines, &tiny).unwrap_err().to_string();
    assert!(!message.contains("leave out"), "{message}");
}

#[test]
fn a_second_pass_halves_how_many_events_there_may_be() {
    let env = Environment {
        cores: 2,
        ..Environment::default()
    };
    for (warm, most) in [(false, MAX_EVENTS), (true, MAX_EVENTS / 2)] {
        let with_events = |events| RunOptions {
            warm,
            events: Some(events),
            ..asked(&["dashmap"])
        };
        let resolved = |events| resolved(&with_events(events), &env);
        assert!(resolved(most).is_ok_and(|plan| plan.warm == warm));
        assert!(
            resolved(most + 1)
                .unwrap_err()
                .to_string()
                .contains("--events")
        );
    }
}
