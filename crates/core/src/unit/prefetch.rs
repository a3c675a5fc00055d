//! A hint to fetch a cache line, behind a safe interface.

/// Asks the processor to bring the line at `address` into the first-level
/// cache. Any address is allowed, even one that is not mapped: it is a hint.
#[inline(always)]
#[allow(unsafe_code)]
pub fn prefetch_line(address: *const u8) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: PREFETCHT0 is defined for every address, never faults and
    // changes nothing that a program can see.
    unsafe {
        core::arch::x86_64::_mm_prefetch::<{ core::arch::x86_64::_MM_HINT_T0 }>(address.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = address;
}

/// [`prefetch_line`] for every line of a value.
#[inline(always)]
pub fn prefetch_value<T>(value: &T) {
    const LINE: usize = 64;
    let first: *const u8 = std::ptr::from_ref(value).cast();
    for offset in (0..size_of::<T>()).step_by(LINE) {
        prefetch_line(first.wrapping_add(offset));
    }
    // a value that starts within a line may reach into one more
    if align_of::<T>() < LINE {
        prefetch_line(first.wrapping_add(size_of::<T>().saturating_sub(1)));
    }
}
