//! The open loop's part of a record: how arrivals were scheduled, and what one
//! trial under that schedule measured; docs/FORMAT.md describes it.

use serde::{Deserialize, Serialize};

use crate::stats::ServiceHistogram;

/// How arrivals follow one another.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Arrivals {
    /// Evenly spaced.
    Constant,
    /// A Poisson process: each worker has a stream of its own, and the sum of
    /// Poisson streams is one.
    Poisson,
    /// Poisson while on, nothing while off; the mean rate is the offered one.
    Bursts {
        /// Length of a burst, in ns.
        on_ns: u64,
        /// Length of a pause, in ns.
        off_ns: u64,
    },
    /// The workload's own event times, squeezed.
    Workload {
        /// So many ns of real time …
        real_ns: u64,
        /// … for so many µs of event time.
        event_us: u64,
    },
}

impl Arrivals {
    /// Its name, which is that of the flag's value, too.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Constant => "constant",
            Self::Poisson => "poisson",
            Self::Bursts { .. } => "bursts",
            Self::Workload { .. } => "workload",
        }
    }

    /// Whether the rate is meant to be the same throughout, so that a steady
    /// state can be looked for.
    #[must_use]
    pub const fn is_stationary(self) -> bool {
        matches!(self, Self::Constant | Self::Poisson)
    }
}

/// What a worker does while nothing is due.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Idle {
    /// It looks at the clock again and again.
    #[default]
    Spin,
    /// It gives its processor away between two looks.
    Yield,
}

impl Idle {
    /// Its name, which is that of the flag's value, too.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Spin => "spin",
            Self::Yield => "yield",
        }
    }
}

/// How the arrivals of each trial were scheduled, beforehand.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct OpenLoopPlan {
    /// How arrivals follow one another.
    pub arrivals: Arrivals,
    /// Mean of the schedule, events a second over all workers.
    pub offered_per_s: f64,
    /// Length of the schedule, in ns.
    pub duration_ns: u64,
    /// Events that may be due and not started, over all workers; each has an
    /// equal share. What comes due beyond is skipped.
    pub max_backlog: u64,
    /// What a worker does while nothing is due.
    pub idle: Idle,
    /// Length of an interval of the time series, in ns.
    pub interval_ns: u64,
}

/// What one trial in an open loop measured. Histograms are HdrHistograms, V2
/// with deflate, in base64, as everywhere in a record.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct OpenLoopTrial {
    /// Events that came due; skipped ones among them.
    pub offered: u64,
    /// Events a second completed within the schedule's length: completions
    /// after its end are not among them.
    pub achieved_per_s: f64,
    /// Indexes of events that were skipped: ranges in rising order, ends
    /// exclusive.
    pub skipped_ranges: Vec<SkippedRange>,
    /// Response time: completion less intended start, in ns, a value an event.
    pub response_ns: String,
    /// Service time: completion less actual start of the event's batch, in ns,
    /// a value an event.
    pub service_ns: String,
    /// Response time of reads, a value a read.
    pub read_response_ns: String,
    /// Service time of reads, a value a read, from its group's actual start.
    pub read_service_ns: String,
    /// Sizes of the batches, a value a batch.
    pub batch_events: String,
    /// Reads that were due with events that were skipped, and not asked.
    pub skipped_reads: u64,
    /// The most events due and not started that each worker saw, summed over
    /// workers: at most so many at one time.
    pub peak_backlog: u64,
    /// Where the steady state begins that was tested for; what completed
    /// before it is warm-up, and not in `response_ns` and `service_ns`. Null:
    /// none was found, or looked for, and nothing is cut.
    pub steady_from_ns: Option<u64>,
    /// Events that completed before it.
    pub cut_events: u64,
    /// Where events were skipped, the digest of those that were not, from the
    /// generator.
    #[serde(default)]
    pub oracle_events_digest: Option<String>,
    /// Where events were skipped, the digest of the oracle's snapshot of those
    /// that were not.
    #[serde(default)]
    pub oracle_snapshot_digest: Option<String>,
    /// The time series, from zero on without gaps, warm-up and the time after
    /// the schedule's end included.
    pub intervals: Vec<IntervalNote>,
}

/// Event indexes that were skipped: from `first`, each `step`-th, before `end`.
///
/// Workers share a stream by index modulo their number: what one skips in one
/// go is every so many-th index.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct SkippedRange {
    /// The first index.
    pub first: u64,
    /// No index at or beyond.
    pub end: u64,
    /// Distance from one to the next; at least 1.
    pub step: u64,
}

impl SkippedRange {
    /// The indexes.
    pub fn indexes(self) -> impl Iterator<Item = u64> {
        (self.first..self.end).step_by(self.step.max(1) as usize)
    }

    /// How many they are.
    #[must_use]
    pub const fn events(self) -> u64 {
        self.end.saturating_sub(self.first).div_ceil(self.step)
    }
}

