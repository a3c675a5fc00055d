//! An engine's snapshot and answers beside the oracle's.

use super::sessions::on_threads;
use crate::admission::{AnyEngine, AnySession};
use crate::engine::EngineConfig;
use crate::event::Read;
use crate::read::Answer;
use crate::snapshot::{Snapshot, SnapshotDigest, answer_difference, first_difference};
use crate::unit::quantity::counted;
use crate::viewing::Views;

/// Compares the digest of an engine at rest with the oracle's. Only where
/// they differ `oracle` is asked for its snapshot.
///
/// # Errors
/// The first difference, in words.
pub fn check_snapshot(
    engine: &dyn AnyEngine,
    expected: SnapshotDigest,
    oracle: impl FnOnce() -> Snapshot,
) -> Result<(), String> {
    check_shown(engine, &Views::default(), expected, oracle)
}

/// The same of what anybody may see: [`Snapshot::shown`].
///
/// # Errors
/// The first difference, in words.
pub fn check_shown(
    engine: &dyn AnyEngine,
    views: &Views,
    expected: SnapshotDigest,
    oracle: impl FnOnce() -> Snapshot,
) -> Result<(), String> {
    let found = SnapshotDigest::shown(engine, views);
    if found == expected {
        return Ok(());
    }
    match first_difference(&oracle(), &Snapshot::shown(engine, views)) {
        Some(words) => Err(words),
        None => Err(format!(
            "the snapshots are equal line by line, but the digest is {} of {} and {}, \
             should be {} of {} and {}: the state changed between two visits, or the \
             expected digest is of another stream",
            found.digest,
            counted(found.members, "member"),
            counted(found.contents, "content"),
            expected.digest,
            expected.members,
            expected.contents
        )),
    }
}

/// Asks an engine at rest `reads`, dealt in turn to all its sessions, and
/// compares each answer with the one in `expected` at the same position.
///
/// # Errors
/// The first difference that some session finds, in words; or its panic.
///
/// # Panics
/// Where `reads` and `expected` are not of one length.
pub fn check_answers(
    engine: &dyn AnyEngine,
    config: &EngineConfig,
    reads: &[Read],
    expected: &[Answer],
) -> Result<(), String> {
    assert_eq!(
        reads.len(),
        expected.len(),
        "an answer is expected for each read"
    );
    on_threads(config, &|worker| {
        let mut session = engine.open(&config.views, worker);
        let mine = |at: &usize| at % config.threads == worker;
        let positions: Vec<usize> = (0..reads.len()).filter(mine).collect();
        let reads: Vec<Read> = positions.iter().map(|&at| reads[at]).collect();
        let expected: Vec<&Answer> = positions.iter().map(|&at| &expected[at]).collect();
        let verdict = compare_answers(&mut *session, &reads, &expected);
        session.finish();
        verdict
    })
}

/// One session's answers against those expected: each right, each once.
pub(super) fn compare_answers(
    session: &mut dyn AnySession,
    reads: &[Read],
    expected: &[&Answer],
) -> Result<(), String> {
    let mut times = vec![0_u32; reads.len()];
    let mut wrong = None;
    session.read(reads, &mut |at, answer| match expected.get(at) {
        Some(expected) => {
            times[at] += 1;
            if let Some(words) = answer_difference(expected, answer) {
                wrong.get_or_insert_with(|| format!("{}: {words}", name_of(&reads[at])));
            }
        }
        None => {
            wrong.get_or_insert_with(|| {
                format!(
                    "an answer came for read {at}, of {}",
                    counted(reads.len(), "read")
                )
            });
        }
    });
    if let Some(at) = times.iter().position(|&times| times != 1) {
        let name = name_of(&reads[at]);
        wrong.get_or_insert_with(|| {
            let answered = counted(times[at], "time");
            format!("{name}: answered {answered}, should be once")
        });
    }
    wrong.map_or(Ok(()), Err)
}

fn name_of(read: &Read) -> String {
    let whose = if read.kind.is_of_content() {
        "content"
    } else {
        "member"
    };
    format!("{whose} {}: {} read", read.id, read.kind.name())
}
