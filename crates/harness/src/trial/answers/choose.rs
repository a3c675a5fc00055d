//! Which keys' answers are logged: those of members and contents that are often
//! asked for, and others by chance.

use std::collections::HashMap;
use std::sync::Arc;

use rayon::prelude::*;

use crate::trial::answers::sample::{AnswerSample, Key};
use crate::trial::source::{Source, split};
use notibench_core::event::Event;
use notibench_core::policy::{Disposition, effect_of};
use notibench_core::unit::mix::{below, counter_word, mix};

/// Answers that are logged in a pass, at the most, and of its reads one in so
/// many: each costs the worker some ns.
const MOST_LOGGED: u64 = 8_192;
const ONE_IN: u64 = 8;
/// Reads whose keys are looked at.
const LOOKED_AT: u64 = 1 << 16;
/// Events that one task looks at.
const CHUNK: u64 = 1 << 16;

/// The same stream, a sample of its answers logged and explained after each
/// closed-loop trial; the keys depend on `seed`, and no engine knows of them.
#[must_use]
pub(crate) fn sampled(source: Source, seed: u64) -> Source {
    let sample = chosen_of(&source, seed).map(Arc::new);
    source.with_sample(sample)
}

/// Samples the reads of a stream; none where nothing is asked.
fn chosen_of(source: &Source, seed: u64) -> Option<AnswerSample> {
    let reads = source.known_reads();
    let wanted = (reads / ONE_IN).min(MOST_LOGGED);
    if wanted == 0 {
        return None;
    }
    let counts = counted(source, seed);
    let all: u64 = counts.values().sum();
    let share = reads as f64 / all.max(1) as f64;
    let (asked, answers) = chosen(counts, seed, wanted as f64 / share);
    let expected = answers as f64 * share;
    let mut keys: HashMap<Key, Vec<(u64, Event)>> =
        asked.iter().map(|&key| (key, Vec::new())).collect();
    // a page of a member shows counts of contents
    for (_, event) in changes(source, &|key| keys.contains_key(&key), false) {
        keys.entry(content_of(&event)).or_default();
    }
    for (at, event) in changes(source, &|key| keys.contains_key(&key), true) {
        for key in keys_of(&event) {
            if let Some(changes) = keys.get_mut(&key) {
                changes.push((at, event));
            }
        }
    }
    let stride = ((expected / wanted as f64) as u64).max(1);
    Some(AnswerSample::new(&asked, keys, stride))
}

/// How often each key is asked for, among reads drawn by chance.
fn counted(source: &Source, seed: u64) -> HashMap<Key, u64> {
    let (reads, mut room) = (source.known_reads(), Vec::new());
    let mut counts = HashMap::new();
    for draw in 0..reads.min(LOOKED_AT) {
        let at = if reads <= LOOKED_AT {
            draw
        } else {
            below(counter_word(seed, draw), reads)
        };
        for read in source.reads_in(at..at + 1, &mut room) {
            if !read.kind.is_of_views() {
                *counts.entry(Key::of(read)).or_default() += 1;
            }
        }
    }
    counts
}

/// Where a key stands that is asked for so often: the lowest first.
type Order<'a> = &'a dyn Fn(&(Key, u64)) -> f64;

/// A third of the answers about the keys that are asked for most, a third about
/// keys as they are asked for, a third about keys whatever they are asked for:
/// the keys, and how many of the counted reads ask for them.
fn chosen(counts: HashMap<Key, u64>, seed: u64, budget: f64) -> (Vec<Key>, u64) {
    let mut by_count: Vec<(Key, u64)> = counts.into_iter().collect();
    by_count.sort_unstable_by_key(|&(key, count)| (std::cmp::Reverse(count), key));
    let chance = |key: &Key| mix(seed ^ key.id ^ u64::from(key.is_content));
    let orders: [Order<'_>; 3] = [
        &|&(_, count)| -(count as f64),
        // exponential draws with the counts as rates: P. S. Efraimidis and
        // P. G. Spirakis, "Weighted random sampling with a reservoir", 2006
        &|(key, count)| -((chance(key) as f64 + 1.0) / 2f64.powi(64)).ln() / *count as f64,
        &|(key, _)| chance(key).rotate_left(32) as f64,
    ];
    let (mut keys, mut answers) = (Vec::new(), 0);
    for (part, order) in orders.iter().enumerate() {
        // the first of the order at the end
        by_count.sort_by(|one, other| order(other).total_cmp(&order(one)));
        let until = budget * (part + 1) as f64 / orders.len() as f64;
        while answers == 0 || (answers as f64) < until {
            let Some((key, count)) = by_count.pop() else {
                break;
            };
            keys.push(key);
            answers += count;
        }
    }
    (keys, answers)
}

const fn content_of(event: &Event) -> Key {
    Key {
        id: event.content,
        is_content: true,
    }
}

/// The keys of what an event changes, views apart.
fn keys_of(event: &Event) -> impl Iterator<Item = Key> + use<> {
    let effect = effect_of(event);
    let counts = effect.disposition != Disposition::Aggregate;
    let member = Key {
        id: event.recipient,
        is_content: false,
    };
    let content = content_of(event);
    let member = (counts && effect.touches_member).then_some(member);
    let content = (counts && effect.touches_content).then_some(content);
    member.into_iter().chain(content)
}

/// Every event that changes a key that is wanted, with its position; without
/// `contents`, a member.
fn changes(
    source: &Source,
    is_wanted: &(dyn Fn(Key) -> bool + Sync),
    contents: bool,
) -> Vec<(u64, Event)> {
    let chunks: Vec<_> = split(&(0..source.events()), CHUNK).collect();
    let of_chunk = |chunk: std::ops::Range<u64>| {
        let (mut found, mut at) = (Vec::new(), chunk.start);
        source.for_each(chunk, |event| {
            let mut keys = keys_of(event).filter(|key| contents || !key.is_content);
            if keys.any(is_wanted) {
                found.push((at, *event));
            }
            at += 1;
        });
        found
    };
    chunks
        .into_par_iter()
        .map(of_chunk)
        .collect::<Vec<_>>()
        .concat()
}
