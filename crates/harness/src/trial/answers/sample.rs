//! Which reads' answers are logged, by their position in the stream, and every
//! change of the keys that they ask for.

use std::collections::HashMap;
use std::ops::Range;

use notibench_core::event::{Event, Read};

/// Buckets that the positions are looked up by, at most, as a power of two.
const BUCKET_BITS: u32 = 16;

/// A member, or a content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) id: u64,
    pub(super) is_content: bool,
}

impl Key {
    pub(super) const fn of(read: &Read) -> Self {
        Self {
            id: read.id,
            is_content: read.kind.is_of_content(),
        }
    }
}

/// The sampled reads of one stream, with every event that changes what readers
/// are told of their keys, views apart, in the order of their positions.
#[derive(Debug)]
pub(crate) struct AnswerSample {
    /// Positions of the reads, sorted.
    reads: Box<[u64]>,
    /// How many of them lie below each multiple of `1 << shift`.
    below: Box<[u32]>,
    shift: u32,
    keys: HashMap<Key, Vec<(u64, Event)>>,
}

impl AnswerSample {
    /// The positions of the reads whose answers are logged, and what changes
    /// each key.
    pub(super) fn new(mut reads: Vec<u64>, changes: HashMap<Key, Vec<(u64, Event)>>) -> Self {
        reads.sort_unstable();
        reads.dedup();
        let last = reads.last().copied().unwrap_or(0);
        let shift = (u64::BITS - last.leading_zeros()).saturating_sub(BUCKET_BITS);
        let below = |bucket: u64| reads.partition_point(|&at| at < bucket << shift) as u32;
        Self {
            below: (0..=last >> shift).map(below).collect(),
            reads: reads.into(),
            shift,
            keys: changes,
        }
    }

    /// The positions of the reads, sorted.
    #[cfg(feature = "cluster")]
    pub(crate) fn reads(&self) -> &[u64] {
        &self.reads
    }

    /// The same positions, of a process that does not hold the answers against
    /// anything.
    #[cfg(feature = "cluster")]
    pub(crate) fn to_log(reads: Vec<u64>) -> Self {
        Self::new(reads, HashMap::new())
    }

    /// Which answers of a read call are logged: the bits of a word, by place in
    /// the call. A call has at most 64 reads.
    #[inline]
    pub(crate) fn wanted(&self, reads: &Range<u64>) -> u64 {
        let bucket = (reads.start >> self.shift) as usize;
        let Some(&first) = self.below.get(bucket) else {
            return 0;
        };
        self.reads[first as usize..]
            .iter()
            .take_while(|&&at| at < reads.end)
            .filter(|&&at| at >= reads.start)
            .fold(0, |set, at| {
                set | 1_u64.wrapping_shl((at - reads.start) as u32)
            })
    }

    /// What changes a key, by position; none where that is not known.
    pub(super) fn changes(&self, key: Key) -> Option<&[(u64, Event)]> {
        self.keys.get(&key).map(Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wanted_reads_of_a_call_are_those_of_the_sample() {
        for positions in [
            vec![],
            vec![0],
            vec![5, 63, 64, 70, 127, 128],
            (0..4_000).map(|at| at * 977 + at % 7).collect(),
        ] {
            let sample = AnswerSample::new(positions.clone(), HashMap::new());
            let last = positions.last().copied().unwrap_or(0);
            let mut found = Vec::new();
            let mut start = 0;
            // calls of every length, beyond the last read, too
            while start <= last + 200 {
                let end = start + 1 + start % 64;
                let wanted = sample.wanted(&(start..end));
                found.extend((start..end).filter(|at| wanted >> (at - start) & 1 == 1));
                assert_eq!(wanted.count_ones() as usize, {
                    let within = |at: &&u64| (start..end).contains(at);
                    positions.iter().filter(within).count()
                });
                start = end;
            }
            assert_eq!(found, positions);
        }
    }
}
