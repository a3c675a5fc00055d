//! Ids at the ends of their range, which no engine may take for "none": 0, 1,
//! and those where a word of 32 or 64 bits ends.

mod common;

use std::path::PathBuf;
use std::sync::Arc;

use common::Draws;
use common::binary::root;
use common::checks::{config, oracle_of};
use notibench_core::engine::{Engine, EngineConfig, Freshness, Role, Session, StopFlag};
use notibench_core::event::{Event, Kind, Read, ReadKind, Segment};
use notibench_core::oracle::Oracle;
use notibench_core::policy::HiddenShare;
use notibench_core::proof::{check_answers, check_freshness, check_shown, fold_on_threads};
use notibench_core::read::Answer;
use notibench_core::viewing::Views;
use notibench_engines::registry::{ENTRIES, EngineVisitor, dispatch};
use notibench_harness::{
    Contender, OnHang, Silent, TraceStream, TrialError, Verified, VerifyOptions, verify,
    verify_trace,
};
use notibench_record::TraceNote;
use notibench_workload::generator::Generator;
use notibench_workload::{IdScheme, Workload, workload_files};
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

/// Events of each workload.
const EVENTS: u64 = 1_500;

/// Every workload file of the project, its members numbered from 0 on.
fn workloads() -> Vec<Workload> {
    let folders = ["workloads", "workloads/smoke", "workloads/scale"];
    let files = folders.map(|folder| workload_files(&root().join(folder)).unwrap());
    let load = |path: PathBuf| Workload::load(&path).unwrap().0;
    let mut all: Vec<Workload> = files.into_iter().flatten().map(load).collect();
    assert!(all.len() > 25);
    for workload in &mut all {
        workload.population.ids = IdScheme::FromZero;
        // so few that most are named
        workload.population.members = workload.population.hot_contents.max(300);
    }
    all
}

fn verified(verify: impl FnOnce(&[Contender], &VerifyOptions) -> Result<Verified, TrialError>) {
    let engines = ENTRIES.iter().filter(|info| info.role != Role::Probe);
    let engines = engines.filter_map(|info| Contender::registered(info.name));
    let engines: Vec<Contender> = engines.collect();
    let options = VerifyOptions {
        events: EVENTS,
        seed: None,
        threads: vec![1, 2],
        batch: 64,
        freshness_events: 300,
        stop: StopFlag::default(),
        on_hang: OnHang::new(|words| panic!("{words}")),
    };
    let found = verify(&engines, &options).unwrap();
    assert_eq!(found.failures, []);
    assert_eq!(found.compared, 2 * engines.len() as u64);
}

/// With its reads, its settings, and its weeks.
#[test]
fn every_engine_is_right_on_every_workload_with_members_from_0() {
    let (workloads, mut named) = (workloads(), 0);
    for workload in &workloads {
        let events = Generator::new(workload, workload.seed).events(0..EVENTS);
        named += usize::from(events.iter().any(|event| event.recipient == 0));
        verified(|engines, options| verify(workload, engines, options, &mut Silent));
    }
    assert!(
        named > workloads.len() / 2,
        "member 0 is in {named} streams"
    );
}

/// No file may name the content 0, but an engine may be given it.
#[test]
fn every_engine_is_right_on_every_workload_with_all_ids_from_0() {
    for workload in workloads() {
        let mut events = Generator::new(&workload, workload.seed).events(0..EVENTS);
        let contents = events.iter().filter(|event| event.kind().has_content());
        let least = contents.map(|event| event.content).min().unwrap_or(0);
        let members = events
            .iter()
            .flat_map(|event| [event.actor, event.recipient]);
        let least_member = members.min().unwrap_or(0);
        for event in &mut events {
            event.actor -= least_member;
            event.recipient -= least_member;
            if event.kind().has_content() {
                event.content -= least;
            }
        }
        let digest = events.iter().map(Event::digest).sum();
        let note = TraceNote {
            path: workload.name.clone(),
            format: "csv".to_owned(),
            bytes: 0,
            events: events.len() as u64,
            events_digest: String::new(),
            flags: Vec::new(),
            bad: 0,
            skipped: Vec::new(),
            out_of_order: 0,
        };
        let events = Arc::new(events);
        let trace = TraceStream {
            events,
            digest,
            note,
        };
        verified(|engines, options| verify_trace(&workload, &trace, engines, options, &mut Silent));
    }
}
