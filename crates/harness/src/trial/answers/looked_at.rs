//! The reads of a stream from which a sample is chosen, key by key, and when
//! their keys change: only an answer near a change can be told right from wrong.

use std::collections::HashMap;
use std::ops::Range;

use rayon::prelude::*;

use crate::trial::answers::sample::Key;
use crate::trial::source::{Source, split};
use notibench_core::event::{Event, ReadKind};
use notibench_core::policy::{Disposition, effect_of};
use notibench_core::unit::mix::{below, counter_word, mix};

/// Reads that are looked through, at most, in stretches spread evenly.
const LOOKED_THROUGH: u64 = 1 << 21;
/// Reads of such a stretch.
const STRETCH: u64 = 1 << 14;
/// Reads of keys by chance that are looked at, about, and events.
const BY_CHANCE: f64 = (1 << 18) as f64;
const EVENTS_BY_CHANCE: f64 = (1 << 20) as f64;
/// Keys that are asked for most, which are looked at whatever chance says.
const HOTTEST: usize = 32;
/// Reads that tell which those are.
const DRAWN: u64 = 1 << 14;
/// Events that one task looks at.
const CHUNK: u64 = 1 << 16;
/// A read is telling where its key changes after the read so many places before
/// it: each session has asked for the key about as often, and may have kept the
/// answer.
const READS_APART: usize = 4;

/// What is known of a key: positions in the stream of reads, sorted.
#[derive(Debug, Default)]
pub(super) struct LookedAt {
    /// When it is asked for, and what.
    pub(super) reads: Vec<(u64, ReadKind)>,
    /// When it changes: how many reads are due before.
    changes: Vec<u64>,
}

impl LookedAt {
    /// Its reads of a kind for which a wrong answer would show, in their order:
    /// those with a change shortly before, or next after, them.
    pub(super) fn telling(&self, kind: ReadKind) -> impl Iterator<Item = u64> + '_ {
        let changes_before = |at: u64| self.changes.partition_point(|&change| change <= at);
        let reads = self.reads.iter().enumerate();
        reads.filter_map(move |(place, &(at, of))| {
            let before = place.checked_sub(READS_APART);
            let from = before.map_or(0, |place| changes_before(self.reads[place].0));
            let next = self.reads.get(place + 1);
            let until = next.map_or(self.changes.len(), |next| changes_before(next.0));
            (of == kind && from < until).then_some(at)
        })
    }
}

/// Looks at the reads of some keys by chance, and of those that are asked for
/// most.
pub(super) fn look_at(source: &Source, seed: u64) -> HashMap<Key, LookedAt> {
    let reads = source.known_reads();
    let share = (BY_CHANCE / reads as f64).min(EVENTS_BY_CHANCE / source.events() as f64);
    let most = (share.min(1.0) * u64::MAX as f64) as u64;
    let hottest = hottest(source, seed);
    let is_chosen = |key: &Key| chance(key, seed) <= most || hottest.contains(key);
    let mut keys: HashMap<Key, LookedAt> = HashMap::new();
    let found: Vec<Vec<_>> = stretches(reads)
        .into_par_iter()
        .map(|stretch| {
            let mut room = Vec::new();
            let asked = stretch.clone().zip(source.reads_in(stretch, &mut room));
            let asked = asked.map(|(at, read)| (Key::of(read), at, read.kind));
            asked
                .filter(|(key, _, kind)| is_logged(*kind) && is_chosen(key))
                .collect()
        })
        .collect();
    for (key, at, kind) in found.into_iter().flatten() {
        keys.entry(key).or_default().reads.push((at, kind));
    }
    let is_known = |key: &Key| keys.contains_key(key);
    let changes = in_chunks(source, &|at, event, found: &mut Vec<(Key, u64)>| {
        found.extend(keys_of(event).filter(is_known).map(|key| (key, at)));
    });
    for (key, at) in changes {
        if let Some(of_key) = keys.get_mut(&key) {
            of_key.changes.push(source.known_reads_before(at));
        }
    }
    keys
}

