//! How a run was made; with the workload's text, all that running it again
//! needs.

use serde::{Deserialize, Serialize};

use super::apart::ApartPlan;
use super::cluster::ClusterPlan;
use super::interleaving::InterleavingPlan;
use super::open_loop::OpenLoopPlan;

/// How a run was made.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Seed of the stream.
    pub seed: u64,
    /// Seed of the order of turns and of the lengths of slices; 0 in records
    /// that are older than it.
    #[serde(default)]
    pub order_seed: u64,
    /// Events of each trial.
    pub events: u64,
    /// Reads of each trial; 0 where readers ask without end.
    pub reads: u64,
    /// Workers.
    pub threads: usize,
    /// Events of one ingest call.
    pub batch: usize,
    /// Rounds that count.
    pub rounds: usize,
    /// Rounds thrown away before them.
    pub warmup_rounds: usize,
    /// Whether workers generate the events themselves, inside the timed part.
    pub inline: bool,
    /// Whether workers are pinned to cores.
    pub pin: bool,
    /// Whether the processors' counters were asked for.
    #[serde(default)]
    pub perf: bool,
    /// Whether final states were proved.
    pub verify: bool,
    /// The engine that ratios are taken to.
    pub baseline: String,
    /// Entries that an inbox keeps.
    pub inbox_capacity: usize,
    /// Whether the stream's ids were numbered for limit probes.
    #[serde(default)]
    pub dense: bool,
    /// Whether each trial had a second pass, over warm state.
    #[serde(default)]
    pub warm: bool,
    /// How large a difference must be to matter, as a fraction.
    #[serde(default = "default_relevant")]
    pub relevant: f64,
    /// Rounds end where every engine's interval has at most this half-width,
    /// as a fraction of its ratio; `rounds` is then a maximum.
    #[serde(default)]
    pub precision: Option<f64>,
    /// No round begins later than so long after the first, in ms.
    #[serde(default)]
    pub max_time_ms: Option<u64>,
    /// Processes, each of which made the whole run; with several, they are
    /// the sampling unit.
    #[serde(default = "one")]
    pub processes: usize,
    /// Slowdown that was planted into every engine, as a fraction of its own
    /// time.
    #[serde(default)]
    pub planted_share: f64,
    /// How rounds are interleaved; none where each engine has its whole trial
    /// alone.
    #[serde(default)]
    pub interleaving: Option<InterleavingPlan>,
    /// How arrivals were scheduled; none in a closed loop.
    #[serde(default)]
    pub open_loop: Option<OpenLoopPlan>,
    /// The processes that make trials together; none where there is one.
    #[serde(default)]
    pub cluster: Option<ClusterPlan>,
    /// Threads that only write and threads that only read; none where each
    /// does both.
    #[serde(default)]
    pub apart: Option<ApartPlan>,
}

impl Plan {
    /// Threads that ingest.
    #[must_use]
    pub fn writers(&self) -> usize {
        self.apart.map_or(self.threads, |apart| apart.writers)
    }
}

/// Threshold of relevance where none is given.
pub const DEFAULT_RELEVANT: f64 = 0.02;

const fn default_relevant() -> f64 {
    DEFAULT_RELEVANT
}

const fn one() -> usize {
    1
}
