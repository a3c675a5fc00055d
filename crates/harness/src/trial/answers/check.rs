//! The answers that were logged, held against the ingest calls that were: key
//! by key, in parallel.

use std::collections::HashMap;

use rayon::prelude::*;

use crate::trial::answers::log::{AnswerLog, Calls, Logged, end_of_stretch, ns_of};
use crate::trial::answers::sample::{AnswerSample, Key};
use notibench_core::admission::is_dropped;
use notibench_core::engine::{EngineConfig, Freshness};
use notibench_core::event::Event;
use notibench_core::proof::explained::{
    Asked, Change, ContentHistory, Explained, MemberHistory, Unexplained,
};
use notibench_core::read::Answer;

/// Ingest calls in the order of their events, and when what they brought must
/// be visible.
struct History<'a> {
    /// Of each call its events, when it began, and its worker and place there.
    calls: Vec<(&'a Calls, usize, usize)>,
    workers: Vec<Vec<&'a Calls>>,
    /// Events of each worker before each of its calls.
    before: Vec<Vec<u64>>,
    freshness: Freshness,
    /// Passes over the same stream that are over.
    earlier_passes: usize,
}

impl<'a> History<'a> {
    fn new(logs: &'a [&'a AnswerLog], freshness: Freshness, earlier_passes: usize) -> Self {
        let workers: Vec<Vec<&Calls>> = logs.iter().map(|log| log.calls.iter().collect()).collect();
        let mut calls: Vec<(&Calls, usize, usize)> = workers
            .iter()
            .enumerate()
            .flat_map(|(worker, calls)| {
                let numbered = calls.iter().enumerate();
                numbered.map(move |(at, calls)| (*calls, worker, at))
            })
            .collect();
        calls.sort_unstable_by_key(|(calls, ..)| calls.events.start);
        let before = workers.iter().map(|calls| {
            let mut sum = 0;
            let sums = calls.iter().map(|calls| {
                let before = sum;
                sum += calls.events.end - calls.events.start;
                before
            });
            sums.collect()
        });
        Self {
            before: before.collect(),
            calls,
            workers,
            freshness,
            earlier_passes,
        }
    }

    /// The changes of events at positions in the source, as often as the stream
    /// was folded.
    fn changes<'s>(&'s self, events: &'s [(u64, Event)]) -> impl Iterator<Item = Change> + 's {
        events.iter().flat_map(move |&(at, event)| {
            let settled = Change {
                event,
                began: 0,
                visible: 0,
            };
            let earlier = std::iter::repeat_n(settled, self.earlier_passes);
            earlier.chain(self.change(at, event))
        })
    }

    fn change(&self, at: u64, event: Event) -> Option<Change> {
        let after = self.calls.partition_point(|(it, ..)| it.events.start <= at);
        let (calls, worker, place) = *self.calls.get(after.checked_sub(1)?)?;
        calls.events.contains(&at).then(|| Change {
            event,
            began: calls.began,
            visible: self.visible(calls, worker, place, at),
        })
    }

    /// From when on every session must see the event at `at`.
    fn visible(&self, calls: &Calls, worker: usize, place: usize, at: u64) -> u64 {
        let within = match self.freshness {
            Freshness::Immediate => return calls.ended,
            Freshness::Deferred { within } => within,
        };
        let over = end_of_stretch(calls.began);
        let Some(within) = within else {
            return over;
        };
        let (own, before) = (&self.workers[worker], &self.before[worker]);
        let wanted = before[place] + (at - calls.events.start) + 1 + within;
        // the first call that ends with so many
        let mut later = own.iter().zip(before).skip(place);
        let seen = later.find(|(it, before)| *before + (it.events.end - it.events.start) >= wanted);
        seen.map_or(over, |(it, _)| it.ended.min(over))
    }
}

