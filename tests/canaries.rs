//! What must be nowhere: viewers in anything that is written, the key of an
//! epoch in memory after its close, and any trace of downloads and saves.

mod common;

use std::collections::HashSet;
use std::io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::process::{Child, Command, Stdio};

use base64::Engine as _;
use common::binary::{notibench, text};
use notibench_core::admission::open_session;
use notibench_core::engine::{Engine, EngineConfig, Role, Session};
use notibench_core::event::{Event, Kind, Segment};
use notibench_core::policy::{HiddenShare, PERMUTATION_KEY_WORDS, surface_of};
use notibench_core::proof::fold_on_threads;
use notibench_core::unit::mix::counter_word;
use notibench_core::viewing::Views;
use notibench_engines::maps::dashmap::DashMapEngine;
use notibench_engines::registry::{ENTRIES, EngineVisitor, dispatch};
use notibench_workload::Workload;
use notibench_workload::generator::Generator;
use zeroize::Zeroizing;

// ---- viewers in what is written --------------------------------------------

/// A workload with many who look and do nothing else.
fn lurkers() -> String {
    let path = common::binary::root().join("workloads/smoke/released_views.toml");
    let text = std::fs::read_to_string(path).unwrap();
    text.replace("members = 400", "members = \"50k\"")
        .replace("recipient_exponent = 0.99", "recipient_exponent = 1.5")
}

/// Who looks, is never looked at, and does nothing else.
fn view_only(workload: &Workload, events: u64) -> HashSet<u64> {
    let (mut viewers, mut others) = (HashSet::new(), HashSet::new());
    for event in Generator::new(workload, workload.seed).events(0..events) {
        others.extend([event.recipient, event.content]);
        if surface_of(event.kind()).is_some() {
            viewers.insert(event.actor);
        } else {
            others.insert(event.actor);
        }
    }
    viewers.difference(&others).copied().collect()
}

/// Every number that some bytes hold in an encoding that we write, or near it:
/// decimal digits, hexadecimal digits, words of either byte order, and those
/// within base64, deflated or not.
fn numbers_in(bytes: &[u8]) -> HashSet<u64> {
    let mut found = HashSet::new();
    let runs = |keep: fn(&u8) -> bool| {
        let runs = bytes.split(move |byte| !keep(byte));
        runs.filter(|run| run.len() > 12).map(<[u8]>::to_vec)
    };
    for digits in runs(u8::is_ascii_digit) {
        for length in 13..=20.min(digits.len()) {
            let windows = digits.windows(length);
            found.extend(windows.filter_map(|w| text(w).parse::<u64>().ok()));
        }
    }
    for digits in runs(u8::is_ascii_hexdigit) {
        let windows = digits.windows(16);
        let words = windows.filter_map(|w| u64::from_str_radix(&text(w), 16).ok());
        found.extend(words.flat_map(|word| [word, word.swap_bytes()]));
    }
    found.extend(words_in(bytes));
    for run in runs(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')) {
        let whole = &run[..run.len() / 4 * 4];
        let standard = base64::engine::general_purpose::STANDARD_NO_PAD;
        if let Ok(decoded) = standard.decode(whole) {
            found.extend(words_in(&decoded));
            // a histogram: a head of 8 bytes, then zlib
            let mut inflated = Vec::new();
            let zlib = decoded.get(8..).unwrap_or_default();
            let _ = flate2::read::ZlibDecoder::new(zlib).read_to_end(&mut inflated);
            found.extend(words_in(&inflated));
        }
    }
    found
}

fn words_in(bytes: &[u8]) -> impl Iterator<Item = u64> + '_ {
    let windows = bytes.windows(8).filter_map(|w| w.try_into().ok());
    windows.flat_map(|w: [u8; 8]| [u64::from_le_bytes(w), u64::from_be_bytes(w)])
}

#[test]
fn an_id_is_found_in_every_encoding() {
    let id = 0x0123_4567_89ab_cdef_u64;
    let standard = base64::engine::general_purpose::STANDARD;
    let mut deflated = vec![0; 8];
    let mut zlib = flate2::write::ZlibEncoder::new(&mut deflated, flate2::Compression::fast());
    zlib.write_all(&[&[7; 5][..], &id.to_be_bytes()].concat())
        .unwrap();
    zlib.finish().unwrap();
    let encodings: [Vec<u8>; 6] = [
        format!("{{\"actor\":{id}}}").into_bytes(),
        format!("digest {id:032x}").into_bytes(),
        [&b"raw"[..], &id.to_le_bytes()].concat(),
        id.to_be_bytes().to_vec(),
        standard
            .encode([&[1, 2][..], &id.to_le_bytes(), &[3, 4]].concat())
            .into_bytes(),
        standard.encode(deflated).into_bytes(),
    ];
    for encoded in &encodings {
        assert!(
            numbers_in(encoded).contains(&id),
            "{}",
            String::from_utf8_lossy(encoded)
        );
    }
    assert!(!numbers_in(b"nothing 12345 of it 0123456789abcde").contains(&id));
}

