//! Which part of a state an id belongs to, by the bits of its hash.
//!
//! A table finds a slot by the lowest bits of a hash and tells neighbours apart
//! by the highest seven. If the ids of a part had any of those in common, they
//! would crowd in its table. The part comes from bits that are free of both for
//! any table that fits in memory. A DashMap chooses its shards itself.

use crate::unit::hash::{hash_id, shared_hasher};

/// The first of the bits that choose one of a fixed number of parts.
const PART_SHIFT: u32 = 48;
/// The bits below the highest seven, from [`PART_SHIFT`] on.
const MOST_PARTS: usize = 1 << (u64::BITS - 7 - PART_SHIFT);

/// Which of `PARTS` parts the id with this hash belongs to; a power of two.
#[inline(always)]
pub const fn part_of<const PARTS: usize>(hash: u64) -> usize {
    const { assert!(PARTS.is_power_of_two() && PARTS <= MOST_PARTS) };
    (hash >> PART_SHIFT) as usize % PARTS
}

/// Which of `owners` owns a state, from 0, in engines where each state has one
/// owner. At most 65,536 owners have even shares.
#[must_use]
pub fn owner_of_id(id: u64, owners: usize) -> usize {
    owner_of(hash_id(&shared_hasher(), id), owners)
}

/// Which of `owners` owns the id with this hash.
#[inline(always)]
pub const fn owner_of(hash: u64, owners: usize) -> usize {
    let middle = hash >> 41 & 0xffff;
    ((middle * owners as u64) >> 16) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_have_equal_shares_and_all_tags() {
        const PARTS: usize = 64;
        let (mut shares, mut tags) = (vec![0_u64; PARTS], vec![0_u128; PARTS]);
        for id in 0..PARTS as u64 * 2000 {
            let hash = hash_id(&shared_hasher(), id);
            shares[part_of::<PARTS>(hash)] += 1;
            tags[part_of::<PARTS>(hash)] |= 1 << (hash >> 57);
        }
        assert!(shares.iter().all(|share| (1700..2300).contains(share)));
        assert!(tags.iter().all(|tags| tags.count_ones() > 120));
    }
}
