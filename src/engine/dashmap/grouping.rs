//! Updates of one map, grouped by shard with a counting sort into buffers
//! that are kept. Imports nothing but what it sorts.

/// Shards that a map is cut into: measured better than DashMap's 4 × cores.
/// A set of shards is a word with a bit for each.
pub(super) const SHARDS: usize = u64::BITS as usize;

/// The updates of a batch that concern one map.
#[derive(Debug)]
pub(super) struct Grouping<U> {
    /// As they arrived.
    updates: Vec<U>,
    /// Of the updates' ids.
    hashes: Vec<u64>,
    /// Positions of the updates, shard after shard.
    order: Vec<u32>,
    /// Where each shard ends in `order`.
    ends: [u32; SHARDS],
}

impl<U: Copy> Grouping<U> {
    pub(super) const fn new() -> Self {
        Self {
            updates: Vec::new(),
            hashes: Vec::new(),
            order: Vec::new(),
            ends: [0; SHARDS],
        }
    }

    /// Adds an update, with the hash of its id.
    #[inline(always)]
    pub(super) fn push(&mut self, hash: u64, update: U) {
        self.hashes.push(hash);
        self.updates.push(update);
    }

    /// Sorts by shard what was added since it was last cleared; keeps the
    /// order of arrival within a shard. Returns the set of shards concerned.
    pub(super) fn sort(&mut self, shard_of: impl Fn(u64) -> usize) -> u64 {
        let mut counts = [0; SHARDS];
        for &hash in &self.hashes {
            counts[shard_of(hash)] += 1;
        }
        let (mut shards, mut start) = (0, 0);
        for (shard, &count) in counts.iter().enumerate() {
            self.ends[shard] = start;
            start += count;
            shards |= u64::from(count > 0) << shard;
        }
        self.order.resize(self.hashes.len(), 0);
        for (position, &hash) in (0..).zip(&self.hashes) {
            // starts as the shard's start, and is its end in the end
            let next = &mut self.ends[shard_of(hash)];
            self.order[*next as usize] = position;
            *next += 1;
        }
        shards
    }

    /// Positions of a shard's updates, once sorted.
    #[inline]
    pub(super) fn of_shard(&self, shard: usize) -> &[u32] {
        let start = if shard == 0 { 0 } else { self.ends[shard - 1] };
        &self.order[start as usize..self.ends[shard] as usize]
    }

    /// The update at a position, and the hash of its id.
    #[inline(always)]
    pub(super) fn at(&self, position: u32) -> (u64, &U) {
        (
            self.hashes[position as usize],
            &self.updates[position as usize],
        )
    }

    /// Forgets all updates, and keeps the room.
    pub(super) fn clear(&mut self) {
        self.updates.clear();
        self.hashes.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_keep_every_update_in_its_shard_in_order_of_arrival() {
        let mut grouping = Grouping::new();
        // the second is smaller: nothing of the first may show through
        for length in [1000_u64, 10, 0] {
            grouping.clear();
            for update in 0..length {
                grouping.push(update.wrapping_mul(0x9e37_79b9) % 61, update);
            }
            let shards = grouping.sort(|hash| hash as usize);
            let mut seen = 0;
            for shard in 0..SHARDS {
                let group: Vec<u64> = grouping
                    .of_shard(shard)
                    .iter()
                    .map(|&at| *grouping.at(at).1)
                    .collect();
                assert!(group.is_sorted());
                assert!(
                    grouping
                        .of_shard(shard)
                        .iter()
                        .all(|&at| grouping.at(at).0 == shard as u64)
                );
                assert_eq!(shards >> shard & 1 == 1, !group.is_empty());
                seen += group.len() as u64;
            }
            assert_eq!(seen, length);
        }
    }
}
