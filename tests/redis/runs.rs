//! Whole runs with servers: proved and marked, and ended in words.

use super::*;

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
        .map(|path| path.display().to_string())
        .collect();
    assert!(files.len() >= 10);
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
