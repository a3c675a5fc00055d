//! What an open loop told of a planted stall, and a search of a planted
//! capacity. What the machine does meanwhile can only add to a response time,
//! so that too little of it is the harness's own fault, and too much may be the
//! machine's.

use serde::{Deserialize, Serialize};

/// What the histograms' buckets may hide.
const BUCKETS: f64 = 0.99;
/// How far the machine's own stalls may take a figure from what was planted
/// before that is said.
const DISTURBED: f64 = 0.05;
/// A held rate this far above the planted capacity is overstated.
const OVERSTATED: f64 = 1.01;

/// What was found of both.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct RealTimeFound {
    /// Of the stall.
    pub stall: StallFound,
    /// Of the pace.
    pub capacity: CapacityFound,
}

/// What an open loop told of a stall of 100 ms.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct StallFound {
    /// Events with a response time above 10 ms.
    pub late: u64,
    /// Events that were due so early in the stall that they had to be.
    pub expected: u64,
    /// The longest response time, in ns.
    pub response_max_ns: u64,
    /// Events with a service time above 10 ms: those of the batch that
    /// stalled.
    pub stalled: u64,
    /// Time that the host took, and involuntary context switches.
    pub steal_ms: u64,
    /// The latter.
    pub involuntary_switches: u64,
}

/// What a search found of an engine whose capacity is known.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct CapacityFound {
    /// The planted one, in events a second.
    pub planted_per_s: f64,
    /// The one that was found; none where none was attained.
    pub found_per_s: Option<f64>,
    /// The highest rate at which a step held; none where none did.
    pub held_per_s: Option<f64>,
    /// Steps of the search.
    pub steps: usize,
    /// Time that the host took during them.
    pub steal_ms: u64,
    /// Involuntary context switches during them.
    pub involuntary_switches: u64,
}

impl StallFound {
    /// Whether all who had to wait are in the figures.
    #[must_use]
    pub fn is_passed(&self) -> bool {
        self.late as f64 >= self.expected as f64 * BUCKETS && self.stalled > 0
    }

    /// Whether the machine itself stalled, too.
    #[must_use]
    pub fn is_disturbed(&self) -> bool {
        self.late as f64 > self.expected as f64 * (1.0 + DISTURBED)
    }
}

impl CapacityFound {
    /// What was found beside what was planted.
    #[must_use]
    pub fn ratio(&self) -> Option<f64> {
        Some(self.found_per_s? / self.planted_per_s)
    }

    /// Whether no step claims to hold a rate that the engine cannot do.
    #[must_use]
    pub fn is_passed(&self) -> bool {
        let most = self.planted_per_s * OVERSTATED;
        self.held_per_s.is_none_or(|held| held <= most)
    }

    /// Whether the machine let the engine come so near to what it could.
    #[must_use]
    pub fn is_disturbed(&self) -> bool {
        self.ratio().is_none_or(|ratio| ratio < 1.0 - DISTURBED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stall(late: u64, stalled: u64) -> StallFound {
        StallFound {
            late,
            expected: 9_000,
            response_max_ns: 0,
            stalled,
            steal_ms: 0,
            involuntary_switches: 0,
        }
    }

    fn pace(found_per_s: Option<f64>) -> CapacityFound {
        CapacityFound {
            planted_per_s: 1e6,
            found_per_s,
            held_per_s: found_per_s,
            steps: 9,
            steal_ms: 0,
            involuntary_switches: 0,
        }
    }

    #[test]
    fn too_little_is_a_fault_and_too_much_the_machine_s() {
        assert!(stall(8_950, 1).is_passed() && !stall(8_950, 1).is_disturbed());
        // a harness that begins to count when it comes to an event sees one
        assert!(!stall(1, 1).is_passed());
        assert!(!stall(9_000, 0).is_passed());
        assert!(stall(12_000, 1).is_passed() && stall(12_000, 1).is_disturbed());
    }

    #[test]
    fn overstated_is_a_fault_and_understated_the_machine_s() {
        assert!(pace(Some(0.98e6)).is_passed() && !pace(Some(0.98e6)).is_disturbed());
        assert!(!pace(Some(1.03e6)).is_passed());
        for below in [Some(0.5e6), None] {
            assert!(pace(below).is_passed() && pace(below).is_disturbed());
        }
    }
}
