//! The events of a stream. Imports its siblings, `workload`, `event`, `unit`.

use std::ops::Range;

use rayon::prelude::*;

use super::alias::{self, Column};
use super::ids::{Ids, Permutation};
use super::time::TimeTable;
use super::zipf::Zipf;
use crate::event::{Event, Kind, Segment};
use crate::unit::digest::Digest;
use crate::unit::mix::{GOLDEN, below, counter_word, mix};
use crate::workload::{Workload, WriteMix};

/// Words of the counter-based generator that one event uses.
const WORDS: u64 = 4;
/// Choices of a draw: 16 kinds, undo, duplicate; a power of two of columns.
const CLASS_BITS: u32 = 5;
/// The class of undos.
const UNDO: usize = Kind::ALL.len();
/// How far back an undo or a duplicate reaches, in events.
const REACH: u64 = 1 << 16;
/// How many earlier events an undo or duplicate looks at to find one that it
/// may copy, before it gives up and becomes a fresh event.
const TRIES: u64 = 256;
/// Size of the table of segments.
const SEGMENT_SLOTS: usize = 1_024;
/// Events that one task of a parallel pass makes.
const CHUNK: u64 = 1 << 16;

/// Makes the events of one workload under one seed.
#[derive(Clone, Debug)]
pub struct Generator {
    key: u64,
    classes: Box<[Column; 1 << CLASS_BITS]>,
    fresh: Box<[Column; 1 << CLASS_BITS]>,
    self_action: u64,
    members: u64,
    per_member: u64,
    recipients: Zipf,
    by_recipient_rank: Permutation,
    actors: Option<(Zipf, Permutation)>,
    hot: Option<Hot>,
    segments: Box<[Segment; SEGMENT_SLOTS]>,
    ids: Ids,
    time: TimeTable,
}

/// The hot contents: each the newest post of an author of its own.
#[derive(Clone, Debug)]
struct Hot {
    ranks: Zipf,
    authors: Permutation,
}

/// What an event is about, as numbers, before they become ids.
#[derive(Clone, Copy, Debug)]
struct Draft {
    kind: Kind,
    actor: u64,
    recipient: u64,
    /// Number of the content plus one; 0: none.
    content: u64,
}

impl Generator {
    /// The stream of `workload` under `seed`.
    #[must_use]
    pub fn new(workload: &Workload, seed: u64) -> Self {
        let population = &workload.population;
        let members = population.members;
        let key = mix(seed ^ 0x6e6f_7469_6265_6e63);
        let permutation = |salt: u64| Permutation::new(members, mix(key ^ salt));
        let actors = (population.actor_exponent > 0.0).then(|| {
            (
                Zipf::new(members, population.actor_exponent),
                permutation(2),
            )
        });
        let hot = (population.hot_contents > 0 && population.hot_share > 0.0).then(|| Hot {
            ranks: Zipf::new(population.hot_contents, population.hot_exponent),
            authors: permutation(3),
        });
        Self {
            key,
            classes: class_columns(&workload.mix, true),
            fresh: class_columns(&workload.mix, false),
            self_action: (workload.mix.self_action * 65_536.0) as u64,
            members,
            per_member: population.contents_per_member,
            recipients: Zipf::new(members, population.recipient_exponent),
            by_recipient_rank: permutation(1),
            actors,
            hot,
            segments: segment_slots(&population.segments),
            ids: Ids::new(population.ids),
            time: TimeTable::new(workload),
        }
    }

    /// The event at `index`.
    #[inline(always)]
    #[must_use]
    pub fn event(&self, index: u64) -> Event {
        let first = self.word(index, 0);
        let class = alias::choose(&self.classes[..], CLASS_BITS, first);
        let moment = self.time.moment(index);
        let (draft, undo) = if class < UNDO {
            (
                self.draft(index, first, Kind::from_bits(class as u64), moment.hot),
                false,
            )
        } else {
            self.copy(index, class == UNDO, moment.hot)
        };
        let content = if draft.content == 0 {
            0
        } else {
            self.ids.id(draft.content - 1)
        };
        let actor = (self.ids.id(draft.actor), self.segment(draft.actor));
        let recipient = self.ids.id(draft.recipient);
        Event::new(
            index,
            moment.at_us,
            draft.kind,
            undo,
            actor,
            recipient,
            content,
        )
    }

    /// Fills `events` with those from index `start` on.
    pub fn fill(&self, start: u64, events: &mut [Event]) {
        for (index, event) in (start..).zip(events) {
            *event = self.event(index);
        }
    }

    /// The events of `range`, made in parallel; 40 bytes each.
    #[must_use]
    pub fn events(&self, range: Range<u64>) -> Vec<Event> {
        let mut events = vec![Event::default(); (range.end - range.start) as usize];
        let chunk = CHUNK as usize;
        events
            .par_chunks_mut(chunk)
            .enumerate()
            .for_each(|(at, part)| {
                self.fill(range.start + at as u64 * CHUNK, part);
            });
        events
    }

    /// Digest of the multiset of the events of `range`, in parallel and in
    /// constant memory.
    #[must_use]
    pub fn digest(&self, range: Range<u64>) -> Digest {
        let chunks = (range.end - range.start).div_ceil(CHUNK);
        (0..chunks)
            .into_par_iter()
            .map(|chunk| {
                let start = range.start + chunk * CHUNK;
                let end = range.end.min(start + CHUNK);
                (start..end)
                    .map(|index| self.event(index).digest())
                    .sum::<Digest>()
            })
            .reduce(Digest::default, |a, b| a + b)
    }

