//! Zipf's distribution over ranks `0..n`, exact for every exponent from 0 on.
//!
//! Ranks are cut into at most [`BUCKETS`] buckets: the first ones a rank
//! each, the rest of geometrically growing width. A bucket is chosen by an
//! alias table in proportion to an envelope (its width times the weight of
//! its first rank), a rank in it uniformly, and the rank is accepted with the
//! ratio of its own weight to that of the first: rejection from a piecewise
//! constant envelope (Devroye, "Non-Uniform Random Variate Generation", 1986,
//! chapter VIII). Since buckets are narrow, nearly all acceptances are certain
//! from one comparison with a constant; only the rest computes a power.

use super::alias::{self, Column};
use notibench_core::unit::mix::{below, mix};

/// Buckets at the most; both tables together fit the first-level cache.
const BUCKETS: usize = 1024;
/// log2 of [`BUCKETS`].
const BUCKET_BITS: u32 = 10;
/// Ranks that have a bucket of their own.
const HEAD: u64 = 384;
/// Bits of a draw's first word that are left for acceptance.
const ACCEPT_BITS: u32 = 64 - BUCKET_BITS - 32;

/// Ranks `start..start + width`.
#[derive(Clone, Copy, Debug, Default)]
struct Bucket {
    start: u32,
    width: u32,
}

/// A sampler of ranks.
#[derive(Clone, Debug)]
pub struct Zipf {
    columns: Box<[Column; BUCKETS]>,
    buckets: Box<[Bucket; BUCKETS]>,
    /// Draws whose acceptance bits lie below this are accepted in any bucket.
    certain: u64,
    exponent: f64,
}

impl Zipf {
    /// A sampler of ranks `0..n` with weights `(rank + 1)^-exponent`.
    ///
    /// # Panics
    /// Where `n` is 0 or above 2^32 - 1, or the exponent negative or not
    /// finite.
    #[must_use]
    pub fn new(n: u64, exponent: f64) -> Self {
        assert!(n > 0 && n <= u64::from(u32::MAX), "1 to 2^32 - 1 ranks");
        assert!(
            exponent >= 0.0 && exponent.is_finite(),
            "a finite exponent of at least 0"
        );
        let cuts = cuts(n);
        let mut weights = Vec::with_capacity(BUCKETS);
        let mut buckets = Box::new([Bucket::default(); BUCKETS]);
        let mut certain = 1.0_f64;
        for (at, pair) in cuts.windows(2).enumerate() {
            let (start, end) = (pair[0], pair[1]);
            weights.push((end - start) as f64 * libm::pow((start + 1) as f64, -exponent));
            buckets[at] = Bucket {
                start: start as u32,
                width: (end - start) as u32,
            };
            certain = certain.min(libm::pow((start + 1) as f64 / end as f64, exponent));
        }
        let mut columns = Box::new([Column::default(); BUCKETS]);
        weights.resize(BUCKETS, 0.0);
        columns.copy_from_slice(&alias::columns(&weights));
        // one step lower, so that rounding can't make a doubtful draw certain
        let certain = ((certain * (1_u64 << ACCEPT_BITS) as f64) as u64).saturating_sub(1);
        Self {
            columns,
            buckets,
            certain,
            exponent,
        }
    }

    /// The rank drawn by two independent uniform words.
    #[inline(always)]
    #[must_use]
    pub fn rank(&self, first: u64, second: u64) -> u64 {
        let bucket = self.buckets[alias::choose(&self.columns, first)];
        let rank = u64::from(bucket.start) + below(second, u64::from(bucket.width));
        let accept = first & ((1 << ACCEPT_BITS) - 1);
        // buckets of one rank are certain, too; but a branch on the width
        // nobody could predict
        if accept < self.certain {
            return rank;
        }
        self.decide(bucket, rank, first, second)
    }

    /// Accepts or rejects by the exact ratio; draws again until one is in.
    #[cold]
    #[inline(never)]
    fn decide(&self, mut bucket: Bucket, mut rank: u64, mut first: u64, mut second: u64) -> u64 {
        loop {
            // the acceptance bits, lengthened by bits that nothing else uses
            let accept = first << (64 - ACCEPT_BITS) | mix(!first ^ second) >> ACCEPT_BITS;
            let uniform = accept as f64 / 18_446_744_073_709_551_616.0;
            let ratio = f64::from(bucket.start + 1) / (rank + 1) as f64;
            if uniform < libm::pow(ratio, self.exponent) {
                return rank;
            }
            first = mix(first ^ 0x5851_f42d_4c95_7f2d);
            second = mix(second ^ 0x1405_7b7e_f767_814f);
            bucket = self.buckets[alias::choose(&self.columns, first)];
            rank = u64::from(bucket.start) + below(second, u64::from(bucket.width));
        }
    }
}

