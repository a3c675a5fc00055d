//! What the oracle expects of every trial, and what a trial's engine gives.
//! Imports `engine`, `event`, `record`.

use std::ops::Range;
use std::time::Instant;

use rayon::prelude::*;

use super::answers::{AnswerLog, explain_answers};
use super::open_loop::Taken;
use super::source::{Source, split};
use super::trial::{TrialOutcome, TrialSetup};
use super::weeks::{of_truths, weeks_of};
use crate::engine::oracle::Oracle;
use crate::engine::proof::explained::Explained;
use crate::engine::proof::{check_answers, check_freshness, check_shown};
use crate::engine::read::Answer;
use crate::engine::snapshot::{Snapshot, SnapshotDigest};
use crate::engine::{Engine, EngineConfig, Freshness, Role, StopFlag};
use crate::event::{Event, Read};
use crate::record::Pass;
use crate::unit::digest::Digest;
use crate::unit::quantity::{counted, show_whole};

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
    /// What it shows, digested.
    pub(super) snapshot: SnapshotDigest,
    /// What a record keeps of it.
    pub(super) recorded: SnapshotDigest,
    /// Where each viewer counts once a week, its whole state before each
    /// week was closed.
    truths: Vec<SnapshotDigest>,
    reads: Vec<Read>,
    answers: Vec<Answer>,
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

/// What a trial's proof found.
#[derive(Clone, Debug, Default)]
pub(super) struct Finding {
    /// The first thing that is wrong, in words.
    pub(super) wrong: Option<String>,
    /// Reads compared.
    pub(super) reads: u64,
    /// Answers under load that were held against the history.
    pub(super) explained: Explained,
    /// Whether anything was compared.
    pub(super) checked: bool,
    /// Where events were skipped, what the oracle says of the others.
    pub(super) of_taken: Option<OfTaken>,
}

/// Digests of what was not skipped.
#[derive(Clone, Copy, Debug)]
pub(super) struct OfTaken {
    /// Of the events, from the generator.
    pub(super) events: Digest,
    /// Of the oracle's snapshot.
    pub(super) snapshot: Digest,
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
    pub(super) fn oracle_snapshot(&self, pass: Pass, taken: Option<&Taken>) -> Snapshot {
        let fold = |oracle, _| folded(self.source, oracle, taken, &StopFlag::default()).0;
        let empty = Oracle::counting(self.inbox_capacity, self.source.views());
        (0..pass.folds()).fold(empty, fold).shown_snapshot()
    }

    /// What is expected of a trial that skipped events: the oracle folds the
    /// others anew.
    fn of_taken(&self, taken: &Taken) -> (Digest, Expected) {
        let empty = Oracle::counting(self.inbox_capacity, self.source.views());
        let stop = StopFlag::default();
        let (oracle, truths) = folded(self.source, empty, Some(taken), &stop);
        let events = self.source.generated_digest_of(taken);
        (events, Expected::of(&oracle, truths))
    }
}