/// What the commands print, and what the files hold then.
fn all_written(commands: &[Vec<&str>], files: &[&String]) -> Vec<(String, Vec<u8>)> {
    let mut written = Vec::new();
    for words in commands {
        let output = notibench().args(words).output().unwrap();
        assert!(
            output.status.success(),
            "{words:?}: {}",
            text(&output.stderr)
        );
        written.push((
            format!("{words:?}"),
            [output.stdout, output.stderr].concat(),
        ));
    }
    for file in files {
        written.push(((*file).clone(), std::fs::read(file).unwrap()));
    }
    written
}

#[test]
fn no_viewer_is_in_anything_that_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let workload_file = path("lurkers.toml");
    std::fs::write(&workload_file, lurkers()).unwrap();
    let (workload, _) = Workload::load(workload_file.as_ref()).unwrap();
    let viewers = view_only(&workload, 20_000);
    assert!(viewers.len() > 3_000, "{} only look", viewers.len());
    let (record, snapshot) = (path("record.json"), path("snapshot.ndjson"));
    let small = ["--events", "20k", "--rounds", "2", "--warmup-rounds", "0"];
    let run = [
        "run",
        &workload_file,
        "--engine",
        "dashmap",
        "--engine",
        "partitioned",
    ];
    let saved = ["--out", &record, "--snapshot", &snapshot];
    let game = path("game.json");
    let mut commands = vec![
        [&run[..], &small[..], &saved[..]].concat(),
        vec![
            "verify",
            &workload_file,
            "--events",
            "20k",
            "--engine",
            "dashmap",
        ],
        vec![
            "adversary",
            &workload_file,
            "--short",
            "--trials",
            "1k",
            "--out",
            &game,
        ],
    ];
    for format in [
        "terminal",
        "json",
        "csv",
        "markdown",
        "github-action-benchmark",
        "bencher",
    ] {
        commands.push(vec!["report", &record, "--format", format]);
    }
    let written = all_written(&commands, &[&record, &snapshot, &game]);
    for (what, bytes) in &written {
        assert!(!bytes.is_empty(), "{what}");
        let found = numbers_in(bytes).intersection(&viewers).count();
        assert_eq!(found, 0, "{found} viewers are named in {what}");
    }
    // the search does find whom the snapshot may name
    let events = Generator::new(&workload, workload.seed).events(0..20_000);
    let fans = events.iter().filter(|event| event.kind() == Kind::PostLike);
    let named = numbers_in(&std::fs::read(&snapshot).unwrap());
    assert!(fans.filter(|event| named.contains(&event.actor)).count() > 100);
}

// ---- the key in memory -------------------------------------------------------

/// Set in the process that is looked at.
const CHILD: &str = "NOTIBENCH_TEST_HOLDS_A_KEY";
const KEY_SEED: u64 = 0x6361_6e61_7279;

fn key_word(at: usize) -> u32 {
    counter_word(KEY_SEED, at as u64) as u32
}

/// Eight bytes each of the key as it was given, as the cipher's round keys, and
/// as the factor and the terms of the tweak.
fn pieces_of_key() -> HashSet<[u8; 8]> {
    let words: Vec<u32> = (0..PERMUTATION_KEY_WORDS).map(key_word).collect();
    let (mut ahead, mut round_key) = ([words[2], words[1], words[0]], words[3]);
    let mut round_keys = Vec::new();
    for round in 0..27 {
        round_keys.push(round_key);
        let word = &mut ahead[round % 3];
        *word = round_key.wrapping_add(word.rotate_right(8)) ^ round as u32;
        round_key = round_key.rotate_left(3) ^ *word;
    }
    let backwards = words.chunks(4).flat_map(|four| four.iter().rev().copied());
    let lists = [words.clone(), round_keys, backwards.collect()];
    let pairs = lists.iter().flat_map(|list| list.windows(2));
    let bytes = pairs.map(|pair| u64::from(pair[0]) | u64::from(pair[1]) << 32);
    bytes.map(u64::to_le_bytes).collect()
}

/// How many pieces lie in what a process may write to.
fn pieces_in_memory_of(child: &Child, pieces: &HashSet<[u8; 8]>) -> usize {
    let proc = format!("/proc/{}", child.id());
    let maps = std::fs::read_to_string(format!("{proc}/maps")).unwrap();
    let mut memory = std::fs::File::open(format!("{proc}/mem")).unwrap();
    let mut found = HashSet::new();
    for line in maps.lines() {
        let mut fields = line.split_whitespace();
        let (range, rights) = (fields.next().unwrap(), fields.next().unwrap());
        let bounds = range
            .split('-')
            .map(|end| u64::from_str_radix(end, 16).unwrap());
        let &[start, end] = bounds.collect::<Vec<u64>>().as_slice() else {
            continue;
        };
        if !rights.starts_with("rw") {
            continue;
        }
        let mut region = vec![0; (end - start) as usize];
        memory.seek(SeekFrom::Start(start)).unwrap();
        // what cannot be read holds nothing of ours
        if memory.read_exact(&mut region).is_ok() {
            let windows = (0..region.len().saturating_sub(7)).step_by(4);
            let windows = windows.map(|at| <[u8; 8]>::try_from(&region[at..at + 8]).unwrap());
            found.extend(windows.filter(|window| pieces.contains(window)));
        }
    }
    found.len()
}

