//! A flag that ends a run early.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Says to all workers that the run ends early.
#[derive(Clone, Debug, Default)]
pub struct StopFlag(Arc<AtomicBool>);

impl StopFlag {
    /// Ends the run early.
    pub fn set(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// The byte that is 1 once the run ends early, 0 before; valid as long as a
    /// clone of this lives.
    #[must_use]
    pub fn as_byte(&self) -> *const u8 {
        self.0.as_ptr().cast_const().cast()
    }

    /// Whether the run ends early.
    #[inline]
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}
