//! What only owners behind queues can get wrong: waiting for them, their
//! panics, their end.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::engine::TICK;
use super::*;
use notibench_core::engine::Session;
use notibench_core::testing::{
    Fold, agrees_in_slices, agrees_with_fold, all_reads, answers, holds, ingest, stream,
};

#[test]
fn agrees_where_sessions_pause_together() {
    for threads in [1, 2, 3] {
        agrees_in_slices::<ActorEngine>(threads);
    }
}

#[test]
fn agrees_with_the_plain_fold() {
    for threads in [1, 2, 8] {
        for batch in [1, 100, 3 * LARGEST_MESSAGE] {
            agrees_with_fold::<ActorEngine>(threads, batch);
        }
    }
}

#[test]
fn agrees_where_threads_far_outnumber_cores() {
    agrees_with_fold::<ActorEngine>(32, 20);
}

#[test]
fn full_queues_hold_senders_up_but_never_for_ever() {
    for threads in [1, 5] {
        let engine = ActorEngine::with_queues(&EngineConfig::new(threads), 1);
        let events = stream(3, 20_000);
        ingest(&engine, threads, &events, 3);
        holds(&engine, threads, &Fold::of(&events));
    }
}

#[test]
fn a_session_reads_what_another_has_only_just_sent() {
    let engine = ActorEngine::build(&EngineConfig::new(2));
    let (mut writer, mut reader) = (engine.session(0), engine.session(1));
    let events = stream(4, 20_000);
    writer.ingest(&events);
    let fold = Fold::of(&events);
    let reads = all_reads();
    let expected: Vec<_> = reads.iter().map(|read| fold.answer(read)).collect();
    assert!(answers(&mut reader, &reads) == expected);
}

#[test]
fn emptied_messages_are_filled_again() {
    let engine = ActorEngine::build(&EngineConfig::new(2));
    ingest(&engine, 2, &stream(5, 200_000), 100);
    let most = 2 * (QUEUE + 2 + 1);
    assert!((1..=most).contains(&engine.spare.len()));
}

#[test]
fn an_owner_s_panic_becomes_that_of_the_session_that_meets_it() {
    type Step = fn(ActorSession<'_>);
    let steps: [Step; 3] = [
        |mut session| (0..10_000).for_each(|_| session.ingest(&stream(6, 10))),
        |mut session| session.read(&all_reads(), &mut |_, _| ()),
        |session| session.finish(),
    ];
    for step in steps {
        let engine = ActorEngine::build(&EngineConfig::new(2));
        let session = engine.session(0);
        assert!(engine.send(1, Message::Panic));
        let panic = catch_unwind(AssertUnwindSafe(|| step(session))).unwrap_err();
        assert_eq!(*panic.downcast::<&str>().unwrap(), "a slip in an owner");
        // a later session doesn't wait
        engine.session(1).finish();
    }
}

#[test]
fn who_waits_for_an_owner_gives_up_when_the_run_ends() {
    type Step = fn(ActorSession<'_>);
    let steps: [Step; 3] = [
        |mut session| (0..1000).for_each(|_| session.ingest(&stream(7, 10))),
        |mut session| session.read(&all_reads(), &mut |_, _| ()),
        |session| session.finish(),
    ];
    for step in steps {
        let config = EngineConfig::new(2);
        let engine = ActorEngine::build(&config);
        // an owner that does not get on
        let held = engine.owners[0].tables.lock();
        std::thread::scope(|scope| {
            let waits = scope.spawn(|| step(engine.session(0)));
            std::thread::sleep(TICK);
            config.stop.set();
            waits.join().unwrap();
        });
        drop(held);
    }
}

#[test]
fn messages_take_no_more_room_than_is_said() {
    for (threads, batch, count) in [(1, 100, 200_000), (3, 5_000, 200_000), (2, 7, 50)] {
        let engine = ActorEngine::build(&EngineConfig::new(threads));
        ingest(&engine, threads, &stream(9, count), batch);
        let mut room = 0;
        while let Some(updates) = engine.spare.pop() {
            room += updates.allocated_bytes();
        }
        let said = ActorEngine::held_bytes(&ExpectedLoad {
            threads,
            batch,
            events: count,
            ..ExpectedLoad::default()
        });
        assert!(0 < room && room <= said, "{threads}: {room} of {said}");
    }
}

#[test]
fn owners_end_with_their_engine() {
    let engine = ActorEngine::build(&EngineConfig::new(3));
    ingest(&engine, 3, &stream(8, 1000), 10);
    let tables: Vec<_> = engine
        .owners
        .iter()
        .map(|at| Arc::downgrade(&at.tables))
        .collect();
    drop(engine);
    assert!(tables.iter().all(|tables| tables.upgrade().is_none()));
}
