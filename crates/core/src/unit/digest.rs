//! Digests of sets: a wrapping 128-bit sum of the hashes of the members, so
//! that no order matters, parts can be added, and nothing need be sorted.
//!
//! docs/FORMAT.md specifies the line hash so that any language can check it.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign};

use super::mix::mix;

/// A wrapping 128-bit sum of line hashes; printed as 32 hexadecimal digits.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Digest(pub u128);

impl AddAssign for Digest {
    fn add_assign(&mut self, other: Self) {
        self.0 = self.0.wrapping_add(other.0);
    }
}

impl Add for Digest {
    type Output = Self;
    fn add(mut self, other: Self) -> Self {
        self += other;
        self
    }
}

impl Sum for Digest {
    fn sum<I: Iterator<Item = Self>>(digests: I) -> Self {
        digests.fold(Self::default(), Add::add)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl std::str::FromStr for Digest {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        if text.len() != 32 {
            return Err(format!(
                "a digest has 32 hexadecimal digits, not {}",
                text.len()
            ));
        }
        u128::from_str_radix(text, 16)
            .map(Self)
            .map_err(|_| format!("`{text}` is not hexadecimal"))
    }
}

/// Hashes one line: a sequence of 64-bit words, in order.
#[derive(Clone)]
pub struct LineHasher {
    low: u64,
    high: u64,
}

impl LineHasher {
    /// Starts a line; `tag` names its kind, so that a member and a content
    /// with the same id differ.
    #[inline]
    #[must_use]
    pub const fn new(tag: u64) -> Self {
        Self {
            low: mix(tag ^ 0x0123_4567_89ab_cdef),
            high: mix(tag ^ 0xfedc_ba98_7654_3210),
        }
    }

    /// Absorbs one word.
    #[inline]
    pub const fn word(&mut self, word: u64) {
        self.low = mix(self.low ^ word);
        self.high = mix(self.high.wrapping_add(word).rotate_left(23));
    }

    /// The line's hash, as a digest that can be added to others.
    #[inline]
    #[must_use]
    pub const fn finish(&self) -> Digest {
        Digest(((self.high as u128) << 64) | self.low as u128)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(words: &[u64]) -> Digest {
        let mut hasher = LineHasher::new(1);
        words.iter().for_each(|&word| hasher.word(word));
        hasher.finish()
    }

    #[test]
    fn order_inside_a_line_matters_and_between_lines_does_not() {
        assert_ne!(line(&[1, 2]), line(&[2, 1]));
        assert_ne!(line(&[0]), line(&[0, 0]));
        assert_eq!(line(&[1]) + line(&[2]), line(&[2]) + line(&[1]));
    }

    #[test]
    fn text_form_reads_back() {
        let digest = line(&[7, 8, 9]);
        assert_eq!(digest.to_string().parse(), Ok(digest));
        assert!("xyz".parse::<Digest>().is_err());
    }
}