/// One interval of a trial's time series. An event counts in the interval in
/// which it came due (`offered`, `skipped`) or completed (all else).
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct IntervalNote {
    /// Its end, in ns since the trial's zero.
    pub end_ns: u64,
    /// Events that came due.
    pub offered: u64,
    /// Events completed.
    pub completed: u64,
    /// Of those that came due, the ones that were skipped.
    pub skipped: u64,
    /// Events due and neither completed nor skipped at its end.
    pub backlog: u64,
    /// Reads completed.
    pub reads: u64,
    /// Resident size of the process at its end, in bytes; 0 where it is not
    /// known.
    pub resident_bytes: u64,
    /// Response times of the events completed in it.
    pub response_ns: String,
    /// Service times of the events completed in it.
    pub service_ns: String,
    /// Response times of the reads completed in it.
    #[serde(default)]
    pub read_response_ns: String,
}

/// What recording costs: one engine, overloaded a little, with the recording
/// and without it, in turns.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct RecordingNote {
    /// Name of the engine.
    pub engine: String,
    /// Wall time ÷ events with the recording, in ns; median of the turns.
    pub recorded_ns_per_event: f64,
    /// The same without it.
    pub bare_ns_per_event: f64,
    /// Share of the time without it that it adds: geometric mean of the paired
    /// turns, less 1.
    pub share: f64,
    /// Lower end of its 95% interval.
    pub low: f64,
    /// Upper end of its 95% interval.
    pub high: f64,
    /// Turns of each.
    pub turns: u64,
}

impl OpenLoopPlan {
    /// Share of the offered events that must be completed in time for the
    /// rate to be kept.
    pub const KEPT: f64 = 0.99;

    /// Checks what a hand could have spoiled.
    ///
    /// # Errors
    /// Says which key is impossible.
    pub fn validate(&self) -> Result<(), String> {
        if !(self.offered_per_s.is_finite() && self.offered_per_s > 0.0) {
            let rate = self.offered_per_s;
            return Err(format!("`plan.open_loop.offered_per_s` is {rate}"));
        }
        let lengths = [
            ("duration_ns", self.duration_ns),
            ("interval_ns", self.interval_ns),
            ("max_backlog", self.max_backlog),
        ];
        if let Some((name, _)) = lengths.iter().find(|(_, value)| *value == 0) {
            return Err(format!("`plan.open_loop.{name}` is 0"));
        }
        match self.arrivals {
            Arrivals::Bursts { on_ns: 0, .. } => {
                Err("`plan.open_loop.arrivals.bursts.on_ns` is 0".to_owned())
            }
            Arrivals::Workload { real_ns, event_us } if real_ns == 0 || event_us == 0 => {
                Err("`plan.open_loop.arrivals.workload` has a zero".to_owned())
            }
            _ => Ok(()),
        }
    }
}

impl OpenLoopTrial {
    /// Events skipped.
    #[must_use]
    pub fn skipped(&self) -> u64 {
        let ranges = self.skipped_ranges.iter();
        ranges
            .map(|range| range.events())
            .fold(0, u64::saturating_add)
    }

    /// Checks that histograms can be read and that sums agree.
    ///
    /// # Errors
    /// Says what contradicts what.
    pub fn validate(&self) -> Result<(), String> {
        if !(self.achieved_per_s.is_finite() && self.achieved_per_s >= 0.0) {
            return Err(format!("`achieved_per_s` is {}", self.achieved_per_s));
        }
        if self.skipped_ranges.iter().any(|range| range.step == 0) {
            return Err("a step of `skipped_ranges` is 0".to_owned());
        }
        let texts = [
            ("response_ns", &self.response_ns),
            ("service_ns", &self.service_ns),
            ("read_response_ns", &self.read_response_ns),
            ("read_service_ns", &self.read_service_ns),
            ("batch_events", &self.batch_events),
        ];
        let of_intervals = self.intervals.iter().flat_map(|interval| {
            [
                ("intervals.response_ns", &interval.response_ns),
                ("intervals.service_ns", &interval.service_ns),
                ("intervals.read_response_ns", &interval.read_response_ns),
            ]
        });
        for (name, text) in texts.into_iter().chain(of_intervals) {
            // no text: nothing was timed
            if !text.is_empty() {
                ServiceHistogram::from_base64(text)
                    .map_err(|error| format!("`open_loop.{name}`: {error}"))?;
            }
        }
        let skipped = self.intervals.iter().map(|interval| interval.skipped);
        let skipped = skipped.fold(0, u64::saturating_add);
        if !self.intervals.is_empty() && skipped != self.skipped() {
            let ranges = self.skipped();
            return Err(format!(
                "`open_loop.intervals` skip {skipped} events, `skipped_ranges` {ranges}"
            ));
        }
        Ok(())
    }
}
