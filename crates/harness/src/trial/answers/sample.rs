//! Which keys' answers are logged: members and contents that are often asked
//! for, others by chance, and every change of them.

use std::collections::HashMap;

use notibench_core::event::{Event, Read};

/// Bits of the filter that most reads are told by.
const FILTER_BITS: usize = 1 << 16;
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
pub(crate) struct AnswerSample {
    filter: Box<[u64]>,
    keys: HashMap<Key, Vec<(u64, Event)>>,
    stride: u64,
}

impl AnswerSample {
    /// The keys that are asked for, what changes each, and how many answers
    /// about them there are to one that is logged.
    pub(super) fn new(
        asked: &[Key],
        changes: HashMap<Key, Vec<(u64, Event)>>,
        stride: u64,
    ) -> Self {
        let mut filter = vec![0; FILTER_BITS / 64].into_boxed_slice();
        for key in asked {
            let bit = bit_of(key.id);
            filter[bit / 64] |= 1 << (bit % 64);
        }
        Self {
            filter,
            keys: changes,
            stride,
        }
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
