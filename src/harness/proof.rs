//! What the oracle expects of every trial, and what a trial's engine gives.
//! Imports `engine`, `event`, `record`.

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
use crate::record::Pass;
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
    /// Digest of the event multiset of each pass, from the generator.
    pub(super) events_digest: Digest,
    /// What the oracle says of the stream.
    pub(super) fresh: Expected,
    /// What it says of the stream folded twice, where it was asked.
    pub(super) warm: Option<Expected>,
    /// How long the oracle took, in ms.
    pub(super) took_ms: u64,
}

/// What the oracle says after a pass.
#[derive(Debug)]
pub(super) struct Expected {
    /// Its snapshot, digested.
    pub(super) snapshot: SnapshotDigest,
    reads: Vec<Read>,
    answers: Vec<Answer>,
}

impl Expected {
    fn of(oracle: &Oracle) -> Self {
        let reads = oracle.sample_reads(SAMPLED);
        let answers = reads.iter().map(|read| oracle.answer(read)).collect();
        Self {
            snapshot: oracle.digest(),
            reads,
            answers,
        }
    }
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
    /// Asks the oracle; with `warm`, of a second pass, too. Its state is
    /// dropped again: only digests and the sampled answers are kept. None
    /// where `stop` was set meanwhile.
    #[must_use]
    pub(super) fn of(
        source: &'a Source,
        inbox_capacity: usize,
        warm: bool,
        stop: &StopFlag,
    ) -> Option<Self> {
        let start = Instant::now();
        let once = folded(source, Oracle::new(inbox_capacity), stop);
        let fresh = Expected::of(&once);
        let warm = warm.then(|| Expected::of(&folded(source, once, stop)));
        if stop.is_set() {
            return None;
        }
        Some(Self {
            source,
            inbox_capacity,
            events_digest: source.generated_digest(),
            fresh,
            warm,
            took_ms: start.elapsed().as_millis() as u64,
        })
    }

    /// What is expected after a pass; of a warm one, too, only where it was
    /// asked for.
    fn after(&self, pass: Pass) -> Result<&Expected, String> {
        match pass {
            Pass::Fresh => Ok(&self.fresh),
            Pass::Warm => self
                .warm
                .as_ref()
                .ok_or_else(|| "the oracle was not asked for a warm pass".to_owned()),
        }
    }

    /// The oracle's whole snapshot, made again: only a mismatch asks for it.
    #[must_use]
    pub(super) fn oracle_snapshot(&self, pass: Pass) -> Snapshot {
        let fold = |oracle, _| folded(self.source, oracle, &StopFlag::default());
        let empty = Oracle::new(self.inbox_capacity);
        (0..pass.folds()).fold(empty, fold).snapshot()
    }
}

/// An oracle that has folded a whole source into what it knew before, its
/// parts side by side: each part is a sequential fold of what concerns its
/// own members and contents. Incomplete where `stop` is set meanwhile.
fn folded(source: &Source, oracle: Oracle, stop: &StopFlag) -> Oracle {
    let inbox_capacity = oracle.inbox_capacity();
    let parts = oracle.into_parts(rayon::current_num_threads());
    let count = parts.len();
    let fold = |(part, mut oracle): (usize, Oracle)| {
        for chunk in split(&(0..source.events()), CHUNK) {
            if stop.is_set() {
                break;
            }
            source.for_each(chunk, |event| {
                oracle.fold_partition(std::iter::once(event), part, count);
            });
        }
        oracle
    };
    let parts: Vec<Oracle> = parts.into_par_iter().enumerate().map(fold).collect();
    let mut whole = Oracle::new(inbox_capacity);
    for oracle in parts {
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
    pass: Pass,
) -> Finding {
    if E::INFO.role == Role::Probe {
        return Finding::default();
    }
    let accounted = accounts(outcome, pass);
    let Some(expected) = expected else {
        return Finding {
            wrong: accounted.err(),
            ..Finding::default()
        };
    };
    let checks = || {
        let after = expected.after(pass)?;
        if outcome.tally.digest != expected.events_digest {
            return Err(format!(
                "the events ingested have digest {}, the generator's {}: {} of {} events",
                outcome.tally.digest,
                expected.events_digest,
                outcome.tally.events,
                expected.source.events()
            ));
        }
        if outcome.snapshot != after.snapshot {
            check_snapshot(engine, after.snapshot, || expected.oracle_snapshot(pass))?;
        }
        accounted?;
        check_answers(engine, config, &after.reads, &after.answers)
    };
    Finding {
        wrong: checks().err(),
        reads: expected.after(pass).map_or(0, |after| after.reads.len()) as u64,
        checked: true,
    }
}

/// Holds the sums of the engine's own counts against the dispositions of what
/// it was given, in this pass and as much before it, and its answers against
/// what it was asked: even where nothing is verified, no event is lost unseen.
fn accounts(outcome: &TrialOutcome, pass: Pass) -> Result<(), String> {
    let (tally, snapshot) = (&outcome.tally, &outcome.snapshot);
    let folds = pass.folds() as i64;
    let delivered = folds * (tally.notified as i64 - tally.retracted as i64);
    let of_kind = [
        (
            "notifications less those taken back",
            snapshot.delivered,
            delivered,
        ),
        (
            "views",
            snapshot.views as i64,
            folds * tally.aggregated as i64,
        ),
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
    config.external = setup.external.cloned();
    check_freshness::<E>(&config, &prefix, FRESHNESS_BATCH)
}
