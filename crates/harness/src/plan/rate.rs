//! How fast the events of an open loop arrive.

/// So many events in so much time, which keeps rates below one a second exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Events, above 0.
    pub events: u64,
    /// The time that they take, in ns, above 0.
    pub per_ns: u64,
}

impl Rate {
    /// Events a second.
    #[must_use]
    pub fn per_s(self) -> f64 {
        self.events as f64 * 1e9 / self.per_ns as f64
    }
}
