//! Noise of a release: discrete Laplace (two-sided geometric), exact, a pure
//! function of a secret key and of what it is for.
//!
//! P(noise = k) = (1 − α)/(1 + α)·α^|k| with α = exp(−ε) (Ghosh, Roughgarden
//! and Sundararajan, "Universally utility-maximizing privacy mechanisms",
//! 2009): the difference of two geometric numbers, P(≥ k) = α^k. Each is drawn
//! as Canonne, Kamath and Steinke do ("The discrete Gaussian for differential
//! privacy", 2020, algorithms 1 and 2): integers only, so that no rounding of a
//! logarithm leaks (Mironov, "On significance of the least significant bits",
//! 2012), and exact for a rational ε. Two of them rather than one and a sign: a
//! small count is known to be suppressed once the first is drawn, and a sign
//! would have zero drawn again half of the time.
//!
//! Random bits are Speck64/128 in counter mode. The counter starts at a secret,
//! pairwise independent hash of (object, epoch and surface) (multiply, add,
//! shift: Dietzfelbinger, 1996): so noise is the same whoever asks, whenever,
//! and nobody without the key can guess it; counters of two places meet with the
//! chance that two blocks of 64 bits do.

use zeroize::Zeroize;

use super::permutation::{Speck, wide};
use super::surface::Surface;

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

/// Words of 32 bits that noise keys are made from.
pub const NOISE_KEY_WORDS: usize = 16;
/// Words of 64 bits that one geometric number may use before it would meet
/// those of the next: it uses about one.
const WORDS_OF_ONE: u64 = 1 << 20;

/// The secret that noise is a function of. It lives as long as its releases
/// are shown, and is overwritten with zeroes when it is dropped.
#[derive(Default)]
pub struct NoiseKey {
    words: Speck,
    /// Of the hash: what object and place are multiplied with, and what is
    /// added.
    factors: [u128; 2],
    term: u128,
}

impl NoiseKey {
    /// Sets the key from words that nobody can guess; they are the caller's
    /// to overwrite.
    pub fn set(&mut self, words: &[u32; NOISE_KEY_WORDS]) {
        // not copied: a copy would be left behind on the stack
        if let Some(words) = words.first_chunk() {
            self.words.set_key(words);
        }
        self.factors = [wide(words, 4), wide(words, 8)];
        self.term = wide(words, 12);
    }

    /// The noise of one surface of an object in an epoch, one segment after
    /// the other.
    #[inline]
    #[must_use]
    pub fn of(&self, epoch: u32, surface: Surface, object: u64) -> SurfaceNoise<'_> {
        let place = u128::from(epoch) << 8 | surface as u128;
        let [of_object, of_place] = self.factors;
        let sum = of_object
            .wrapping_mul(u128::from(object))
            .wrapping_add(of_place.wrapping_mul(place))
            .wrapping_add(self.term);
        SurfaceNoise {
            words: &self.words,
            from: (sum >> 64) as u64,
        }
    }
}

impl Drop for NoiseKey {
    fn drop(&mut self) {
        self.words.zeroize();
        self.factors.zeroize();
        self.term.zeroize();
    }
}

impl std::fmt::Debug for NoiseKey {
    /// Says nothing of the key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NoiseKey")
    }
}

/// The noise of one surface of one object in one epoch.
#[derive(Clone, Copy)]
pub struct SurfaceNoise<'a> {
    words: &'a Speck,
    from: u64,
}

impl std::fmt::Debug for SurfaceNoise<'_> {
    /// Says nothing of it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SurfaceNoise")
    }
}

impl SurfaceNoise<'_> {
    /// The noise of the count of that segment.
    #[must_use]
    pub fn of_segment(&self, segment: usize, epsilon: Epsilon) -> i64 {
        self.added(segment, epsilon) - self.taken(segment, epsilon)
    }

    /// What it adds at most: the noise is this, less what is taken.
    #[inline]
    #[must_use]
    pub fn added(&self, segment: usize, epsilon: Epsilon) -> i64 {
        self.geometric(2 * segment as u64, epsilon)
    }

    /// What it takes from what it adds.
    #[inline]
    #[must_use]
    pub fn taken(&self, segment: usize, epsilon: Epsilon) -> i64 {
        self.geometric(2 * segment as u64 + 1, epsilon)
    }

    /// A geometric number, P(≥ k) = exp(−ε·k), from the words of that number.
    #[inline]
    fn geometric(&self, number: u64, epsilon: Epsilon) -> i64 {
        let mut next = self.from.wrapping_add(number * WORDS_OF_ONE);
        let (mut left, mut word) = (0, 0);
        geometric(epsilon, &mut || {
            if left == 0 {
                (left, word) = (8, self.words.encipher(next));
                next = next.wrapping_add(1);
            }
            let bits = word as u8;
            (left, word) = (left - 1, word >> 8);
            bits
        })
    }
}

/// A geometric number: P(≥ k) = exp(−ε·k).
#[inline]
fn geometric(epsilon: Epsilon, bits: &mut impl FnMut() -> u8) -> i64 {
    let Epsilon {
        numerator,
        denominator,
    } = epsilon;
    let mut rest = below(denominator, bits);
    while !is_exp_of_minus(rest, denominator, bits) {
        rest = below(denominator, bits);
    }
    let mut whole = 0_u64;
    while is_exp_of_minus(1, 1, bits) {
        whole += 1;
    }
    let size = u64::from(rest) + u64::from(denominator) * whole;
    (size / u64::from(numerator)) as i64
}

/// True with probability exp(−numerator/denominator), of a fraction in 0..=1:
/// of the series of the exponential function, whether the first term that
/// fails is an odd one.
#[inline]
fn is_exp_of_minus(numerator: u32, denominator: u32, bits: &mut impl FnMut() -> u8) -> bool {
    if numerator == 0 {
        return true;
    }
    let mut term = 1_u32;
    while below(denominator * term, bits) < numerator {
        term += 1;
    }
    term % 2 == 1
}

/// Uniform in `0..bound`, exactly, and mostly without a division (Lemire, "Fast
/// random integer generation in an interval", 2019); of few bytes where the
/// bound is small.
#[inline]
fn below(bound: u32, bits: &mut impl FnMut() -> u8) -> u32 {
    if bound <= 1 {
        return 0;
    }
    let bytes = match bound {
        0..=32 => 1,
        33..=8_192 => 2,
        _ => 4,
    };
    let bound = u64::from(bound);
    let all = 1_u64 << (8 * bytes);
    loop {
        let drawn = (0..bytes).fold(0, |drawn, _| drawn << 8 | u64::from(bits()));
        let (product, rest) = (drawn * bound, drawn * bound % all);
        // of each number as many as of the others: those too many are the first
        if rest >= bound || rest >= all % bound {
            return (product / all) as u32;
        }
    }
}

#[cfg(test)]
#[path = "noise_tests.rs"]
mod tests;
