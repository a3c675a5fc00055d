//! Engines with a fault that only answers under load show: the check of those
//! answers catches each, and is not wrong about the controls. The example of
//! the same name has the same engines in full-sized trials.

#[path = "../../examples/planted_faults/catching.rs"]
mod catching;
#[path = "../../examples/planted_faults/engines.rs"]
mod engines;
#[path = "../../examples/planted_faults/faults.rs"]
mod faults;

use std::path::Path;

use notibench_workload::Workload;

use catching::{Caught, Trials, catch, contenders};

/// Faults are as many in a trial, however long it is.
const EVENTS: u64 = 50_000;
const SEEDS: [u64; 2] = [1, 2];

#[test]
fn planted_faults_are_caught_under_load_and_right_engines_are_not() {
    let (workload, _) = Workload::load(Path::new("smoke/from_zero")).unwrap();
    let trials = Trials {
        events: EVENTS,
        threads: 2,
        batch: 256,
        rarer: 1,
    };
    let contenders = contenders();
    let mut caught = vec![0; contenders.len()];
    for seed in SEEDS {
        let found = catch(&workload, seed, &contenders, &trials).unwrap();
        for (at, (by, words)) in found.into_iter().enumerate() {
            let name = faults::ALL[at].name;
            assert_ne!(by, Caught::Otherwise, "`{name}`, at rest: {words}");
            caught[at] += usize::from(by == Caught::UnderLoad);
        }
    }
    for (fault, caught) in faults::ALL.iter().zip(caught) {
        // which answers are wrong is up to the threads: one trial in a thousand
        // may have too few that are logged
        match fault.of {
            "" => assert_eq!(caught, 0, "`{}` is right", fault.name),
            _ => assert!(caught > 0, "`{}` was not caught", fault.name),
        }
    }
}
