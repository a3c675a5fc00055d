//! Processes of a cluster as threads: how they come together, and what each
//! says when another does not, goes, or falls silent.

use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;

use super::frame::{GREETING_BYTES, Greeting, MESSAGE_BYTES, PROTOCOL, receive, send};
use super::*;

/// Long enough that a busy machine reaches it only where no process answers.
const PATIENT: Duration = Duration::from_secs(20);

fn hosts(count: usize) -> Vec<String> {
    let listeners: Vec<_> = (0..count)
        .map(|_| TcpListener::bind("127.0.0.1:0").unwrap())
        .collect();
    let addresses = listeners.iter().map(TcpListener::local_addr);
    addresses
        .map(|address| address.unwrap().to_string())
        .collect()
}

fn options(hosts: &[String], process: usize, peer_timeout: Duration) -> ClusterOptions {
    ClusterOptions {
        hosts: hosts.to_vec(),
        process,
        peer_timeout,
    }
}

fn agreed(processes: usize) -> Agreement {
    Agreement {
        processes,
        workload: "seed = 1".to_owned(),
        seed: 1,
        events: 100,
        threads: 1,
        batch: 10,
        little_endian: true,
    }
}

fn lead(options: &ClusterOptions) -> Result<Leader, ClusterError> {
    let agreement = agreed(options.hosts.len());
    Leader::gather(options, &agreement, &StopFlag::default(), &|| None)
}

fn join_as(options: &ClusterOptions) -> Result<Mesh, ClusterError> {
    join::join(options, &agreed(options.hosts.len()), &StopFlag::default())
}

/// Process 0 and another that have come together.
fn pair(peer_timeout: Duration) -> (Leader, Mesh) {
    let hosts = hosts(2);
    thread::scope(|scope| {
        let other = scope.spawn(|| join_as(&options(&hosts, 1, peer_timeout)).unwrap());
        let leader = lead(&options(&hosts, 0, peer_timeout)).unwrap();
        (leader, other.join().unwrap())
    })
}

/// Connects as soon as somebody listens.
fn reach(host: &str) -> TcpStream {
    loop {
        if let Ok(stream) = TcpStream::connect(host) {
            return stream;
        }
        thread::sleep(mesh::TICK);
    }
}

/// A process that greets as one of us, and says no more.
fn greet_as(hosts: &[String], process: usize) -> TcpStream {
    let mut stream = reach(&hosts[0]);
    let greeting = Greeting::Join {
        protocol: PROTOCOL.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        process,
        agreement: Box::new(agreed(hosts.len())),
    };
    send(&mut stream, &greeting).unwrap();
    let welcome: Message = receive(&mut stream, GREETING_BYTES).unwrap();
    assert!(matches!(welcome, Message::Welcome { .. }));
    stream
}

/// What ended the run, once something has.
fn fault_of(mesh: &Mesh) -> String {
    let start = Instant::now();
    loop {
        match mesh.fault.words() {
            Some(words) => return words.clone(),
            None => assert!(start.elapsed() < PATIENT, "nothing was noticed"),
        }
        thread::sleep(mesh::TICK);
    }
}

#[test]
fn shares_are_disjoint_and_cover_everything() {
    for processes in 1..9 {
        for events in [0, 1, 7, 1_000, u64::from(u32::MAX)] {
            let shares = (0..processes).map(|at| share_of(at, processes, events));
            let end = shares.fold(0, |end, share| {
                assert_eq!(share.start, end);
                share.end
            });
            assert_eq!(end, events);
        }
    }
}

#[test]
fn who_never_comes_is_named() {
    let hosts = hosts(3);
    let words = lead(&options(&hosts, 0, Duration::from_millis(50)))
        .unwrap_err()
        .to_string();
    let named = format!("process 1 ({}) has not come within 50ms", hosts[1]);
    assert!(words.starts_with(&named), "{words}");
    assert!(words.contains("--process 1"), "{words}");
    let words = join_as(&options(&hosts, 2, Duration::from_millis(50))).unwrap_err();
    let words = words.to_string();
    assert!(
        words.contains(&format!("process 0 ({}) does not answer", hosts[0])),
        "{words}"
    );
}