/// Bounds of the buckets: 0, 1, …, [`HEAD`], then growing by a factor to `n`.
fn cuts(n: u64) -> Vec<u64> {
    let head = n.min(HEAD);
    let mut cuts: Vec<u64> = (0..=head).collect();
    let tail = (BUCKETS as u64 - head) as f64;
    let growth = libm::pow(n as f64 / head as f64, 1.0 / tail);
    let mut bound = head as f64;
    while let Some(&last) = cuts.last().filter(|&&last| last < n) {
        bound = libm::fmax(bound * growth, (last + 1) as f64);
        let left = BUCKETS + 1 - cuts.len();
        let next = if left <= 1 {
            n
        } else {
            (bound as u64).clamp(last + 1, n)
        };
        cuts.push(next);
    }
    cuts
}

#[cfg(test)]
mod tests {
    use super::*;
    use notibench_core::unit::mix::stream_word;
    use statrs::distribution::{ChiSquared, ContinuousCDF as _};

    /// Exact probabilities, summed from the smallest.
    fn probabilities(n: u64, exponent: f64) -> Vec<f64> {
        let weights: Vec<f64> = (1..=n).map(|k| (k as f64).powf(-exponent)).collect();
        let total: f64 = weights.iter().rev().sum();
        weights.into_iter().map(|w| w / total).collect()
    }

    /// p-value of Pearson's test of `draws` against the exact distribution,
    /// ranks pooled until at least 20 are expected in each cell.
    fn p_value(n: u64, exponent: f64, seed: u64, draws: u64) -> f64 {
        let zipf = Zipf::new(n, exponent);
        let mut seen = vec![0_u64; n as usize];
        for i in 0..draws {
            let rank = zipf.rank(stream_word(seed, 2 * i), stream_word(seed, 2 * i + 1));
            seen[rank as usize] += 1;
        }
        let (mut chi_square, mut cells) = (0.0, 0);
        let (mut expected, mut observed) = (0.0, 0.0);
        for (p, count) in probabilities(n, exponent).into_iter().zip(seen) {
            expected += p * draws as f64;
            observed += count as f64;
            if expected >= 20.0 {
                chi_square += (observed - expected) * (observed - expected) / expected;
                cells += 1;
                (expected, observed) = (0.0, 0.0);
            }
        }
        if cells < 2 {
            return 1.0;
        }
        1.0 - ChiSquared::new(f64::from(cells - 1))
            .unwrap()
            .cdf(chi_square)
    }

    #[test]
    fn frequencies_are_the_exact_probabilities() {
        // 126 tests at 1e-5 each: some would fail in one of 800 honest worlds,
        // and the seeds are fixed
        for n in [1, 2, 10, 385, 3_000, 20_000, 300_000] {
            for exponent in [0.0, 0.5, 0.741, 0.99, 1.0, 1.2, 1.83, 3.0, 8.0] {
                for seed in [1, 20_261_123] {
                    let p = p_value(n, exponent, seed, 300_000);
                    assert!(p > 1e-5, "n {n}, exponent {exponent}, seed {seed}: p = {p}");
                }
            }
        }
    }

    #[test]
    fn the_test_sees_an_exponent_that_is_off_by_a_hundredth() {
        // the check itself can fail: 0.99 drawn, 1.0 expected
        let zipf = Zipf::new(20_000, 0.99);
        let mut seen_first = 0_u64;
        let draws = 2_000_000;
        for i in 0..draws {
            seen_first +=
                u64::from(zipf.rank(stream_word(3, 2 * i), stream_word(3, 2 * i + 1)) == 0);
        }
        let (right, wrong) = (
            probabilities(20_000, 0.99)[0],
            probabilities(20_000, 1.0)[0],
        );
        let seen = seen_first as f64 / draws as f64;
        assert!(
            (seen - right).abs() < (seen - wrong).abs() / 5.0,
            "{seen} {right} {wrong}"
        );
    }

    #[test]
    fn buckets_cover_every_rank_once() {
        for n in [
            1,
            2,
            383,
            384,
            385,
            386,
            1_000,
            1_024,
            1_025,
            5_000,
            1_000_000,
            4_294_967_295,
        ] {
            let cuts = cuts(n);
            assert!(cuts.len() <= BUCKETS + 1, "{n}: {}", cuts.len());
            assert_eq!((cuts[0], *cuts.last().unwrap()), (0, n));
            assert!(cuts.windows(2).all(|pair| pair[0] < pair[1]));
        }
    }
}
