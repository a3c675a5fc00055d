//! What only folding apart can get wrong: merging, waiting for each other,
//! reading what is not merged yet.

use super::*;
use notibench_core::engine::Session;
use notibench_core::snapshot::Snapshot;
use notibench_core::testing::{
    Fold, agrees_in_slices, agrees_with_fold, all_reads, answers, holds, ingest, stream,
};

#[test]
fn agrees_where_sessions_pause_together() {
    for threads in [1, 2, 3] {
        agrees_in_slices::<FoldReduceEngine>(threads);
    }
}

#[test]
fn agrees_with_the_plain_fold() {
    for threads in [1, 2, 8] {
        for batch in [1, 100, 5000] {
            agrees_with_fold::<FoldReduceEngine>(threads, batch);
        }
    }
}

#[test]
fn agrees_where_threads_far_outnumber_cores_and_parts() {
    agrees_with_fold::<FoldReduceEngine>(PARTS + 6, 50);
}

#[test]
fn a_session_reads_its_own_events_on_top_of_what_was_merged() {
    let events = stream(3, 30_000);
    let (first, second) = events.split_at(15_000);
    let engine = FoldReduceEngine::build(&EngineConfig::new(2));
    ingest(&engine, 2, first, 100);
    let (mut writer, mut other) = (engine.session(0), engine.session(1));
    writer.ingest(second);
    let reads = all_reads();
    for (session, seen) in [(&mut writer, &events[..]), (&mut other, first)] {
        let fold = Fold::of(seen);
        let expected: Vec<_> = reads.iter().map(|read| fold.answer(read)).collect();
        assert!(answers(session, &reads) == expected);
    }
}

#[test]
fn a_session_that_is_dropped_is_not_waited_for() {
    let events = stream(4, 10_000);
    let engine = FoldReduceEngine::build(&EngineConfig::new(2));
    let (mut kept, mut dropped) = (engine.session(0), engine.session(1));
    kept.ingest(&events);
    dropped.ingest(&events);
    drop(dropped);
    kept.finish();
    assert!(Snapshot::of(&engine) == Fold::of(&events).snapshot());
}

#[test]
fn sessions_may_come_one_after_the_other() {
    let events = stream(5, 30_000);
    let engine = FoldReduceEngine::build(&EngineConfig::new(3));
    for (worker, share) in events.chunks(10_000).enumerate() {
        let mut session = engine.session(worker);
        session.ingest(share);
        session.finish();
    }
    holds(&engine, 3, &Fold::of(&events));
}

#[test]
fn a_session_that_waits_gives_up_when_the_run_ends() {
    let config = EngineConfig::new(2);
    let engine = FoldReduceEngine::build(&config);
    let _never_finished = engine.session(1);
    std::thread::scope(|scope| {
        let waits = scope.spawn(|| engine.session(0).finish());
        std::thread::sleep(std::time::Duration::from_millis(10));
        config.stop.set();
        waits.join().unwrap();
    });
}
