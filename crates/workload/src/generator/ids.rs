//! From ranks to the numbers of members, and from numbers to ids.

use crate::IdScheme;
use notibench_core::unit::hash::{hash_id, shared_hasher};
use notibench_core::unit::mix::mix;

/// A bijection of `0..n` that scatters neighbours: `rank × factor + offset
/// mod n`, the factor without a common divisor with `n`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Permutation {
    n: u64,
    factor: u64,
    offset: u64,
    /// floor((2^64 - 1) / n): a division by multiplication.
    reciprocal: u64,
}

impl Permutation {
    /// One of the bijections of `0..n`, chosen by `key`; `n` is 1 to 2^32 - 1.
    pub(super) fn new(n: u64, key: u64) -> Self {
        let mut factor = 1 + mix(key) % n;
        while gcd(factor, n) != 1 {
            factor = factor % n + 1;
        }
        Self {
            n,
            factor,
            offset: mix(key ^ 1) % n,
            reciprocal: u64::MAX / n,
        }
    }

    /// Where `rank` goes.
    #[inline(always)]
    pub(super) fn apply(&self, rank: u64) -> u64 {
        let product = rank * self.factor + self.offset;
        let quotient = (u128::from(product) * u128::from(self.reciprocal)) >> 64;
        let rest = product - quotient as u64 * self.n;
        if rest >= self.n { rest - self.n } else { rest }
    }
}

const fn gcd(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// Bits of the hash that adversarial ids have in common, all zero: the
/// higher ones of those that DashMap takes its shard from.
const CROWDED_BITS: u64 = 0b1111 << 53;
/// Ids tried for one number; all fail in one of 10^7 numbers.
const CANDIDATES: u64 = 256;

/// How numbers become ids: a bijection onto its image.
pub(super) trait Numbering {
    /// The id of the member of that number.
    fn id(number: u64) -> u64;

    /// The id of the content of that number, which is not 0.
    #[inline(always)]
    fn content_id(number: u64) -> u64 {
        Self::id(number)
    }
}

/// 1, 2, 3, …
pub(super) struct Sequential;
/// Members from 0 on, contents from 1 on.
pub(super) struct FromZero;
/// 41 bits of milliseconds, 10 of machine, 12 of sequence, as time-ordered
/// generators make them: a member joins every 170 ms, on 1,024 machines.
pub(super) struct Snowflake;
/// Uniform words.
pub(super) struct Random;
/// Ids whose hashes crowd into few shards.
pub(super) struct Adversarial;

impl Numbering for Sequential {
    #[inline(always)]
    fn id(number: u64) -> u64 {
        number + 1
    }
}

impl Numbering for FromZero {
    #[inline(always)]
    fn id(number: u64) -> u64 {
        number
    }

    #[inline(always)]
    fn content_id(number: u64) -> u64 {
        number + 1
    }
}

impl Numbering for Snowflake {
    #[inline(always)]
    fn id(number: u64) -> u64 {
        const FIRST: u64 = 1_000_000_000 << 22;
        (FIRST + number * (170 << 22)) | (number & 1_023) << 12
    }
}

impl Numbering for Random {
    #[inline(always)]
    fn id(number: u64) -> u64 {
        // a bijection that maps only 0 to 0
        mix(number + 1)
    }
}

impl Numbering for Adversarial {
    #[inline(never)]
    fn id(number: u64) -> u64 {
        let hasher = shared_hasher();
        let first = (number + 1) * CANDIDATES;
        (first..first + CANDIDATES)
            .find(|&id| hash_id(&hasher, id) & CROWDED_BITS == 0)
            .unwrap_or(first)
    }
}

/// The id of the member of a number, or of the content, under a scheme known
/// only now.
pub(super) fn id_of(scheme: IdScheme, number: u64, is_content: bool) -> u64 {
    fn of<N: Numbering>(number: u64, is_content: bool) -> u64 {
        if is_content {
            N::content_id(number)
        } else {
            N::id(number)
        }
    }
    match scheme {
        IdScheme::Sequential => of::<Sequential>(number, is_content),
        IdScheme::FromZero => of::<FromZero>(number, is_content),
        IdScheme::Snowflake => of::<Snowflake>(number, is_content),
        IdScheme::Random => of::<Random>(number, is_content),
        IdScheme::Adversarial => of::<Adversarial>(number, is_content),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn permutations_are_bijections() {
        for n in [1, 2, 3, 10, 97, 1_024, 30_030, 100_003] {
            for key in [0, 1, 99] {
                let permutation = Permutation::new(n, key);
                let image: HashSet<u64> = (0..n).map(|rank| permutation.apply(rank)).collect();
                assert_eq!(image.len() as u64, n);
                assert!(image.into_iter().all(|number| number < n));
            }
        }
        let largest = Permutation::new(u64::from(u32::MAX), 7);
        for rank in [0, 1, 4_000_000_000, u64::from(u32::MAX) - 1] {
            let exact = (u128::from(rank) * u128::from(largest.factor)
                + u128::from(largest.offset))
                % u128::from(largest.n);
            assert_eq!(u128::from(largest.apply(rank)), exact);
        }
    }

    #[test]
    fn ids_are_distinct_and_no_content_is_zero() {
        use IdScheme::*;
        for scheme in [Sequential, FromZero, Snowflake, Random, Adversarial] {
            for is_content in [false, true] {
                let ids = (0..20_000).map(|number| id_of(scheme, number, is_content));
                let image: HashSet<u64> = ids.collect();
                assert_eq!(image.len(), 20_000, "{scheme:?}");
                let has_zero = scheme == FromZero && !is_content;
                assert_eq!(image.contains(&0), has_zero, "{scheme:?}");
            }
        }
    }

    #[test]
    fn adversarial_ids_crowd_into_few_shards() {
        let hasher = shared_hasher();
        let crowded = (0..1_000)
            .filter(|&n| hash_id(&hasher, Adversarial::id(n)) & CROWDED_BITS == 0)
            .count();
        assert!(crowded > 990, "{crowded}");
        let spread = (0..1_000)
            .filter(|&n| hash_id(&hasher, n + 1) & CROWDED_BITS == 0)
            .count();
        assert!(spread < 200, "{spread}");
    }
}