/// A number that no engine knows, by which keys are drawn.
pub(super) const fn chance(key: &Key, seed: u64) -> u64 {
    mix(seed ^ mix(key.id) ^ key.is_content as u64)
}

/// Whether answers of that kind are logged.
const fn is_logged(kind: ReadKind) -> bool {
    matches!(
        kind,
        ReadKind::Badge | ReadKind::InboxPage | ReadKind::Reactions
    )
}

fn hottest(source: &Source, seed: u64) -> Vec<Key> {
    let (reads, mut room) = (source.known_reads(), Vec::new());
    let mut counts: HashMap<Key, u64> = HashMap::new();
    for draw in 0..reads.min(DRAWN) {
        let at = below(counter_word(seed, draw), reads);
        for read in source.reads_in(at..at + 1, &mut room) {
            *counts.entry(Key::of(read)).or_default() += 1;
        }
    }
    let mut counts: Vec<(Key, u64)> = counts.into_iter().collect();
    counts.sort_unstable_by_key(|&(key, count)| (std::cmp::Reverse(count), key));
    counts.truncate(HOTTEST);
    counts.into_iter().map(|(key, _)| key).collect()
}

/// All reads, or stretches of them, spread evenly.
fn stretches(reads: u64) -> Vec<Range<u64>> {
    if reads <= LOOKED_THROUGH {
        return split(&(0..reads), STRETCH).collect();
    }
    let count = LOOKED_THROUGH / STRETCH;
    let start = |at: u64| (u128::from(reads - STRETCH) * u128::from(at) / u128::from(count)) as u64;
    (0..count)
        .map(|at| start(at)..start(at) + STRETCH)
        .collect()
}

/// What `look` finds of the events at their positions, in order.
pub(super) fn in_chunks<T: Send>(
    source: &Source,
    look: &(dyn Fn(u64, &Event, &mut Vec<T>) + Sync),
) -> Vec<T> {
    let chunks: Vec<_> = split(&(0..source.events()), CHUNK).collect();
    let of_chunk = |chunk: Range<u64>| {
        let (mut found, mut at) = (Vec::new(), chunk.start);
        source.for_each(chunk, |event| {
            look(at, event, &mut found);
            at += 1;
        });
        found
    };
    let found: Vec<Vec<T>> = chunks.into_par_iter().map(of_chunk).collect();
    found.into_iter().flatten().collect()
}

pub(super) const fn content_of(event: &Event) -> Key {
    Key {
        id: event.content,
        is_content: true,
    }
}

/// The keys of what an event changes, views apart.
pub(super) fn keys_of(event: &Event) -> impl Iterator<Item = Key> + use<> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_read_is_telling_where_its_key_changes_near_it() {
        use ReadKind::{Badge, InboxPage};
        let reads = (0..20).map(|at| (at * 10, if at % 2 == 0 { Badge } else { InboxPage }));
        let key = LookedAt {
            reads: reads.collect(),
            // before the read at 100, and with the one at 150
            changes: vec![95, 150],
        };
        let telling = |kind| key.telling(kind).collect::<Vec<u64>>();
        // the one before a change, and the four after it
        assert_eq!(telling(InboxPage), [90, 110, 130, 150, 170]);
        assert_eq!(telling(Badge), [100, 120, 140, 160, 180]);
        let never = LookedAt {
            changes: Vec::new(),
            ..key
        };
        assert_eq!(never.telling(Badge).count(), 0);
    }

    #[test]
    fn many_reads_are_looked_through_in_part() {
        for reads in [0, 1, STRETCH + 1, LOOKED_THROUGH] {
            let all: u64 = stretches(reads).iter().map(|it| it.end - it.start).sum();
            assert_eq!(all, reads);
        }
        let reads = LOOKED_THROUGH * 100 + 3;
        let some = stretches(reads);
        let all: u64 = some.iter().map(|it| it.end - it.start).sum();
        assert_eq!(all, LOOKED_THROUGH);
        assert!(some.windows(2).all(|two| two[0].end <= two[1].start));
        assert!(some.last().unwrap().end <= reads);
    }
}
