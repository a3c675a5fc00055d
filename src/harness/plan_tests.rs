//! Tests of what is refused, and with what advice. Imports what they test.

use super::*;
use crate::generator::tests::workload;

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
    let refused = |options: RunOptions, env: &Environment| {
        resolve(&options, &workload(), "dashmap".to_owned(), env)
            .unwrap_err()
            .to_string()
    };
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
    assert!(
        resolve(&options, &workload(), "dashmap".to_owned(), &env)
            .unwrap()
            .inline
    );
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
    let plan = resolve(&options, &workload(), "dashmap".to_owned(), &env).unwrap();
    let again = |plan: &Plan, env: &Environment| resolve_again(plan, &workload(), env);
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
