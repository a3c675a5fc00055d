//! The views seen in the open epoch: one set for all engines' sessions, of
//! pairs of an object and the token of a viewer.
//!
//! A pair is 16 bytes of an open table: tokens are uniform words under the
//! epoch's key, and so their own hashes. Tables are cut into stripes, each
//! behind a lock; a session that brings a batch takes each lock once.

use crossbeam_utils::CachePadded;

use crate::policy::Surface;
use crate::unit::hash_bits::part_of;
use crate::unit::prefetch::prefetch_line;
use crate::unit::sync::{Mutex, MutexGuard};

/// Stripes: enough that sessions seldom contend, few enough that a batch has many
/// views for each.
pub(crate) const STRIPES: usize = 32;
/// Surfaces, each with tables of its own: a member and a content may have the
/// same id.
pub(crate) const SURFACES: usize = 3;
/// Places of the smallest table; a power of two.
const FIRST_PLACES: usize = 64;

/// What the set holds of a view.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SeenKey {
    pub surface: Surface,
    /// The recipient or the content.
    pub object: u64,
    /// The viewer's token for that surface and object.
    pub token: u64,
}

impl SeenKey {
    /// The stripe that it belongs to; a token is its own hash.
    #[inline(always)]
    pub(crate) const fn stripe(&self) -> usize {
        part_of::<STRIPES>(self.token)
    }
}

/// The set.
pub(crate) struct SeenSet {
    stripes: Box<[CachePadded<Mutex<Stripe>>]>,
}

impl std::fmt::Debug for SeenSet {
    /// Prints no viewer.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SeenSet")
    }
}

/// The pairs of one stripe, by surface.
#[derive(Default)]
pub(crate) struct Stripe {
    tables: [Table; SURFACES],
}

impl Default for SeenSet {
    fn default() -> Self {
        Self {
            stripes: (0..STRIPES).map(|_| CachePadded::default()).collect(),
        }
    }
}

impl SeenSet {
    /// A stripe, locked; without `wait`, only where it is free.
    #[inline(always)]
    pub(crate) fn stripe(&self, stripe: usize, wait: bool) -> Option<MutexGuard<'_, Stripe>> {
        let lock = &self.stripes[stripe % STRIPES];
        if wait {
            Some(lock.lock())
        } else {
            lock.try_lock()
        }
    }

    /// Notes one view alone; returns whether it is the first.
    pub(crate) fn note(&self, key: &SeenKey) -> bool {
        self.stripes[key.stripe()].lock().note(key)
    }

    /// Pairs by stripe and surface.
    pub(crate) fn sizes(&self) -> Sizes {
        let of = |stripe: usize| {
            self.stripes[stripe]
                .lock()
                .tables
                .each_ref()
                .map(Table::len)
        };
        std::array::from_fn(of)
    }

    /// Bytes of all tables, empty places included.
    pub(crate) fn bytes(&self) -> u64 {
        let of = |stripe: &CachePadded<Mutex<Stripe>>| -> u64 {
            let tables = &stripe.lock().tables;
            tables
                .iter()
                .map(|table| size_of_val(&*table.slots) as u64)
                .sum()
        };
        self.stripes.iter().map(of).sum()
    }

    /// Makes room for as many pairs as another set had.
    pub(crate) fn make_room(&self, sizes: &Sizes) {
        for (stripe, sizes) in self.stripes.iter().zip(sizes) {
            for (table, &pairs) in stripe.lock().tables.iter_mut().zip(sizes) {
                table.make_room(pairs);
            }
        }
    }
}

/// How many pairs each table of a set has.
pub(crate) type Sizes = [[usize; SURFACES]; STRIPES];

impl Stripe {
    /// Notes a view; returns whether it is the first.
    #[inline(always)]
    pub(crate) fn note(&mut self, key: &SeenKey) -> bool {
        self.tables[key.surface as usize].insert([key.object, key.token])
    }

    /// Hints where its tables are now.
    #[inline(always)]
    pub(crate) fn hints(&self) -> [TableHint; SURFACES] {
        self.tables.each_ref().map(|table| TableHint {
            start: table.slots.as_ptr() as usize,
            mask: table.slots.len().saturating_sub(1),
        })
    }
}

/// Where a table was when its stripe was last locked, for prefetching.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct TableHint {
    start: usize,
    mask: usize,
}

