//! A keyed permutation of viewers, another for each surface of each object:
//! what a set of viewers holds in place of their ids.
//!
//! The cipher is Speck64/128 (Beaulieu and others, "The Simon and Speck
//! families of lightweight block ciphers", 2013): 27 rounds of one addition,
//! two rotations and two exclusive ors of 32-bit words, no table and no
//! special instruction. It is a bijection of 64-bit words under any key, so no
//! two viewers of an object are ever taken for one.
//!
//! Surface and object enter as a tweak, in the second mode of Liskov, Rivest and
//! Wagner ("Tweakable block ciphers", 2002): E(viewer + h) − h, where h is a
//! secret, pairwise independent hash of the object (multiply, add, shift:
//! Dietzfelbinger, 1996) with a term for each surface, all modulo 2^64. So every
//! surface of an object has a permutation of its own, without a key schedule
//! for each.
//!
//! What it promises: without the key, tokens say nothing about who they are,
//! nor which tokens of two objects are one viewer, up to the birthday bound of
//! a 64-bit block (about 2^32 views of one epoch). What it does not: whoever
//! holds the key while its epoch is open can test for any viewer.

use zeroize::Zeroize;

use super::surface::Surface;

/// Rounds of Speck64/128.
const ROUNDS: usize = 27;

/// Speck64/128 under one key: its round keys.
#[derive(Default)]
pub(super) struct Speck {
    round_keys: [u32; ROUNDS],
}

impl Speck {
    /// Sets the key, in place: no copy of it is left elsewhere. `key` is in
    /// the order of the cipher's publication, last word first.
    pub(super) fn set_key(&mut self, key: &[u32; 4]) {
        let mut ahead = [key[2], key[1], key[0]];
        let mut round_key = key[3];
        for (round, place) in self.round_keys.iter_mut().enumerate() {
            *place = round_key;
            let word = &mut ahead[round % 3];
            *word = round_key.wrapping_add(word.rotate_right(8)) ^ round as u32;
            round_key = round_key.rotate_left(3) ^ *word;
        }
        ahead.zeroize();
        round_key.zeroize();
    }

    /// Enciphers one block; a bijection.
    #[inline(always)]
    pub(super) fn encipher(&self, block: u64) -> u64 {
        let (mut high, mut low) = ((block >> 32) as u32, block as u32);
        for round_key in &self.round_keys {
            high = high.rotate_right(8).wrapping_add(low) ^ round_key;
            low = low.rotate_left(3) ^ high;
        }
        u64::from(high) << 32 | u64::from(low)
    }
}

/// Blocks that are enciphered side by side.
pub const LANES: usize = 16;

impl Speck {
    /// Enciphers blocks side by side: a round waits for the one before, and
    /// several blocks keep a processor busy meanwhile.
    #[inline]
    pub(super) fn encipher_all(&self, blocks: &mut [u64; LANES]) {
        let mut high = blocks.map(|block| (block >> 32) as u32);
        let mut low = blocks.map(|block| block as u32);
        for round_key in &self.round_keys {
            for lane in 0..LANES {
                high[lane] = high[lane].rotate_right(8).wrapping_add(low[lane]) ^ round_key;
                low[lane] = low[lane].rotate_left(3) ^ high[lane];
            }
        }
        for (lane, block) in blocks.iter_mut().enumerate() {
            *block = u64::from(high[lane]) << 32 | u64::from(low[lane]);
        }
    }
}

impl Zeroize for Speck {
    fn zeroize(&mut self) {
        self.round_keys.zeroize();
    }
}

/// Four words of a key as one, from `at` on.
pub(super) fn wide(words: &[u32], at: usize) -> u128 {
    let four = words.iter().skip(at).take(4);
    four.fold(0, |wide, &word| wide << 32 | u128::from(word))
}

/// Words of 32 bits that a key is made from.
pub const PERMUTATION_KEY_WORDS: usize = 20;

/// The key of one epoch's permutations. It is set in place, never copied, and
/// overwritten with zeroes when it is dropped.
#[derive(Default)]
pub struct PermutationKey {
    cipher: Speck,
    /// Of the tweak's hash: what an object's id is multiplied with, and what
    /// is added for each surface.
    factor: u128,
    terms: [u128; 3],
}

impl PermutationKey {
    /// Sets the key from words that nobody can guess; they are the caller's
    /// to overwrite.
    pub fn set(&mut self, words: &[u32; PERMUTATION_KEY_WORDS]) {
        // not copied: a copy would be left behind on the stack
        if let Some(key) = words.first_chunk() {
            self.cipher.set_key(key);
        }
        self.factor = wide(words, 4);
        self.terms = [wide(words, 8), wide(words, 12), wide(words, 16)];
    }

    /// What stands for `viewer` among those of that surface of an object: a
    /// bijection of viewers for each.
    #[inline(always)]
    #[must_use]
    pub fn token(&self, surface: Surface, id: u64, viewer: u64) -> u64 {
        let tweak = self.tweak(surface, id);
        self.cipher
            .encipher(viewer.wrapping_add(tweak))
            .wrapping_sub(tweak)
    }

