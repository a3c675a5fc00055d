//! What the oracle expects of every trial, and what a trial's engine gives.
//! Imports `engine`, `event`.

use std::time::Instant;

use rayon::prelude::*;

use super::source::{Source, split};
use super::trial::{TrialOutcome, TrialSetup};
use crate::engine::oracle::Oracle;
use crate::engine::proof::{check_answers, check_freshness, check_snapshot};
use crate::engine::read::Answer;
use crate::engine::snapshot::{Snapshot, SnapshotDigest};
use crate::engine::{Engine, EngineConfig, Role, StopFlag};
use crate::event::{Event, Read};
use crate::unit::digest::Digest;

/// Members, and contents, whose reads are compared after each trial.
const SAMPLED: usize = 1_000;
/// Events between two looks at whether the oracle is to stop.
const CHUNK: u64 = 1 << 16;
/// Events of one batch where freshness is checked.
const FRESHNESS_BATCH: usize = 97;

/// What every engine must come to.
#[derive(Debug)]
pub(super) struct Expectation<'a> {
    source: &'a Source,
    inbox_capacity: usize,
    /// Digest of the event multiset, from the generator.
    pub(super) events_digest: Digest,
    /// The oracle's snapshot, digested.
    pub(super) snapshot: SnapshotDigest,
    /// How long the oracle took, in ms.
    pub(super) took_ms: u64,
    reads: Vec<Read>,
    answers: Vec<Answer>,
}

/// What a trial's proof found.
#[derive(Clone, Debug, Default)]
pub(super) struct Finding {
    /// The first thing that is wrong, in words.
    pub(super) wrong: Option<String>,
    /// Reads compared.
    pub(super) reads: u64,
    /// Whether anything was compared.
    pub(super) checked: bool,
}

impl<'a> Expectation<'a> {
    /// Asks the oracle. Its state is dropped again: only digests and the
    /// sampled answers are kept. None where `stop` was set meanwhile.
    #[must_use]
    pub(super) fn of(source: &'a Source, inbox_capacity: usize, stop: &StopFlag) -> Option<Self> {
        let start = Instant::now();
        let oracle = oracle_of(source, inbox_capacity, stop);
        if stop.is_set() {
            return None;
        }
        let reads = oracle.sample_reads(SAMPLED);
        let answers = reads.iter().map(|read| oracle.answer(read)).collect();
        Some(Self {
            source,
            inbox_capacity,
            events_digest: source.generated_digest(),
            snapshot: oracle.digest(),
            took_ms: start.elapsed().as_millis() as u64,
            reads,
            answers,
        })
    }

    /// The oracle's whole snapshot, made again: only a mismatch asks for it.
    #[must_use]
    pub(super) fn oracle_snapshot(&self) -> Snapshot {
        oracle_of(self.source, self.inbox_capacity, &StopFlag::default()).snapshot()
    }
}

/// The oracle of a whole source, its parts folded side by side: each part is
/// a sequential fold of what concerns its own members and contents. Incomplete
/// where `stop` is set meanwhile.
fn oracle_of(source: &Source, inbox_capacity: usize, stop: &StopFlag) -> Oracle {
    let parts = rayon::current_num_threads();
    let fold = |part| {
        let mut oracle = Oracle::new(inbox_capacity);
        for chunk in split(&(0..source.events()), CHUNK) {
            if stop.is_set() {
                break;
            }
            source.for_each(chunk, |event| {
                oracle.fold_partition(std::iter::once(event), part, parts);
            });
        }
        oracle
    };
    let folded: Vec<Oracle> = (0..parts).into_par_iter().map(fold).collect();
    let mut whole = Oracle::new(inbox_capacity);
    for oracle in folded {
        whole.unite(oracle);
    }
    whole
}

/// Compares an engine at rest, and what it was given, with what is expected.
pub(super) fn inspect<E: Engine>(
    engine: &E,
    config: &EngineConfig,
    outcome: &TrialOutcome,
    expected: Option<&Expectation<'_>>,
) -> Finding {
    if E::INFO.role == Role::Probe {
        return Finding::default();
    }
    let accounted = accounts(outcome);
    let Some(expected) = expected else {
        return Finding {
            wrong: accounted.err(),
            ..Finding::default()
        };
    };
    let checks = || {
        if outcome.tally.digest != expected.events_digest {
            return Err(format!(
                "the events ingested have digest {}, the generator's {}: {} of {} events",
                outcome.tally.digest,
                expected.events_digest,
                outcome.tally.events,
                expected.source.events()
            ));
        }
        if outcome.snapshot != expected.snapshot {
            check_snapshot(engine, expected.snapshot, || expected.oracle_snapshot())?;
        }
        accounted?;
        check_answers(engine, config, &expected.reads, &expected.answers)
    };
    Finding {
        wrong: checks().err(),
        reads: expected.reads.len() as u64,
        checked: true,
    }
}

/// Holds the sums of the engine's own counts against the dispositions of what
/// it was given, and its answers against what it was asked: even where
/// nothing is verified, no event is lost unseen.
fn accounts(outcome: &TrialOutcome) -> Result<(), String> {
    let (tally, snapshot) = (&outcome.tally, &outcome.snapshot);
    let delivered = tally.notified as i64 - tally.retracted as i64;
    let of_kind = [
        (
            "notifications less those taken back",
            snapshot.delivered,
            delivered,
        ),
        ("views", snapshot.views as i64, tally.aggregated as i64),
        ("answers", outcome.answers as i64, outcome.reads as i64),
    ];
    match of_kind.into_iter().find(|(_, found, given)| found != given) {
        None => Ok(()),
        Some((what, found, given)) => Err(format!(
            "its state holds {found} {what}, should hold {given}"
        )),
    }
}

/// Checks the declaration of freshness of `E` on the first `events` events.
pub(super) fn freshness_of<E: Engine>(setup: &TrialSetup<'_>, events: u64) -> Result<(), String> {
    if E::INFO.role == Role::Probe {
        return Ok(());
    }
    let mut prefix: Vec<Event> = Vec::new();
    setup
        .source
        .for_each(0..events.min(setup.source.events()), |event| {
            prefix.push(*event);
        });
    let mut config = EngineConfig::new(2);
    config.inbox_capacity = setup.inbox_capacity;
    check_freshness::<E>(&config, &prefix, FRESHNESS_BATCH)
}
