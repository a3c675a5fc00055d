//! Where an engine's bytes are.

/// Where an engine's bytes are.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
pub struct MemoryUse {
    /// State of touched members and contents, and their inbox entries.
    pub state: u64,
    /// Room in inboxes that holds no entry.
    pub slack: u64,
    /// Of the maps: keys, control bytes, empty slots, locks.
    pub map: u64,
    /// Beyond all of these, of the allocator: headers and rounding of every
    /// allocation, by [`allocator_overhead`](crate::engine::allocator_overhead).
    pub allocator: u64,
    /// Whether the maps were not counted, so that `map` says nothing.
    pub is_without_map: bool,
}

impl MemoryUse {
    /// All of it that was counted.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.state + self.slack + self.map + self.allocator
    }
}

impl std::ops::Add for MemoryUse {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            state: self.state + other.state,
            slack: self.slack + other.slack,
            map: self.map + other.map,
            allocator: self.allocator + other.allocator,
            is_without_map: self.is_without_map || other.is_without_map,
        }
    }
}