impl TableHint {
    /// Prefetches the cache line where the search for a token begins.
    #[inline(always)]
    pub(crate) fn prefetch(self, token: u64) {
        let at = self.start + (token as usize & self.mask) * size_of::<Pair>();
        prefetch_line(std::ptr::without_provenance(at));
    }
}

/// Object and token; both zero: none.
type Pair = [u64; 2];

/// An open table of pairs, searched one place after the other.
#[derive(Default)]
struct Table {
    slots: Vec<Pair>,
    len: usize,
    /// Whether the pair of zeros is in it, which no slot can say.
    has_zeros: bool,
}

impl Table {
    fn len(&self) -> usize {
        self.len
    }

    /// Adds a pair; returns whether it was not there.
    #[inline(always)]
    fn insert(&mut self, pair: Pair) -> bool {
        if pair == [0; 2] {
            return !std::mem::replace(&mut self.has_zeros, true);
        }
        if self.len >= room_of(self.slots.len()) {
            self.grow_to((self.slots.len() * 2).max(FIRST_PLACES));
        }
        let mask = self.slots.len() - 1;
        let mut at = pair[1] as usize & mask;
        loop {
            let slot = &mut self.slots[at];
            if *slot == pair {
                return false;
            }
            if *slot == [0; 2] {
                *slot = pair;
                self.len += 1;
                return true;
            }
            at = (at + 1) & mask;
        }
    }

    /// Makes room for so many pairs, where it has none yet.
    fn make_room(&mut self, pairs: usize) {
        let mut places = FIRST_PLACES;
        while room_of(places) < pairs {
            places *= 2;
        }
        if pairs > 0 && self.slots.is_empty() {
            self.slots = empty(places);
        }
    }

    #[cold]
    fn grow_to(&mut self, places: usize) {
        let before = std::mem::replace(&mut self.slots, empty(places));
        let mask = places - 1;
        for pair in before.into_iter().filter(|pair| *pair != [0; 2]) {
            let mut at = pair[1] as usize & mask;
            while self.slots[at] != [0; 2] {
                at = (at + 1) & mask;
            }
            self.slots[at] = pair;
        }
    }
}

/// So many empty places, each page of them written to once. A page that is
/// read before it is written is mapped twice, the second time with a word to
/// every other core: that was two fifths of a session's time.
fn empty(places: usize) -> Vec<Pair> {
    const PAGE: usize = 4_096;
    let mut slots = vec![[0; 2]; places];
    for slot in slots.iter_mut().step_by(PAGE / size_of::<Pair>()) {
        *std::hint::black_box(slot) = [0; 2];
    }
    slots
}

/// Pairs that a table of so many places takes: five eighths, beyond which
/// searches grow long.
const fn room_of(places: usize) -> usize {
    places / 8 * 5
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::unit::mix::{below, counter_word, mix};

    const ALL: [Surface; SURFACES] = [Surface::Profile, Surface::Picture, Surface::Content];

    #[test]
    fn each_pair_is_new_once_on_each_surface() {
        for count in [0_u64, 1, 3, 100, 20_000] {
            let (seen, mut known) = (SeenSet::default(), HashSet::new());
            for at in 0..count {
                let word = counter_word(1, at);
                let viewer = below(word, count / 2 + 1);
                // the token 0 and the object 0 are ones as any other
                let token = if viewer == 0 { 0 } else { mix(viewer) };
                let surface = ALL[(word % 3) as usize];
                let object = word >> 60;
                let key = SeenKey {
                    surface,
                    object,
                    token,
                };
                let is_new = known.insert((surface, object, token));
                assert_eq!(seen.note(&key), is_new);
                assert!(!seen.note(&key));
            }
            let zeros = known
                .iter()
                .filter(|(_, object, token)| (*object, *token) == (0, 0));
            let pairs = known.len() - zeros.count();
            assert_eq!(seen.sizes().iter().flatten().sum::<usize>(), pairs);
            assert!(seen.bytes() >= 16 * pairs as u64);
        }
    }

    #[test]
    fn what_is_expected_does_not_grow() {
        let mut table = Table::default();
        table.make_room(1_000);
        let places = table.slots.len();
        assert!((0..1_000).all(|at| table.insert([7, mix(at + 1)])));
        assert_eq!(table.slots.len(), places);
        assert!((0..1_000).all(|at| !table.insert([7, mix(at + 1)])));
        assert!((0..9_000).all(|at| table.insert([8, mix(at + 1)])));
        assert_eq!(table.len(), 10_000);
        assert!(table.len() <= room_of(table.slots.len()));
    }
}
