//! A member's inbox: for each key (kind, content, actor) the action with the
//! highest index wins, an undo being a tombstone; of those keys the K with the
//! highest winning index are kept, tombstones included.
//!
//! The entries lie in the order of their stamps, in a ring once the inbox is
//! full: the one to be given up is then known without a look at the others.
//! Before them lies a byte of each key's hash, so that eight entries are told
//! apart from a key at once; hardly ever is an entry read that is not the one
//! looked for.

use crate::event::{Kind, Stamp};

/// One kept entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InboxEntry {
    /// Index, segment, undo and kind of the winning event.
    pub stamp: Stamp,
    /// Who acted.
    pub actor: u64,
    /// What it was about; 0: nothing.
    pub content: u64,
}

/// Words of an entry.
const ENTRY_WORDS: usize = 3;
/// Tags in a word.
const TAGS: usize = 8;
/// Bytes of an entry and its tag.
const ENTRY_BYTES: u64 = 8 * ENTRY_WORDS as u64 + 1;
/// A one in each byte of a word, and each byte's highest bit.
const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = ONES << 7;
/// Entries that a first allocation has room for.
const FIRST_ROOM: usize = 2;

impl InboxEntry {
    /// Bytes that an entry takes in an inbox.
    pub const BYTES: u64 = ENTRY_BYTES;

    /// Index of the winning event.
    #[must_use]
    pub const fn index(&self) -> u64 {
        self.stamp.index()
    }

    /// The kind of the key.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.stamp.kind()
    }

    /// Whether it is a tombstone.
    #[must_use]
    pub const fn undone(&self) -> bool {
        self.stamp.undo()
    }

    #[inline(always)]
    const fn same_key(&self, other: &Self) -> bool {
        self.actor == other.actor
            && self.content == other.content
            && self.stamp.same_kind(other.stamp)
    }

    /// A byte of the key's hash.
    #[inline(always)]
    const fn tag(&self) -> u8 {
        // a multiplication carries every bit into the highest byte
        let key = self.actor ^ self.content.rotate_left(32) ^ self.kind() as u64;
        (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8
    }

    #[inline(always)]
    fn of_words(words: &[u64]) -> Self {
        Self {
            stamp: Stamp::from_word(words[0]),
            actor: words[1],
            content: words[2],
        }
    }
}

/// The entries kept.
#[derive(Clone, Debug, Default)]
pub struct Inbox {
    /// Tags, [`TAGS`] a word, then the entries, [`ENTRY_WORDS`] each.
    words: Box<[u64]>,
    /// Entries kept.
    len: u32,
    /// Where the one with the lowest stamp is; 0 until the inbox is full.
    oldest: u32,
}

impl Inbox {
    /// Offers one action; `capacity` is K, at least 1.
    #[inline]
    pub fn offer(&mut self, entry: InboxEntry, capacity: usize) {
        let len = self.len as usize;
        let is_full = len == capacity;
        if is_full && entry.stamp <= self.stamp_at(0) {
            // its key, if kept, has a higher stamp; nothing else admits it
            return;
        }
        let tag = entry.tag();
        let at = if let Some(at) = self.find(tag, &entry) {
            if entry.stamp <= self.stamp_at(at) {
                return;
            }
            at
        } else if is_full {
            // the lowest gives way, and its place becomes the ring's last
            self.oldest = if self.oldest as usize + 1 == len {
                0
            } else {
                self.oldest + 1
            };
            len - 1
        } else {
            if len == places_in(self.words.len()) {
                self.grow(capacity);
            }
            self.len += 1;
            len
        };
        self.put_from(at, tag, &entry);
    }

    /// Offers every entry of another part of the same inbox.
    pub fn merge(&mut self, other: &Self, capacity: usize) {
        for entry in other.entries() {
            self.offer(entry, capacity);
        }
    }

