//! From ranks to the numbers of members, and from numbers to ids. Imports
//! `workload`, `unit`.

use crate::unit::hash::{SharedHasher, hash_id, shared_hasher};
use crate::unit::mix::mix;
use crate::workload::IdScheme;

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

/// Numbers to ids, by scheme; an id is never 0.
#[derive(Clone, Debug)]
pub(super) struct Ids {
    scheme: IdScheme,
    hasher: SharedHasher,
}

impl Ids {
    pub(super) fn new(scheme: IdScheme) -> Self {
        Self {
            scheme,
            hasher: shared_hasher(),
        }
    }

    /// The id of a number; a bijection onto its image.
    #[inline(always)]
    pub(super) fn id(&self, number: u64) -> u64 {
        match self.scheme {
            IdScheme::Sequential => number + 1,
            IdScheme::Snowflake => snowflake(number),
            // a bijection that maps only 0 to 0
            IdScheme::Random => mix(number + 1),
            IdScheme::Adversarial => self.adversarial(number),
        }
    }

    #[cold]
    #[inline(never)]
    fn adversarial(&self, number: u64) -> u64 {
        let first = (number + 1) * CANDIDATES;
        (first..first + CANDIDATES)
            .find(|&id| hash_id(&self.hasher, id) & CROWDED_BITS == 0)
            .unwrap_or(first)
    }
}

/// An id as time-ordered generators make it: 41 bits of milliseconds, 10 of
/// machine, 12 of sequence. Members join a few a second, on 32 machines.
#[inline(always)]
const fn snowflake(number: u64) -> u64 {
    let milliseconds = 1_000_000_000 + number * 170;
    milliseconds << 22 | (number & 31) << 12 | (number >> 5) & 1
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
    fn ids_are_distinct_and_never_zero() {
        use IdScheme::*;
        for scheme in [Sequential, Snowflake, Random, Adversarial] {
            let ids = Ids::new(scheme);
            let image: HashSet<u64> = (0..20_000).map(|number| ids.id(number)).collect();
            assert_eq!(image.len(), 20_000, "{scheme:?}");
            assert!(!image.contains(&0));
        }
    }

    #[test]
    fn adversarial_ids_crowd_into_few_shards() {
        let ids = Ids::new(IdScheme::Adversarial);
        let hasher = shared_hasher();
        let crowded = (0..1_000)
            .filter(|&n| hash_id(&hasher, ids.id(n)) & CROWDED_BITS == 0)
            .count();
        assert!(crowded > 990, "{crowded}");
        let spread = (0..1_000)
            .filter(|&n| hash_id(&hasher, n + 1) & CROWDED_BITS == 0)
            .count();
        assert!(spread < 200, "{spread}");
    }
}
