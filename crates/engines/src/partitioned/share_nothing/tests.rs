//! What only share-nothing can get wrong: waiting, sending, parts of the state
//! that change hands.

use std::sync::Barrier;
use std::sync::atomic::Ordering;

use super::*;
use notibench_core::engine::Session;
use notibench_core::snapshot::Snapshot;
use notibench_core::state;
use notibench_core::testing::{
    Fold, agrees_in_slices, agrees_with_fold, all_reads, answers, holds, ingest, stream,
};
use notibench_core::unit::hash::hash_id;
use notibench_core::unit::hash_bits::owner_of;

#[test]
fn agrees_where_sessions_pause_together() {
    for threads in [1, 2, 3] {
        agrees_in_slices::<PartitionedEngine>(threads);
    }
}

#[test]
fn agrees_with_the_plain_fold() {
    for threads in [1, 2, 8] {
        agrees_with_fold::<PartitionedEngine>(threads, 100);
    }
}

#[test]
fn agrees_where_threads_far_outnumber_cores() {
    agrees_with_fold::<PartitionedEngine>(64, 3);
}

#[test]
fn full_queues_hold_senders_up_but_never_for_ever() {
    // a thousand times what fits in a queue of one batch, both ways at once
    for threads in [2, 5] {
        let mut engine = PartitionedEngine::build(&EngineConfig::new(threads));
        engine.batch_updates = 1;
        for mailbox in &mut engine.mailboxes {
            mailbox.batches = ArrayQueue::new(1);
        }
        let events = stream(3, 20_000);
        ingest(&engine, threads, &events, 1000);
        holds(&engine, threads, &Fold::of(&events));
    }
}

#[test]
fn sessions_may_come_one_after_the_other() {
    let engine = PartitionedEngine::build(&EngineConfig::new(3));
    let events = stream(4, 30_000);
    for (worker, share) in events.chunks(10_000).enumerate() {
        let mut session = engine.session(worker);
        session.ingest(share);
        session.finish();
    }
    let fold = Fold::of(&events);
    holds(&engine, 3, &fold);
    // one alone answers for all
    let mut session = engine.session(1);
    let reads = all_reads();
    let expected: Vec<_> = reads.iter().map(|read| fold.answer(read)).collect();
    assert!(answers(&mut session, &reads) == expected);
}

#[test]
fn emptied_parcels_are_filled_again() {
    let engine = PartitionedEngine::build(&EngineConfig::new(2));
    let events = stream(5, 200_000);
    let mut session = engine.session(0);
    for batch in events.chunks(100) {
        session.ingest(batch);
    }
    session.finish();
    // no more batches than were ever on their way at once
    let most = engine.mailboxes[1].batches.capacity() + 2;
    assert!(
        !engine.spare.is_empty() && engine.spare.len() <= most,
        "{}",
        engine.spare.len()
    );
}

#[test]
fn a_session_that_was_not_finished_holds_nobody_up() {
    let engine = PartitionedEngine::build(&EngineConfig::new(2));
    let events = stream(6, 50_000);
    let both_open = Barrier::new(2);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let session = engine.session(1);
            both_open.wait();
            drop(session);
        });
        scope.spawn(|| {
            let mut session = engine.session(0);
            both_open.wait();
            session.ingest(&events);
            answers(&mut session, &all_reads());
            session.finish();
        });
    });
    assert!(Snapshot::of(&engine) == Fold::of(&events).snapshot());
}

#[test]
fn every_wait_ends_with_the_run() {
    let config = EngineConfig::new(4);
    let engine = PartitionedEngine::build(&config);
    let events = stream(8, 100_000);
    // a worker that has its part and does nothing: all others wait for it
    let idle = engine.session(0);
    std::thread::scope(|scope| {
        let ingesting = scope.spawn(|| {
            let mut session = engine.session(1);
            session.ingest(&events);
            session.finish();
        });
        let reading = scope.spawn(|| {
            let mut session = engine.session(2);
            let mut answered = 0;
            session.read(&all_reads(), &mut |_, _| answered += 1);
            session.finish();
            answered
        });
        let finishing = scope.spawn(|| engine.session(3).finish());
        // full once the first waits to send, not empty once the second asks
        while !engine.mailboxes[0].batches.is_full() || engine.mailboxes[0].reads.is_empty() {
            std::thread::yield_now();
        }
        assert!(!ingesting.is_finished() && !reading.is_finished() && !finishing.is_finished());
        config.stop.set();
        ingesting.join().unwrap();
        finishing.join().unwrap();
        assert!(reading.join().unwrap() < all_reads().len());
    });
    drop(idle);
    assert_eq!(engine.sending.load(Ordering::Relaxed), 0);
}

#[test]
fn a_late_answer_is_not_taken_for_that_of_another_read() {
    let config = EngineConfig::new(2);
    let engine = PartitionedEngine::build(&config);
    // once the run has ended nothing waits, and one thread can play two
    config.stop.set();
    let (mut asker, mut owner) = (engine.session(0), engine.session(1));
    let (mut own, mut first, mut second) = (0, 0, 0);
    asker.read(&all_reads(), &mut |_, _| first += 1);
    owner.ingest(&[]);
    assert_eq!(engine.mailboxes[0].answers.len(), 1);
    for read in all_reads() {
        match owner_of(hash_id(&shared_hasher(), read.id), 2) {
            0 => own += 1,
            _ => asker.read(&[read], &mut |_, _| second += 1),
        }
    }
    assert_eq!((first > 0, first <= own, second), (true, true, 0));
}

#[test]
fn owners_have_equal_shares_and_all_tags() {
    for workers in [1, 2, 3, 8, 64] {
        let mut shares = vec![0_u64; workers];
        let mut tags = vec![0_u128; workers];
        for id in 0..workers as u64 * 2000 {
            let hash = hash_id(&shared_hasher(), id);
            let owner = owner_of(hash, workers);
            shares[owner] += 1;
            tags[owner] |= 1 << (hash >> 57);
        }
        assert!(
            shares.iter().all(|&share| (1700..2300).contains(&share)),
            "{shares:?}"
        );
        assert!(tags.iter().all(|tags| tags.count_ones() > 120));
    }
}

#[test]
fn parcels_take_no_more_room_than_is_said() {
    for (threads, count) in [(2, 200_000), (5, 200_000), (2, 50)] {
        let engine = PartitionedEngine::build(&EngineConfig::new(threads));
        ingest(&engine, threads, &stream(9, count), 500);
        let mut room = 0;
        while let Some(batch) = engine.spare.pop() {
            let members = batch.members.capacity() * size_of::<state::MemberUpdate>();
            let contents = batch.contents.capacity() * size_of::<state::ContentUpdate>();
            room += (members + contents) as u64;
        }
        let said = PartitionedEngine::held_bytes(&ExpectedLoad {
            threads,
            batch: 500,
            events: count,
            ..ExpectedLoad::default()
        });
        assert!(0 < room && room <= said, "{threads}: {room} of {said}");
    }
}
