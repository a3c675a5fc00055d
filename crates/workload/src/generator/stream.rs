//! The events of a stream.

use std::ops::Range;

use rayon::prelude::*;

use super::alias::{self, Column};
use super::classes::{CLASS_BITS, KindTraits, UNDO, class_columns, class_traits};
use super::ids::{Adversarial, FromZero, Numbering, Permutation, Random, Sequential, Snowflake};
use super::time::TimeTable;
use super::zipf::Zipf;
use crate::{IdScheme, Workload};
use notibench_core::event::{Event, Kind, Segment};
use notibench_core::unit::digest::Digest;
use notibench_core::unit::mix::{GOLDEN, below, mix, stream_word};

/// Words of the counter-based generator that one event uses.
const WORDS: u64 = 5;
/// How far back an undo or a duplicate reaches, in events.
const REACH: u64 = 1 << 16;
/// How many earlier events an undo or duplicate looks at to find one that it
/// may copy, before it gives up and becomes a fresh event.
const TRIES: u64 = 256;
/// Size of the table of segments.
const SEGMENT_SLOTS: usize = 1_024;
/// Events that one task of a parallel pass makes.
const CHUNK: u64 = 1 << 16;
/// Events that one task makes on its stack, only to look at them.
const SMALL_CHUNK: u64 = 1 << 11;

