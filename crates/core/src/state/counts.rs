//! Counts in two parts: a byte each where the state lies, and what exceeds a
//! byte elsewhere; and, there, what is shown of views.
//!
//! Most members and contents of a skewed stream are hardly ever touched: their
//! counts fit a byte, and a state of bytes is a quarter of one of words. A hot
//! state carries into the other part once in 256 updates. Both parts together
//! are a number modulo 2^32, so that sums may pass below zero on the way.

use crate::event::Segment;
use crate::unit::allocation::overhead_of_one;

/// Surfaces of an object at most.
const SURFACES: usize = 2;

/// What is shown of an epoch, by surface and segment; 0: nothing. A content
/// has one surface.
pub(super) type Shown = [[u32; Segment::COUNT]; SURFACES];

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
        self.0 == [0; N]
    }

    /// Whether none of the first `slots` is anything but zero.
    #[inline]
    pub(super) fn begin_with_zeros(&self, slots: usize) -> bool {
        self.0[..slots].iter().all(|&byte| byte == 0)
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

/// What N counts have beyond their lowest bytes, in units of 256, and what is
/// shown of views; allocated once there is any of it.
#[derive(Clone, Debug, Default)]
pub(super) struct HighParts<const N: usize>(Option<Box<Far<N>>>);

/// Numbers of 24 bits: with the byte below, each is one modulo 2^32.
type Part = [u8; 3];

#[derive(Clone, Debug)]
struct Far<const N: usize> {
    /// What is shown of the last closed epoch.
    released: Option<Box<Shown>>,
    parts: [Part; N],
}

impl<const N: usize> Default for Far<N> {
    fn default() -> Self {
        Self {
            released: None,
            parts: [[0; 3]; N],
        }
    }
}

const fn part_of(number: u32) -> Part {
    let [a, b, c, _] = number.to_le_bytes();
    [a, b, c]
}

const fn number_of([a, b, c]: Part) -> u32 {
    u32::from_le_bytes([a, b, c, 0])
}

impl<const N: usize> HighParts<N> {
    /// Bytes of its allocation.
    pub(super) const BYTES: usize = size_of::<Far<N>>();

    /// Takes what a low byte carries.
    #[cold]
    pub(super) fn carry(&mut self, slot: usize) {
        let part = &mut self.allocated().parts[slot];
        *part = part_of(number_of(*part).wrapping_add(1));
    }

    /// Gives what a low byte borrows.
    #[cold]
    pub(super) fn borrow(&mut self, slot: usize) {
        let part = &mut self.allocated().parts[slot];
        *part = part_of(number_of(*part).wrapping_sub(1));
    }

    /// The whole count, modulo 2^32, of which `low` has the byte `at`; `slot`
    /// is the place of its other part here.
    pub(super) fn whole<const L: usize>(&self, low: &LowBytes<L>, at: usize, slot: usize) -> u32 {
        let high = self.0.as_ref().map_or(0, |far| number_of(far.parts[slot]));
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
            self.allocated().parts[slot] = part_of(sum >> 8);
        }
    }

    /// Adds the first `slots` parts of `other` to these.
    pub(super) fn add_parts(&mut self, other: &Self, slots: usize) {
        if let Some(theirs) = &other.0 {
            let pairs = self.allocated().parts.iter_mut().zip(&theirs.parts);
            for (mine, theirs) in pairs.take(slots) {
                *mine = part_of(number_of(*mine).wrapping_add(number_of(*theirs)));
            }
        }
    }

    /// Whether there may be any of it.
    #[inline]
    pub(super) const fn is_some(&self) -> bool {
        self.0.is_some()
    }

    /// Whether every part is zero; those of a count below zero never are.
    pub(super) fn are_zero(&self) -> bool {
        self.0
            .as_ref()
            .is_none_or(|far| far.parts.iter().all(|&part| part == [0; 3]))
    }

    /// Keeps what `other` shows of the last closed epoch: it is known to one of
    /// them at most.
    pub(super) fn adopt_shown(&mut self, other: &Self) {
        if let Some(shown) = other.0.as_ref().and_then(|theirs| theirs.released.as_ref()) {
            self.allocated().released = Some(shown.clone());
        }
    }

    /// Keeps that as what is shown.
    pub(super) fn set_shown(&mut self, shown: &Shown) {
        let has_any = shown.iter().flatten().any(|&count| count != 0);
        if has_any {
            self.allocated();
        }
        if let Some(far) = &mut self.0 {
            far.released = has_any.then(|| Box::new(*shown));
        }
    }

    /// What is shown of the last closed epoch; nothing where all of it is
    /// suppressed.
    pub(super) fn shown(&self) -> Shown {
        let released = self.0.as_ref().and_then(|far| far.released.as_deref());
        released.copied().unwrap_or_default()
    }

    /// Keeps what is shown of an epoch in place of the one before, and starts
    /// the first `views` counts from zero.
    pub(super) fn release<const L: usize>(
        &mut self,
        low: &mut LowBytes<L>,
        views: usize,
        shown: &Shown,
    ) {
        self.set_shown(shown);
        low.0[..views].fill(0);
        if let Some(far) = &mut self.0 {
            far.parts[..views].fill([0; 3]);
        }
    }

    /// Bytes on the heap that hold something, and bytes that hold none.
    pub(super) fn heap_bytes(&self) -> (u64, u64) {
        let parts = self.allocations();
        parts
            .iter()
            .fold((0, 0), |sum, part| (sum.0 + part.0, sum.1 + part.1))
    }

    /// Bytes that the allocator takes beyond those.
    pub(super) fn heap_overhead(&self) -> u64 {
        self.allocations().into_iter().map(overhead_of_one).sum()
    }

    /// Used and unused bytes of each allocation.
    fn allocations(&self) -> [(u64, u64); 2] {
        let Some(far) = &self.0 else {
            return [(0, 0); 2];
        };
        let size = Self::BYTES as u64;
        let released = far.released.as_ref().map_or(0, |_| size_of::<Shown>());
        let is_idle = self.are_zero() && released == 0;
        let own = if is_idle { (0, size) } else { (size, 0) };
        [own, (released as u64, 0)]
    }

    #[inline]
    fn allocated(&mut self) -> &mut Far<N> {
        self.0.get_or_insert_default()
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
        let size = HighParts::<5>::BYTES as u64;
        assert_eq!(high.heap_bytes(), (0, size), "nothing but zeros is left");
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
