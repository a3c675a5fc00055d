//! Which reads' answers are logged: those for which a wrong answer would show,
//! of keys that are often asked for, and of others by chance.

use std::collections::HashMap;
use std::sync::Arc;

use crate::trial::answers::looked_at::{LookedAt, chance, content_of, in_chunks, keys_of, look_at};
use crate::trial::answers::sample::{AnswerSample, Key};
use crate::trial::source::Source;
use notibench_core::event::{Event, ReadKind};

/// What logging may take of the workers' time in ns: of each event and of each
/// read so much, and in all at the most.
const NS_OF_EVENT: f64 = 0.5;
const NS_OF_READ: f64 = 0.8;
const MOST_NS: f64 = 1e6;
/// What an answer of each kind takes, about.
const KINDS: [(ReadKind, f64); 3] = [
    (ReadKind::Badge, 6.0),
    (ReadKind::InboxPage, 60.0),
    (ReadKind::Reactions, 12.0),
];
/// Of what is spent on a kind, one key takes one part in so many at most.
const PARTS_OF_KEY: f64 = 16.0;
/// Reads of a key with too many that stay together: what a session was told
/// before counts.
const RUN: usize = 8;

/// The same stream, a sample of its answers logged and explained after each
/// closed-loop trial; the reads depend on `seed`, and no engine knows of them.
#[must_use]
pub(crate) fn sampled(source: Source, seed: u64) -> Source {
    let sample = chosen_of(&source, seed).map(Arc::new);
    source.with_sample(sample)
}

/// Samples the reads of a stream; none where nothing is asked.
fn chosen_of(source: &Source, seed: u64) -> Option<AnswerSample> {
    if source.known_reads() == 0 {
        return None;
    }
    let (events, reads) = (source.events() as f64, source.known_reads() as f64);
    let budget = (NS_OF_EVENT * events + NS_OF_READ * reads).min(MOST_NS);
    let (asked, reads) = chosen(&look_at(source, seed), seed, budget);
    let mut keys: HashMap<Key, Vec<(u64, Event)>> =
        asked.iter().map(|&key| (key, Vec::new())).collect();
    // a page of a member shows counts of contents
    let shown = in_chunks(source, &|_, event, found| {
        let mut members = keys_of(event).filter(|key| !key.is_content);
        if members.any(|key| keys.contains_key(&key)) {
            found.push(content_of(event));
        }
    });
    for content in shown {
        keys.entry(content).or_default();
    }
    let changes = in_chunks(source, &|at, event, found| {
        if keys_of(event).any(|key| keys.contains_key(&key)) {
            found.push((at, *event));
        }
    });
    for (at, event) in changes {
        for key in keys_of(&event) {
            if let Some(changes) = keys.get_mut(&key) {
                changes.push((at, event));
            }
        }
    }
    Some(AnswerSample::new(reads, keys))
}

/// Where a key stands that is asked for so often: the lowest first.
type Order<'a> = &'a dyn Fn(&(Key, usize)) -> f64;

/// The keys and the positions of their reads: a third about the keys that are
/// asked for most, a third about keys as they are asked for, a third about keys
/// whatever they are asked for.
fn chosen(looked_at: &HashMap<Key, LookedAt>, seed: u64, budget: f64) -> (Vec<Key>, Vec<u64>) {
    let budgets = shares(budget, wanted_ns(looked_at));
    let mut by_count: Vec<(Key, usize)> = looked_at
        .iter()
        .map(|(key, of_key)| (*key, of_key.reads.len()))
        .collect();
    by_count.sort_unstable_by_key(|&(key, count)| (std::cmp::Reverse(count), key));
    let chance = |key: &Key| chance(key, !seed);
    let orders: [Order<'_>; 3] = [
        &|&(_, count)| -(count as f64),
        // exponential draws with the counts as rates: P. S. Efraimidis and
        // P. G. Spirakis, "Weighted random sampling with a reservoir", 2006
        &|(key, count)| -((chance(key) as f64 + 1.0) / 2f64.powi(64)).ln() / *count as f64,
        &|(key, _)| chance(key).rotate_left(32) as f64,
    ];
    let (mut keys, mut reads, mut spent) = (Vec::new(), Vec::new(), [0.0; KINDS.len()]);
    for (part, order) in orders.iter().enumerate() {
        by_count.sort_by(|one, other| order(one).total_cmp(&order(other)));
        let until = budgets.map(|budget| budget * (part + 1) as f64 / orders.len() as f64);
        by_count.retain(|(key, _)| {
            let before = reads.len();
            for (of_kind, (kind, ns)) in KINDS.into_iter().enumerate() {
                if spent[of_kind] < until[of_kind] {
                    let most = budgets[of_kind] / PARTS_OF_KEY / ns;
                    let taken = take(&looked_at[key], kind, most as usize + 1, &mut reads);
                    spent[of_kind] += ns * taken as f64;
                }
            }
            let is_taken = reads.len() > before;
            keys.extend(is_taken.then_some(*key));
            !is_taken
        });
    }
    (keys, reads)
}

/// What it would take to log every telling answer, by kind.
fn wanted_ns(looked_at: &HashMap<Key, LookedAt>) -> [f64; KINDS.len()] {
    KINDS.map(|(kind, ns)| {
        let telling = looked_at.values().map(|key| key.telling(kind).count());
        telling.sum::<usize>() as f64 * ns
    })
}

/// Even shares of a budget; what one does not want is left to the others.
fn shares(budget: f64, wanted: [f64; KINDS.len()]) -> [f64; KINDS.len()] {
    let mut shares = [0.0; KINDS.len()];
    let mut by_wish: Vec<usize> = (0..wanted.len()).collect();
    by_wish.sort_by(|&one, &other| wanted[one].total_cmp(&wanted[other]));
    let mut left = budget;
    for (place, &kind) in by_wish.iter().enumerate() {
        shares[kind] = wanted[kind].min(left / (wanted.len() - place) as f64);
        left -= shares[kind];
    }
    shares
}

/// Takes the telling reads of a key, about `most` of them where there are more.
fn take(key: &LookedAt, kind: ReadKind, most: usize, reads: &mut Vec<u64>) -> usize {
    let (all, before) = (key.telling(kind).count(), reads.len());
    let one_run_in = all.div_ceil(most.max(1));
    let places = key.telling(kind).enumerate();
    let taken = places.filter(|(place, _)| (place / RUN).is_multiple_of(one_run_in));
    reads.extend(taken.map(|(_, at)| at));
    reads.len() - before
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_kind_does_not_want_is_left_to_the_others() {
        assert_eq!(shares(90.0, [100.0, 200.0, 300.0]), [30.0, 30.0, 30.0]);
        assert_eq!(shares(90.0, [10.0, 200.0, 300.0]), [10.0, 40.0, 40.0]);
        assert_eq!(shares(90.0, [50.0, 0.0, 20.0]), [50.0, 0.0, 20.0]);
    }
}
