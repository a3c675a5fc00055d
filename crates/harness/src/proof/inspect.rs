//! Holds what a trial's engine gives against what is expected.

use crate::proof::expectation::{Expectation, Expected};
use crate::trial::answers::{AnswerLog, explain_answers};
use crate::trial::epochs::epochs_of;
use crate::trial::outcome::TrialOutcome;
use crate::trial::setup::TrialSetup;
use notibench_core::admission::AnyEngine;
use notibench_core::engine::{EngineConfig, Freshness, Role};
use notibench_core::event::Event;
use notibench_core::proof::explained::Explained;
use notibench_core::proof::{check_answers, check_freshness_of, check_shown};
use notibench_core::unit::digest::Digest;
use notibench_core::unit::quantity::{counted, show_whole};
use notibench_record::Pass;

/// Events of one batch where freshness is checked.
const FRESHNESS_BATCH: usize = 97;

/// What a contender's trial gives: the outcome, and what the proof found.
pub(crate) type Proved = (TrialOutcome, Finding);

/// What a trial's proof found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Finding {
    /// The first thing that is wrong, in words.
    pub(crate) wrong: Option<String>,
    /// Reads compared.
    pub(crate) reads: u64,
    /// Answers under load that were held against the history.
    pub(crate) explained: Explained,
    /// Whether anything was compared.
    pub(crate) checked: bool,
    /// Where events were skipped, what the oracle says of the others.
    pub(crate) of_taken: Option<OfTaken>,
}

/// Digests of what was not skipped.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OfTaken {
    /// Of the events, from the generator.
    pub(crate) events: Digest,
    /// Of the oracle's snapshot.
    pub(crate) snapshot: Digest,
}

/// Compares an engine at rest, and what it was given, with what is expected.
pub(crate) fn inspect(
    engine: &dyn AnyEngine,
    config: &EngineConfig,
    outcome: &TrialOutcome,
    expected: Option<&Expectation<'_>>,
    pass: Pass,
) -> Finding {
    if engine.info().role == Role::Probe {
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
        if outcome.counts.digest != events {
            return Err(format!(
                "the events ingested have digest {}, the generator's {events}: {} of {}",
                outcome.counts.digest,
                outcome.counts.events,
                counted(expected.source.events(), "event")
            ));
        }
        if outcome.snapshot != after.snapshot {
            let oracle = || expected.oracle_snapshot(pass, taken);
            check_shown(engine, &config.views, after.snapshot, oracle)?;
        }
        check_epochs(outcome, after)?;
        accounted?;
        check_answers(engine, config, &after.reads, &after.answers)?;
        let explained = explained(engine.info().freshness, config, outcome, expected, pass)?;
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
pub(crate) fn explained(
    freshness: Freshness,
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
    explain_answers(sample, &logs, config, freshness, earlier_passes)
        .map_err(|unexplained| unexplained.to_string())
}

/// Compares the true counts of each epoch, and whether each view came in its
/// own.
fn check_epochs(outcome: &TrialOutcome, expected: &Expected) -> Result<(), String> {
    let Some(epochs) = &outcome.epochs else {
        return Ok(());
    };
    if epochs.failed > 0 {
        return Err(format!(
            "{} came while their week was not open",
            counted(epochs.failed, "view")
        ));
    }
    let mut pairs = (1..).zip(epochs.truths.iter().zip(&expected.truths));
    match pairs.find(|(_, (found, expected))| found != expected) {
        None if epochs.truths.len() == expected.truths.len() => Ok(()),
        None => Err(format!(
            "it had {}, should have {}",
            counted(epochs.truths.len(), "week"),
            expected.truths.len()
        )),
        Some((epoch, (found, expected))) => Err(format!(
            "before week {epoch} was closed it counted {} at {} and {}, \
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
pub(crate) fn accounts(outcome: &TrialOutcome, pass: Pass) -> Result<(), String> {
    let (counts, snapshot) = (&outcome.counts, &outcome.snapshot);
    let folds = pass.folds() as i64;
    let delivered = folds * (counts.notified as i64 - counts.retracted as i64);
    let of_kind = [
        (
            "notifications less those taken back",
            snapshot.delivered,
            delivered,
        ),
        (
            "views",
            snapshot.views as i64,
            folds * counts.aggregated as i64,
        ),
    ];
    // of viewers that count once there are fewer than views
    let is_counted = |what: &str| what != "views" || outcome.epochs.is_none();
    let mut of_kind = of_kind.into_iter().filter(|(what, ..)| is_counted(what));
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

/// Checks an engine's declaration of freshness on the first `events` events;
/// on more, where it states a number, so that half of them must be seen.
pub(crate) fn check_declared_freshness(
    build: &dyn Fn(&EngineConfig) -> Box<dyn AnyEngine>,
    freshness: Freshness,
    setup: &TrialSetup<'_>,
    events: u64,
) -> Result<(), String> {
    let stated = match freshness {
        Freshness::Immediate => 0,
        Freshness::Deferred { within } => within.unwrap_or(0),
    };
    let events = events.max(stated.saturating_mul(2));
    let mut prefix: Vec<Event> = Vec::new();
    // where epochs matter, the first one
    let all = epochs_of(setup.source)
        .first()
        .map_or(0, |epoch| epoch.1.end);
    setup.source.for_each(0..events.min(all), |event| {
        prefix.push(*event);
    });
    let mut config = EngineConfig::new(2);
    config.views = setup.source.views().afresh();
    config.inbox_capacity = setup.inbox_capacity;
    config.external = setup.external.cloned();
    check_freshness_of(build, freshness, &config, &prefix, FRESHNESS_BATCH)
}
