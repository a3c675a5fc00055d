//! Who looked at one member or content in the open epoch: a set of tokens,
//! each with the segment that it counts under and the surfaces that it was
//! seen on. Imports `event`.
//!
//! Tokens are uniform words, and so their own hashes: an open table in one
//! allocation, searched from the place that a token's lowest bits name. First
//! its length, then a byte a place that tells whether and whose it is, then
//! the tokens. Not one of hashbrown's, which holds no byte of ours a place.

use crate::event::Segment;

/// Places of the smallest table; a power of two.
const FIRST_PLACES: usize = 4;
/// Tags in a word.
const TAGS: usize = 8;
/// In a tag: the place is taken.
const TAKEN: u8 = 1 << 7;
/// Where a tag's surfaces begin; its segment lies below.
const SURFACE_SHIFT: u32 = 3;
/// Surfaces of an object at most.
pub(super) const SURFACES: usize = 2;

/// A set of viewers; nothing is allocated for an empty one.
#[derive(Clone, Debug, Default)]
pub(super) struct Viewers {
    words: Box<[u64]>,
}

/// One viewer's place in the table, or where it would be.
struct Place {
    at: usize,
    tag: u8,
}

impl Viewers {
    /// Notes that a viewer was seen on a surface (below [`SURFACES`]). Returns
    /// whether that was not known.
    #[inline]
    pub(super) fn note(&mut self, token: u64, surface: usize, segment: Segment) -> bool {
        let seen = 1 << (SURFACE_SHIFT as usize + surface);
        self.note_tag(token, TAKEN | seen | segment as u8) != 0
    }

    /// Adds what a tag says of a viewer. Returns its surfaces that were not
    /// known, a bit each.
    #[inline]
    fn note_tag(&mut self, token: u64, tag: u8) -> u8 {
        if self.is_full() {
            self.grow();
        }
        let place = self.find(token);
        let added = tag & !place.tag;
        if added != 0 {
            if place.tag == 0 {
                self.words[0] += 1;
                let tokens = 1 + self.places().div_ceil(TAGS);
                self.words[tokens + place.at] = token;
            }
            self.words[1 + place.at / TAGS] |= u64::from(added) << (8 * (place.at % TAGS));
        }
        surfaces_of(added)
    }

    /// Adds another part of the same set; calls `twice` for each surface and
    /// segment of a viewer that both have seen there.
    pub(super) fn merge(&mut self, other: &Self, mut twice: impl FnMut(usize, Segment)) {
        for (token, tag) in other.entries() {
            let added = self.note_tag(token, tag);
            let known = surfaces_of(tag) & !added;
            for surface in (0..SURFACES).filter(|surface| known >> surface & 1 == 1) {
                twice(surface, Segment::from_bits(u64::from(tag)));
            }
        }
    }

    /// Forgets all, and gives the room back.
    pub(super) fn clear(&mut self) {
        self.words = Box::default();
    }

    /// Whether nobody was seen.
    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Bytes on the heap that hold viewers, and bytes that hold none.
    pub(super) fn bytes(&self) -> (u64, u64) {
        let all = size_of_val(&*self.words) as u64;
        let used = self.words.first().map_or(0, |len| 8 + 9 * len);
        (used, all - used)
    }

    /// The line that the search for a token begins at.
    #[inline(always)]
    pub(super) fn near(&self, token: u64) -> [*const u8; 2] {
        let places = self.places();
        let at = token as usize & places.saturating_sub(1);
        let start = self.words.as_ptr();
        let tags = start.wrapping_add(1 + at / TAGS);
        let tokens = start.wrapping_add(1 + places.div_ceil(TAGS) + at);
        [tags.cast(), tokens.cast()]
    }

    /// Places of the table: of `w` words, 1 is its length and a ninth of the
    /// rest, rounded up, are tags.
    #[inline(always)]
    fn places(&self) -> usize {
        let rest = self.words.len().saturating_sub(1);
        rest * TAGS / (TAGS + 1)
    }

    /// Whether one more would fill more than three quarters.
    #[inline(always)]
    fn is_full(&self) -> bool {
        match self.words.first() {
            Some(&len) => len as usize >= self.places() * 3 / 4,
            None => true,
        }
    }

    #[inline(always)]
    fn tag(&self, at: usize) -> u8 {
        (self.words[1 + at / TAGS] >> (8 * (at % TAGS))) as u8
    }

