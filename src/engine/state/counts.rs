//! Counts in two parts: a byte each where the state lies, and what exceeds a
//! byte elsewhere. Imports nothing.
//!
//! Most members and contents of a skewed stream are hardly ever touched: their
//! counts fit a byte, and a state of bytes is a quarter of one of words. A hot
//! state carries into the other part once in 256 updates. Both parts together
//! are a number modulo 2^32, so that sums may pass below zero on the way.

/// The lowest bytes of N counts.
#[derive(Clone, Copy, Debug)]
pub(super) struct LowBytes<const N: usize>([u8; N]);

impl<const N: usize> Default for LowBytes<N> {
    fn default() -> Self {
        Self([0; N])
    }
}

impl<const N: usize> LowBytes<N> {
    /// Adds one to a count; returns whether one is to be carried.
    #[inline(always)]
    pub(super) const fn raise(&mut self, slot: usize) -> bool {
        let (sum, carry) = self.0[slot].overflowing_add(1);
        self.0[slot] = sum;
        carry
    }

    /// Takes one from a count; returns whether one is to be borrowed.
    #[inline(always)]
    pub(super) const fn lower(&mut self, slot: usize) -> bool {
        let (difference, borrow) = self.0[slot].overflowing_sub(1);
        self.0[slot] = difference;
        borrow
    }

    /// Whether every byte is zero.
    pub(super) fn are_zero(&self) -> bool {
        self.0.iter().all(|&byte| byte == 0)
    }

    /// One of them.
    pub(super) const fn byte(&self, slot: usize) -> u8 {
        self.0[slot]
    }

    /// Puts another in its place.
    pub(super) const fn set_byte(&mut self, slot: usize, byte: u8) {
        self.0[slot] = byte;
    }
}

/// What N counts have beyond their lowest bytes, in units of 256; allocated
/// once one of them does.
#[derive(Clone, Debug, Default)]
pub(super) struct HighParts<const N: usize>(Option<Box<[u32; N]>>);

impl<const N: usize> HighParts<N> {
    /// Takes what a low byte carries.
    #[cold]
    pub(super) fn carry(&mut self, slot: usize) {
        let high = &mut self.allocated()[slot];
        *high = high.wrapping_add(1);
    }

    /// Gives what a low byte borrows.
    #[cold]
    pub(super) fn borrow(&mut self, slot: usize) {
        let high = &mut self.allocated()[slot];
        *high = high.wrapping_sub(1);
    }

    /// The whole count, modulo 2^32, of which `low` has the byte `at`; `slot`
    /// is the place of its other part here.
    pub(super) fn whole<const L: usize>(&self, low: &LowBytes<L>, at: usize, slot: usize) -> u32 {
        let high = self.0.as_ref().map_or(0, |high| high[slot]);
        high << 8 | u32::from(low.0[at])
    }

    /// Adds `amount` to that count.
    pub(super) fn add<const L: usize>(
        &mut self,
        low: &mut LowBytes<L>,
        at: usize,
        slot: usize,
        amount: u32,
    ) {
        let sum = self.whole(low, at, slot).wrapping_add(amount);
        low.0[at] = sum as u8;
        if sum >> 8 != 0 || self.0.is_some() {
            self.allocated()[slot] = sum >> 8;
        }
    }

    /// Adds the first `slots` parts of `other` to these.
    pub(super) fn add_parts(&mut self, other: &Self, slots: usize) {
        if let Some(theirs) = &other.0 {
            let pairs = self.allocated().iter_mut().zip(&**theirs);
            for (mine, theirs) in pairs.take(slots) {
                *mine = mine.wrapping_add(*theirs);
            }
        }
    }

    /// Whether every part is zero; those of a count below zero never are.
    pub(super) fn are_zero(&self) -> bool {
        self.0
            .as_ref()
            .is_none_or(|high| high.iter().all(|high| high << 8 == 0))
    }

    /// Bytes on the heap that hold something, and bytes that hold zeros.
    pub(super) fn heap_bytes(&self) -> (u64, u64) {
        let size = size_of::<[u32; N]>() as u64;
        match &self.0 {
            None => (0, 0),
            Some(_) if self.are_zero() => (0, size),
            Some(_) => (size, 0),
        }
    }

    fn allocated(&mut self) -> &mut [u32; N] {
        self.0.get_or_insert_with(|| Box::new([0; N]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_the_sum_of_what_was_added_and_taken() {
        let (mut low, mut high) = (LowBytes::<3>::default(), HighParts::<5>::default());
        let steps = [(300, true), (900, false), (70_000, true), (69_400, false)];
        let mut expected = 0_i32;
        for (times, up) in steps {
            for _ in 0..times {
                if up {
                    expected += 1;
                    if low.raise(1) {
                        high.carry(4);
                    }
                } else {
                    expected -= 1;
                    if low.lower(1) {
                        high.borrow(4);
                    }
                }
                assert_eq!(high.whole(&low, 1, 4) as i32, expected);
                assert_eq!(low.are_zero() && high.are_zero(), expected == 0);
            }
        }
        assert_eq!(expected, 0);
        assert_eq!(high.heap_bytes(), (0, 20), "nothing but zeros is left");
        assert_eq!(high.whole(&low, 0, 3), 0, "its neighbours were left alone");
    }

    #[test]
    fn amounts_add_up_modulo_two_to_the_32() {
        let (mut low, mut high) = (LowBytes::<1>::default(), HighParts::<1>::default());
        let mut expected = 0_u32;
        for amount in [200, 100, u32::MAX, 1 << 31, 1 << 31, 5, u32::MAX - 303] {
            expected = expected.wrapping_add(amount);
            high.add(&mut low, 0, 0, amount);
            assert_eq!(high.whole(&low, 0, 0), expected);
        }
        assert_eq!(expected, 0);
        assert!(low.are_zero() && high.are_zero());
    }
}