#[test]
fn an_address_that_is_taken_is_told() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut hosts = hosts(2);
    hosts[0] = taken.local_addr().unwrap().to_string();
    let words = lead(&options(&hosts, 0, PATIENT)).unwrap_err().to_string();
    assert!(
        words.contains(&format!("can't listen on {}", hosts[0])),
        "{words}"
    );
}

#[test]
fn who_was_started_for_another_run_is_refused_and_both_say_why() {
    let change: [fn(&mut Agreement); 6] = [
        |with| with.seed = 5,
        |with| with.events = 5,
        |with| with.threads = 5,
        |with| with.batch = 5,
        |with| with.processes = 5,
        |with| with.workload = "seed = 5".to_owned(),
    ];
    let named = [
        "--seed 5",
        "--events 5",
        "--threads 5",
        "--batch 5",
        "hosts 5",
        "workload file",
    ];
    for (change, named) in change.into_iter().zip(named) {
        let hosts = hosts(2);
        let mut other = agreed(2);
        change(&mut other);
        let (led, joined) = thread::scope(|scope| {
            let joined = scope.spawn(|| {
                join::join(&options(&hosts, 1, PATIENT), &other, &StopFlag::default()).map(drop)
            });
            (
                lead(&options(&hosts, 0, PATIENT)).map(drop),
                joined.join().unwrap(),
            )
        });
        for words in [led, joined].map(|result| result.unwrap_err().to_string()) {
            assert!(words.contains(named), "{words}");
        }
    }
}

#[test]
fn a_stranger_does_not_disturb_a_cluster_that_comes_together() {
    let hosts = hosts(2);
    thread::scope(|scope| {
        let leading = scope.spawn(|| lead(&options(&hosts, 0, PATIENT)).unwrap());
        let reach = || reach(&hosts[0]);
        // one says nothing, one speaks another language, one a bit of ours
        let silent = reach();
        std::io::Write::write_all(&mut reach(), b"GET / HTTP/1.1\r\n\r\n").unwrap();
        let data = Greeting::Data {
            token: 1,
            trial: 0,
            process: 1,
        };
        send(&mut reach(), &data).unwrap();
        let joined = join_as(&options(&hosts, 1, PATIENT)).unwrap();
        let leader = leading.join().unwrap();
        assert_eq!(leader.broken(), None);
        let start = Instant::now();
        while leader.strays() < 2 {
            assert!(start.elapsed() < PATIENT, "{} strays", leader.strays());
            thread::sleep(mesh::TICK);
        }
        drop((silent, joined));
    });
}

#[test]
fn who_goes_is_noticed_and_the_others_are_told() {
    let hosts = hosts(3);
    let (leader, stays, goes) = thread::scope(|scope| {
        let stays = scope.spawn(|| join_as(&options(&hosts, 1, PATIENT)).unwrap());
        let goes = scope.spawn(|| greet_as(&hosts, 2));
        let leader = lead(&options(&hosts, 0, PATIENT)).unwrap();
        (leader, stays.join().unwrap(), goes.join().unwrap())
    });
    assert_eq!(leader.broken(), None);
    drop(goes);
    let words = fault_of(&leader.mesh);
    assert!(
        words.starts_with(&format!("process 2 ({}) has gone", hosts[2])),
        "{words}"
    );
    drop(leader);
    assert_eq!(fault_of(&stays), words);
}

#[test]
fn who_falls_silent_is_noticed() {
    let hosts = hosts(2);
    let soon = Duration::from_millis(400);
    let (leader, _silent) = thread::scope(|scope| {
        let silent = scope.spawn(|| greet_as(&hosts, 1));
        let leader = lead(&options(&hosts, 0, soon)).unwrap();
        (leader, silent.join().unwrap())
    });
    let words = fault_of(&leader.mesh);
    assert!(words.contains("has not been heard of for 400ms"), "{words}");
    assert!(words.contains("--peer-timeout"), "{words}");
}

/// Both say all the time that they are there, so that silence means something.
#[test]
fn those_who_have_nothing_to_say_are_not_taken_for_silent() {
    let (leader, other) = pair(Duration::from_millis(300));
    thread::sleep(Duration::from_secs(1));
    assert_eq!(leader.broken(), None);
    assert_eq!(other.fault.words(), None);
    drop(leader);
    let link = &other.links[0];
    assert!(matches!(link.next(&other.fault), Some(Message::End)));
}

