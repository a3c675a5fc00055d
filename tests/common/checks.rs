//! Streams for property tests, and the comparison of an engine with the
//! oracle that they share.

use notibench_core::engine::{Engine, EngineConfig};
use notibench_core::event::Event;
use notibench_core::oracle::Oracle;
use notibench_core::proof::{check_answers, check_snapshot};
use notibench_core::read::Answer;
use proptest::prelude::*;

use super::Stream;

/// Streams of up to 400 events over a few members, and a seed beside.
pub(crate) fn streams() -> impl Strategy<Value = (Vec<Event>, u64)> {
    let sizes = (any::<u64>(), 0..400_u64, 2..30_u64, 1..20_u64);
    sizes.prop_map(|(seed, events, members, contents)| {
        (
            Stream {
                seed,
                events,
                members,
                contents,
            }
            .make(),
            seed,
        )
    })
}

/// An oracle that folded `events`.
pub(crate) fn oracle_of(events: &[Event], inbox_capacity: usize) -> Oracle {
    let mut oracle = Oracle::new(inbox_capacity);
    oracle.fold_all(events);
    oracle
}

/// A config with an inbox of that capacity.
pub(crate) fn config(threads: usize, inbox_capacity: usize) -> EngineConfig {
    EngineConfig {
        inbox_capacity,
        ..EngineConfig::new(threads)
    }
}

/// Snapshot and answers of an engine, against the oracle's.
pub(crate) fn compare<E: Engine>(engine: &E, config: &EngineConfig, oracle: &Oracle) {
    let reads = oracle.sample_reads(usize::MAX);
    let expected: Vec<Answer> = reads.iter().map(|read| oracle.answer(read)).collect();
    check_snapshot(engine, oracle.digest(), || oracle.snapshot()).expect(E::INFO.name);
    check_answers(engine, config, &reads, &expected).expect(E::INFO.name);
}