    /// Where a token is, or the free place where its search ends. There is
    /// always one: the table is never full.
    #[inline]
    fn find(&self, token: u64) -> Place {
        let places = self.places();
        let tokens = 1 + places.div_ceil(TAGS);
        let mut at = token as usize & (places - 1);
        loop {
            let tag = self.tag(at);
            if tag == 0 || self.words[tokens + at] == token {
                return Place { at, tag };
            }
            at = (at + 1) & (places - 1);
        }
    }

    #[cold]
    fn grow(&mut self) {
        let places = match self.places() {
            0 => FIRST_PLACES,
            places => places * 2,
        };
        let words = vec![0; 1 + places.div_ceil(TAGS) + places];
        let mut larger = Self {
            words: words.into(),
        };
        for (token, tag) in self.entries() {
            larger.note_tag(token, tag);
        }
        *self = larger;
    }

    /// Every token with its tag.
    fn entries(&self) -> impl Iterator<Item = (u64, u8)> {
        let places = self.places();
        let tokens = 1 + places.div_ceil(TAGS);
        let entry = move |at: usize| (self.words[tokens + at], self.tag(at));
        (0..places).map(entry).filter(|(_, tag)| *tag != 0)
    }
}

const fn surfaces_of(tag: u8) -> u8 {
    tag >> SURFACE_SHIFT & ((1 << SURFACES) - 1)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::unit::mix::{below, counter_word, mix};

    type Seen = (u64, usize, u64);

    /// Notes of few viewers, many twice; their segment is their own.
    fn notes(seed: u64, count: u64) -> Vec<Seen> {
        let note = |at| {
            let word = counter_word(seed, at);
            // the token 0 is one as any other
            let viewer = below(word, count / 2 + 1);
            let token = if viewer == 0 { 0 } else { mix(viewer) };
            (token, (word & 1) as usize, token >> 7)
        };
        (0..count).map(note).collect()
    }

    fn note_all(viewers: &mut Viewers, notes: &[Seen], known: &mut HashSet<(u64, usize)>) {
        for &(token, surface, segment) in notes {
            let is_new = viewers.note(token, surface, Segment::from_bits(segment));
            assert_eq!(is_new, known.insert((token, surface)));
        }
    }

    fn entries_of(viewers: &Viewers) -> HashSet<(u64, u8)> {
        viewers.entries().collect()
    }

    #[test]
    fn each_viewer_is_new_once_on_each_surface() {
        for count in [0, 1, 2, 3, 10, 1000, 5000] {
            let (mut viewers, mut known) = (Viewers::default(), HashSet::new());
            note_all(&mut viewers, &notes(1, count), &mut known);
            let tokens: HashSet<u64> = known.iter().map(|note| note.0).collect();
            assert_eq!(viewers.entries().count(), tokens.len());
            let (used, slack) = viewers.bytes();
            assert_eq!(used + slack, 8 * viewers.words.len() as u64);
            if count > 0 {
                assert_eq!(used, 8 + 9 * tokens.len() as u64);
                assert!(viewers.places().is_power_of_two());
            }
            assert_eq!(viewers.is_empty(), count == 0);
            viewers.clear();
            assert_eq!(viewers.bytes(), (0, 0));
        }
    }

    #[test]
    fn merging_tells_what_both_had() {
        let (one, other) = (notes(2, 700), notes(3, 900));
        let (mut all, mut known) = (Viewers::default(), HashSet::new());
        note_all(&mut all, &one, &mut known);
        note_all(&mut all, &other, &mut known);
        let (mut first, mut in_first) = (Viewers::default(), HashSet::new());
        note_all(&mut first, &one, &mut in_first);
        let (mut second, mut in_second) = (Viewers::default(), HashSet::new());
        note_all(&mut second, &other, &mut in_second);
        let mut twice = [0_usize; 16];
        first.merge(&second, |surface, segment| {
            twice[surface * 8 + segment as usize] += 1;
        });
        assert_eq!(entries_of(&first), entries_of(&all));
        let mut expected = [0_usize; 16];
        for (token, surface) in in_first.intersection(&in_second) {
            expected[surface * 8 + (token >> 7 & 7) as usize] += 1;
        }
        assert!(expected.iter().sum::<usize>() > 100);
        assert_eq!(twice, expected);
    }
}
