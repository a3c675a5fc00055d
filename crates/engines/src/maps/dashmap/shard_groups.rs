//! The updates of a batch, grouped by the shard that they go to: a list for
//! each group through one array, which is kept.
//!
//! An update is not copied: it is told by its event's position in the batch.
//! A list keeps the order of arrival: any other would be right, too, since the
//! state is a commutative fold, but an inbox takes what is newer than all that
//! it holds with the least work.

/// Shards that each map is cut into; a set of them is a word with a bit for
/// each. More of them would take more locks a batch, each in the cache of
/// another core; with fewer, sessions would contend more often.
pub(super) const SHARDS: usize = 32;

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

/// Lists there are.
const LISTS: usize = PARTS * SHARDS;

/// In place of a position: the list ends here.
const END: u32 = u32::MAX;

/// One update.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Pending {
    /// Of the id that it concerns.
    pub(super) hash: u64,
    /// Its event's position in the batch.
    pub(super) at: u32,
    /// Where the update is that arrived after it in its group.
    after: u32,
}

/// The updates of a batch.
#[derive(Debug)]
pub(super) struct ShardGroups {
    /// A head for each list, whose `after` is the list's first; then the
    /// updates as they arrived; what lies from `len` on is of earlier batches.
    arrived: Vec<Pending>,
    len: usize,
    /// Where the last update of each list is, or its head.
    last: [u32; LISTS],
}

impl ShardGroups {
    pub(super) const fn new() -> Self {
        Self {
            arrived: Vec::new(),
            len: 0,
            last: [0; LISTS],
        }
    }

    /// Forgets all updates, and makes room for so many.
    pub(super) fn clear(&mut self, updates: usize) {
        if self.arrived.len() < LISTS + updates {
            self.arrived.resize(LISTS + updates, Pending::default());
        }
        self.len = LISTS;
        for (list, (last, head)) in (0..).zip(self.last.iter_mut().zip(&mut self.arrived)) {
            *last = list;
            head.after = END;
        }
    }

    /// Adds an update of a shard's part. Without room, made by
    /// [`ShardGroups::clear`], it panics.
    #[inline(always)]
    pub(super) fn push(&mut self, part: Part, shard: usize, hash: u64, at: u32) {
        let last = &mut self.last[part as usize * SHARDS + shard % SHARDS];
        let before = std::mem::replace(last, self.len as u32);
        self.arrived[self.len] = Pending {
            hash,
            at,
            after: END,
        };
        self.arrived[before as usize].after = self.len as u32;
        self.len += 1;
    }

    /// The updates of a shard's part, in the order of arrival.
    #[inline(always)]
    pub(super) fn of(&self, part: Part, shard: usize) -> impl Iterator<Item = Pending> {
        self.of_any(Some(part), shard)
    }

    /// The same; of no part: none.
    #[inline(always)]
    pub(super) fn of_any(&self, part: Option<Part>, shard: usize) -> impl Iterator<Item = Pending> {
        let mut next = part.map_or(END, |part| {
            let head = part as usize * SHARDS + shard % SHARDS;
            self.arrived[head].after
        });
        std::iter::from_fn(move || {
            // the end of a list lies beyond the array
            let pending = *self.arrived.get(next as usize)?;
            next = pending.after;
            Some(pending)
        })
    }

    /// The shards that have an update in one of `parts`.
    pub(super) fn shards(&self, parts: &[Part]) -> u64 {
        let concerned = |shard: &usize| {
            let mut lists = parts.iter().map(|&part| part as usize * SHARDS + shard);
            lists.any(|list| self.last[list] as usize != list)
        };
        (0..SHARDS)
            .filter(concerned)
            .fold(0, |set, shard| set | 1 << shard)
    }
}

/// The shards of a set.
#[inline(always)]
pub(super) fn each_of(mut set: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let shard = set.trailing_zeros() as usize;
        set &= set.wrapping_sub(1);
        (shard < SHARDS).then_some(shard)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_hold_every_update_of_their_shard_once() {
        let mut groups = ShardGroups::new();
        let all = [Part::Views, Part::Engagement, Part::Contents];
        // the second is smaller: nothing of the first may show through
        for length in [1000_u32, 10, 0] {
            groups.clear(length as usize);
            for at in 0..length {
                let hash = u64::from(at).wrapping_mul(0x9e37_79b9) % 31;
                groups.push(all[at as usize % 3], hash as usize, hash, at);
            }
            let mut seen = 0;
            for part in all {
                let shards = groups.shards(&[part]);
                for shard in 0..SHARDS {
                    let group: Vec<Pending> = groups.of(part, shard).collect();
                    assert!(group.is_sorted_by(|one, other| one.at < other.at));
                    for pending in &group {
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
