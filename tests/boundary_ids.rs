//! Ids at the ends of their range, which no engine may take for "none": 0, 1,
//! and those where a word of 32 or 64 bits ends.

mod common;

use common::Draws;
use common::checks::{config, oracle_of};
use notibench::engine::oracle::Oracle;
use notibench::engine::proof::{check_answers, check_freshness, check_shown, fold_on_threads};
use notibench::engine::read::Answer;
use notibench::engine::registry::{ENTRIES, EngineVisitor, dispatch};
use notibench::engine::viewing::Views;
use notibench::engine::{Engine, EngineConfig, Freshness, Role, Session};
use notibench::event::{Event, Kind, Read, ReadKind, Segment};
use notibench::policy::HiddenShare;
use proptest::prelude::*;

/// The ids that members and contents have.
const IDS: [u64; 6] = [0, 1, (1 << 32) - 1, 1 << 32, u64::MAX - 1, u64::MAX];
/// Ids that have no state, beside [`IDS`].
const UNKNOWN: [u64; 2] = [2, 1 << 63];

/// A stream over [`IDS`] alone. A content may have the id 0, too: whether an
/// event has a content is told by its kind.
fn stream(seed: u64, events: u64) -> Vec<Event> {
    let event = |index: u64| {
        let mut draws = Draws {
            key: seed ^ index << 20,
            at: 0,
        };
        let kind = Kind::from_bits(draws.word());
        let mut id = || IDS[draws.below(IDS.len() as u64) as usize];
        let (recipient, content) = (id(), id());
        let actor = if kind == Kind::MarkRead {
            recipient
        } else {
            id()
        };
        let undo = kind.is_undoable() && draws.below(4) == 0;
        let actor = (actor, Segment::from_bits(actor));
        let content = if kind.has_content() { content } else { 0 };
        Event::new(index, index * 1_000, kind, undo, actor, recipient, content)
    };
    (0..events).map(event).collect()
}

/// Every kind of read of every id, each three times: the second time an answer
/// may be kept, and the third time it may be what was kept.
fn reads() -> Vec<Read> {
    let ids = IDS.into_iter().chain(UNKNOWN);
    let of_id = |id| ReadKind::ALL.map(|kind| Read { id, kind });
    let once: Vec<Read> = ids.flat_map(of_id).collect();
    once.repeat(3)
}

fn answers_of(oracle: &Oracle, reads: &[Read]) -> Vec<Answer> {
    reads.iter().map(|read| oracle.answer(read)).collect()
}

/// Folds the stream on threads and in one session that is asked between its
/// batches, and compares with the oracle all that can be asked.
#[derive(Clone, Copy)]
struct AsTheOracle<'a> {
    events: &'a [Event],
    threads: usize,
    batch: usize,
    unique: bool,
}

impl AsTheOracle<'_> {
    fn config(&self) -> EngineConfig {
        let mut config = config(self.threads, 4);
        if self.unique {
            config.views = Views::unique(HiddenShare::new(0.3));
        }
        config
    }

    /// All of the stream, dealt to the sessions.
    fn at_rest<E: Engine>(&self) -> Result<(), String> {
        let config = self.config();
        let engine = E::build(&config);
        config.views.open_epoch(0)?;
        let mut oracle = Oracle::counting(config.inbox_capacity, &config.views);
        oracle.fold_all(self.events);
        fold_on_threads(&engine, &config, self.events, self.batch)?;
        let (views, digest) = (&config.views, oracle.shown_digest());
        check_shown(&engine, views, digest, || oracle.shown_snapshot())?;
        let mut reads = reads();
        // they are dealt in turn: so each session is asked each of them
        for _ in 0..config.threads {
            check_answers(&engine, &config, &reads, &answers_of(&oracle, &reads))?;
            reads.rotate_left(1);
        }
        Ok(())
    }

    /// One session that ingests and is asked in turn, where its reads see
    /// what it ingested.
    fn in_turn<E: Engine>(&self) -> Result<(), String> {
        if E::INFO.freshness != Freshness::Immediate || self.threads > 1 {
            return Ok(());
        }
        let engine = E::build(&config(1, 4));
        let (mut session, reads) = (engine.session(0), reads());
        for (turn, share) in self.events.chunks(self.batch).enumerate() {
            session.ingest(share);
            let folded = &self.events[..turn * self.batch + share.len()];
            let expected = answers_of(&oracle_of(folded, 4), &reads);
            let mut wrong = None;
            session.read(&reads, &mut |at, answer| {
                if *answer != expected[at] {
                    wrong = Some(format!(
                        "{:?}: {answer:?}, not {:?}",
                        reads[at], expected[at]
                    ));
                }
            });
            wrong.map_or(Ok(()), Err)?;
        }
        session.finish();
        Ok(())
    }
}

impl EngineVisitor for AsTheOracle<'_> {
    type Output = Result<(), String>;

    fn visit<E: Engine>(self) -> Self::Output {
        let fresh = || check_freshness::<E>(&config(2, 4), self.events, self.batch);
        self.at_rest::<E>()
            .and_then(|()| self.in_turn::<E>())
            .and_then(|()| fresh())
            .map_err(|words| {
                let (name, threads, batch) = (E::INFO.name, self.threads, self.batch);
                format!("{name}, {threads} threads, batches of {batch}: {words}")
            })
    }
}

fn on_every_engine(case: AsTheOracle<'_>) -> Result<(), String> {
    for info in ENTRIES.iter().filter(|info| info.role != Role::Probe) {
        dispatch(info.name, case).expect("the registry dispatches what it lists")?;
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn every_engine_takes_ids_at_the_ends_of_their_range(
        seed in any::<u64>(),
        events in 1..120_u64,
        batch in prop::sample::select(vec![1, 3, 64]),
        unique in any::<bool>(),
    ) {
        let events = stream(seed, events);
        for threads in [1, 2] {
            let case = AsTheOracle { events: &events, threads, batch, unique };
            on_every_engine(case).map_err(TestCaseError::fail)?;
        }
    }
}

/// The shortest streams after which a session's memory of its answers is still
/// empty, and the answer is not 0.
#[test]
fn the_first_badge_of_member_0_is_counted() {
    let follow = |index| {
        let actor = (1, Segment::Other);
        Event::new(index, 0, Kind::MemberFollow, false, actor, 0, 0)
    };
    let events = [follow(0), follow(1)];
    for (threads, batch) in [(1, 1), (1, 2), (2, 1), (2, 2)] {
        let case = AsTheOracle {
            events: &events[..batch],
            threads,
            batch,
            unique: false,
        };
        on_every_engine(case).unwrap();
    }
}