    /// One of the words that event `index` is made of.
    #[inline(always)]
    fn word(&self, index: u64, which: u64) -> u64 {
        counter_word(self.key, index * WORDS + which)
    }

    /// A fresh event of `kind`. The lower half of `first` decides whether it
    /// is a self-action and whether its content is hot.
    #[inline(always)]
    fn draft(&self, index: u64, first: u64, kind: Kind, hot: u32) -> Draft {
        let last = self.word(index, 3);
        let second = self.word(index, 2);
        let rank = self.recipients.rank(self.word(index, 1), second);
        let mut recipient = self.by_recipient_rank.apply(rank);
        let mut actor = match &self.actors {
            None => below(last, self.members),
            Some((zipf, permutation)) => permutation.apply(zipf.rank(last, mix(last ^ GOLDEN))),
        };
        let is_self = (first & 0xffff) < self.self_action || kind == Kind::MarkRead;
        if is_self {
            actor = recipient;
        }
        let mut content = 0;
        if kind.has_content() {
            let slot = self.slot(kind, second & 0xffff);
            let of_author = !matches!(kind, Kind::PostTag | Kind::PostMention);
            let hot_author = match &self.hot {
                Some(found) if of_author && (mix(second) as u32) < hot => {
                    Some(found.authors.apply(found.ranks.rank(mix(first), mix(last))))
                }
                _ => None,
            };
            let (author, slot) = match (hot_author, kind) {
                // the hot post of its author, or the hot article
                (Some(author), Kind::ArticleLike | Kind::ArticleShare) => (author, 0),
                (Some(author), _) => (author, self.per_member - 1),
                // a tag or mention stands in something that the actor wrote
                (None, Kind::PostTag | Kind::PostMention | Kind::CommentTag) => (actor, slot),
                (None, _) => (recipient, slot),
            };
            if hot_author.is_some() && kind != Kind::CommentTag {
                recipient = author;
                if is_self {
                    actor = author;
                }
            }
            content = author * self.per_member + slot + 1;
        }
        Draft {
            kind,
            actor,
            recipient,
            content,
        }
    }

    /// Which of its author's contents an event of `kind` is about: slot 0 is
    /// the article, the others posts, the newest last and most looked at.
    #[inline(always)]
    fn slot(&self, kind: Kind, uniform: u64) -> u64 {
        // the square of a uniform variable: density 1 / (2 √x)
        let age = (uniform * uniform) >> 16;
        match kind {
            Kind::ArticleLike | Kind::ArticleShare => 0,
            Kind::ContentView => self.per_member - 1 - ((age * self.per_member) >> 16),
            _ => self.per_member - 1 - ((age * (self.per_member - 1)) >> 16),
        }
    }

    /// An undo or a duplicate: a copy of a fresh event within [`REACH`]; where
    /// there is none that may be copied, a fresh event instead.
    #[cold]
    #[inline(never)]
    fn copy(&self, index: u64, undo: bool, hot: u32) -> (Draft, bool) {
        let word = self.word(index, 1);
        let nearest = index.checked_sub(1 + below(word, index.clamp(1, REACH)));
        let mut target = nearest;
        for _ in 0..TRIES {
            let Some(at) = target else { break };
            let first = self.word(at, 0);
            let class = alias::choose(&self.classes[..], CLASS_BITS, first);
            if class < UNDO && (!undo || Kind::from_bits(class as u64).is_undoable()) {
                let moment = self.time.moment(at);
                return (
                    self.draft(at, first, Kind::from_bits(class as u64), moment.hot),
                    undo,
                );
            }
            target = at.checked_sub(1);
        }
        let first = mix(word);
        let class = alias::choose(&self.fresh[..], CLASS_BITS, first);
        (
            self.draft(index, first, Kind::from_bits(class as u64), hot),
            false,
        )
    }

    /// The segment of a member: Fibonacci hashing of its number, so that the
    /// shares are close to those asked for however few members there are.
    #[inline(always)]
    fn segment(&self, number: u64) -> Segment {
        self.segments[(number.wrapping_mul(GOLDEN) >> (64 - SEGMENT_SLOTS.ilog2())) as usize]
    }
}

/// Columns for choosing a class: with `copies` all 18, else fresh kinds only.
fn class_columns(mix: &WriteMix, copies: bool) -> Box<[Column; 1 << CLASS_BITS]> {
    let mut weights = mix.kinds.to_vec();
    weights.extend(if copies {
        [mix.undo, mix.duplicate]
    } else {
        [0.0; 2]
    });
    weights.resize(1 << CLASS_BITS, 0.0);
    let mut columns = Box::new([Column::default(); 1 << CLASS_BITS]);
    columns.copy_from_slice(&alias::columns(&weights));
    columns
}

/// Slots in proportion to the shares, by cumulated rounding.
fn segment_slots(shares: &[f64; Segment::COUNT]) -> Box<[Segment; SEGMENT_SLOTS]> {
    let total: f64 = shares.iter().sum();
    let mut slots = Box::new([Segment::Other; SEGMENT_SLOTS]);
    let (mut cumulated, mut from) = (0.0, 0);
    for (segment, share) in Segment::ALL.into_iter().zip(shares) {
        cumulated += share / total;
        let to = libm::round(cumulated * SEGMENT_SLOTS as f64) as usize;
        slots[from.min(SEGMENT_SLOTS)..to.clamp(from, SEGMENT_SLOTS)].fill(segment);
        from = to;
    }
    slots
}

#[cfg(test)]
#[path = "stream_tests.rs"]
mod tests;
