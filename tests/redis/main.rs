//! The engine `redis` on servers of its own: equal to the oracle, careful with
//! what is another's, and clear where the server dies. Built with the feature
//! `redis`; skipped, and said so, where there is no redis-server.
#![cfg(feature = "redis")]

#[path = "../common/mod.rs"]
mod common;
mod runs;

use std::io::Read as _;
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use common::binary::{notibench, output, succeed, text};
use common::checks::{compare, config, oracle_of};
use common::{Stream, shuffle};
use notibench_core::engine::{Engine as _, EngineConfig};
use notibench_core::event::Event;
use notibench_core::proof::{check_freshness, fold_on_threads};
use notibench_engines::redis::{PrivateServer, RedisEngine, check_address};
use notibench_record::{ProofVerdict, Record};

/// A server of the test's own, or none, and why is said.
fn server() -> Option<PrivateServer> {
    if !PrivateServer::is_installed() {
        // CI has one: there a missing server is a failure
        assert!(
            std::env::var_os("CI").is_none(),
            "CI must install redis-server"
        );
        eprintln!("skipped: there is no redis-server here (Debian: apt-get install redis-server)");
        return None;
    }
    Some(PrivateServer::start().unwrap())
}

fn config_at(server: &PrivateServer, threads: usize, inbox_capacity: usize) -> EngineConfig {
    EngineConfig {
        external: Some(server.address().into()),
        ..config(threads, inbox_capacity)
    }
}

fn is_equal(server: &PrivateServer, events: &[Event], inbox_capacity: usize) {
    let oracle = oracle_of(events, inbox_capacity);
    for (threads, batch) in [(1, 1_000), (2, 7), (8, 64)] {
        let config = config_at(server, threads, inbox_capacity);
        let engine = RedisEngine::build(&config);
        fold_on_threads(&engine, &config, events, batch).unwrap();
        compare(&engine, &config, &oracle);
    }
}

#[test]
fn it_ends_as_the_oracle_does_in_any_order_and_with_any_inbox() {
    let Some(server) = server() else { return };
    let mut events = Stream::crowded(11, 6_000).make();
    for inbox_capacity in [1, 3, 32] {
        is_equal(&server, &events, inbox_capacity);
    }
    shuffle(&mut events, 12);
    is_equal(&server, &events, 5);
    // newest first: every later offer is below what was cut before
    events.sort_by_key(|event| std::cmp::Reverse(event.index()));
    is_equal(&server, &events, 5);
    is_equal(&server, &[], 32);
}

#[test]
fn it_takes_many_members_and_says_what_they_take() {
    let Some(server) = server() else { return };
    let stream = Stream {
        seed: 14,
        events: 30_000,
        members: 9_000,
        contents: 7_000,
    };
    let events = stream.make();
    let config = config_at(&server, 2, 32);
    let engine = RedisEngine::build(&config);
    let empty = engine.memory().state;
    fold_on_threads(&engine, &config, &events, 500).unwrap();
    compare(&engine, &config, &oracle_of(&events, 32));
    // what connections take is in it, too
    let bytes = engine.memory().state;
    assert!(empty < 200_000, "{empty}");
    assert!((1_000_000..20_000_000).contains(&bytes), "{bytes}");
}

#[test]
fn its_reads_see_what_other_sessions_have_ingested() {
    let Some(server) = server() else { return };
    let events = Stream::crowded(13, 1_000).make();
    check_freshness::<RedisEngine>(&config_at(&server, 2, 8), &events, 50).unwrap();
}

#[test]
fn an_engine_leaves_its_database_empty() {
    let Some(server) = server() else { return };
    let config = config_at(&server, 1, 32);
    let engine = RedisEngine::build(&config);
    fold_on_threads(&engine, &config, &Stream::crowded(1, 100).make(), 10).unwrap();
    let refused = check_address(server.address()).unwrap_err();
    assert!(refused.contains("is not empty"), "{refused}");
    // a second engine of this process may begin while the first is there, and
    // the first one's end leaves the second alone
    let second = RedisEngine::build(&config);
    drop(engine);
    fold_on_threads(&second, &config, &Stream::crowded(1, 100).make(), 10).unwrap();
    drop(second);
    check_address(server.address()).unwrap();
}

/// What the server gives for one command.
fn ask<T: redis::FromRedisValue>(server: &PrivateServer, words: &[&str]) -> T {
    let client = redis::Client::open(server.address()).unwrap();
    let mut connection = client.get_connection().unwrap();
    let mut command = redis::cmd(words[0]);
    command.arg(&words[1..]).query(&mut connection).unwrap()
}

#[test]
fn what_is_anothers_is_refused_and_stays() {
    let Some(server) = server() else { return };
    ask::<()>(&server, &["SET", "precious", "1"]);
    let output = output(&[
        "run",
        "workloads/smoke/pair.toml",
        "--events",
        "2k",
        "--engine",
        "redis",
        "--no-save",
        "--redis",
        server.address(),
    ]);
    let words = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{words}");
    assert!(words.contains("is not empty: it has 1 key,"), "{words}");
    let password = server.address().split(['@', ':']).nth(2).unwrap();
    assert!(!words.contains(password), "{words}");
    assert_eq!(ask::<String>(&server, &["GET", "precious"]), "1");
    // and where it appears after the check, by the engine itself
    let config = config_at(&server, 1, 32);
    let built = std::panic::catch_unwind(AssertUnwindSafe(|| drop(RedisEngine::build(&config))));
    assert!(built.is_err());
    assert_eq!(ask::<String>(&server, &["GET", "precious"]), "1");
}
