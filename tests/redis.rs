//! The engine `redis` on servers of its own: equal to the oracle, careful with
//! what is another's, and clear where the server dies. Built with the feature
//! `redis`; skipped, and said so, where there is no redis-server.
#![cfg(feature = "redis")]

mod common;

use std::io::Read as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use common::binary::{notibench, output, succeed, text};
use common::checks::{compare, config, oracle_of};
use common::{Stream, shuffle};
use notibench::engine::proof::{check_freshness, fold_on_threads};
use notibench::engine::redis::{PrivateServer, RedisEngine, check_address};
use notibench::engine::{Engine as _, EngineConfig};
use notibench::event::Event;
use notibench::record::{ProofVerdict, Record};

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
    assert!(words.contains("is not empty: it has 1 keys"), "{words}");
    let password = server.address().split(['@', ':']).nth(2).unwrap();
    assert!(!words.contains(password), "{words}");
    assert_eq!(ask::<String>(&server, &["GET", "precious"]), "1");
    // and where it appears after the check, by the engine itself
    let config = config_at(&server, 1, 32);
    let built = std::panic::catch_unwind(|| drop(RedisEngine::build(&config)));
    assert!(built.is_err());
    assert_eq!(ask::<String>(&server, &["GET", "precious"]), "1");
}

#[test]
fn a_run_with_a_server_of_its_own_is_proved_and_marked() {
    if server().is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("record.json");
    let report = succeed(&[
        "run",
        "workloads/smoke/read_heavy.toml",
        "--events",
        "5k",
        "--rounds",
        "2",
        "--engine",
        "redis",
        "--engine",
        "dashmap",
        "--redis-server",
        "--out",
        out.to_str().unwrap(),
    ]);
    let shown = text(&report.stdout);
    assert!(
        shown.contains("redis †") && shown.contains("† out of process"),
        "{shown}"
    );
    let record = Record::load(&out).unwrap();
    let note = |name: &str| {
        record
            .engines
            .iter()
            .find(|note| note.name == name)
            .unwrap()
    };
    assert!(note("redis").out_of_process && !note("dashmap").out_of_process);
    let proof = record
        .proofs
        .iter()
        .find(|proof| proof.engine == "redis")
        .unwrap();
    assert_eq!(proof.verdict, ProofVerdict::Equal);
    // a record names the engine; its server is named again
    let again = output(&["rerun", out.to_str().unwrap(), "--no-save"]);
    assert_eq!(again.status.code(), Some(2), "{}", text(&again.stderr));
    succeed(&[
        "rerun",
        out.to_str().unwrap(),
        "--no-save",
        "--redis-server",
    ]);
}

#[test]
fn every_smoke_workload_ends_as_the_oracle_says() {
    if server().is_none() {
        return;
    }
    let mut words = vec![
        "verify",
        "--engine",
        "redis",
        "--redis-server",
        "--events",
        "5k",
    ];
    let folder = std::fs::read_dir(Path::new("workloads/smoke")).unwrap();
    let files: Vec<String> = folder
        .map(|entry| entry.unwrap().path())
        // in Redis every view counts: those of the others are refused
        .filter(|path| {
            !std::fs::read_to_string(path)
                .unwrap()
                .contains("[anonymity]")
        })
        .map(|path| path.display().to_string())
        .collect();
    assert!(files.len() >= 8);
    words.extend(files.iter().map(String::as_str));
    let output = succeed(&words);
    let shown = text(&output.stdout);
    assert_eq!(
        shown.matches("equal to the oracle").count(),
        files.len(),
        "{shown}"
    );
}

/// A long run on that server, once it has begun to write.
fn long_run(server: &PrivateServer) -> Child {
    let child = notibench()
        .args([
            "run",
            "workloads/steady_week.toml",
            "--events",
            "2M",
            "--engine",
            "redis",
        ])
        .args([
            "--threads",
            "2",
            "--no-verify",
            "--no-save",
            "--redis",
            server.address(),
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let began = Instant::now();
    while ask::<u64>(server, &["DBSIZE"]) < 2_000 {
        assert!(
            began.elapsed() < Duration::from_secs(60),
            "it does not begin"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
    child
}

/// Exit code, stdout and stderr, which must come in good time.
fn end_of(mut child: Child, within: Duration) -> (Option<i32>, String, String) {
    let began = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if began.elapsed() > within {
            child.kill().unwrap();
            panic!("it hangs");
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    let (mut out, mut err) = (String::new(), String::new());
    child
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut out)
        .unwrap();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut err)
        .unwrap();
    (status.code(), out, err)
}

#[test]
fn a_server_that_dies_ends_the_run_in_words_and_without_a_figure() {
    let Some(server) = server() else { return };
    let child = long_run(&server);
    drop(server);
    let (code, out, err) = end_of(child, Duration::from_secs(20));
    assert_eq!(code, Some(1), "{err}");
    assert!(err.contains("engine `redis`: worker"), "{err}");
    assert!(err.contains("the Redis server at 127.0.0.1"), "{err}");
    assert!(!out.contains("events/s"), "{out}");
}

#[test]
fn an_interruption_ends_in_good_order_and_leaves_nothing_behind() {
    let Some(server) = server() else { return };
    let child = long_run(&server);
    let pid = child.id().to_string();
    Command::new("kill").args(["-INT", &pid]).status().unwrap();
    let (code, _, err) = end_of(child, Duration::from_secs(20));
    assert_eq!(code, Some(130), "{err}");
    check_address(server.address()).unwrap();
}

#[test]
fn a_run_that_is_killed_takes_its_server_with_it() {
    if server().is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut child = notibench()
        .args([
            "run",
            "workloads/steady_week.toml",
            "--events",
            "2M",
            "--no-save",
        ])
        .args(["--engine", "redis", "--no-verify", "--redis-server"])
        .env("TMPDIR", folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let settings = || {
        let mut servers = std::fs::read_dir(folder.path()).unwrap();
        servers.find_map(|entry| {
            std::fs::read_to_string(entry.unwrap().path().join("redis.conf")).ok()
        })
    };
    let value = |settings: &str, name: &str| {
        let line = settings.lines().find_map(|line| line.strip_prefix(name));
        line.map(|value| value.trim().to_owned())
    };
    let address = loop {
        let settings = settings().unwrap_or_default();
        if let (Some(port), Some(password)) =
            (value(&settings, "port"), value(&settings, "requirepass"))
        {
            let address = format!("redis://:{password}@127.0.0.1:{port}/0");
            // not empty: the run has begun
            if check_address(&address).is_err_and(|words| words.contains("is not empty")) {
                break address;
            }
        }
        assert!(
            child.try_wait().unwrap().is_none(),
            "it has ended by itself"
        );
        std::thread::sleep(Duration::from_millis(20));
    };
    child.kill().unwrap();
    child.wait().unwrap();
    let began = Instant::now();
    while check_address(&address).is_err_and(|words| !words.contains("no Redis server answers"))
        || settings().is_some()
    {
        assert!(
            began.elapsed() < Duration::from_secs(10),
            "the server outlives the run"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn no_server_is_an_error_in_words() {
    // a port of the loopback interface on which nobody listens
    let words = check_address("redis://127.0.0.1:1/0").unwrap_err();
    assert!(
        words.contains("no Redis server answers at 127.0.0.1:1/0"),
        "{words}"
    );
    let words = check_address("not an address").unwrap_err();
    assert!(words.contains("redis://HOST:PORT"), "{words}");
    let output = output(&[
        "run",
        "workloads/smoke/pair.toml",
        "--engine",
        "redis",
        "--no-save",
    ]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("--redis-server"));
}
