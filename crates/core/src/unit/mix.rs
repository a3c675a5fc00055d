//! Words out of counters: the 64-bit finaliser of SplitMix64, a bijection, and
//! the faster wyrand.
//!
//! Source: Steele, Lea and Flood, "Fast splittable pseudorandom number
//! generators" (OOPSLA 2014), with the "variant 13" constants of David
//! Stafford. Fed with a counter times [`GOLDEN`] it is SplitMix64 itself.

/// 2^64 divided by the golden ratio, odd: the increment of SplitMix64.
pub const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// Mixes one word; a bijection on `u64` whose only fixed point of note is 0.
#[inline(always)]
#[must_use]
pub const fn mix(word: u64) -> u64 {
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

/// Output `counter` of the SplitMix64 stream that starts at `key`.
#[inline(always)]
#[must_use]
pub const fn counter_word(key: u64, counter: u64) -> u64 {
    mix(key.wrapping_add(counter.wrapping_mul(GOLDEN)))
}

/// Output `counter` of the wyrand stream that starts at `key`: half the work
/// of [`counter_word`], and as good for simulation.
///
/// Source: Wang Yi, wyhash, final version 4 (public domain): the state grows
/// by a constant; an output folds the state times a scrambled copy of itself.
/// It passes BigCrush and PractRand.
#[inline(always)]
#[must_use]
pub const fn stream_word(key: u64, counter: u64) -> u64 {
    let state = key.wrapping_add(counter.wrapping_mul(0x2d35_8dcc_aa6c_78a5));
    let product = state as u128 * (state ^ 0x8bb8_4b93_962e_acc9) as u128;
    (product >> 64) as u64 ^ product as u64
}

/// Maps a uniform word onto `0..bound` (Lemire's multiply-shift; the bias is
/// at most `bound / 2^64`).
#[inline(always)]
#[must_use]
pub const fn below(word: u64, bound: u64) -> u64 {
    ((word as u128 * bound as u128) >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_published_splitmix64() {
        // First outputs of SplitMix64 seeded with 1234567, as printed on
        // Rosetta Code ("Pseudo-random numbers/Splitmix64").
        let published = [
            6_457_827_717_110_365_317_u64,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423,
        ];
        for (i, &word) in (1..).zip(&published) {
            assert_eq!(counter_word(1_234_567, i), word);
        }
    }

    #[test]
    fn stream_words_are_uniform_in_every_bit_and_unlike_their_neighbours() {
        // of 2^16 words each bit is set in half, and differs from the same
        // bit of the next word in half: 5 sigma are 640
        let (mut set, mut changed) = ([0_i64; 64], [0_i64; 64]);
        for counter in 0..1 << 16 {
            let word = stream_word(mix(7), counter);
            let next = stream_word(mix(7), counter + 1);
            for bit in 0..64 {
                set[bit] += (word >> bit & 1) as i64;
                changed[bit] += ((word ^ next) >> bit & 1) as i64;
            }
        }
        for count in set.into_iter().chain(changed) {
            assert!((count - (1 << 15)).abs() < 640, "{count}");
        }
    }

    #[test]
    fn below_stays_below_and_reaches_both_ends() {
        assert_eq!(below(0, 10), 0);
        assert_eq!(below(u64::MAX, 10), 9);
        assert_eq!(below(u64::MAX, 1), 0);
    }
}
