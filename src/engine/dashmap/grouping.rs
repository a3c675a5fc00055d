//! The updates of a batch, grouped by the shard that they go to with a
//! counting sort into buffers that are kept. Imports nothing.
//!
//! An update is not copied: it is told by its event's position in the batch.

use std::ops::Range;

/// Shards that each map is cut into. A set of them is a word with a bit for
/// each.
pub(super) const SHARDS: usize = u64::BITS as usize;

/// Which part of a shard's state an update concerns. Views of members are
/// apart from their engagement, which looks behind a pointer: that is fetched
/// while views are counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(usize)]
pub(super) enum Part {
    /// A count in the member itself.
    Views,
    /// A member's inbox, deliveries, or read mark.
    Engagement,
    /// A content.
    Contents,
}

/// Parts there are.
const PARTS: usize = 3;

/// One update.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Pending {
    /// Of the id that it concerns.
    pub(super) hash: u64,
    /// Its event's position in the batch.
    pub(super) at: u32,
    group: u32,
}

/// The updates of a batch.
#[derive(Debug)]
pub(super) struct Grouping {
    /// As they arrived.
    arrived: Vec<Pending>,
    /// Group after group.
    sorted: Vec<Pending>,
    /// How many there are in each group; once sorted, where each ends.
    ends: [u32; PARTS * SHARDS],
}

impl Grouping {
    pub(super) const fn new() -> Self {
        Self {
            arrived: Vec::new(),
            sorted: Vec::new(),
            ends: [0; PARTS * SHARDS],
        }
    }

    /// Adds an update of a shard's part.
    #[inline(always)]
    pub(super) fn push(&mut self, part: Part, shard: usize, hash: u64, at: u32) {
        let group = part as usize * SHARDS + shard % SHARDS;
        self.ends[group] += 1;
        self.arrived.push(Pending {
            hash,
            at,
            group: group as u32,
        });
    }

    /// Sorts by group what was added since it was last cleared; keeps the
    /// order of arrival within a group.
    pub(super) fn sort(&mut self) {
        let mut start = 0;
        for end in &mut self.ends {
            start += std::mem::replace(end, start);
        }
        // what lies here from before is overwritten: every place is taken once
        self.sorted.resize(self.arrived.len(), Pending::default());
        for pending in &self.arrived {
            // starts as the group's start, and is its end in the end
            let next = &mut self.ends[pending.group as usize];
            self.sorted[*next as usize] = *pending;
            *next += 1;
        }
    }

    /// The updates of a shard's part, once sorted.
    #[inline]
    pub(super) fn of(&self, part: Part, shard: usize) -> &[Pending] {
        &self.sorted[self.range(part, shard)]
    }

    /// The shards that have an update in one of `parts`.
    pub(super) fn shards(&self, parts: &[Part]) -> u64 {
        let concerned = |shard: &usize| {
            let ranges = parts.iter().map(|&part| self.range(part, *shard));
            ranges.into_iter().any(|range| !range.is_empty())
        };
        (0..SHARDS)
            .filter(concerned)
            .fold(0, |set, shard| set | 1 << shard)
    }

    /// Forgets all updates, and keeps the room.
    pub(super) fn clear(&mut self) {
        self.arrived.clear();
        self.ends = [0; PARTS * SHARDS];
    }

    fn range(&self, part: Part, shard: usize) -> Range<usize> {
        let group = part as usize * SHARDS + shard;
        let start = if group == 0 { 0 } else { self.ends[group - 1] };
        start as usize..self.ends[group] as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_keep_every_update_in_its_shard_in_order_of_arrival() {
        let mut grouping = Grouping::new();
        let all = [Part::Views, Part::Engagement, Part::Contents];
        // the second is smaller: nothing of the first may show through
        for length in [1000_u32, 10, 0] {
            grouping.clear();
            for at in 0..length {
                let hash = u64::from(at).wrapping_mul(0x9e37_79b9) % 61;
                grouping.push(all[at as usize % 3], hash as usize, hash, at);
            }
            grouping.sort();
            let mut seen = 0;
            for part in all {
                let shards = grouping.shards(&[part]);
                for shard in 0..SHARDS {
                    let group = grouping.of(part, shard);
                    assert!(group.is_sorted_by_key(|pending| pending.at));
                    for pending in group {
                        assert_eq!(pending.hash, shard as u64);
                        assert_eq!(all[pending.at as usize % 3], part);
                    }
                    assert_eq!(shards >> shard & 1 == 1, !group.is_empty());
                    seen += group.len() as u32;
                }
            }
            assert_eq!(seen, length);
        }
    }
}
