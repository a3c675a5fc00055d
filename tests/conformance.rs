//! Every registered engine against the oracle: snapshots, digests, answers
//! and declared freshness, at 1, 2 and 8 threads.

mod common;

use common::checks::config;
use common::{Stream, shuffle};
use notibench_core::engine::{Engine, EngineConfig, Role};
use notibench_core::event::Event;
use notibench_core::oracle::Oracle;
use notibench_core::proof::{check_answers, check_freshness, check_snapshot, fold_on_threads};
use notibench_core::read::Answer;
use notibench_core::snapshot::{Snapshot, SnapshotDigest, first_difference};
use notibench_engines::registry::{ENTRIES, EngineVisitor, dispatch};

/// Runs `visitor` on every entry that is to be proved.
fn on_every_engine(visitor: impl EngineVisitor<Output = ()> + Copy) {
    let engines: Vec<_> = ENTRIES
        .iter()
        .filter(|info| info.role == Role::Engine)
        .collect();
    assert!(
        engines.len() >= 2,
        "the registry has too few engines to be the right one"
    );
    for info in engines {
        dispatch(info.name, visitor).expect("the registry dispatches what it lists");
    }
}

/// Folds on threads, then compares everything with the oracle.
#[derive(Clone, Copy)]
struct SameAsOracle<'a> {
    events: &'a [Event],
    inbox_capacity: usize,
}

impl EngineVisitor for SameAsOracle<'_> {
    type Output = ();

    fn visit<E: Engine>(self) {
        let mut oracle = Oracle::new(self.inbox_capacity);
        oracle.fold_all(self.events);
        let (snapshot, reads) = (oracle.snapshot(), oracle.sample_reads(1000));
        let expected: Vec<Answer> = reads.iter().map(|read| oracle.answer(read)).collect();
        for threads in [1, 2, 8] {
            for batch in [1, 7, 256] {
                let case = format!("{} at {threads} threads, batches of {batch}", E::INFO.name);
                let config = config(threads, self.inbox_capacity);
                let engine = E::build(&config);
                fold_on_threads(&engine, &config, self.events, batch).expect(&case);
                let difference = first_difference(&snapshot, &Snapshot::of(&engine));
                assert_eq!(difference, None, "{case}");
                assert_eq!(SnapshotDigest::of(&engine), snapshot.digest(), "{case}");
                check_snapshot(&engine, oracle.digest(), || oracle.snapshot()).expect(&case);
                check_answers(&engine, &config, &reads, &expected).expect(&case);
            }
        }
    }
}

#[test]
fn every_engine_ends_as_the_oracle_does() {
    let events = Stream::crowded(1, 20_000).make();
    on_every_engine(SameAsOracle {
        events: &events,
        inbox_capacity: 32,
    });
}

#[test]
fn every_engine_keeps_the_inbox_it_is_told_to() {
    let events = Stream::crowded(2, 3_000).make();
    for inbox_capacity in [1, 3, 64] {
        on_every_engine(SameAsOracle {
            events: &events,
            inbox_capacity,
        });
    }
}

#[test]
fn every_engine_takes_many_members() {
    let stream = Stream {
        seed: 3,
        events: 30_000,
        members: 9_000,
        contents: 7_000,
    };
    on_every_engine(SameAsOracle {
        events: &stream.make(),
        inbox_capacity: 32,
    });
}

#[test]
fn every_engine_takes_events_in_any_order() {
    let mut events = Stream::crowded(4, 6_000).make();
    shuffle(&mut events, 4);
    on_every_engine(SameAsOracle {
        events: &events,
        inbox_capacity: 8,
    });
}

#[test]
fn every_engine_takes_no_events() {
    on_every_engine(SameAsOracle {
        events: &[],
        inbox_capacity: 32,
    });
}

/// Ingests, finishes, and opens the sessions again for more.
#[derive(Clone, Copy)]
struct Reopened<'a>(&'a [Event]);

impl EngineVisitor for Reopened<'_> {
    type Output = ();

    fn visit<E: Engine>(self) {
        let config = EngineConfig::new(2);
        let engine = E::build(&config);
        let mut oracle = Oracle::default();
        for half in self.0.chunks(self.0.len() / 2) {
            fold_on_threads(&engine, &config, half, 64).expect(E::INFO.name);
            oracle.fold_all(half);
            check_snapshot(&engine, oracle.digest(), || oracle.snapshot()).expect(E::INFO.name);
        }
    }
}

#[test]
fn every_engine_can_be_opened_again() {
    on_every_engine(Reopened(&Stream::crowded(5, 4_000).make()));
}

/// Holds the engine to the freshness that it declares.
#[derive(Clone, Copy)]
struct AsFreshAsDeclared<'a>(&'a [Event]);

impl EngineVisitor for AsFreshAsDeclared<'_> {
    type Output = ();

    fn visit<E: Engine>(self) {
        for (threads, batch) in [(2, 1), (2, 50), (8, 7)] {
            check_freshness::<E>(&config(threads, 8), self.0, batch).expect(E::INFO.name);
        }
    }
}

#[test]
fn every_engine_is_as_fresh_as_it_declares() {
    on_every_engine(AsFreshAsDeclared(&Stream::crowded(6, 2_000).make()));
}

/// Downloads and saves leave no state at all behind.
#[derive(Clone, Copy)]
struct NothingOf<'a>(&'a [Event]);

impl EngineVisitor for NothingOf<'_> {
    type Output = ();

    fn visit<E: Engine>(self) {
        let config = EngineConfig::new(2);
        let engine = E::build(&config);
        fold_on_threads(&engine, &config, self.0, 64).expect(E::INFO.name);
        engine.visit(&|state| panic!("{} has {state:?}", E::INFO.name));
        assert_eq!(engine.memory().state, 0, "{}", E::INFO.name);
    }
}

#[test]
fn what_is_discarded_leaves_no_state_in_any_engine() {
    let mut events = Stream::crowded(7, 20_000).make();
    events.retain(|event| {
        let name = event.kind().name();
        let is_own_mark = name == "mark_read" && !event.undo();
        let cannot_be_undone = event.undo() && !event.kind().is_undoable();
        name == "picture_download"
            || name == "picture_save"
            || cannot_be_undone
            || (event.is_self_action() && !is_own_mark)
    });
    assert!(events.len() > 2_000);
    on_every_engine(NothingOf(&events));
}
