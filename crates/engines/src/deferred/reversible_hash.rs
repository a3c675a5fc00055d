//! A hash that can be undone, and what is left of it once the shard is known:
//! with a byte more, a word.
//!
//! An update waits with its shard's others. The shard's number is a part of
//! the hash, and needs no room again; and from the whole hash comes the id. So
//! eight bytes are left for an id and a case, where the id alone has eight.

use std::hash::{BuildHasher, Hasher};

/// Shards of each map: of a few million members, each shard's tables then fit in
/// a second-level cache.
pub(super) const SHARDS: usize = 256;

/// Builds the hashers of this engine's maps, whose keys are ids of 64 bits.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ReversibleHasher;

/// A hash on its way.
#[derive(Debug)]
pub(super) struct Hashing(u64);

impl BuildHasher for ReversibleHasher {
    type Hasher = Hashing;

    #[inline(always)]
    fn build_hasher(&self) -> Hashing {
        Hashing(0)
    }
}

impl Hasher for Hashing {
    #[inline(always)]
    fn finish(&self) -> u64 {
        self.0
    }

    #[inline(always)]
    fn write_u64(&mut self, id: u64) {
        self.0 = hash_of(self.0 ^ id);
    }

    /// No key of these maps comes here.
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u64(u64::from(byte));
        }
    }
}

/// Odd, as a product modulo 2^64 that is to be undone asks for; these are those
/// of MurmurHash3's 64-bit finaliser (Austin Appleby, public domain).
const FACTORS: [u64; 2] = [0xff51_afd7_ed55_8ccd, 0xc4ce_b9fe_1a85_ec53];
const INVERSES: [u64; 2] = [inverse_of(FACTORS[0]), inverse_of(FACTORS[1])];

/// The inverse of an odd number modulo 2^64, by Newton's iteration: it is right
/// in three bits, and each step doubles them.
const fn inverse_of(odd: u64) -> u64 {
    let mut inverse = odd;
    let mut step = 0;
    while step < 5 {
        inverse = inverse.wrapping_mul(2_u64.wrapping_sub(odd.wrapping_mul(inverse)));
        step += 1;
    }
    inverse
}

/// Carries the higher half into the lower one; twice is not at all.
#[inline(always)]
const fn fold(word: u64) -> u64 {
    word ^ word >> 32
}

/// The hash of an id: a bijection.
#[inline(always)]
pub(super) const fn hash_of(id: u64) -> u64 {
    fold(fold(id.wrapping_mul(FACTORS[0])).wrapping_mul(FACTORS[1]))
}

/// The id with this hash.
#[inline(always)]
pub(super) const fn id_of(hash: u64) -> u64 {
    fold(fold(hash).wrapping_mul(INVERSES[1])).wrapping_mul(INVERSES[0])
}

/// An update that only raises or lowers a count, as it waits with its shard's
/// others: from the top, the hash without the shard's bits, then
/// [`Stamp::case`](notibench_core::event::Stamp::case) in the lowest byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Short(u64);

/// DashMap's shard is told by the bits below the highest seven, which tell
/// apart the slots of a table.
const TAG_BITS: u32 = 7;
const SHARD_BITS: u32 = SHARDS.ilog2();
/// Bits below the shard's.
const LOW_BITS: u32 = u64::BITS - TAG_BITS - SHARD_BITS;
const LOW: u64 = (1 << LOW_BITS) - 1;
const CASE_BITS: u32 = 8;
const _: () = assert!(SHARD_BITS >= CASE_BITS && SHARDS.is_power_of_two());

impl Short {
    /// What room that holds no update is filled with.
    pub(super) const BLANK: Self = Self(u64::MAX);

    /// What is kept of an update of the id with this hash.
    #[inline(always)]
    pub(super) const fn new(hash: u64, case: u8) -> Self {
        let tag = hash >> (u64::BITS - TAG_BITS);
        Self((tag << LOW_BITS | hash & LOW) << CASE_BITS | case as u64)
    }

    /// The hash of an update that waited with this shard's.
    #[inline(always)]
    pub(super) const fn hash(self, shard: usize) -> u64 {
        let rest = self.0 >> CASE_BITS;
        let tag = rest >> LOW_BITS;
        tag << (u64::BITS - TAG_BITS) | (shard as u64) << LOW_BITS | rest & LOW
    }

    /// The case.
    #[inline(always)]
    pub(super) const fn case(self) -> u8 {
        self.0 as u8
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dashmap::DashMap;
    use notibench_core::unit::mix::{counter_word, mix};

    fn ids() -> impl Iterator<Item = u64> {
        let counted = [0, 1, 2, u64::MAX, 1 << 63, 1 << 32].into_iter();
        let spread = (0..10_000).map(|at| counter_word(7, at));
        counted.chain(0..10_000).chain(spread)
    }

    #[test]
    fn the_id_comes_back_from_its_hash_and_from_what_waits() {
        let map: DashMap<u64, (), ReversibleHasher> =
            DashMap::with_hasher_and_shard_amount(ReversibleHasher, SHARDS);
        for id in ids() {
            let hash = hash_of(id);
            assert_eq!(id_of(hash), id);
            assert_eq!(ReversibleHasher.hash_one(id), hash);
            let shard = map.determine_shard(hash as usize);
            let case = mix(id) as u8;
            let short = Short::new(hash, case);
            assert_eq!((short.hash(shard), short.case()), (hash, case), "{id}");
        }
    }

    #[test]
    fn ids_in_a_row_are_spread_over_shards_slots_and_tags() {
        // snowflakes differ above their lowest 22 bits
        for step in [1, 1 << 22, 1 << 40] {
            let mut counts = [[0_i32; 128]; 3];
            for at in 0..128 * 1024_u64 {
                let hash = hash_of(at.wrapping_mul(step));
                counts[0][(hash & 127) as usize] += 1;
                counts[1][(hash >> LOW_BITS & 127) as usize] += 1;
                counts[2][(hash >> 57) as usize] += 1;
            }
            // 1,024 each, and 6 sigma are 192; they may be more even than chance
            let worst = |count: &i32| (count - 1024).abs() < 192;
            assert!(counts.iter().flatten().all(worst), "{step}: {counts:?}");
        }
    }
}