    /// The tokens of several viewers in place of them, each of an object of its
    /// own, whose [`tweak`](Self::tweak) is given.
    #[inline]
    pub fn tokens(&self, viewers: &mut [u64; LANES], tweaks: &[u64; LANES]) {
        for (viewer, tweak) in viewers.iter_mut().zip(tweaks) {
            *viewer = viewer.wrapping_add(*tweak);
        }
        self.cipher.encipher_all(viewers);
        for (token, tweak) in viewers.iter_mut().zip(tweaks) {
            *token = token.wrapping_sub(*tweak);
        }
    }

    /// What surface and object change the permutation by.
    #[inline(always)]
    #[must_use]
    pub fn tweak(&self, surface: Surface, id: u64) -> u64 {
        let product = self.factor.wrapping_mul(u128::from(id));
        (product.wrapping_add(self.terms[surface as usize]) >> 64) as u64
    }
}

impl Zeroize for PermutationKey {
    fn zeroize(&mut self) {
        self.cipher.zeroize();
        self.factor.zeroize();
        self.terms.zeroize();
    }
}

impl Drop for PermutationKey {
    fn drop(&mut self) {
        self.zeroize();
    }
}

impl std::fmt::Debug for PermutationKey {
    /// Says nothing of the key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PermutationKey")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::unit::mix::counter_word;

    fn key_of(seed: u64) -> PermutationKey {
        let mut key = PermutationKey::default();
        key.set(&std::array::from_fn(|at| {
            counter_word(seed, at as u64) as u32
        }));
        key
    }

    /// The inverse of the cipher, written down apart.
    fn decipher(cipher: &Speck, block: u64) -> u64 {
        let (mut high, mut low) = ((block >> 32) as u32, block as u32);
        for round_key in cipher.round_keys.iter().rev() {
            low = (low ^ high).rotate_right(3);
            high = (high ^ round_key).wrapping_sub(low).rotate_left(8);
        }
        u64::from(high) << 32 | u64::from(low)
    }

    #[test]
    fn enciphers_the_published_test_vector() {
        let mut cipher = Speck::default();
        cipher.set_key(&[0x1b1a_1918, 0x1312_1110, 0x0b0a_0908, 0x0302_0100]);
        let block = cipher.encipher(0x3b72_6574_7475_432d);
        assert_eq!(block, 0x8c6f_a548_454e_028b);
        assert_eq!(decipher(&cipher, block), 0x3b72_6574_7475_432d);
    }

    #[test]
    fn a_token_leads_back_to_one_viewer_alone() {
        for seed in 0..50 {
            let key = key_of(seed);
            for at in 0..1000 {
                let (id, viewer) = (counter_word(seed ^ 7, at), counter_word(seed ^ 9, at % 100));
                for surface in [Surface::Profile, Surface::Picture, Surface::Content] {
                    let token = key.token(surface, id, viewer);
                    let product = key.factor.wrapping_mul(u128::from(id));
                    let tweak = (product.wrapping_add(key.terms[surface as usize]) >> 64) as u64;
                    let back = decipher(&key.cipher, token.wrapping_add(tweak));
                    assert_eq!(back.wrapping_sub(tweak), viewer);
                }
            }
        }
    }

    #[test]
    fn tokens_side_by_side_are_those_of_one_at_a_time() {
        let key = key_of(6);
        let surface =
            |lane: usize| [Surface::Profile, Surface::Picture, Surface::Content][lane % 3];
        for at in 0..100 {
            let id = |lane: usize| counter_word(at, lane as u64);
            let mut viewers: [u64; LANES] = std::array::from_fn(|lane| id(lane + LANES));
            let tweaks = std::array::from_fn(|lane| key.tweak(surface(lane), id(lane)));
            key.tokens(&mut viewers, &tweaks);
            let alone = |lane| key.token(surface(lane), id(lane), id(lane + LANES));
            assert_eq!(viewers, std::array::from_fn(alone));
        }
    }

    #[test]
    fn neighbouring_viewers_and_objects_have_nothing_in_common() {
        let key = key_of(3);
        let (mut tokens, mut changed) = (HashSet::new(), [0_i64; 64]);
        for id in 0..100 {
            for viewer in 0..100 {
                let token = key.token(Surface::Profile, id, viewer);
                let others = [
                    key.token(Surface::Profile, id, viewer + 1),
                    key.token(Surface::Profile, id + 1, viewer),
                    key.token(Surface::Picture, id, viewer),
                    key_of(4).token(Surface::Profile, id, viewer),
                ];
                for (bit, changed) in changed.iter_mut().enumerate() {
                    let differs = |other: &&u64| (token ^ **other) >> bit & 1 == 1;
                    *changed += others.iter().filter(differs).count() as i64;
                }
                tokens.insert(token);
            }
        }
        assert_eq!(tokens.len(), 10_000);
        // half of 40,000 change; 5 sigma are 500
        assert!(changed.iter().all(|&count| (count - 20_000).abs() < 600));
    }

    #[test]
    fn a_key_is_zero_once_it_is_overwritten() {
        let mut key = key_of(5);
        key.zeroize();
        assert_eq!((key.factor, key.terms), (0, [0; 3]));
        assert_eq!(key.cipher.round_keys, [0; ROUNDS]);
        assert_eq!(format!("{key:?}"), "PermutationKey");
    }
}
