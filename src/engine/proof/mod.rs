//! Whether an engine is right: its snapshot, its answers and its freshness
//! checked against the oracle's. Imports the contract, the oracle, snapshots.
//!
//! Every function drives sessions on threads of their own, since an engine
//! may need all its sessions at work at once.

pub mod explained;
mod freshness;

use std::thread;

use super::read::Answer;
use super::snapshot::{Snapshot, SnapshotDigest, answer_difference, first_difference};
use super::viewing::{Admitting, Views, open_session};
use super::{Engine, EngineConfig, Session, StopFlag};
use crate::event::{Event, Read};
use crate::unit::quantity::counted;
pub use freshness::{check_freshness, reads_about};

/// Folds `events` in batches of `batch`, dealt in turn to one session a
/// thread, and finishes the sessions.
///
/// # Errors
/// Where a session panics: its message.
///
/// # Panics
/// Where `batch` is 0.
pub fn fold_on_threads<E: Engine>(
    engine: &E,
    config: &EngineConfig,
    events: &[Event],
    batch: usize,
) -> Result<(), String> {
    on_every_session(engine, config, |worker, mut session| {
        for share in events.chunks(batch).skip(worker).step_by(config.threads) {
            session.ingest(share);
        }
        session.finish();
        Ok(())
    })
}

/// Compares the digest of an engine at rest with the oracle's. Only where
/// they differ `oracle` is asked for its snapshot.
///
/// # Errors
/// The first difference, in words.
pub fn check_snapshot<E: Engine>(
    engine: &E,
    expected: SnapshotDigest,
    oracle: impl FnOnce() -> Snapshot,
) -> Result<(), String> {
    check_shown(engine, &Views::default(), expected, oracle)
}

/// The same of what anybody may see: [`Snapshot::shown`].
///
/// # Errors
/// The first difference, in words.
pub fn check_shown<E: Engine>(
    engine: &E,
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
pub fn check_answers<E: Engine>(
    engine: &E,
    config: &EngineConfig,
    reads: &[Read],
    expected: &[Answer],
) -> Result<(), String> {
    assert_eq!(
        reads.len(),
        expected.len(),
        "an answer is expected for each read"
    );
    on_every_session(engine, config, |worker, mut session| {
        let mine = |at: &usize| at % config.threads == worker;
        let positions: Vec<usize> = (0..reads.len()).filter(mine).collect();
        let reads: Vec<Read> = positions.iter().map(|&at| reads[at]).collect();
        let expected: Vec<&Answer> = positions.iter().map(|&at| &expected[at]).collect();
        let verdict = compare_answers(&mut session, &reads, &expected);
        session.finish();
        verdict
    })
}

/// One session's answers against those expected: each right, each once.
fn compare_answers(
    session: &mut impl Session,
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

/// Opens every session of an engine on a thread of its own and gives it to
/// `work`; the error of the lowest worker that has one.
pub(crate) fn on_every_session<E: Engine>(
    engine: &E,
    config: &EngineConfig,
    work: impl Fn(usize, Admitting<E::Session<'_>>) -> Result<(), String> + Sync,
) -> Result<(), String> {
    let work = &work;
    thread::scope(|scope| {
        let spawn = |worker| {
            scope.spawn(move || {
                let _stop = StopOnPanic(&config.stop);
                work(worker, open_session(engine, &config.views, worker))
            })
        };
        let workers: Vec<_> = (0..config.threads).map(spawn).collect();
        let mut verdict = Ok(());
        for (worker, handle) in workers.into_iter().enumerate() {
            let said = handle
                .join()
                .unwrap_or_else(|panic| Err(panic_words(worker, &*panic)));
            verdict = verdict.and(said);
        }
        verdict
    })
}

fn panic_words(worker: usize, panic: &(dyn std::any::Any + Send)) -> String {
    let message = panic.downcast_ref::<&str>().copied();
    let message = message.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!(
        "session {worker} panicked: {}",
        message.unwrap_or("it gave no message")
    )
}

/// Lets the other sessions give up their waits when this one panics.
struct StopOnPanic<'a>(&'a StopFlag);

impl Drop for StopOnPanic<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.set();
        }
    }
}
