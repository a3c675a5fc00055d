//! Whether the probes do the whole work: their states, found again by number,
//! are those of the plain fold.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::*;
use notibench_core::engine::StopFlag;
use notibench_core::engine::dense_ids::DenseIds;
use notibench_core::engine::{Engine, EngineConfig, Session};
use notibench_core::event::Event;
use notibench_core::snapshot::{ContentLine, MemberLine, Snapshot};
use notibench_core::state::{Content, Member, for_each_update};
use notibench_core::testing::{Fold, ingest, stream_over};

/// Calls its closures with the number and the state of every member and
/// content.
trait Numbered: Engine {
    fn each(&self, member: impl FnMut(usize, &Member), content: impl FnMut(usize, &Content));
}

impl Numbered for LimitState {
    fn each(
        &self,
        mut member: impl FnMut(usize, &Member),
        mut content: impl FnMut(usize, &Content),
    ) {
        for (number, state) in self.members.iter().enumerate() {
            member(number, &state.lock());
        }
        for (number, state) in self.contents.iter().enumerate() {
            content(number, &state.lock());
        }
    }
}

impl Numbered for LimitPartitioned {
    fn each(
        &self,
        mut member: impl FnMut(usize, &Member),
        mut content: impl FnMut(usize, &Content),
    ) {
        let mut number = 0;
        for part in &self.members.parts {
            for state in &**part.lock() {
                member(number, state);
                number += 1;
            }
        }
        let mut number = 0;
        for part in &self.contents.parts {
            for state in &**part.lock() {
                content(number, state);
                number += 1;
            }
        }
    }
}

/// The ids of a stream's members and contents, by number.
struct Ids {
    members: Vec<u64>,
    contents: Vec<u64>,
}

impl Ids {
    fn of(events: &[Event], dense: &DenseIds) -> Self {
        let mut ids = Self {
            members: vec![0; dense.members()],
            contents: vec![0; dense.contents()],
        };
        for event in events {
            let numbers = dense.of(event.index());
            for_each_update(
                event,
                |update| ids.members[numbers.member as usize] = update.member,
                |update| ids.contents[numbers.content as usize] = update.content,
            );
        }
        ids
    }
}

fn snapshot_of(engine: &impl Numbered, ids: &Ids) -> Snapshot {
    let (mut members, mut contents) = (Vec::new(), Vec::new());
    engine.each(
        |number, state| {
            if state.is_present() {
                members.push(MemberLine::of(ids.members[number], state));
            }
        },
        |number, state| {
            if state.is_present() {
                contents.push(ContentLine::of(ids.contents[number], state));
            }
        },
    );
    Snapshot::from_lines(members, contents)
}

fn config_of(threads: usize, events: &[Event]) -> EngineConfig {
    EngineConfig {
        dense: Some(Arc::new(DenseIds::of_stream(events))),
        ..EngineConfig::new(threads)
    }
}

/// Two passes, at several numbers of threads: the second over warm state. The
/// stream is whole, a slice, and one with gaps.
fn comes_to_the_folds_state<E: Numbered>() {
    // few ids and many, so that there is one part of each, and more
    for (ids, threads, batch) in [
        (400, 1, 7),
        (400, 8, 256),
        (90_000, 2, 1),
        (90_000, 3, 1_000),
    ] {
        let mut events = stream_over(ids, ids + threads as u64, 60_000);
        match batch {
            7 => drop(events.drain(..20_000)),
            256 => events.retain(|event| event.index() % 5 != 0),
            1 => events.retain(|event| event.index() % 7 == 3),
            _ => {}
        }
        let twice = [events.clone(), events.clone()].concat();
        let config = config_of(threads, &events);
        let ids = Ids::of(&events, &DenseIds::of_stream(&events));
        let engine = E::build(&config);
        for expected in [&events, &twice] {
            ingest(&engine, threads, &events, batch);
            let equal = snapshot_of(&engine, &ids) == Fold::of(expected).snapshot();
            assert!(equal, "{}, {threads} threads", E::INFO.name);
        }
        let memory = engine.memory();
        assert!(memory.state as usize > ids.members.len() * size_of::<Member>());
    }
}

#[test]
fn limit_state_does_the_whole_work() {
    comes_to_the_folds_state::<LimitState>();
}

#[test]
fn limit_partitioned_does_the_whole_work() {
    comes_to_the_folds_state::<LimitPartitioned>();
}

#[test]
fn limit_flat_counts_every_update() {
    let events = stream_over(400, 5, 30_000).split_off(10_000);
    let engine = LimitFlat::build(&config_of(3, &events));
    ingest(&engine, 3, &events, 100);
    let (mut of_members, mut of_contents) = (0, 0);
    for event in &events {
        for_each_update(event, |_| of_members += 1, |_| of_contents += 1);
    }
    let sum = |counts: &[std::sync::atomic::AtomicU32]| -> u32 {
        counts
            .iter()
            .map(|count| count.load(Ordering::Relaxed))
            .sum()
    };
    assert_eq!(sum(&engine.members), of_members);
    assert_eq!(sum(&engine.contents), of_contents);
}

#[test]
fn a_wait_for_a_session_that_never_finishes_ends_with_the_run() {
    let stop = StopFlag::default();
    let config = EngineConfig {
        stop: stop.clone(),
        ..EngineConfig::new(2)
    };
    let engine = LimitPartitioned::build(&config);
    std::thread::scope(|scope| {
        let (opened, is_open) = std::sync::mpsc::channel();
        let engine = &engine;
        scope.spawn(move || {
            let session = engine.session(0);
            opened.send(()).unwrap();
            session.finish();
        });
        let other = engine.session(1);
        is_open.recv().unwrap();
        stop.set();
        drop(other);
    });
}
