//! The limit probes: how much of the work an engine does could be done, on this
//! machine, if something were left out. Each leaves out more than the next:
//! only the reading of events, one write an update, no map, no map and no
//! locks. They are never ranked, have no snapshot and answer no read.

mod common;
mod flat;
mod partitioned;
mod read;
mod state;

pub use flat::{FlatSession, LimitFlat};
pub use partitioned::{LimitPartitioned, LimitPartitionedSession};
pub use read::{LimitRead, ReadSession};
pub use state::{LimitState, LimitStateSession};

#[cfg(test)]
mod tests;
