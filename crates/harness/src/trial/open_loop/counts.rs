//! Counts of times, in the buckets of an HdrHistogram of three digits, but flat
//! and without its bookkeeping: this is filled in the hot loop. One worker
//! writes, and another thread may look: plain loads and stores, as far as the
//! processor is concerned.

use std::sync::atomic::{AtomicU32, Ordering};

use notibench_record::stats::ServiceHistogram;

/// Values below it have a bucket each: 2^11, for three significant digits.
const EXACT_BITS: u32 = 11;
/// Buckets of each doubling beyond.
const HALF: u64 = 1 << (EXACT_BITS - 1);
/// Values from here on are beyond an hour, and count as out of range.
const BEYOND_BITS: u32 = 42;
/// How many buckets there are, the one for what is out of range included.
const BUCKETS: usize = ((BEYOND_BITS - EXACT_BITS + 2) as usize) * HALF as usize + 1;

/// Bytes of the counts of one histogram.
pub(super) const BYTES: u64 = BUCKETS as u64 * 4;

/// How often a time fell into each bucket. 135 KB, of which what is touched
/// is mapped.
#[derive(Debug)]
pub(super) struct Counts {
    buckets: Box<[AtomicU32]>,
}

/// Adds to what one thread alone writes: no read-modify-write is needed.
#[inline(always)]
fn add(bucket: &AtomicU32, samples: u32) {
    // a count ends at 2^32 - 1, which an interval does not reach
    let sum = bucket.load(Ordering::Relaxed).saturating_add(samples);
    bucket.store(sum, Ordering::Relaxed);
}

/// The bucket of a value, and the lowest value in it.
#[inline(always)]
const fn bucket_of(ns: u64) -> (usize, u64) {
    if ns >= 1 << BEYOND_BITS {
        return (BUCKETS - 1, 1 << BEYOND_BITS);
    }
    let shift = u64::BITS - (ns | HALF).leading_zeros() - EXACT_BITS;
    let bucket = shift as u64 * HALF + (ns >> shift);
    (bucket as usize, (ns >> shift) << shift)
}

impl Counts {
    pub(super) fn new() -> Self {
        Self {
            buckets: (0..BUCKETS).map(|_| AtomicU32::new(0)).collect(),
        }
    }

    /// Writes to every page, so that none is mapped within the time.
    pub(super) fn touch(&self) {
        for bucket in self.buckets.iter().step_by(1_024) {
            std::hint::black_box(bucket).store(0, Ordering::Relaxed);
        }
    }

    #[inline(always)]
    pub(super) fn record_n(&self, ns: u64, samples: u32) {
        let (bucket, _) = bucket_of(ns);
        add(&self.buckets[bucket], samples);
    }

    /// Records `done - due` for each of `due`, which never falls and is never
    /// above `done`. Those that share a bucket are counted together: they are
    /// neighbours, and where they end is found by a search that doubles its
    /// stride, since the run is mostly short.
    #[inline(always)]
    pub(super) fn record_since(&self, done: u64, due: &[u64]) {
        let mut at = 0;
        while at < due.len() {
            let (bucket, lowest) = bucket_of(done - due[at]);
            let run = run_up_to(&due[at..], done - lowest);
            add(&self.buckets[bucket], run as u32);
            at += run;
        }
    }

    /// Adds them to a histogram.
    pub(super) fn add_to(&self, histogram: &mut ServiceHistogram) {
        for (bucket, samples) in self.buckets.iter().enumerate() {
            let samples = u64::from(samples.load(Ordering::Relaxed));
            histogram.record_n(value_of(bucket), samples);
        }
    }
}

/// How many of the first of `due`, which never falls, are at most `edge`; the
/// first one is.
#[inline(always)]
pub(super) fn run_up_to(due: &[u64], edge: u64) -> usize {
    let (mut known, mut stride) = (1, 1);
    while known < due.len() && due[known] <= edge {
        let next = known + stride;
        if next >= due.len() || due[next] > edge {
            let rest = &due[known..due.len().min(next)];
            return known + rest.partition_point(|&due| due <= edge);
        }
        known = next + 1;
        stride *= 2;
    }
    known
}

/// A value of that bucket.
fn value_of(bucket: usize) -> u64 {
    let bucket = bucket as u64;
    if bucket == BUCKETS as u64 - 1 {
        return u64::MAX;
    }
    let shift = (bucket / HALF).saturating_sub(1);
    (bucket - shift * HALF) << shift
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn buckets_are_those_of_the_histogram() {
        let edges = (0..42).flat_map(|bits| {
            let value = 1_u64 << bits;
            [value - 1, value, value + 1, value + value / 3]
        });
        for ns in edges.chain(0..5_000).chain([3_600_000_000_000]) {
            let (mut plain, mut counted) = (ServiceHistogram::new(), ServiceHistogram::new());
            plain.record(ns);
            let counts = Counts::new();
            counts.record_n(ns, 1);
            counts.add_to(&mut counted);
            assert_eq!(plain.max(), counted.max(), "{ns}");
            assert_eq!(
                plain.value_at_quantile(0.5),
                counted.value_at_quantile(0.5),
                "{ns}"
            );
            let (bucket, lowest) = bucket_of(ns);
            assert!(lowest <= ns && bucket_of(lowest).0 == bucket, "{ns}");
            assert_eq!(value_of(bucket), lowest, "{ns}");
        }
    }

    #[test]
    fn what_is_beyond_an_hour_is_out_of_range() {
        let counts = Counts::new();
        counts.record_n(u64::MAX, 2);
        counts.record_n(1 << 42, 1);
        let mut histogram = ServiceHistogram::new();
        counts.add_to(&mut histogram);
        assert_eq!((histogram.count(), histogram.out_of_range()), (0, 3));
    }

    proptest! {
        #[test]
        fn a_batch_is_recorded_as_its_events_are(
            gaps in proptest::collection::vec(0_u64..5_000, 1..400),
            wait in 0_u64..1 << 34,
        ) {
            let mut at = 0;
            let due: Vec<u64> = gaps.iter().map(|gap| { at += gap; at }).collect();
            let done = at + wait;
            let (batch, single) = (Counts::new(), Counts::new());
            batch.record_since(done, &due);
            due.iter().for_each(|due| single.record_n(done - due, 1));
            let of = |counts: &Counts| -> Vec<u32> {
                counts.buckets.iter().map(|b| b.load(Ordering::Relaxed)).collect()
            };
            prop_assert_eq!(of(&batch), of(&single));
        }
    }
}
