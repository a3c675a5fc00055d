//! What of an event an inbox must keep, in one word.

use super::{Kind, Segment};

/// Indexes are below this, so that index, kind, undo and segment share a word.
pub const MAX_INDEX: u64 = 1 << 56;

/// Index (56 bits), segment (3), undo (1) and kind (4), from the top: so two
/// stamps compare as their indexes do.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Stamp(u64);

impl Stamp {
    /// Above every stamp of an event.
    pub const MAX: Self = Self(u64::MAX);

    /// A stamp; `index` must be below [`MAX_INDEX`].
    #[inline(always)]
    #[must_use]
    pub const fn new(index: u64, segment: Segment, undo: bool, kind: Kind) -> Self {
        debug_assert!(index < MAX_INDEX);
        Self(index << 8 | (segment as u64) << 5 | (undo as u64) << 4 | kind as u64)
    }

    /// How many cases [`Stamp::case`] tells apart.
    pub const CASES: usize = 256;

    /// The stamp with that [`Stamp::word`].
    #[inline(always)]
    #[must_use]
    pub const fn from_word(word: u64) -> Self {
        Self(word)
    }

    /// The stamp of index 0 with that [`Stamp::case`].
    #[inline(always)]
    #[must_use]
    pub const fn of_case(case: u8) -> Self {
        Self(case as u64)
    }

    /// All but the index, in a byte: all that counts of an event that only
    /// raises or lowers a number.
    #[inline(always)]
    #[must_use]
    pub const fn case(self) -> u8 {
        self.0 as u8
    }

    /// Position in the stream.
    #[inline(always)]
    #[must_use]
    pub const fn index(self) -> u64 {
        self.0 >> 8
    }

    /// What happened.
    #[inline(always)]
    #[must_use]
    pub const fn kind(self) -> Kind {
        Kind::from_bits(self.0)
    }

    /// Whether it takes back an earlier event of this kind.
    #[inline(always)]
    #[must_use]
    pub const fn undo(self) -> bool {
        self.0 & 16 != 0
    }

    /// The actor's segment.
    #[inline(always)]
    #[must_use]
    pub const fn segment(self) -> Segment {
        Segment::from_bits(self.0 >> 5)
    }

    /// Whether the kinds are the same, whatever the rest is.
    #[inline(always)]
    #[must_use]
    pub const fn same_kind(self, other: Self) -> bool {
        (self.0 ^ other.0) & 15 == 0
    }

    /// The word itself: index from bit 8, segment in bits 5 to 7, undo in bit
    /// 4, kind in bits 0 to 3.
    #[inline(always)]
    #[must_use]
    pub const fn word(self) -> u64 {
        self.0
    }
}
