//! Whether an engine is as fresh as it declares.

use std::collections::HashMap;
use std::sync::mpsc;
use std::thread;

use super::checks::{check_answers, compare_answers};
use super::sessions::{fold_on_threads, panic_words};
use crate::admission::AnyEngine;
use crate::engine::{Engine, EngineConfig, Freshness};
use crate::event::{Event, Read, ReadKind};
use crate::oracle::Oracle;
use crate::read::Answer;
use crate::unit::quantity::counted;

/// Holds an engine to the freshness that it declares. An *immediate* one is
/// built anew and fed in batches of `batch` by one session; after each call
/// a session on another thread must see all of it, as the oracle does. So is
/// a *deferred* one that states a number of further events, and after each
/// call must show what lies that far back: members and contents that were
/// named since are left out, since more of them may be seen, or not. Each
/// deferred one must have it all once every session was finished. Where views
/// are counted by epochs, the first one is open.
///
/// # Errors
/// What was not seen, in words; or a session's panic.
///
/// # Panics
/// Where `batch` is 0, or `config.threads` below 2.
pub fn check_freshness<E: Engine>(
    config: &EngineConfig,
    events: &[Event],
    batch: usize,
) -> Result<(), String> {
    let build = |config: &EngineConfig| Box::new(E::build(config)) as Box<dyn AnyEngine>;
    check_freshness_of(&build, E::INFO.freshness, config, events, batch)
}

/// The same of an engine of any type that declares `freshness`.
///
/// # Errors
/// Those of [`check_freshness`].
///
/// # Panics
/// Where [`check_freshness`] does.
pub fn check_freshness_of(
    build: &dyn Fn(&EngineConfig) -> Box<dyn AnyEngine>,
    freshness: Freshness,
    config: &EngineConfig,
    events: &[Event],
    batch: usize,
) -> Result<(), String> {
    assert!(config.threads >= 2, "one session writes and another reads");
    let within = match freshness {
        Freshness::Immediate => Some(0),
        Freshness::Deferred { within } => within,
    };
    if let Some(within) = within {
        let engine = build(config);
        config.views.open_epoch(0)?;
        let within = usize::try_from(within).unwrap_or(usize::MAX);
        let work = || ingest_here_read_there(&*engine, config, events, batch, within);
        thread::scope(|scope| scope.spawn(work).join())
            .unwrap_or_else(|panic| Err(panic_words(0, &*panic)))?;
    }
    if freshness == Freshness::Immediate {
        return Ok(());
    }
    let engine = build(config);
    config.views.open_epoch(0)?;
    let mut oracle = Oracle::counting(config.inbox_capacity, &config.views);
    oracle.fold_all(events);
    fold_on_threads(&*engine, config, events, batch)?;
    let reads = oracle.sample_reads(usize::MAX);
    let expected: Vec<Answer> = reads.iter().map(|read| oracle.answer(read)).collect();
    check_answers(&*engine, config, &reads, &expected)
}

fn ingest_here_read_there(
    engine: &dyn AnyEngine,
    config: &EngineConfig,
    events: &[Event],
    batch: usize,
    within: usize,
) -> Result<(), String> {
    let mut writer = engine.open(&config.views, 0);
    let (ask, asked) = mpsc::channel::<(Vec<Read>, Vec<Answer>)>();
    let (tell, told) = mpsc::channel();
    let verdict = thread::scope(|scope| {
        let reader = scope.spawn(move || {
            let mut session = engine.open(&config.views, 1);
            for (reads, expected) in asked {
                let expected: Vec<&Answer> = expected.iter().collect();
                if tell
                    .send(compare_answers(&mut *session, &reads, &expected))
                    .is_err()
                {
                    break;
                }
            }
            session.finish();
        });
        let mut oracle = Oracle::counting(config.inbox_capacity, &config.views);
        let mut verdict = Ok(());
        let mut recent = Recent::default();
        let (mut ingested, mut due) = (0, 0);
        for share in events.chunks(batch) {
            writer.ingest(share);
            oracle.fold_all(share);
            recent.add(share);
            ingested += share.len();
            let now_due = due.max(ingested.saturating_sub(within));
            let share_due = &events[due..now_due];
            recent.forget(share_due);
            due = now_due;
            let (reads, expected) = recent.settled(&oracle, share_due);
            // a reader that panicked is heard of when it is joined
            let Some(said) = ask
                .send((reads, expected))
                .ok()
                .and_then(|()| told.recv().ok())
            else {
                break;
            };
            if let Err(words) = said {
                let late = if within > 0 {
                    format!(", {within} of them since,")
                } else {
                    String::new()
                };
                verdict = Err(format!(
                    "after {}{late} another session sees: {words}",
                    counted(ingested, "event")
                ));
                break;
            }
        }
        drop(ask);
        reader
            .join()
            .map_err(|panic| panic_words(1, &*panic))
            .and(verdict)
    });
    writer.finish();
    verdict
}

/// Ids that are named, and how often, by the events that an engine need not show
/// yet.
#[derive(Debug, Default)]
struct Recent {
    members: HashMap<u64, usize>,
    contents: HashMap<u64, usize>,
}

impl Recent {
    fn add(&mut self, events: &[Event]) {
        for event in events {
            *self.members.entry(event.recipient).or_default() += 1;
            if event.kind().has_content() {
                *self.contents.entry(event.content).or_default() += 1;
            }
        }
    }

    fn forget(&mut self, events: &[Event]) {
        let take = |counts: &mut HashMap<u64, usize>, id| {
            if let Some(count) = counts.get_mut(&id) {
                *count -= 1;
                if *count == 0 {
                    counts.remove(&id);
                }
            }
        };
        for event in events {
            take(&mut self.members, event.recipient);
            if event.kind().has_content() {
                take(&mut self.contents, event.content);
            }
        }
    }

    /// Reads about what `events` name and no later event does, with the
    /// answers of an oracle that has folded the later ones, too.
    fn settled(&self, oracle: &Oracle, events: &[Event]) -> (Vec<Read>, Vec<Answer>) {
        let with_answers = reads_about(events).into_iter().filter_map(|read| {
            let named = if read.kind.is_of_content() {
                &self.contents
            } else {
                &self.members
            };
            if named.contains_key(&read.id) {
                return None;
            }
            let answer = oracle.answer(&read);
            // a page shows counts of contents, which may have been named since
            let is_settled = match &answer {
                Answer::Inbox(page) => page
                    .iter()
                    .all(|group| !self.contents.contains_key(&group.content)),
                _ => true,
            };
            is_settled.then_some((read, answer))
        });
        with_answers.unzip()
    }
}

/// Every kind of read of every member and content that `events` name, each once.
#[must_use]
pub fn reads_about(events: &[Event]) -> Vec<Read> {
    let mut members: Vec<u64> = events.iter().map(|event| event.recipient).collect();
    let with_content = events.iter().filter(|event| event.kind().has_content());
    let mut contents: Vec<u64> = with_content.map(|event| event.content).collect();
    for ids in [&mut members, &mut contents] {
        ids.sort_unstable();
        ids.dedup();
    }
    let of = |ids: Vec<u64>, is_content: bool| {
        let asked = move |kind: &ReadKind| kind.is_of_content() == is_content;
        let kinds = move || ReadKind::ALL.into_iter().filter(asked);
        ids.into_iter()
            .flat_map(move |id| kinds().map(move |kind| Read { id, kind }))
    };
    of(members, false).chain(of(contents, true)).collect()
}