#[test]
fn words_out_of_turn_end_the_run() {
    let (leader, other) = pair(PATIENT);
    other.links[0].tell(&Message::Go);
    leader.start_together(Instant::now());
    let words = leader.broken().unwrap();
    assert!(words.contains("said Go out of turn"), "{words}");
}

#[test]
fn a_process_that_fails_says_why() {
    let (leader, other) = pair(PATIENT);
    let why = "no more memory".to_owned();
    other.links[0].tell(&Message::Failed { why });
    let words = fault_of(&leader.mesh);
    assert!(words.ends_with("failed: no more memory"), "{words}");
    let (sender, ended) = mpsc::channel();
    thread::scope(|scope| {
        scope.spawn(|| {
            let clocks = leader.start_together(Instant::now());
            sender.send(clocks.is_empty()).unwrap();
        });
        assert!(ended.recv_timeout(PATIENT).unwrap());
    });
}

/// Wherever it is: it may wait for a trial, or generate its share.
#[test]
fn a_process_that_is_interrupted_says_so_before_it_goes() {
    let (leader, other) = pair(PATIENT);
    other.fault.interrupt();
    drop(other);
    let start = Instant::now();
    while !leader.mesh.fault.is_stopped() {
        assert!(start.elapsed() < PATIENT, "nothing was noticed");
        thread::sleep(mesh::TICK);
    }
    assert_eq!(leader.broken(), None);
}

#[test]
fn what_follows_from_an_interruption_is_no_fault() {
    let (leader, other) = pair(PATIENT);
    leader.mesh.fault.interrupt();
    leader.mesh.fault.set("process 1 has gone".to_owned());
    assert_eq!(leader.broken(), None);
    drop(leader);
    assert!(fault_of(&other).contains("process 0 was interrupted"));
}

/// A worker notices that another process has gone by a panic of timely's.
#[test]
fn a_panic_that_follows_from_a_loss_is_told_as_the_loss() {
    let panicked = || TrialError::Panicked {
        engine: "timely".to_owned(),
        worker: 0,
        message: "MergeQueue poisoned.".to_owned(),
    };
    let (leader, other) = pair(PATIENT);
    thread::scope(|scope| {
        let caused = scope.spawn(|| cause(&leader.mesh.fault, panicked()));
        thread::sleep(2 * mesh::TICK);
        leader.mesh.fault.set("process 1 has gone".to_owned());
        let gone = TrialError::Cluster("process 1 has gone".to_owned());
        assert_eq!(caused.join().unwrap(), gone);
    });
    drop(leader);
    drop(other);
    let (leader, _other) = pair(PATIENT);
    assert_eq!(
        cause(&leader.mesh.fault, panicked()),
        panicked(),
        "nobody has gone"
    );
    leader.mesh.fault.interrupt();
    assert_eq!(
        cause(&leader.mesh.fault, panicked()),
        TrialError::Interrupted
    );
}

#[test]
fn connections_of_a_trial_are_between_every_two() {
    let hosts = hosts(3);
    let links = thread::scope(|scope| {
        let others: Vec<_> = [1, 2]
            .map(|at| {
                let options = options(&hosts, at, PATIENT);
                scope.spawn(move || {
                    let mesh = join_as(&options).unwrap();
                    let sockets = mesh.sockets(0).unwrap();
                    (mesh, sockets)
                })
            })
            .into_iter()
            .collect();
        let leader = lead(&options(&hosts, 0, PATIENT)).unwrap();
        let ours = leader.mesh.sockets(0).unwrap();
        let mut all = vec![ours];
        let mut meshes = Vec::new();
        for other in others {
            let (mesh, sockets) = other.join().unwrap();
            meshes.push(mesh);
            all.push(sockets);
        }
        all
    });
    for (process, sockets) in links.iter().enumerate() {
        for (other, socket) in sockets.iter().enumerate() {
            assert_eq!(socket.is_some(), process != other, "{process} to {other}");
        }
    }
    // what one writes to another arrives there
    let mut from = links[2][1].as_ref().unwrap();
    send(&mut from, &Message::Beat).unwrap();
    let mut to = links[1][2].as_ref().unwrap();
    assert!(matches!(receive(&mut to, MESSAGE_BYTES), Ok(Message::Beat)));
}