/// An oracle that has folded a whole source into what it knew before; where
/// each viewer counts once a week, week by week, with its digest before each
/// was closed.
fn folded(
    source: &Source,
    mut oracle: Oracle,
    taken: Option<&Taken>,
    stop: &StopFlag,
) -> (Oracle, Vec<SnapshotDigest>) {
    let mut truths = Vec::new();
    for (_, range) in weeks_of(source) {
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
    taken: Option<&Taken>,
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
                let wanted = |taken: &Taken| index.is_some_and(|index| taken.contains(index));
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
    let skipping = outcome.open_loop.as_ref();
    let taken = skipping.map(|open_loop| &open_loop.taken);
    let taken = taken.filter(|taken| taken.events() < expected.source.events());
    let without = taken.map(|taken| expected.of_taken(taken));
    let checks = || {
        let (events, after) = match &without {
            Some((events, after)) => (*events, after),
            None => (expected.events_digest, expected.after(pass)?),
        };
        if outcome.tally.digest != events {
            return Err(format!(
                "the events ingested have digest {}, the generator's {events}: {} of {}",
                outcome.tally.digest,
                outcome.tally.events,
                counted(expected.source.events(), "event")
            ));
        }
        if outcome.snapshot != after.snapshot {
            let oracle = || expected.oracle_snapshot(pass, taken);
            check_shown(engine, &config.views, after.snapshot, oracle)?;
        }
        check_weeks(outcome, after)?;
        accounted?;
        check_answers(engine, config, &after.reads, &after.answers)?;
        let explained = explained::<E>(config, outcome, expected, pass)?;
        Ok((after.reads.len(), explained))
    };
    let checked = checks();
    let (reads, explained) = checked.as_ref().copied().unwrap_or_default();
    Finding {
        reads: reads as u64,
        explained,
        wrong: checked.err(),
        checked: true,
        of_taken: without.map(|(events, after)| OfTaken {
            events,
            snapshot: after.snapshot.digest,
        }),
    }
}

/// Holds the answers that the workers logged against their ingest calls.
fn explained<E: Engine>(
    config: &EngineConfig,
    outcome: &TrialOutcome,
    expected: &Expectation<'_>,
    pass: Pass,
) -> Result<Explained, String> {
    let Some(sample) = expected.source.sample() else {
        return Ok(Explained::default());
    };
    let logs: Vec<&AnswerLog> = outcome.logs.iter().collect();
    let earlier_passes = pass.folds() - 1;
    explain_answers(sample, &logs, config, E::INFO.freshness, earlier_passes)
        .map_err(|unexplained| unexplained.to_string())
}

/// Compares the true counts of each week, and whether each view came in its
/// own.
fn check_weeks(outcome: &TrialOutcome, expected: &Expected) -> Result<(), String> {
    let Some(weeks) = &outcome.weeks else {
        return Ok(());
    };
    if weeks.failed > 0 {
        return Err(format!(
            "{} came while their week was not open",
            counted(weeks.failed, "view")
        ));
    }
    let mut pairs = (1..).zip(weeks.truths.iter().zip(&expected.truths));
    match pairs.find(|(_, (found, expected))| found != expected) {
        None if weeks.truths.len() == expected.truths.len() => Ok(()),
        None => Err(format!(
            "it had {}, should have {}",
            counted(weeks.truths.len(), "week"),
            expected.truths.len()
        )),
        Some((week, (found, expected))) => Err(format!(
            "before week {week} was closed it counted {} at {} and {}, \
             should be {} at {} and {}; digest {}, should be {}",
            counted(found.views, "viewer"),
            counted(found.members, "member"),
            counted(found.contents, "content"),
            expected.views,
            expected.members,
            expected.contents,
            found.digest,
            expected.digest
        )),
    }
}

/// Holds the sums of the engine's own counts against the dispositions of what
/// it was given, in this pass and as much before it, and its answers against
/// what it was asked: even where nothing is verified, no event is lost unseen.
pub(super) fn accounts(outcome: &TrialOutcome, pass: Pass) -> Result<(), String> {
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
    ];
    // of viewers that count once there are fewer than views
    let counts = |what: &str| what != "views" || outcome.weeks.is_none();
    let mut of_kind = of_kind.into_iter().filter(|(what, ..)| counts(what));
    if let Some((what, found, given)) = of_kind.find(|(_, found, given)| found != given) {
        return Err(format!(
            "its state holds {found} {what}, should hold {given}"
        ));
    }
    if outcome.answers == outcome.reads {
        return Ok(());
    }
    Err(format!(
        "it answered {} of {}",
        show_whole(outcome.answers),
        counted(outcome.reads, "read")
    ))
}

/// Checks the declaration of freshness of `E` on the first `events` events;
/// on more, where it states a number, so that half of them must be seen.
pub(super) fn freshness_of<E: Engine>(setup: &TrialSetup<'_>, events: u64) -> Result<(), String> {
    if E::INFO.role == Role::Probe {
        return Ok(());
    }
    let stated = match E::INFO.freshness {
        Freshness::Immediate => 0,
        Freshness::Deferred { within } => within.unwrap_or(0),
    };
    let events = events.max(stated.saturating_mul(2));
    let mut prefix: Vec<Event> = Vec::new();
    // where weeks matter, the first one
    let all = weeks_of(setup.source).first().map_or(0, |week| week.1.end);
    setup.source.for_each(0..events.min(all), |event| {
        prefix.push(*event);
    });
    let mut config = EngineConfig::new(2);
    config.views = setup.source.views().afresh();
    config.inbox_capacity = setup.inbox_capacity;
    config.external = setup.external.cloned();
    check_freshness::<E>(&config, &prefix, FRESHNESS_BATCH)
}
