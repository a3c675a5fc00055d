//! What a run was asked for.

use std::num::NonZeroUsize;
use std::sync::Arc;

use crate::plan::rate::Rate;
use notibench_core::event::Event;
use notibench_record::{Arrivals, Idle};

/// What a run was asked for; what is `None` is the workload's or our choice.
#[derive(Clone, Debug, Default)]
pub struct RunOptions {
    /// Names of engines, in order; empty: the default ones.
    pub engines: Vec<String>,
    /// Every engine of the registry, and every probe.
    pub all: bool,
    /// The limit probes, beside the engines chosen.
    pub limits: bool,
    /// A second pass of each trial, over warm state.
    pub warm: bool,
    /// The engine that ratios are taken to.
    pub baseline: Option<String>,
    /// Workers; as many as processors unless told.
    pub threads: Option<usize>,
    /// Events of each trial.
    pub events: Option<u64>,
    /// Rounds that count.
    pub rounds: Option<usize>,
    /// Rounds thrown away before them.
    pub warmup_rounds: Option<usize>,
    /// Seed of the stream.
    pub seed: Option<u64>,
    /// Events of one ingest call.
    pub batch: Option<usize>,
    /// Pin workers to cores.
    pub pin: bool,
    /// Read the processors' counters around each trial.
    pub perf: bool,
    /// Generate inside the timed part even where the stream fits.
    pub inline: bool,
    /// Leave out the proof.
    pub no_verify: bool,
    /// How large a difference must be to matter, as a fraction.
    pub relevant: Option<f64>,
    /// Half-width of the intervals at which rounds end, as a fraction.
    pub precision: Option<f64>,
    /// When no further round begins, in ms after the first.
    pub max_time_ms: Option<u64>,
    /// Processes that each make the whole run.
    pub processes: Option<usize>,
    /// Slowdown planted into every engine, as a fraction of its own time.
    pub planted_share: f64,
    /// Each engine's whole trial alone, in place of interleaved rounds.
    pub isolated: bool,
    /// What a slice of an interleaved round takes on average, in µs.
    pub slice_us: Option<u64>,
    /// Rounds of each engine alone beside the interleaved ones; 3 where none is given.
    pub isolated_rounds: Option<usize>,
    /// Seed of the order of turns; drawn where none is given.
    pub order_seed: Option<u64>,
    /// Processes in lock-step, this one among them: each round is interleaved,
    /// and they share the memory.
    pub lock_step: Option<NonZeroUsize>,
    /// How arrivals are scheduled, where they are.
    pub open_loop: OpenLoopOptions,
    /// Processes that make trials together, each with `threads` workers; none:
    /// this one alone.
    pub cluster: Option<usize>,
    /// Threads that only write and threads that only read.
    pub apart: ApartOptions,
    /// Events of a trace, whose times a schedule follows; none: the workload's.
    pub recorded: Option<Arc<Vec<Event>>>,
}

/// Events of one ingest call, where nothing was asked.
pub(crate) const DEFAULT_BATCH: usize = 1_024;

/// What was asked of writers and readers apart; where there is nothing, each
/// worker writes and reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ApartOptions {
    /// Threads that only ingest.
    pub writers: Option<usize>,
    /// Threads that only read.
    pub readers: Option<usize>,
    /// How fast events come to the writers; none: as fast as they are ingested.
    pub events_rate: Option<Rate>,
    /// How fast reads come to the readers; none: as fast as they are answered.
    pub reads_rate: Option<Rate>,
}

impl ApartOptions {
    /// Whether roles are apart.
    #[must_use]
    pub const fn is_asked(&self) -> bool {
        self.writers.is_some() || self.readers.is_some() || self.reads_rate.is_some()
    }
}

/// What was asked of an open loop; where neither a rate nor a time scale is
/// there, the run is a closed loop.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct OpenLoopOptions {
    /// How fast events arrive.
    pub rate: Option<Rate>,
    /// Length of the schedule, in ns.
    pub duration_ns: Option<u64>,
    /// So many ns of real time for so many µs of event time.
    pub time_scale: Option<(u64, u64)>,
    /// How arrivals follow one another.
    pub arrivals: Option<Arrivals>,
    /// Events that may be due and not started.
    pub max_backlog: Option<u64>,
    /// What a worker does while nothing is due.
    pub idle: Option<Idle>,
    /// Length of an interval of the time series, in ns.
    pub interval_ns: Option<u64>,
    /// Whether a missed rate is a failure.
    pub require_rate: bool,
}

impl OpenLoopOptions {
    /// Whether it is an open loop.
    #[must_use]
    pub const fn is_asked(&self) -> bool {
        self.rate.is_some() || self.time_scale.is_some() || self.duration_ns.is_some()
    }
}

/// A seed from the operating system; where that gives none, from the time.
#[must_use]
pub fn drawn() -> u64 {
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed();
    getrandom::u64().unwrap_or_else(|_| now.map_or(0, |since| since.as_nanos() as u64))
}