/// Holds every logged answer against the history of a pass, after as many
/// earlier passes over the same stream.
///
/// # Errors
/// The first answer of a key that nothing explains.
pub(crate) fn explain_answers(
    sample: &AnswerSample,
    logs: &[&AnswerLog],
    config: &EngineConfig,
    freshness: Freshness,
    earlier_passes: usize,
) -> Result<Explained, Box<Unexplained>> {
    let history = History::new(logs, freshness, earlier_passes);
    let mut by_key: HashMap<Key, Vec<(usize, usize)>> = HashMap::new();
    for (worker, log) in logs.iter().enumerate() {
        for (at, answer) in log.answers.iter().enumerate() {
            by_key
                .entry(Key::of(&answer.read))
                .or_default()
                .push((worker, at));
        }
    }
    let mut by_key: Vec<(Key, Vec<(usize, usize)>)> = by_key.into_iter().collect();
    by_key.sort_unstable_by_key(|(key, _)| *key);
    let known = Known {
        changes: &|key| {
            let changes = history.changes(sample.changes(key)?);
            let settings = config.views.settings();
            Some(
                changes
                    .filter(|change| !is_dropped(settings, &change.event))
                    .collect(),
            )
        },
        config,
    };
    let contents = known.contents(shown_contents(logs));
    let explained: Vec<_> = by_key
        .into_par_iter()
        .map(|(key, places)| explain_key(key, &places, logs, (&known, &contents)))
        .collect();
    let mut all = Explained::default();
    for of_key in explained {
        all += of_key.map_err(in_ns)?;
    }
    Ok(all)
}

/// With times in ns since the start of their stretch, for a person.
fn in_ns(mut unexplained: Box<Unexplained>) -> Box<Unexplained> {
    unexplained.during = unexplained.during.map(ns_of);
    for change in &mut unexplained.around {
        (change.began, change.visible) = (ns_of(change.began), ns_of(change.visible));
    }
    unexplained
}

/// What the answers are held against.
struct Known<'a> {
    /// Every change of a key; none where they are not known.
    changes: &'a (dyn Fn(Key) -> Option<Vec<Change>> + Sync),
    config: &'a EngineConfig,
}

impl Known<'_> {
    /// The histories of contents, of those that are known.
    fn contents(&self, ids: Vec<u64>) -> HashMap<u64, ContentHistory> {
        let history = |id: u64| {
            let is_content = true;
            let changes = (self.changes)(Key { id, is_content })?;
            Some((id, ContentHistory::new(changes)))
        };
        ids.into_par_iter().filter_map(history).collect()
    }
}

/// The contents that were asked for, and those whose counts a page shows.
fn shown_contents(logs: &[&AnswerLog]) -> Vec<u64> {
    let mut ids = Vec::new();
    for log in logs {
        for logged in &log.answers {
            if logged.read.kind.is_of_content() {
                ids.push(logged.read.id);
            } else if let Some(Answer::Inbox(page)) = log.answer(logged) {
                let counted = page.iter().filter(|group| group.needs_count());
                ids.extend(counted.map(|group| group.content));
            }
        }
    }
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn explain_key(
    key: Key,
    places: &[(usize, usize)],
    logs: &[&AnswerLog],
    (known, contents): (&Known<'_>, &HashMap<u64, ContentHistory>),
) -> Result<Explained, Box<Unexplained>> {
    let answers: Vec<(usize, &Logged, Answer)> = places
        .iter()
        .filter_map(|&(worker, at)| {
            let logged = &logs[worker].answers[at];
            Some((worker, logged, logs[worker].answer(logged)?))
        })
        .collect();
    let asked = answers.iter().map(|&(worker, logged, ref answer)| Asked {
        session: worker,
        began: logged.began,
        ended: logged.ended,
        read: logged.read,
        answer,
    });
    let mut asked: Vec<Asked<'_>> = asked.collect();
    asked.sort_by_key(|asked| asked.began);
    if key.is_content {
        let history = contents.get(&key.id);
        return history.map_or_else(|| Ok(Explained::default()), |it| it.explain(&asked));
    }
    let Some(own) = (known.changes)(key) else {
        return Ok(Explained::default());
    };
    let config = known.config;
    let rules = (config.views.settings(), config.inbox_capacity);
    MemberHistory::new(key.id, own, contents, rules).explain(&asked)
}
