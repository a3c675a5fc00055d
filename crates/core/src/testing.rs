//! For the tests of engines: a pseudo-random stream, its plain fold, and checks
//! that an engine comes to the same.

use std::collections::HashMap;
use std::sync::Barrier;

use super::read::{Answer, answer_read};
use super::snapshot::{ContentLine, MemberLine, Snapshot};
use super::state::{Content, Member, for_each_update};
use super::viewing::Views;
use crate::engine::{Engine, EngineConfig, Session};
use crate::event::{Event, Kind, Read, ReadKind, Segment};
use crate::unit::mix::{below, counter_word};

/// Members and contents of a stream: few enough that all meet.
const IDS: u64 = 400;

/// `events` events of all kinds over a few ids.
pub fn stream(seed: u64, events: u64) -> Vec<Event> {
    stream_over(IDS, seed, events)
}

/// `events` events of all kinds; low ids come more often.
pub fn stream_over(ids: u64, seed: u64, events: u64) -> Vec<Event> {
    let event = |index: u64| {
        let word = |field: u64| counter_word(seed, index * 8 + field);
        let id = |field: u64| 1 + below(word(field), 1 + below(word(field + 1), ids));
        let kind = Kind::from_bits(word(0));
        let undo = kind.is_undoable() && word(0) >> 32 & 3 == 0;
        let actor = 1 + word(1) % 20;
        let content = if kind.has_content() { id(2) } else { 0 };
        let segment = Segment::from_bits(actor);
        Event::new(index, index, kind, undo, (actor, segment), id(4), content)
    };
    (0..events).map(event).collect()
}

/// The fold of a stream, one event after the other.
#[derive(Default)]
pub struct Fold {
    members: HashMap<u64, Member>,
    contents: HashMap<u64, Content>,
}

impl Fold {
    /// The fold of these events.
    #[must_use]
    pub fn of(events: &[Event]) -> Self {
        let mut fold = Self::default();
        let capacity = super::state::INBOX_CAPACITY;
        for event in events {
            for_each_update(
                event,
                |update| {
                    fold.members
                        .entry(update.member)
                        .or_default()
                        .apply(&update, capacity);
                },
                |update| {
                    fold.contents
                        .entry(update.content)
                        .or_default()
                        .apply(&update);
                },
            );
        }
        fold
    }

    /// The final state.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let members = self.members.iter().filter(|(_, state)| state.is_present());
        let contents = self.contents.iter().filter(|(_, state)| state.is_present());
        Snapshot::from_lines(
            members
                .map(|(&id, state)| MemberLine::of(id, state))
                .collect(),
            contents
                .map(|(&id, state)| ContentLine::of(id, state))
                .collect(),
        )
    }

    /// What a read answers.
    #[must_use]
    pub fn answer(&self, read: &Read) -> Answer {
        let (members, contents) = (&self.members, &self.contents);
        answer_read(
            read,
            &Views::default(),
            |id, look| look(members.get(&id)),
            |id, look| look(contents.get(&id)),
        )
    }
}

/// Every kind of read of every id, and of some that have no state.
pub fn all_reads() -> Vec<Read> {
    let of_id = |id| ReadKind::ALL.map(|kind| Read { id, kind });
    (0..IDS + 10).flat_map(of_id).collect()
}

/// Opens the session of every worker, each on a thread of its own, and gives
/// it to `work` once all are open.
pub fn with_sessions<E: Engine>(
    engine: &E,
    threads: usize,
    work: impl for<'engine> Fn(usize, E::Session<'engine>) + Sync,
) {
    let (work, all_open) = (&work, &Barrier::new(threads));
    std::thread::scope(|scope| {
        for worker in 0..threads {
            scope.spawn(move || {
                let session = engine.session(worker);
                all_open.wait();
                work(worker, session);
            });
        }
    });
}

/// Ingests the stream with `threads` sessions in batches of `batch`, reads
/// among them.
pub fn ingest<E: Engine>(engine: &E, threads: usize, events: &[Event], batch: usize) {
    let reads = all_reads();
    with_sessions(engine, threads, |worker, mut session| {
        let share = events.len().div_ceil(threads);
        let own = events.chunks(share).nth(worker).unwrap_or(&[]);
        for (turn, batch) in own.chunks(batch).enumerate() {
            session.ingest(batch);
            if turn % 16 == 7 {
                let start = turn * 31 % (reads.len() - 50);
                answers(&mut session, &reads[start..start + 50]);
            }
        }
        session.finish();
    });
}

/// The answers to `reads`, in their order: exactly one to each.
pub fn answers(session: &mut impl Session, reads: &[Read]) -> Vec<Answer> {
    let mut answers = vec![None; reads.len()];
    session.read(reads, &mut |at, answer| {
        assert_eq!(
            answers[at].replace(answer.clone()),
            None,
            "answered twice: {:?}",
            reads[at]
        );
    });
    let answers: Vec<Answer> = answers.into_iter().flatten().collect();
    assert_eq!(answers.len(), reads.len(), "some reads were not answered");
    answers
}

/// Checks snapshot and answers against the fold, at `threads` threads; then
/// that further events are added to what is there.
pub fn agrees_with_fold<E: Engine>(threads: usize, batch: usize) {
    let events = stream(7 + threads as u64, 30_000);
    let (first, second) = events.split_at(20_000);
    let engine = E::build(&EngineConfig::new(threads));
    ingest(&engine, threads, first, batch);
    holds(&engine, threads, &Fold::of(first));
    ingest(&engine, threads, second, batch);
    holds(&engine, threads, &Fold::of(&events));
}

/// Checks that sessions which pause together between slices of very different
/// lengths come to the fold, and that none waits for another that has paused.
pub fn agrees_in_slices<E: Engine>(threads: usize) {
    let events = stream(11 + threads as u64, 20_000);
    let reads = all_reads();
    let engine = E::build(&EngineConfig::new(threads));
    let paused = &Barrier::new(threads);
    with_sessions(&engine, threads, |worker, mut session| {
        for (number, slice) in events.chunks(2_000).enumerate() {
            // one worker has nearly all of a slice, and some have nothing
            let own = match (number + worker) % threads {
                0 => &slice[100..],
                1 => &slice[..100],
                _ => &[],
            };
            for batch in own.chunks(70) {
                session.ingest(batch);
                answers(&mut session, &reads[number * 10..number * 10 + 5]);
            }
            if threads == 1 {
                session.ingest(&slice[..100]);
            }
            session.pause();
            paused.wait();
        }
        session.finish();
    });
    holds(&engine, threads, &Fold::of(&events));
}

/// Checks the snapshot, and the answers that every session gives.
pub fn holds<E: Engine>(engine: &E, threads: usize, fold: &Fold) {
    assert!(
        Snapshot::of(engine) == fold.snapshot(),
        "{threads} threads: another snapshot"
    );
    let reads = all_reads();
    let expected: Vec<Answer> = reads.iter().map(|read| fold.answer(read)).collect();
    with_sessions(engine, threads, |_, mut session| {
        assert!(
            answers(&mut session, &reads) == expected,
            "{threads} threads: another answer"
        );
        session.finish();
    });
    let memory = engine.memory();
    let members = fold.members.len() * size_of::<Member>();
    let contents = fold.contents.len() * size_of::<Content>();
    let of_members = fold.members.values().map(Member::heap_bytes);
    let of_contents = fold.contents.values().map(Content::heap_bytes);
    let on_heap: u64 = of_members.chain(of_contents).map(|bytes| bytes.0).sum();
    assert_eq!(memory.state, (members + contents) as u64 + on_heap);
    assert!(memory.map > 0 || memory.is_without_map);
}
