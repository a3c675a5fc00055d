//! How engines took turns slice by slice, and what each slice took.

use serde::{Deserialize, Serialize};

use super::numbers::numbers;
use super::pass::Pass;

/// How rounds are interleaved.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct InterleavingPlan {
    /// What a slice is to take on average, in µs.
    pub slice_us: u64,
    /// Rounds between the warm-up and the interleaved ones in which each
    /// engine has its whole trial alone.
    pub isolated_rounds: usize,
    /// Groups that take turns for themselves, each with the baseline: more
    /// than one where not all engines fit into the memory together.
    pub groups: usize,
}

/// One interleaved round, of all its engines.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct InterleavedRound {
    /// Process that ran it, from 0.
    pub process: usize,
    /// Its number among all rounds.
    pub round: usize,
    /// Its group, from 0.
    pub group: usize,
    /// What state its trials found.
    pub pass: Pass,
    /// Index behind the last event of each slice, separated by spaces.
    pub slice_ends: String,
    /// Time stolen by the host meanwhile, in ms.
    pub steal_ms: u64,
    /// Involuntary context switches of the process meanwhile.
    pub involuntary_switches: u64,
    /// Peak resident size of the process, all engines alive, in bytes.
    pub peak_resident_bytes: u64,
}

/// What the slices of an interleaved trial took.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct SlicesNote {
    /// ns of each slice, separated by spaces.
    pub ns: String,
    /// ns of finishing the sessions, and of closing epochs.
    pub finish_ns: u64,
}

impl SlicesNote {
    /// ns of each slice; empty where the text is none.
    #[must_use]
    pub fn each_ns(&self) -> Vec<u64> {
        numbers(&self.ns)
    }
}

impl InterleavedRound {
    /// Index behind the last event of each slice.
    #[must_use]
    pub fn ends(&self) -> Vec<u64> {
        numbers(&self.slice_ends)
    }
}
