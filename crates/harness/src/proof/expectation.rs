//! What the oracle expects of every trial.

use std::ops::Range;
use std::time::Instant;

use rayon::prelude::*;

use crate::trial::epochs::{epochs_of, of_truths};
use crate::trial::open_loop::IngestedEvents;
use crate::trial::source::{Source, split};
use notibench_core::engine::StopFlag;
use notibench_core::event::Read;
use notibench_core::oracle::Oracle;
use notibench_core::read::Answer;
use notibench_core::snapshot::{Snapshot, SnapshotDigest};
use notibench_core::unit::digest::Digest;
use notibench_record::Pass;

/// Members, and contents, whose reads are compared after each trial.
const SAMPLED: usize = 1_000;
/// Events between two looks at whether the oracle is to stop.
const CHUNK: u64 = 1 << 16;

/// What every engine must come to.
#[derive(Debug)]
pub(crate) struct Expectation<'a> {
    pub(crate) source: &'a Source,
    inbox_capacity: usize,
    /// Digest of the event multiset of each pass, from the generator.
    pub(crate) events_digest: Digest,
    /// What the oracle says of the stream.
    pub(crate) fresh: Expected,
    /// What it says of the stream folded twice, where it was asked.
    pub(crate) warm: Option<Expected>,
    /// How long the oracle took, in ms.
    pub(crate) took_ms: u64,
}

/// What the oracle says after a pass.
#[derive(Debug)]
pub(crate) struct Expected {
    /// What it shows, digested.
    pub(crate) snapshot: SnapshotDigest,
    /// What a record keeps of it.
    pub(crate) recorded: SnapshotDigest,
    /// Where each viewer counts once a epoch, its whole state before each
    /// epoch was closed.
    pub(crate) truths: Vec<SnapshotDigest>,
    pub(crate) reads: Vec<Read>,
    pub(crate) answers: Vec<Answer>,
}

impl Expected {
    fn of(oracle: &Oracle, truths: Vec<SnapshotDigest>) -> Self {
        let reads = oracle.sample_reads(SAMPLED);
        let answers = reads.iter().map(|read| oracle.answer(read)).collect();
        let snapshot = oracle.shown_digest();
        Self {
            snapshot,
            recorded: if oracle.shows_views() {
                of_truths(&truths)
            } else {
                snapshot
            },
            truths,
            reads,
            answers,
        }
    }
}

impl<'a> Expectation<'a> {
    /// Asks the oracle; with `warm`, of a second pass, too. Its state is
    /// dropped again: only digests and the sampled answers are kept. None
    /// where `stop` was set meanwhile.
    #[must_use]
    pub(crate) fn of(
        source: &'a Source,
        inbox_capacity: usize,
        warm: bool,
        stop: &StopFlag,
    ) -> Option<Self> {
        let start = Instant::now();
        let empty = Oracle::counting(inbox_capacity, source.views());
        let (once, truths) = folded(source, empty, None, stop);
        let fresh = Expected::of(&once, truths);
        let warm = warm.then(|| {
            let (twice, truths) = folded(source, once, None, stop);
            Expected::of(&twice, truths)
        });
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
    pub(crate) fn after(&self, pass: Pass) -> Result<&Expected, String> {
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
    pub(crate) fn oracle_snapshot(&self, pass: Pass, taken: Option<&IngestedEvents>) -> Snapshot {
        let fold = |oracle, _| folded(self.source, oracle, taken, &StopFlag::default()).0;
        let empty = Oracle::counting(self.inbox_capacity, self.source.views());
        (0..pass.folds()).fold(empty, fold).shown_snapshot()
    }

    /// What is expected of a trial that skipped events: the oracle folds the
    /// others anew.
    pub(crate) fn of_taken(&self, taken: &IngestedEvents) -> (Digest, Expected) {
        let empty = Oracle::counting(self.inbox_capacity, self.source.views());
        let stop = StopFlag::default();
        let (oracle, truths) = folded(self.source, empty, Some(taken), &stop);
        let events = self.source.generated_digest_of(taken);
        (events, Expected::of(&oracle, truths))
    }
}

/// An oracle that has folded a whole source into what it knew before; where
/// each viewer counts once a epoch, epoch by epoch, with its digest before each
/// was closed.
fn folded(
    source: &Source,
    mut oracle: Oracle,
    taken: Option<&IngestedEvents>,
    stop: &StopFlag,
) -> (Oracle, Vec<SnapshotDigest>) {
    let mut truths = Vec::new();
    for (_, range) in epochs_of(source) {
        oracle = folded_range(source, &range, oracle, taken, stop);
        if !source.views().are_plain() {
            truths.push(oracle.digest());
            oracle.close_epoch();
        }
    }
    (oracle, truths)
}

/// An oracle that has folded some events into what it knew before, its
/// parts side by side: each part is a sequential fold of what concerns its
/// own members and contents. Of the events that were `taken`, where that is
/// given. Incomplete where `stop` is set meanwhile.
fn folded_range(
    source: &Source,
    range: &Range<u64>,
    oracle: Oracle,
    taken: Option<&IngestedEvents>,
    stop: &StopFlag,
) -> Oracle {
    let mut whole = oracle.emptied();
    let parts = oracle.into_parts(rayon::current_num_threads());
    let count = parts.len();
    let fold = |(part, mut oracle): (usize, Oracle)| {
        for chunk in split(range, CHUNK) {
            if stop.is_set() {
                break;
            }
            let mut indexes = chunk.clone();
            source.for_each(chunk, |event| {
                let index = indexes.next();
                let wanted =
                    |taken: &IngestedEvents| index.is_some_and(|index| taken.contains(index));
                if taken.is_none_or(wanted) {
                    oracle.fold_partition(std::iter::once(event), part, count);
                }
            });
        }
        oracle
    };
    let parts: Vec<Oracle> = parts.into_par_iter().enumerate().map(fold).collect();
    for oracle in parts {
        whole.unite(oracle);
    }
    whole
}