/// Makes the events of one workload under one seed.
#[derive(Clone, Debug)]
pub struct Generator {
    key: u64,
    classes: Box<[Column; 1 << CLASS_BITS]>,
    fresh: Box<[Column; 1 << CLASS_BITS]>,
    /// By class; those of undo and duplicate are not looked at.
    traits: [KindTraits; 1 << CLASS_BITS],
    self_action: u64,
    members: u64,
    per_member: u64,
    recipients: Zipf,
    by_recipient_rank: Permutation,
    /// Where all actors are alike, none is drawn by rank.
    actors: Option<(Zipf, Permutation)>,
    hot: Option<Hot>,
    segments: Box<[Segment; SEGMENT_SLOTS]>,
    scheme: IdScheme,
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
    /// Number of the content; of no meaning for a kind without one.
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
            traits: class_traits(population.contents_per_member),
            self_action: (workload.mix.self_action * 65_536.0) as u64,
            members,
            per_member: population.contents_per_member,
            recipients: Zipf::new(members, population.recipient_exponent),
            by_recipient_rank: permutation(1),
            actors,
            hot,
            segments: segment_slots(&population.segments),
            scheme: population.ids,
            time: TimeTable::new(workload),
        }
    }

    /// The event at `index`.
    #[must_use]
    pub fn event(&self, index: u64) -> Event {
        let mut event = [Event::default()];
        self.fill(index, &mut event);
        event[0]
    }

    /// Fills `events` with those from index `start` on. What is the same for
    /// the whole stream is decided here, once for all of them.
    pub fn fill(&self, start: u64, events: &mut [Event]) {
        match self.scheme {
            IdScheme::Sequential => self.fill_with::<Sequential>(start, events),
            IdScheme::FromZero => self.fill_with::<FromZero>(start, events),
            IdScheme::Snowflake => self.fill_with::<Snowflake>(start, events),
            IdScheme::Random => self.fill_with::<Random>(start, events),
            IdScheme::Adversarial => self.fill_with::<Adversarial>(start, events),
        }
    }

    fn fill_with<N: Numbering>(&self, start: u64, events: &mut [Event]) {
        match &self.actors {
            None => self.fill_by::<N>(start, events, |word, _| below(word, self.members)),
            Some((zipf, permutation)) => self.fill_by::<N>(start, events, |word, index| {
                permutation.apply(zipf.rank(word, self.word(index, 4)))
            }),
        }
    }

    #[inline(always)]
    fn fill_by<N: Numbering>(
        &self,
        start: u64,
        mut events: &mut [Event],
        actor_of: impl Fn(u64, u64) -> u64,
    ) {
        let mut index = start;
        while !events.is_empty() {
            let run = self.time.run(index);
            let (part, rest) = events.split_at_mut(events.len().min(run.left as usize));
            for (at, event) in (0..).zip(&mut *part) {
                self.make::<N>(event, index + at, run.at_us(at), run.hot, &actor_of);
            }
            index += part.len() as u64;
            events = rest;
        }
    }

    /// Makes the event at `index`. Nothing here leaves the registers; what is
    /// rare (undos, duplicates, hot contents) is made elsewhere, from the
    /// beginning.
    #[inline(always)]
    fn make<N: Numbering>(
        &self,
        event: &mut Event,
        index: u64,
        at_us: u64,
        hot: u32,
        actor_of: &impl Fn(u64, u64) -> u64,
    ) {
        let first = self.word(index, 0);
        let class = alias::choose(&self.classes, first);
        let traits = &self.traits[class];
        let second = self.word(index, 2);
        // the five bits that this shares with the class decide that only where
        // 27 others are equal
        if (first as u32) < (hot & traits.may_be_hot) || class >= UNDO {
            *event = self.make_rare::<N>(index, at_us, hot, actor_of);
            return;
        }
        let recipient = self.recipient(self.word(index, 1), second);
        let drawn = actor_of(self.word(index, 3), index);
        let draft = self.draft(traits, class, second, recipient, drawn);
        *event = self.number::<N>(index, at_us, &draft, false);
    }

    /// The event at `index`, whatever it is.
    #[cold]
    #[inline(never)]
    fn make_rare<N: Numbering>(
        &self,
        index: u64,
        at_us: u64,
        hot: u32,
        actor_of: &impl Fn(u64, u64) -> u64,
    ) -> Event {
        let first = self.word(index, 0);
        let class = alias::choose(&self.classes, first);
        let (draft, undo) = if class < UNDO {
            (self.fresh(index, first, class, hot, actor_of), false)
        } else {
            self.copy(index, class == UNDO, hot, actor_of)
        };
        self.number::<N>(index, at_us, &draft, undo)
    }

    /// Turns numbers into ids.
    #[inline(always)]
    fn number<N: Numbering>(&self, index: u64, at_us: u64, draft: &Draft, undo: bool) -> Event {
        let &Draft {
            kind,
            actor,
            recipient,
            content,
        } = draft;
        let content = N::content_id(content) & self.traits[kind as usize].has_content;
        let actor = (N::id(actor), self.segment(actor));
        Event::new(index, at_us, kind, undo, actor, N::id(recipient), content)
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
        let chunks = (range.end - range.start).div_ceil(SMALL_CHUNK);
        (0..chunks)
            .into_par_iter()
            .map(|chunk| {
                let start = range.start + chunk * SMALL_CHUNK;
                let length = SMALL_CHUNK.min(range.end - start);
                let mut room = [Event::default(); SMALL_CHUNK as usize];
                let room = &mut room[..length as usize];
                self.fill(start, room);
                room.iter().map(Event::digest).sum::<Digest>()
            })
            .reduce(Digest::default, |a, b| a + b)
    }

    /// One of the words that event `index` is made of.
    #[inline(always)]
    fn word(&self, index: u64, which: u64) -> u64 {
        stream_word(self.key, index * WORDS + which)
    }

    #[inline(always)]
    fn recipient(&self, first: u64, second: u64) -> u64 {
        self.by_recipient_rank
            .apply(self.recipients.rank(first, second))
    }

    /// A fresh event out of what was drawn for it, its content not hot. The
    /// lower half of `second` decides whether it is a self-action and which
    /// of its author's contents it is about: the rank's place in its bucket
    /// comes from the upper bits.
    #[inline(always)]
    fn draft(
        &self,
        traits: &KindTraits,
        class: usize,
        second: u64,
        recipient: u64,
        drawn: u64,
    ) -> Draft {
        let is_self = self.is_self(second, traits);
        let actor = if is_self { recipient } else { drawn };
        // the square of a uniform variable has density 1 / (2 √x): the newest
        // of an author's contents are the most looked at
        let uniform = second & 0xffff;
        let age = (uniform * uniform) >> 16;
        let slot = traits.newest_slot - ((age * traits.slots) >> 16);
        let author = if traits.by_actor { actor } else { recipient };
        let kind = Kind::from_bits(class as u64);
        Draft {
            kind,
            actor,
            recipient,
            content: author * self.per_member + slot,
        }
    }

    #[inline(always)]
    fn is_self(&self, second: u64, traits: &KindTraits) -> bool {
        ((second >> 16 & 0xffff) < self.self_action) | traits.is_own_act
    }

    /// A fresh event of the kind with that number, its content perhaps hot.
    fn fresh(
        &self,
        index: u64,
        first: u64,
        kind: usize,
        hot: u32,
        actor_of: &impl Fn(u64, u64) -> u64,
    ) -> Draft {
        let traits = &self.traits[kind];
        let (second, last) = (self.word(index, 2), self.word(index, 3));
        let recipient = self.recipient(self.word(index, 1), second);
        let draft = self.draft(traits, kind, second, recipient, actor_of(last, index));
        if (first as u32) < (hot & traits.may_be_hot) {
            let is_self = self.is_self(second, traits);
            return self.heat(draft, traits, is_self, mix(first), mix(last));
        }
        draft
    }

    /// The same event about a hot content: the newest post of its author, or
    /// the article.
    #[inline(never)]
    fn heat(
        &self,
        draft: Draft,
        traits: &KindTraits,
        is_self: bool,
        first: u64,
        second: u64,
    ) -> Draft {
        let Some(hot) = &self.hot else { return draft };
        let author = hot.authors.apply(hot.ranks.rank(first, second));
        let content = author * self.per_member + traits.newest_slot;
        if !traits.concerns_author {
            return Draft { content, ..draft };
        }
        let actor = if is_self { author } else { draft.actor };
        Draft {
            content,
            recipient: author,
            actor,
            ..draft
        }
    }

    /// An undo or a duplicate: a copy of a fresh event within [`REACH`]; where
    /// there is none that may be copied, a fresh event instead.
    #[cold]
    #[inline(never)]
    fn copy(
        &self,
        index: u64,
        undo: bool,
        hot: u32,
        actor_of: &impl Fn(u64, u64) -> u64,
    ) -> (Draft, bool) {
        let word = self.word(index, 1);
        let nearest = index.checked_sub(1 + below(word, index.clamp(1, REACH)));
        let mut target = nearest;
        for _ in 0..TRIES {
            let Some(at) = target else { break };
            let first = self.word(at, 0);
            let class = alias::choose(&self.classes, first);
            if class < UNDO && (!undo || Kind::from_bits(class as u64).is_undoable()) {
                let hot = self.time.run(at).hot;
                return (self.fresh(at, first, class, hot, actor_of), undo);
            }
            target = at.checked_sub(1);
        }
        let first = mix(word);
        let class = alias::choose(&self.fresh, first);
        (self.fresh(index, first, class, hot, actor_of), false)
    }

    /// The segment of a member: Fibonacci hashing of its number, so that the
    /// shares are close to those asked for however few members there are.
    #[inline(always)]
    fn segment(&self, number: u64) -> Segment {
        self.segments[(number.wrapping_mul(GOLDEN) >> (64 - SEGMENT_SLOTS.ilog2())) as usize]
    }
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
