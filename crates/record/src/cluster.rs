//! What a record says of trials that several processes made together. Plain
//! data.

use serde::{Deserialize, Serialize};

/// The processes of a cluster.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct ClusterPlan {
    /// How many; the plan's threads are the workers of all of them.
    pub processes: usize,
}

/// What processes exchanged in a trial, summed over all of them.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct ExchangeNote {
    /// Updates that workers sent, to themselves among others.
    pub updates: u64,
    /// Of them, those that went to another process.
    pub updates_away: u64,
    /// Bytes written to connections between processes: updates, their frames,
    /// and what keeps track of progress.
    pub bytes_away: u64,
}
