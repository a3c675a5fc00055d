//! What the allocator takes beyond what it is asked for: computed by the rules
//! of glibc's `malloc`, not measured.
//!
//! On 64-bit machines (glibc 2.26 to 2.42, `malloc/malloc.c`, `request2size`
//! and `sysmalloc_mmap`): before each allocation stands a header of 8 bytes;
//! both together are rounded up to 16, and take 32 at least. From 128 KiB on
//! (`DEFAULT_MMAP_THRESHOLD`) an allocation is a mapping of its own: a header
//! of 16 bytes, rounded up to pages. glibc raises that border as mappings
//! are freed; what is then off is less than a page for each such allocation.
//! Holes between allocations, and memory that was freed and kept, are in no
//! allocation and not counted.

/// Header of an allocation from the heap.
const HEADER: u64 = 8;
/// What its size is rounded up to.
const STEP: u64 = 16;
/// What it takes at least.
const LEAST: u64 = 32;
/// From here on an allocation is a mapping of its own.
const MAPPED_FROM: u64 = 128 << 10;
/// Header of a mapping.
const MAPPED_HEADER: u64 = 16;
const PAGE: u64 = 4_096;

/// Bytes that an allocation of `size` bytes takes beyond them; none for
/// nothing, which is no allocation.
#[must_use]
pub const fn allocator_overhead(size: u64) -> u64 {
    let taken = if size == 0 {
        0
    } else if size >= MAPPED_FROM {
        (size + MAPPED_HEADER).next_multiple_of(PAGE)
    } else {
        let chunk = (size + HEADER).next_multiple_of(STEP);
        if chunk < LEAST { LEAST } else { chunk }
    };
    taken - size
}

/// The same of one allocation of which so many bytes are used and unused.
pub const fn overhead_of_one((used, unused): (u64, u64)) -> u64 {
    allocator_overhead(used + unused)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_rounded_as_malloc_rounds_them() {
        for (size, taken) in [
            (0, 0),
            (1, 32),
            (24, 32),
            (25, 48),
            (40, 48),
            (96, 112),
            (768, 784),
            (131_071, 131_088),
            (131_072, 135_168),
            (1 << 20, (1 << 20) + 4_096),
        ] {
            assert_eq!(size + allocator_overhead(size), taken, "{size}");
        }
    }
}
