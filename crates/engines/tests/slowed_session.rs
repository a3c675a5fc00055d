//! A session with a planted slowdown changes nothing but its speed.

use notibench_core::admission::open_session;
use notibench_core::engine::{Engine, EngineConfig, Session};
use notibench_core::testing::{Fold, all_reads, answers, holds, stream};
use notibench_core::viewing::Views;
use notibench_engines::maps::dashmap::DashMapEngine;

#[test]
fn a_slowed_session_leaves_the_same_state() {
    let events = stream(3, 4_000);
    let engine = DashMapEngine::build(&EngineConfig::new(2));
    let mut session = open_session(&engine, &Views::default(), 0).slowed_by(0.5);
    for batch in events.chunks(100) {
        session.ingest(batch);
    }
    answers(&mut session, &all_reads()[..50]);
    session.pause();
    session.finish();
    holds(&engine, 2, &Fold::of(&events));
}
