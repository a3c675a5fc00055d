//! What only a dataflow can get wrong: exchange, waiting for each other, the
//! way over sockets.

use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use super::*;
use notibench_core::engine::Session;
use notibench_core::engine::links::Links;
use notibench_core::event::Event;
use notibench_core::snapshot::{Snapshot, SnapshotDigest};
use notibench_core::testing::{
    Fold, agrees_in_slices, agrees_with_fold, all_reads, answers, stream, with_sessions,
};

#[test]
fn agrees_where_sessions_pause_together() {
    for threads in [1, 2, 3] {
        agrees_in_slices::<TimelyEngine>(threads);
    }
}

#[test]
fn agrees_with_the_plain_fold() {
    for threads in [1, 2, 3, 8] {
        for batch in [1, 100, 5000] {
            agrees_with_fold::<TimelyEngine>(threads, batch);
        }
    }
}

/// More than a window of spans, so that the faster worker waits.
#[test]
fn nobody_runs_ahead_and_nothing_is_lost_where_one_does() {
    let events = stream(5, 400_000);
    let engine = TimelyEngine::build(&EngineConfig::new(2));
    with_sessions(&engine, 2, |worker, mut session| {
        let (fast, slow) = events.split_at(350_000);
        let share = if worker == 0 { fast } else { slow };
        for batch in share.chunks(1_000) {
            if worker == 1 {
                std::thread::sleep(Duration::from_micros(200));
            }
            session.ingest(batch);
        }
        session.finish();
    });
    assert!(Snapshot::of(&engine) == Fold::of(&events).snapshot());
    let [sent, away] = engine.sent_updates();
    assert!(sent > 300_000, "{sent}");
    assert_eq!(away, 0);
}

#[test]
fn a_session_that_is_dropped_is_not_waited_for() {
    let events = stream(4, 10_000);
    let engine = TimelyEngine::build(&EngineConfig::new(2));
    with_sessions(&engine, 2, |worker, mut session| {
        if worker == 0 {
            session.ingest(&events);
            session.finish();
        }
    });
    assert!(Snapshot::of(&engine) == Fold::of(&events).snapshot());
}

#[test]
fn who_waits_for_a_session_gives_up_when_the_run_ends() {
    let config = EngineConfig::new(2);
    let engine = TimelyEngine::build(&config);
    with_sessions(&engine, 2, |worker, mut session| {
        session.ingest(&stream(4, 100));
        if worker == 1 {
            // it never finishes, and is not dropped before the run has ended
            std::thread::sleep(Duration::from_millis(50));
            config.stop.set();
        } else {
            session.finish();
        }
    });
}

/// Connections between every two of `processes`, for each its own.
fn mesh(processes: usize) -> Vec<Links> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let mut sockets: Vec<Vec<Option<TcpStream>>> = (0..processes)
        .map(|_| (0..processes).map(|_| None).collect())
        .collect();
    let pairs = (0..processes).flat_map(|one| (one + 1..processes).map(move |other| (one, other)));
    for (one, other) in pairs {
        sockets[other][one] = Some(TcpStream::connect(address).unwrap());
        sockets[one][other] = Some(listener.accept().unwrap().0);
    }
    let links = sockets.into_iter().enumerate();
    links
        .map(|(process, sockets)| Links::new(process, sockets))
        .collect()
}

/// The engines of a cluster after each has ingested its share of the events;
/// `before_the_end` gets each session once all of it is folded.
fn cluster_of(
    processes: usize,
    threads: usize,
    events: &[Event],
    before_the_end: &(dyn Fn(&mut TimelySession<'_>) + Sync),
) -> Vec<TimelyEngine> {
    let share = events.len().div_ceil(processes).max(1);
    let run = |(process, links): (usize, Links)| {
        let config = EngineConfig {
            links: Some(Arc::new(links)),
            ..EngineConfig::new(threads)
        };
        let engine = TimelyEngine::build(&config);
        let own = events.chunks(share).nth(process).unwrap_or(&[]);
        with_sessions(&engine, threads, |worker, mut session| {
            let batches = own.chunks(100).skip(worker).step_by(threads);
            batches.for_each(|batch| session.ingest(batch));
            session.pause();
            before_the_end(&mut session);
            session.finish();
        });
        engine
    };
    std::thread::scope(|scope| {
        let links = mesh(processes).into_iter().enumerate();
        let started: Vec<_> = links.map(|of| scope.spawn(move || run(of))).collect();
        let ended = started.into_iter();
        ended.map(|process| process.join().unwrap()).collect()
    })
}

#[test]
fn processes_that_exchange_over_sockets_hold_disjoint_parts_of_the_fold() {
    let events = stream(9, 60_000);
    let fold = Fold::of(&events).snapshot();
    for (processes, threads) in [(2, 1), (2, 2), (3, 1)] {
        let engines = cluster_of(processes, threads, &events, &|_| {});
        let parts: Vec<_> = engines
            .iter()
            .map(|engine| SnapshotDigest::of(engine))
            .collect();
        assert!(parts.iter().all(|part| part.members > 50), "{parts:?}");
        let whole: SnapshotDigest = parts.into_iter().sum();
        assert_eq!(whole, fold.digest(), "{processes} × {threads}");
        let away: u64 = engines.iter().map(|engine| engine.sent_updates()[1]).sum();
        assert!(away > 20_000, "{away}");
    }
}

#[test]
fn a_cluster_without_events_ends() {
    let engines = cluster_of(2, 1, &[], &|_| {});
    let parts = engines.iter().map(|engine| SnapshotDigest::of(engine));
    assert_eq!(parts.sum::<SnapshotDigest>(), SnapshotDigest::default());
}

#[test]
fn every_session_of_a_cluster_answers_of_all_that_was_folded() {
    let events = stream(9, 30_000);
    let fold = Fold::of(&events);
    let reads = all_reads();
    for (processes, threads) in [(2, 1), (2, 2), (3, 1)] {
        cluster_of(processes, threads, &events, &|session| {
            for reads in reads.chunks(64) {
                let expected = reads.iter().map(|read| fold.answer(read));
                assert!(answers(session, reads) == expected.collect::<Vec<_>>());
            }
        });
    }
}
