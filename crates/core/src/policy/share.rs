//! A share of all words, by which pure functions of ids choose.

/// A share of 2^64 words.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Share {
    bound: u64,
}

impl Share {
    /// None of them.
    pub const NONE: Self = Self { bound: 0 };

    /// A share from 0 to 1.
    #[must_use]
    pub fn new(share: f64) -> Self {
        // saturates at 2^64 - 1 for a share of one
        let bound = (share * 18_446_744_073_709_551_616.0) as u64;
        Self { bound }
    }

    /// Whether a uniform word is one of them.
    #[inline(always)]
    #[must_use]
    pub const fn takes(self, word: u64) -> bool {
        word < self.bound
    }
}