    /// The entries, in the order of their stamps.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = InboxEntry> + ExactSizeIterator {
        (0..self.len as usize).map(|at| self.entry(self.place(at)))
    }

    /// Entries kept.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len as usize
    }

    /// Whether nothing is kept.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Bytes of the entries, and bytes of room that holds none.
    #[must_use]
    pub fn bytes(&self) -> (u64, u64) {
        let used = u64::from(self.len) * ENTRY_BYTES;
        (used, size_of_val(&*self.words) as u64 - used)
    }

    /// Where the entries begin, and where the next offer is likely to go: what
    /// is worth being prefetched.
    #[inline(always)]
    pub fn near(&self) -> [*const u8; 2] {
        let next = self.entries_from() + self.oldest as usize * ENTRY_WORDS;
        let first: *const u64 = self.words.as_ptr();
        [first.cast(), first.wrapping_add(next).cast()]
    }

    /// The place of the `at`-th entry in the order of stamps.
    #[inline(always)]
    fn place(&self, at: usize) -> usize {
        let (place, len) = (self.oldest as usize + at, self.len as usize);
        if place >= len { place - len } else { place }
    }

    #[inline(always)]
    fn entries_from(&self) -> usize {
        places_in(self.words.len()).div_ceil(TAGS)
    }

    #[inline(always)]
    fn entry(&self, place: usize) -> InboxEntry {
        let from = self.entries_from() + place * ENTRY_WORDS;
        InboxEntry::of_words(&self.words[from..from + ENTRY_WORDS])
    }

    #[inline(always)]
    fn stamp_at(&self, at: usize) -> Stamp {
        let word = self.entries_from() + self.place(at) * ENTRY_WORDS;
        Stamp::from_word(self.words[word])
    }

    /// Where in the order of stamps the key of `entry` is, if it is kept.
    #[inline(always)]
    fn find(&self, tag: u8, entry: &InboxEntry) -> Option<usize> {
        let len = self.len as usize;
        let wanted = u64::from(tag) * ONES;
        for (word, tags) in self.words[..len.div_ceil(TAGS)].iter().enumerate() {
            // the highest bit of each byte that is zero, and perhaps of some
            // above it: what is found is looked at
            let differs = tags ^ wanted;
            let mut zeros = differs.wrapping_sub(ONES) & !differs & HIGHS;
            while zeros != 0 {
                let place = word * TAGS + zeros.trailing_zeros() as usize / 8;
                zeros &= zeros - 1;
                if place < len && self.entry(place).same_key(entry) {
                    let oldest = self.oldest as usize;
                    return Some(if place >= oldest {
                        place - oldest
                    } else {
                        place + len - oldest
                    });
                }
            }
        }
        None
    }

    /// Puts an entry at the `at`-th place in the order of stamps, or wherever
    /// between there and an end its stamp belongs: those between move by one.
    #[inline(always)]
    fn put_from(&mut self, mut at: usize, tag: u8, entry: &InboxEntry) {
        while at + 1 < self.len as usize && self.stamp_at(at + 1) < entry.stamp {
            self.copy(at + 1, at);
            at += 1;
        }
        while at > 0 && self.stamp_at(at - 1) > entry.stamp {
            self.copy(at - 1, at);
            at -= 1;
        }
        let place = self.place(at);
        let from = self.entries_from() + place * ENTRY_WORDS;
        let words = [entry.stamp.word(), entry.actor, entry.content];
        self.words[from..from + ENTRY_WORDS].copy_from_slice(&words);
        self.set_tag(place, tag);
    }

    /// Copies an entry and its tag from one place in the order to another.
    fn copy(&mut self, from: usize, to: usize) {
        let (from, to) = (self.place(from), self.place(to));
        let first = self.entries_from();
        let word = first + from * ENTRY_WORDS;
        self.words
            .copy_within(word..word + ENTRY_WORDS, first + to * ENTRY_WORDS);
        let tag = (self.words[from / TAGS] >> (from % TAGS * 8)) as u8;
        self.set_tag(to, tag);
    }

    #[inline(always)]
    fn set_tag(&mut self, place: usize, tag: u8) {
        let (word, shift) = (&mut self.words[place / TAGS], place % TAGS * 8);
        *word = *word & !(0xff << shift) | u64::from(tag) << shift;
    }

    /// Twice the room, as far as `capacity` allows. Only an inbox that is not
    /// full grows, and its ring starts at 0.
    #[cold]
    fn grow(&mut self, capacity: usize) {
        let (before, len) = (self.entries_from(), self.len as usize);
        let places = (len * 2).clamp(FIRST_ROOM.min(capacity), capacity);
        let after = places.div_ceil(TAGS);
        let mut words = vec![0; after + places * ENTRY_WORDS].into_boxed_slice();
        words[..before].copy_from_slice(&self.words[..before]);
        words[after..after + len * ENTRY_WORDS].copy_from_slice(&self.words[before..]);
        self.words = words;
    }
}

/// Entries that so many words have room for: p entries take 3 p words and
/// their tags p / 8, rounded up.
#[inline(always)]
const fn places_in(words: usize) -> usize {
    words * TAGS / (TAGS * ENTRY_WORDS + 1)
}

#[cfg(test)]
#[path = "inbox_tests.rs"]
mod tests;