/// The process that is looked at: counts views under a key, and closes.
#[test]
fn holds_a_key_until_its_close() {
    if std::env::var_os(CHILD).is_none() {
        return;
    }
    let pause = |what: &str| {
        println!("canary {what}");
        let mut line = String::new();
        std::io::stdin().read_line(&mut line).unwrap();
    };
    let config = EngineConfig {
        views: Views::unique(HiddenShare::new(0.1)),
        ..EngineConfig::new(2)
    };
    let engine = DashMapEngine::build(&config);
    let events: Vec<Event> = (0..20_000)
        .map(|index| {
            let actor = (index % 997, Segment::Sales);
            Event::new(
                index,
                index,
                Kind::ProfileView,
                false,
                actor,
                5_000 + index % 89,
                0,
            )
        })
        .collect();
    {
        let mut words = Zeroizing::new([0; PERMUTATION_KEY_WORDS]);
        for (at, word) in words.iter_mut().enumerate() {
            *word = key_word(at);
        }
        config.views.open_epoch_under(0, &words);
    }
    fold_on_threads(&engine, &config, &events, 100).unwrap();
    pause("open");
    config.views.close_epoch(&engine);
    pause("closed");
}

#[test]
#[cfg(target_os = "linux")]
fn the_key_is_gone_from_memory_after_the_close() {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["holds_a_key_until_its_close", "--exact", "--nocapture"])
        .env(CHILD, "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut go = child.stdin.take().unwrap();
    let pieces = pieces_of_key();
    let mut wait_for = |what: &str| {
        let wanted = format!("canary {what}");
        assert!(
            said.any(|line| line.unwrap().ends_with(&wanted)),
            "no {what}"
        );
    };
    wait_for("open");
    let open = pieces_in_memory_of(&child, &pieces);
    // 26 pairs of round keys, two halves each of the factor and the terms
    assert!(
        open >= 26,
        "the search finds {open} pieces of an open epoch's key"
    );
    writeln!(go).unwrap();
    wait_for("closed");
    let closed = pieces_in_memory_of(&child, &pieces);
    writeln!(go).unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(closed, 0, "pieces of the key of a closed epoch are left");
}

// ---- downloads and saves -------------------------------------------------------

/// Ingests downloads and saves, after some views have made the buffers.
#[derive(Clone, Copy)]
struct AllocatesNothing;

impl EngineVisitor for AllocatesNothing {
    type Output = ();

    fn visit<E: Engine>(self) {
        let event = |index: u64, kind| {
            let actor = (index % 97, Segment::Founder);
            Event::new(index, index, kind, false, actor, 1_000 + index % 53, 0)
        };
        for views in [Views::default(), Views::unique(HiddenShare::new(0.1))] {
            let config = EngineConfig {
                views,
                ..EngineConfig::new(1)
            };
            config.views.open_epoch(0).unwrap();
            let engine = E::build(&config);
            let mut session = open_session(&engine, &config.views, 0);
            let looks: Vec<Event> = (0..500).map(|at| event(at, Kind::ProfileView)).collect();
            let takes: Vec<Event> = (500..1_500)
                .map(|at| {
                    event(
                        at,
                        [Kind::PictureDownload, Kind::PictureSave][at as usize % 2],
                    )
                })
                .collect();
            // buffers grow for what comes first, and are there then
            session.ingest(&takes);
            looks.chunks(50).for_each(|batch| session.ingest(batch));
            let made = allocation_counter::measure(|| session.ingest(&takes));
            session.finish();
            assert_eq!(made.count_total, 0, "{}: {made:?}", E::INFO.name);
            // and leave nothing: only those who were looked at have state
            let states = std::sync::atomic::AtomicU64::new(0);
            engine.visit(&|_| {
                states.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            });
            assert_eq!(states.into_inner(), 53, "{}", E::INFO.name);
        }
    }
}

#[test]
fn downloads_and_saves_allocate_nothing_and_leave_nothing() {
    let made = allocation_counter::measure(|| drop(std::hint::black_box(vec![1_u8; 100])));
    assert_eq!(made.count_total, 1, "the count counts");
    for info in ENTRIES.iter().filter(|info| info.role == Role::Engine) {
        dispatch(info.name, AllocatesNothing).expect("the registry dispatches what it lists");
    }
}
