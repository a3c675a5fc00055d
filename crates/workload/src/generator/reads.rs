//! The reads of a stream: read `j` a pure function of (workload, seed, j), due
//! once event `j / per_event` has happened.

use std::ops::Range;

use rayon::prelude::*;

use super::ids::{Permutation, id_of};
use super::zipf::Zipf;
use crate::{IdScheme, Workload};
use notibench_core::event::{Read, ReadKind};
use notibench_core::unit::mix::{below, mix, stream_word};

/// Words that one read uses.
const WORDS: u64 = 4;

/// Reads that one task of a parallel pass makes.
const CHUNK: usize = 1 << 16;

/// Makes the reads of one workload under one seed. Who is read is drawn from
/// a popularity of its own: read-hot and write-hot members differ.
#[derive(Clone, Debug)]
pub struct ReadStream {
    key: u64,
    /// Reads per event, of 2^32.
    per_event: u64,
    /// Cumulated shares of the kinds, of 2^64.
    bounds: [u64; 5],
    members: Zipf,
    by_rank: Permutation,
    per_member: u64,
    scheme: IdScheme,
}

impl ReadStream {
    /// The reads beside the stream of `workload` under `seed`.
    #[must_use]
    pub fn new(workload: &Workload, seed: u64) -> Self {
        let population = &workload.population;
        let reads = &workload.reads;
        let key = mix(seed ^ 0x7265_6164_7265_6164);
        let total: f64 = reads.kinds.iter().sum();
        let share = |upto: usize| {
            let cumulated: f64 = reads.kinds[..upto].iter().sum();
            // saturates at 2^64 - 1 for a share of one
            (cumulated / total * 18_446_744_073_709_551_616.0) as u64
        };
        Self {
            key,
            per_event: libm::round(reads.per_event * 4_294_967_296.0) as u64,
            bounds: [share(1), share(2), share(3), share(4), share(5)],
            members: Zipf::new(population.members, reads.exponent),
            by_rank: Permutation::new(population.members, mix(key ^ 1)),
            per_member: population.contents_per_member,
            scheme: population.ids,
        }
    }

    /// How many reads are due before the event at `index` is started.
    #[inline]
    #[must_use]
    pub fn due_before(&self, index: u64) -> u64 {
        ((u128::from(index) * u128::from(self.per_event)) >> 32) as u64
    }

    /// Read `at`.
    #[inline]
    #[must_use]
    pub fn read(&self, at: u64) -> Read {
        let word = |which: u64| stream_word(self.key, at * WORDS + which);
        let choice = word(0);
        let second = word(2);
        let kind = match choice {
            _ if choice < self.bounds[0] => ReadKind::Badge,
            _ if choice < self.bounds[1] => ReadKind::InboxPage,
            // a bound that is saturated has nothing beyond it
            _ if choice <= self.bounds[2] => ReadKind::Reactions,
            _ if choice <= self.bounds[3] => ReadKind::WhoViewed,
            _ if choice <= self.bounds[4] => ReadKind::ContentViews,
            _ => ReadKind::Pushes,
        };
        let number = self.by_rank.apply(self.members.rank(word(1), second));
        let is_content = kind.is_of_content();
        let number = if is_content {
            number * self.per_member + below(word(3), self.per_member)
        } else {
            number
        };
        let id = id_of(self.scheme, number, is_content);
        Read { id, kind }
    }

    /// The reads of `range`, made in parallel; 16 bytes each.
    #[must_use]
    pub fn reads(&self, range: Range<u64>) -> Vec<Read> {
        let mut reads = vec![
            Read {
                id: 0,
                kind: ReadKind::Badge
            };
            (range.end - range.start) as usize
        ];
        reads
            .par_chunks_mut(CHUNK)
            .enumerate()
            .for_each(|(chunk, part)| {
                for (at, read) in (range.start + (chunk * CHUNK) as u64..).zip(part) {
                    *read = self.read(at);
                }
            });
        reads
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::workload;

    #[test]
    fn reads_come_in_the_ratio_and_mix_asked_for() {
        let stream = ReadStream::new(&workload(), 3);
        assert_eq!(stream.due_before(0), 0);
        assert_eq!(stream.due_before(100_000), 50_000);
        let mut counts = [0_u32; 3];
        for read in stream.reads(0..100_000) {
            counts[read.kind as usize] += 1;
        }
        for (count, share) in counts.iter().zip([0.5, 0.3, 0.2]) {
            assert!((f64::from(*count) / 1e5 - share).abs() < 0.01, "{counts:?}");
        }
    }

    #[test]
    fn any_slice_can_be_made_again() {
        let stream = ReadStream::new(&workload(), 3);
        let whole = stream.reads(0..10_000);
        assert_eq!(stream.reads(777..5_000), whole[777..5_000]);
    }
}
