//! In place of the library's `unit`: the same, with loom's locks and atomics.

pub(crate) use library_core::unit::{hash_bits, mix, prefetch};

#[allow(unreachable_pub, reason = "the library shows it to others")]
#[path = "../../../core/src/unit/lock_sweep.rs"]
pub(crate) mod lock_sweep;
#[path = "sync.rs"]
pub(crate) mod sync;
