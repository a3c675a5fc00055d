//! Which keys' answers are logged: members and contents that are often asked
//! for, others by chance, and every change of them. Imports `engine`, `event`,
//! its siblings.

use std::collections::HashMap;

use rayon::prelude::*;

use crate::event::{Event, Read};
use crate::harness::source::{Source, split};
use crate::policy::{Disposition, effect_of};
use crate::unit::mix::{below, counter_word, mix};

/// Answers that are logged in a pass, at the most, and of its reads one in so
/// many: each costs the worker some ns.
const MOST_LOGGED: u64 = 8_192;
const ONE_IN: u64 = 8;
/// Reads whose keys are looked at.
const LOOKED_AT: u64 = 1 << 16;
/// Bits of the filter that most reads are told by.
const FILTER_BITS: usize = 1 << 16;
/// Events that one task looks at.
const CHUNK: u64 = 1 << 16;

/// A member, or a content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) id: u64,
    pub(super) is_content: bool,
}

impl Key {
    pub(super) const fn of(read: &Read) -> Self {
        Self {
            id: read.id,
            is_content: read.kind.is_of_content(),
        }
    }
}

/// The sampled keys of one stream, with every event that changes what readers
/// are told of them, views apart, in the order of their positions.
#[derive(Debug)]
pub(in crate::harness) struct AnswerSample {
    filter: Box<[u64]>,
    keys: HashMap<Key, Vec<(u64, Event)>>,
    stride: u64,
}

impl AnswerSample {
    /// Samples the reads of a stream; none where nothing is asked. The keys
    /// depend on `seed`, and no engine knows of them.
    pub(in crate::harness) fn of(source: &Source, seed: u64) -> Option<Self> {
        let reads = source.reads();
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
        let mut filter = vec![0; FILTER_BITS / 64].into_boxed_slice();
        for key in &asked {
            let bit = bit_of(key.id);
            filter[bit / 64] |= 1 << (bit % 64);
        }
        Some(Self {
            filter,
            keys,
            stride: ((expected / wanted as f64) as u64).max(1),
        })
    }

    /// Whether answers about this key are logged.
    #[inline]
    pub(super) fn has(&self, read: &Read) -> bool {
        let bit = bit_of(read.id);
        self.filter[bit / 64] >> (bit % 64) & 1 == 1 && self.keys.contains_key(&Key::of(read))
    }

    /// Of the answers about sampled keys one in so many is logged.
    pub(super) const fn stride(&self) -> u64 {
        self.stride
    }

    /// What changes a key, by position; none where that is not known.
    pub(super) fn changes(&self, key: Key) -> Option<&[(u64, Event)]> {
        self.keys.get(&key).map(Vec::as_slice)
    }
}

#[inline(always)]
const fn bit_of(id: u64) -> usize {
    (id.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - FILTER_BITS.trailing_zeros())) as usize
}

/// How often each key is asked for, among reads drawn by chance.
fn counted(source: &Source, seed: u64) -> HashMap<Key, u64> {
    let (reads, mut room) = (source.reads(), Vec::new());
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
