//! Noise of a release: discrete Laplace (two-sided geometric), exact, a pure
//! function of a secret key and of what it is for. Imports its siblings.
//!
//! P(noise = k) = (1 − α)/(1 + α)·α^|k| with α = exp(−ε) (Ghosh, Roughgarden
//! and Sundararajan, "Universally utility-maximizing privacy mechanisms",
//! 2009). The sampler is that of Canonne, Kamath and Steinke ("The discrete
//! Gaussian for differential privacy", 2020, algorithms 1 and 2): integers
//! only, so that no rounding of a logarithm leaks (Mironov, "On significance
//! of the least significant bits", 2012), and exact for a rational ε.
//!
//! Its random bits are Speck64/128 in counter mode under one key, the counter
//! starting at a tag of (object, surface, epoch) under another: so noise is
//! the same whoever asks, whenever, and nobody without the keys can guess it.

use zeroize::Zeroize;

use super::permutation::Speck;

/// ε as a fraction, such as 1/2.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Epsilon {
    numerator: u32,
    denominator: u32,
}

impl Epsilon {
    /// Of so many thousandths, at least one.
    #[must_use]
    pub const fn of_thousandths(thousandths: u32) -> Self {
        let (mut a, mut b) = (if thousandths == 0 { 1 } else { thousandths }, 1000);
        let numerator = a;
        // greatest common divisor
        while b != 0 {
            (a, b) = (b, a % b);
        }
        Self {
            numerator: numerator / a,
            denominator: 1000 / a,
        }
    }

    /// As a number.
    #[must_use]
    pub fn value(self) -> f64 {
        f64::from(self.numerator) / f64::from(self.denominator)
    }
}

/// What a release is of.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Surface {
    /// A member's profile.
    Profile = 0,
    /// A member's picture.
    Picture,
    /// A content.
    Content,
}

/// Words of 32 bits that noise keys are made from.
pub const NOISE_KEY_WORDS: usize = 8;
/// Words of 64 bits that the noise of one count may use before it would meet
/// those of the next: it uses about two.
const WORDS_OF_ONE: u64 = 1 << 20;

/// The secret that noise is a function of. It lives as long as its releases
/// are shown, and is overwritten with zeroes when it is dropped.
#[derive(Default)]
pub struct NoiseKey {
    tags: Speck,
    words: Speck,
}

impl NoiseKey {
    /// Sets the key from words that nobody can guess; they are the caller's
    /// to overwrite.
    pub fn set(&mut self, words: &[u32; NOISE_KEY_WORDS]) {
        // not copied: a copy would be left behind on the stack
        if let (Some(tags), Some(words)) = (words.first_chunk(), words.last_chunk()) {
            self.tags.set_key(tags);
            self.words.set_key(words);
        }
    }

    /// The noise of one surface of an object in an epoch, one segment after
    /// the other.
    #[must_use]
    pub fn of(&self, epoch: u32, surface: Surface, object: u64) -> SurfaceNoise<'_> {
        let place = u64::from(epoch) << 8 | surface as u64;
        SurfaceNoise {
            key: self,
            tag: self.tags.encipher(self.tags.encipher(object) ^ place),
        }
    }
}

impl Drop for NoiseKey {
    fn drop(&mut self) {
        self.tags.zeroize();
        self.words.zeroize();
    }
}

impl std::fmt::Debug for NoiseKey {
    /// Says nothing of the key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NoiseKey")
    }
}

/// The noise of one surface of one object in one epoch.
#[derive(Clone, Copy, Debug)]
pub struct SurfaceNoise<'a> {
    key: &'a NoiseKey,
    tag: u64,
}

impl SurfaceNoise<'_> {
    /// The noise of the count of that segment.
    #[must_use]
    pub fn of_segment(&self, segment: usize, epsilon: Epsilon) -> i64 {
        let from = segment as u64 * WORDS_OF_ONE;
        let mut words = (from..).map(|at| self.key.words.encipher(self.tag.wrapping_add(at)));
        let (mut left, mut word) = (0, 0);
        discrete_laplace(epsilon, &mut || {
            if left == 0 {
                // the range never ends
                (left, word) = (4, words.next().unwrap_or_default());
            }
            let bits = word as u16;
            (left, word) = (left - 1, word >> 16);
            bits
        })
    }
}

/// A discrete Laplace number: P(k) ∝ exp(−ε·|k|).
fn discrete_laplace(epsilon: Epsilon, bits: &mut impl FnMut() -> u16) -> i64 {
    let Epsilon {
        numerator,
        denominator,
    } = epsilon;
    loop {
        let rest = below(denominator, bits);
        if !is_exp_of_minus(rest, denominator, bits) {
            continue;
        }
        let mut whole = 0_u64;
        while is_exp_of_minus(1, 1, bits) {
            whole += 1;
        }
        let size = (u64::from(rest) + u64::from(denominator) * whole) / u64::from(numerator);
        let is_negative = below(2, bits) == 1;
        match (is_negative, size) {
            // zero would come twice as often as it should
            (true, 0) => {}
            (true, size) => return -(size as i64),
            (false, size) => return size as i64,
        }
    }
}

/// True with probability exp(−numerator/denominator), of a fraction in 0..=1:
/// of the series of the exponential function, whether the first term that
/// fails is an odd one.
fn is_exp_of_minus(numerator: u32, denominator: u32, bits: &mut impl FnMut() -> u16) -> bool {
    let mut term = 1_u32;
    while below(denominator * term, bits) < numerator {
        term += 1;
    }
    term % 2 == 1
}

/// Uniform in `0..bound`, exactly: what lies beyond the last whole multiple is
/// drawn again.
fn below(bound: u32, bits: &mut impl FnMut() -> u16) -> u32 {
    if bound == 1 {
        return 0;
    }
    let bound = u64::from(bound);
    let is_short = bound <= 1 << 16;
    let all: u64 = if is_short { 1 << 16 } else { 1 << 32 };
    let whole = all - all % bound;
    loop {
        let mut drawn = u64::from(bits());
        if !is_short {
            drawn |= u64::from(bits()) << 16;
        }
        if drawn < whole {
            return (drawn % bound) as u32;
        }
    }
}

#[cfg(test)]
#[path = "noise_tests.rs"]
mod tests;
