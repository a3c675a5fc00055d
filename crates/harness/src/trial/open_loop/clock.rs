//! The clock of an open loop: real, or virtual in tests.

use std::time::Instant;

use notibench_record::Idle;

/// Tells the time since a trial's zero, and passes it where nothing is due.
pub(crate) trait Clock {
    /// Now, in ns since the trial's zero; 0 before it.
    fn now_ns(&self) -> u64;
    /// Nothing is due before `until_ns`: passes some of the time till then,
    /// perhaps next to none.
    fn idle(&self, until_ns: u64);
}

/// The machine's clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RealClock {
    zero: Instant,
    idle: Idle,
}

impl RealClock {
    /// A clock that all workers of a trial share, by copies.
    pub(crate) const fn new(zero: Instant, idle: Idle) -> Self {
        Self { zero, idle }
    }
}

impl Clock for RealClock {
    #[inline(always)]
    fn now_ns(&self) -> u64 {
        // saturates: workers wait for a zero that lies a little ahead
        Instant::now()
            .saturating_duration_since(self.zero)
            .as_nanos() as u64
    }

    #[inline(always)]
    fn idle(&self, _: u64) {
        match self.idle {
            Idle::Spin => std::hint::spin_loop(),
            Idle::Yield => std::thread::yield_now(),
        }
    }
}
