//! The same seed gives the same events, on any number of threads, by any
//! partition into slices, and in every build: digests kept in a file say so,
//! for every workload of the project. `NOTIBENCH_BLESS=1` writes the file
//! anew, after a change that is meant to change the events.

mod common;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use common::Draws;
use notibench_core::oracle::Oracle;
use notibench_core::unit::digest::Digest;
use notibench_workload::generator::Generator;
use notibench_workload::{Workload, workload_files};

/// Events whose digest is kept.
const EVENTS: u64 = 200_000;
/// Events that the oracle folds.
const FOLDED: u64 = 50_000;
/// What to do where a digest differs.
const ADVICE: &str = "the stream has changed: every saved record and expected digest of this \
                      workload is void. If that is meant, run \
                      `NOTIBENCH_BLESS=1 cargo test --test golden_digests` and commit \
                      tests/golden/digests.txt";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn golden_file() -> PathBuf {
    root().join("tests/golden/digests.txt")
}

/// Every workload of the project, by `name` or `smoke/name`.
fn workloads() -> BTreeMap<String, Workload> {
    let mut found = BTreeMap::new();
    for (folder, prefix) in [("workloads", ""), ("workloads/smoke", "smoke/")] {
        for path in workload_files(&root().join(folder)).unwrap() {
            let (workload, _) = Workload::load(&path).unwrap();
            found.insert(format!("{prefix}{}", workload.name), workload);
        }
    }
    assert!(found.len() >= 18, "{:?}", found.keys());
    found
}

fn generator(workload: &Workload) -> Generator {
    Generator::new(workload, workload.seed)
}

/// The digest of the events, made one after the other.
fn digest_of(generator: &Generator) -> Digest {
    (0..EVENTS)
        .map(|index| generator.event(index).digest())
        .sum()
}

/// The oracle's final state of the first events.
fn snapshot_digest_of(generator: &Generator) -> Digest {
    let mut oracle = Oracle::default();
    oracle.fold_all(&generator.events(0..FOLDED));
    oracle.digest().digest
}

/// What is kept of a workload.
fn lines_of(name: &str, workload: &Workload) -> String {
    let generator = generator(workload);
    format!(
        "{name} events {}\n{name} snapshot {}\n",
        digest_of(&generator),
        snapshot_digest_of(&generator)
    )
}

#[test]
fn digests_are_those_that_are_kept() {
    let mut text = String::new();
    let _ = writeln!(
        text,
        "# Of every workload at its default seed: the digest of its first {EVENTS} events, and\n\
         # that of the final state of its first {FOLDED}. Made by tests/golden_digests.rs."
    );
    for (name, workload) in workloads() {
        text.push_str(&lines_of(&name, &workload));
    }
    let path = golden_file();
    if std::env::var_os("NOTIBENCH_BLESS").is_some_and(|value| value == "1") {
        std::fs::write(&path, &text).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(&path).unwrap();
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    for (kept, found) in lines(&kept).iter().zip(lines(&text)) {
        assert_eq!(*kept, found, "{ADVICE}");
    }
    assert_eq!(kept, text, "workloads were added or removed. {ADVICE}");
}

#[test]
fn every_number_of_threads_gives_the_same_digest() {
    let pools: Vec<rayon::ThreadPool> = [1, 2, 3, 8]
        .into_iter()
        .map(|threads| {
            let builder = rayon::ThreadPoolBuilder::new().num_threads(threads);
            builder.build().unwrap()
        })
        .collect();
    for (name, workload) in workloads() {
        let generator = generator(&workload);
        let expected = digest_of(&generator);
        for pool in &pools {
            let threads = pool.current_num_threads();
            let digest = pool.install(|| generator.digest(0..EVENTS));
            assert_eq!(digest, expected, "{name}, {threads} threads");
            let events = pool.install(|| generator.events(0..EVENTS));
            let digest: Digest = events
                .iter()
                .map(notibench_core::event::Event::digest)
                .sum();
            assert_eq!(digest, expected, "{name}, {threads} threads, stored");
        }
    }
}

#[test]
fn every_partition_into_slices_gives_the_same_digest() {
    for (name, workload) in workloads() {
        let generator = generator(&workload);
        let expected = digest_of(&generator);
        for seed in 0..3 {
            let mut draws = Draws { key: seed, at: 0 };
            // some slices are empty
            let mut cuts: Vec<u64> = (0..20).map(|_| draws.below(EVENTS + 1)).collect();
            cuts.extend([0, EVENTS, EVENTS]);
            cuts.sort_unstable();
            let mut slices: Vec<_> = cuts.windows(2).map(|cut| cut[0]..cut[1]).collect();
            common::shuffle(&mut slices, seed);
            let digest: Digest = slices
                .into_iter()
                .map(|slice| generator.digest(slice))
                .sum();
            assert_eq!(digest, expected, "{name}, partition {seed}");
        }
    }
}

#[test]
fn another_seed_gives_other_events() {
    for (name, workload) in workloads() {
        let other = Generator::new(&workload, workload.seed ^ 1);
        assert_ne!(
            digest_of(&other),
            digest_of(&generator(&workload)),
            "{name}"
        );
    }
}
