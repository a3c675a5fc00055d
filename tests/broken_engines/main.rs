//! Engines that are wrong on purpose, each in one way: every one of them is
//! caught by the checks that a run makes.

#[path = "../common/mod.rs"]
mod common;
mod freshness;
mod workloads;

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use common::Stream;
use notibench_core::engine::{
    Engine, EngineConfig, EngineInfo, Freshness, MemoryUse, Role, Session,
};
use notibench_core::event::{Event, Kind, Read, ReadKind, Segment};
use notibench_core::oracle::Oracle;
use notibench_core::policy::{Disposition, effect_of};
use notibench_core::proof::{check_answers, check_freshness, check_snapshot, fold_on_threads};
use notibench_core::read::Answer;
use notibench_core::snapshot::{Snapshot, SnapshotDigest, first_difference};
use notibench_core::state::{StateMut, StateRef};
use notibench_engines::maps::dashmap::{DashMapEngine, DashMapSession};

/// Nothing is wrong: the control of these tests.
const SOUND: u8 = 0;
/// Loses one event in a million.
const LOSES: u8 = 1;
/// Applies one event in a million twice.
const DOUBLES: u8 = 2;
/// Takes one like of a post in a million for one of an article.
const SWAPS_KIND: u8 = 3;
/// Counts one view in a million for another segment.
const SWAPS_SEGMENT: u8 = 4;
/// Takes one undo in a million for what it undoes.
const SWAPS_UNDO: u8 = 5;
/// Answers what it answered when it was first asked.
const STALE: u8 = 6;
/// Leaves one read in a million without an answer.
const MUTE: u8 = 7;
/// Keeps what a session ingested to itself until it is finished, though it
/// declares to be immediate.
const LATE: u8 = 8;
/// Panics on one event in a million.
const PANICS: u8 = 9;
/// Keeps up to `HELD` events of a session to itself, and says so.
const DEFERS: u8 = 10;
/// The same, and keeps twice as many.
const DEFERS_LONGER: u8 = 11;
/// Answers reads of pushes as it did when it was first asked.
const STALE_PUSHES: u8 = 13;
/// Takes the id 0 for that of nobody.
const IGNORES_ZERO: u8 = 12;

/// Gives one answer in a hundred as it gave it before, whatever was written since.
const OLD_AT_TIMES: u8 = 14;

/// What a session that defers may keep to itself.
const HELD: usize = 500;

/// One in this many, at the same place in each.
const PERIOD: u64 = 1_000_000;
const PLACE: u64 = 777;

/// The default engine with a fault.
struct Broken<const FAULT: u8> {
    inner: DashMapEngine,
    seen: AtomicU64,
    first_answers: Mutex<HashMap<(u64, ReadKind), Answer>>,
}

impl<const FAULT: u8> Broken<FAULT> {
    /// Whether the fault strikes now; called only where it can be seen.
    fn strikes(&self) -> bool {
        self.seen.fetch_add(1, Ordering::Relaxed) % PERIOD == PLACE
    }

    /// The event as this engine understands it: none, one or two.
    fn understand(&self, event: &Event) -> ([Event; 2], usize) {
        let disposition = effect_of(event).disposition;
        let counts = disposition == Disposition::Aggregate || disposition == Disposition::Notify;
        let same = *event;
        match FAULT {
            IGNORES_ZERO if event.recipient == 0 => ([same; 2], 0),
            LOSES if counts && self.strikes() => ([same; 2], 0),
            DOUBLES if counts && self.strikes() => ([same; 2], 2),
            PANICS if counts && self.strikes() => panic!("a slip in the engine"),
            SWAPS_KIND if counts && event.kind() == Kind::PostLike && self.strikes() => (
                [with(event, Kind::ArticleLike, event.segment(), false); 2],
                1,
            ),
            SWAPS_SEGMENT if disposition == Disposition::Aggregate && self.strikes() => {
                let other = Segment::from_bits(event.segment() as u64 + 1);
                ([with(event, event.kind(), other, false); 2], 1)
            }
            SWAPS_UNDO if disposition == Disposition::Retract && self.strikes() => {
                ([with(event, event.kind(), event.segment(), false); 2], 1)
            }
            _ => ([same; 2], 1),
        }
    }
}

fn with(event: &Event, kind: Kind, segment: Segment, undo: bool) -> Event {
    let actor = (event.actor, segment);
    Event::new(
        event.index(),
        event.at_us,
        kind,
        undo,
        actor,
        event.recipient,
        event.content,
    )
}

