//! Models of what is subtle about threads: the phase barrier, the lock sweep,
//! kept answers and their versions, the admission of first views.
//!
//! loom runs each model through every interleaving of its threads, up to a bound
//! on preemptions, and through what C11's memory model lets an atomic load
//! return. The files under test are the library's own, compiled once more with
//! locks and atomics of loom's in place of `unit::sync`. Each model is run with
//! a fault, too: an ordering weakened, a lock left out; that must be found.

// what the files under test call by this name is what stands below
extern crate self as notibench_core;

#[path = "real/admission.rs"]
mod admission;
#[path = "real/dashmap.rs"]
mod dashmap;
mod lock_sweep;
mod phase_barrier;
#[path = "real/shared.rs"]
mod shared;
mod unit;
#[path = "real/viewing.rs"]
mod viewing;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use library_core::{engine, event, policy, read, state};

/// A fault of the locks and atomics, or of a model's own use of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    /// None.
    None,
    /// What stores with `Release` stores with `Relaxed`.
    RelaxedStores,
    /// What loads with `Acquire` loads with `Relaxed`.
    RelaxedLoads,
    /// A mutex does not exclude others.
    NoMutex,
    /// A step that a model leaves out or takes in another order.
    OfModel(&'static str),
}

/// Executions that a model must have, so that it is one; loom leaves out those
/// that differ in nothing that matters.
const FEWEST: usize = 8;

/// Runs a model with a fault. Gives the number of its executions; an error is
/// what was found, in words.
fn explore(
    fault: Fault,
    preemptions: Option<usize>,
    model: impl Fn(Fault) + Send + Sync + 'static,
) -> Result<usize, String> {
    let executions = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&executions);
    let run = move || {
        unit::sync::modelled(fault, move || {
            let mut builder = loom::model::Builder::new();
            builder.preemption_bound = preemptions;
            builder.max_branches = 20_000;
            builder.check(move || {
                counted.fetch_add(1, Ordering::Relaxed);
                model(fault);
            });
        });
    };
    // on a thread of its own: a model that fails may leave its thread unusable
    let ended = std::thread::spawn(run).join();
    let executions = executions.load(Ordering::Relaxed);
    println!("{fault:?}: {executions} executions");
    ended.map(|()| executions).map_err(|payload| {
        let words = payload.downcast_ref::<&str>().map(ToString::to_string);
        let words = words.or_else(|| payload.downcast_ref::<String>().cloned());
        words.unwrap_or_default()
    })
}

/// Nothing is found without a fault, and each fault is found.
#[track_caller]
fn check(
    preemptions: Option<usize>,
    faults: &[Fault],
    model: impl Fn(Fault) + Clone + Send + Sync + 'static,
) {
    let sound = explore(Fault::None, preemptions, model.clone());
    let executions = sound.unwrap_or_else(|words| panic!("without a fault: {words}"));
    assert!(executions >= FEWEST, "only {executions} executions");
    for &fault in faults {
        let found = explore(fault, preemptions, model.clone());
        assert!(found.is_err(), "{fault:?} was not found");
    }
}