impl<const FAULT: u8> Engine for Broken<FAULT> {
    const INFO: EngineInfo = EngineInfo {
        name: "broken",
        role: Role::Engine,
        freshness: if FAULT == DEFERS || FAULT == DEFERS_LONGER {
            Freshness::Deferred {
                within: Some(HELD as u64),
            }
        } else {
            Freshness::Immediate
        },
        about: "wrong on purpose, for these tests only",
    };
    type Session<'engine> = BrokenSession<'engine, FAULT>;

    fn build(config: &EngineConfig) -> Self {
        let inner = DashMapEngine::build(config);
        Self {
            inner,
            seen: AtomicU64::new(0),
            first_answers: Mutex::default(),
        }
    }

    fn session(&self, worker: usize) -> BrokenSession<'_, FAULT> {
        BrokenSession {
            engine: self,
            inner: self.inner.session(worker),
            kept: Vec::new(),
            earlier: HashMap::new(),
            asked: 0,
        }
    }

    fn visit(&self, visit: &(dyn Fn(StateRef<'_>) + Sync)) {
        self.inner.visit(visit);
    }

    fn visit_mut(&self, visit: &(dyn Fn(StateMut<'_>) + Sync)) {
        self.inner.visit_mut(visit);
    }

    fn memory(&self) -> MemoryUse {
        self.inner.memory()
    }
}

struct BrokenSession<'engine, const FAULT: u8> {
    engine: &'engine Broken<FAULT>,
    inner: DashMapSession<'engine>,
    kept: Vec<Event>,
    earlier: HashMap<(u64, ReadKind), Answer>,
    asked: u64,
}

impl<const FAULT: u8> Session for BrokenSession<'_, FAULT> {
    fn ingest(&mut self, batch: &[Event]) {
        let most = match FAULT {
            LATE => usize::MAX,
            DEFERS => HELD,
            DEFERS_LONGER => 2 * HELD,
            _ => 0,
        };
        if most > 0 {
            self.kept.extend_from_slice(batch);
            if self.kept.len() > most {
                self.inner.ingest(&self.kept);
                self.kept.clear();
            }
            return;
        }
        let mut understood = Vec::with_capacity(batch.len());
        for event in batch {
            let (events, count) = self.engine.understand(event);
            understood.extend_from_slice(&events[..count]);
        }
        self.inner.ingest(&understood);
    }

    fn read(&mut self, reads: &[Read], sink: &mut impl FnMut(usize, &Answer)) {
        let engine = self.engine;
        let (earlier, asked) = (&mut self.earlier, &mut self.asked);
        self.inner.read(reads, &mut |at, answer| {
            if FAULT == OLD_AT_TIMES {
                *asked += 1;
                let key = (reads[at].id, reads[at].kind);
                let old = earlier.insert(key, answer.clone());
                return match old.filter(|_| asked.is_multiple_of(100)) {
                    Some(old) => sink(at, &old),
                    None => sink(at, answer),
                };
            }
            if FAULT == MUTE && engine.strikes() {
                return;
            }
            let is_of_pushes = reads[at].kind == ReadKind::Pushes;
            if FAULT == STALE || (FAULT == STALE_PUSHES && is_of_pushes) {
                let mut first = engine.first_answers.lock().unwrap();
                let key = (reads[at].id, reads[at].kind);
                sink(at, first.entry(key).or_insert_with(|| answer.clone()));
            } else {
                sink(at, answer);
            }
        });
    }

    fn finish(mut self) {
        self.inner.ingest(&self.kept);
        self.inner.finish();
    }
}

/// Folds the stream, then makes the checks that a run makes.
fn prove<const FAULT: u8>(events: &[Event]) -> Result<(), String> {
    let config = EngineConfig::new(2);
    let engine = Broken::<FAULT>::build(&config);
    let mut oracle = Oracle::default();
    oracle.fold_all(events);
    // reads in the middle of the run, as a workload has them
    let reads = oracle.sample_reads(1000);
    for half in events.chunks(events.len().div_ceil(2)) {
        fold_on_threads(&engine, &config, half, 256)?;
        let mut session = engine.session(0);
        session.read(&reads[..reads.len() / 2], &mut |_, _| {});
        session.finish();
    }
    check_snapshot(&engine, oracle.digest(), || oracle.snapshot())?;
    let expected: Vec<Answer> = reads.iter().map(|read| oracle.answer(read)).collect();
    check_answers(&engine, &config, &reads, &expected)
}

/// Small: the fault strikes once.
fn small() -> Vec<Event> {
    Stream::crowded(31, 20_000).make()
}

/// The fault is caught by what it changes, and the words say what.
fn assert_caught(verdict: Result<(), String>, words: &[&str]) {
    let said = verdict.expect_err("the fault was not caught");
    for word in words {
        assert!(said.contains(word), "`{said}` does not say `{word}`");
    }
}

#[test]
fn a_sound_engine_in_the_same_wrapping_passes() {
    prove::<SOUND>(&small()).unwrap();
    check_freshness::<Broken<SOUND>>(&EngineConfig::new(2), &small()[..2_000], 10).unwrap();
}

#[test]
fn one_lost_event_is_caught() {
    assert_caught(prove::<LOSES>(&small()), &[" is ", ", should be "]);
}

#[test]
fn one_doubled_event_is_caught() {
    assert_caught(prove::<DOUBLES>(&small()), &[" is ", ", should be "]);
}

#[test]
fn one_event_in_a_real_million_is_caught() {
    let stream = Stream {
        seed: 32,
        events: 1_000_000,
        members: 50_000,
        contents: 20_000,
    };
    let events = stream.make();
    prove::<SOUND>(&events).unwrap();
    assert_caught(prove::<LOSES>(&events), &[" is ", ", should be "]);
    assert_caught(prove::<DOUBLES>(&events), &[" is ", ", should be "]);
}

#[test]
fn one_swapped_class_is_caught() {
    assert_caught(
        prove::<SWAPS_KIND>(&small()),
        &["member ", "delivered post_like is "],
    );
    assert_caught(prove::<SWAPS_SEGMENT>(&small()), &["views by "]);
    assert_caught(prove::<SWAPS_UNDO>(&small()), &["member ", "delivered "]);
}

#[test]
fn stale_answers_are_caught_though_the_state_is_right() {
    assert_caught(prove::<STALE>(&small()), &[" read: "]);
    let verdict = check_freshness::<Broken<STALE>>(&EngineConfig::new(2), &small()[..2_000], 10);
    assert_caught(verdict, &["after ", "another session sees: "]);
}

#[test]
fn answers_that_never_come_are_caught() {
    let config = EngineConfig::new(1);
    let engine = Broken::<MUTE>::build(&config);
    let reads = vec![
        Read {
            id: 1,
            kind: ReadKind::Badge
        };
        1_000
    ];
    let verdict = check_answers(&engine, &config, &reads, &vec![Answer::Badge(0); 1_000]);
    assert_caught(
        verdict,
        &["member 1: badge read: answered 0 times, should be once"],
    );
}

#[test]
fn a_panic_in_a_session_is_an_error_with_its_message() {
    assert_caught(
        prove::<PANICS>(&small()),
        &["session ", "panicked: a slip in the engine"],
    );
    let events = small();
    let verdict = check_freshness::<Broken<PANICS>>(&EngineConfig::new(2), &events, 1_000);
    assert_caught(verdict, &["session 0 panicked: a slip in the engine"]);
}

/// No two streams of one event less, or one more, share a digest: each event
/// of a stream that counts is lost and doubled in turn.
#[test]
fn whichever_event_is_lost_or_doubled_the_digest_differs() {
    let events = Stream::crowded(33, 600).make();
    let digest = |events: &[Event]| -> SnapshotDigest {
        let mut oracle = Oracle::default();
        oracle.fold_all(events);
        oracle.digest()
    };
    let expected = digest(&events);
    let mut tried = 0;
    for at in 0..events.len() {
        let disposition = effect_of(&events[at]).disposition;
        if matches!(disposition, Disposition::Discard | Disposition::OwnAct) {
            continue;
        }
        let mut changed = events.clone();
        changed.push(events[at]);
        assert_ne!(digest(&changed), expected, "doubled {at}");
        changed.pop();
        changed.remove(at);
        assert_ne!(digest(&changed), expected, "lost {at}");
        tried += 1;
    }
    assert!(tried > 300, "only {tried} events count");
}

/// A snapshot that a broken engine gives is named by its first difference.
#[test]
fn the_first_difference_is_that_of_the_event_that_was_lost() {
    let actor = |actor| (actor, Segment::Student);
    let event = |index, actor| Event::new(index, 0, Kind::MemberFollow, false, actor, 17, 0);
    let events = [event(0, actor(1)), event(1, actor(2))];
    let snapshot = |events: &[Event]| -> Snapshot {
        let mut oracle = Oracle::default();
        oracle.fold_all(events);
        oracle.snapshot()
    };
    assert_eq!(
        first_difference(&snapshot(&events), &snapshot(&events[..1])).unwrap(),
        "member 17: delivered member_follow is 1, should be 2"
    );
    assert_eq!(
        first_difference(&snapshot(&events), &snapshot(&[])).unwrap(),
        "member 17 is missing"
    );
}
