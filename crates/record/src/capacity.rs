//! The file of a search for capacity: per engine, the rate up to which the
//! service-level objective (SLO) holds, and every step of the way there.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::environment::Environment;
use super::failure::RunFailure;
use super::file::{RecordError, read_bytes};
use super::json::{checked, pretty};
use super::open_loop::{Arrivals, Idle};
use super::schema::WorkloadNote;
use super::target::Target;
use crate::stats::ServiceHistogram;
use notibench_core::unit::atomic_file::WriteError;

/// Version of the schema of capacity files. A reader refuses others.
pub const CAPACITY_SCHEMA: &str = "notibench-capacity/2";

/// Everything that one search for capacity measured.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Capacity {
    /// [`CAPACITY_SCHEMA`].
    pub schema: String,
    /// Version of notibench that wrote it.
    pub version: String,
    /// Whether it came to its end.
    pub complete: bool,
    /// Why it failed, where it did.
    pub failure: Option<RunFailure>,
    /// The command line, word by word.
    pub command: Vec<String>,
    /// When it started, RFC 3339, UTC.
    pub started: String,
    /// What was run.
    pub workload: WorkloadNote,
    /// How it was searched.
    pub plan: CapacityPlan,
    /// The conditions that a rate must meet, as they were given and parsed.
    pub slo: Vec<Objective>,
    /// Where it was run.
    pub environment: Environment,
    /// How long an idle thread that looks at the clock again and again was
    /// kept from it: what no engine on this machine can do better than.
    pub stall_floor: StallFloor,
    /// The engines, in the order asked for.
    pub engines: Vec<EngineCapacity>,
    /// What else a reader should know, a sentence each.
    pub warnings: Vec<String>,
}

/// How capacity was searched for.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct CapacityPlan {
    /// Seed of the stream, of arrivals and of the order of turns.
    pub seed: u64,
    /// Workers.
    pub threads: usize,
    /// Most events of one ingest call.
    pub batch: usize,
    /// Whether workers are pinned to cores.
    pub pin: bool,
    /// Entries that an inbox keeps.
    pub inbox_capacity: usize,
    /// How arrivals follow one another.
    pub arrivals: Arrivals,
    /// What a worker does while nothing is due.
    pub idle: Idle,
    /// Events of a step, the same for all engines and rates; 0 until they are
    /// settled from the closed loops.
    pub events: u64,
    /// Whether a step begins with an empty state; else with what the same
    /// events left.
    pub growth: bool,
    /// Steps of a search.
    pub search_steps: usize,
    /// Searches of each engine.
    pub searches: usize,
}

/// One condition of the SLO.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Objective {
    /// As it was given: `p99.9 < 1ms`.
    pub text: String,
    /// What is judged.
    pub of: Judged,
    /// Quantile of the response time, between 0 and 1: 0.999; 1 is the maximum.
    pub quantile: f64,
    /// What it must stay below, in ns.
    pub limit_ns: u64,
}

/// Whose response time an objective is about.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Judged {
    /// Of events.
    #[default]
    Events,
    /// Of reads.
    Reads,
}

/// Gaps between two looks at the clock of a thread that does nothing else.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Default)]
#[serde(deny_unknown_fields)]
pub struct StallFloor {
    /// How long it looked, in ns.
    pub duration_ns: u64,
    /// The time, in ns, that a request arriving at a random moment would have
    /// had to wait for the thread: a value a µs of the time.
    pub wait_ns: String,
    /// The gaps themselves, a value a gap.
    pub gap_ns: String,
    /// Time stolen by the host meanwhile, in ms.
    pub steal_ms: u64,
    /// Involuntary context switches meanwhile.
    pub involuntary_switches: u64,
}

/// What was found of one engine.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct EngineCapacity {
    /// Name in the registry.
    pub name: String,
    /// `immediate` or `deferred`.
    pub freshness: String,
    /// What it comes to.
    pub verdict: CapacityVerdict,
    /// Events a second at which half of the steps hold: the geometric mean of
    /// the searches, or their median where one found no rate.
    pub capacity_per_s: Option<f64>,
    /// Lower end of its 95% interval; null of fewer than three searches, and
    /// where too many found no rate.
    pub low_per_s: Option<f64>,
    /// Upper end of its 95% interval; null likewise.
    pub high_per_s: Option<f64>,
    /// s of the logistic curve through all steps, in natural logarithms of the
    /// rate: at exp(−2.9 s) of the capacity 95% of the steps hold.
    pub spread: Option<f64>,
    /// Events a second in a closed loop over the same state: what the searches
    /// began from.
    pub closed_loop_per_s: f64,
    /// The searches, in the order in which they ran.
    pub searches: Vec<Search>,
}

/// What the searches of an engine come to.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum CapacityVerdict {
    /// Most searches found a rate.
    Attained,
    /// In every search, the SLO failed down to a tenth of the closed loop's
    /// rate.
    NotAttainable,
    /// It was interrupted, or half of the searches found no rate.
    Unfinished,
    /// Its final state was wrong, or events were lost: the first difference.
    Wrong(String),
}

/// One search.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Search {
    /// Seed of its start, its rates and its arrivals.
    pub seed: u64,
    /// The rate at which half of its steps are expected to hold, events a
    /// second; null where all of them held, or none did.
    pub capacity_per_s: Option<f64>,
    /// Every step, in order.
    pub steps: Vec<SearchStep>,
}

/// One rate that was offered.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct SearchStep {
    /// Events a second, offered.
    pub offered_per_s: f64,
    /// Events a second completed before the schedule's end.
    pub achieved_per_s: f64,
    /// Length of the schedule, in ns.
    pub hold_ns: u64,
    /// Events offered.
    pub events: u64,
    /// Response times of events.
    pub response_ns: String,
    /// What had to hold.
    pub conditions: Vec<Condition>,
    /// Whether all of it did.
    pub pass: bool,
    /// Whether the final state was compared with the oracle's, and equal.
    pub proved: bool,
    /// Time stolen by the host meanwhile, in ms.
    pub steal_ms: u64,
    /// Involuntary context switches meanwhile.
    pub involuntary_switches: u64,
}

/// One named condition of a step.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// `p99.9`, `p99.9 samples`, `backlog`, `conserved`.
    pub name: String,
    /// In which unit limit and value are: `ns`, `events`.
    pub unit: String,
    /// What it had to stay below, or, of samples, reach.
    pub limit: f64,
    /// What was found.
    pub value: f64,
    /// Whether it held.
    pub pass: bool,
}

impl Capacity {
    /// The file as JSON with line breaks; what [`Capacity::save`] writes.
    ///
    /// # Errors
    /// Where it can't be written as JSON, which plain data can.
    pub fn to_json(&self) -> io::Result<String> {
        pretty(self)
    }

    /// Writes it to `target`, whole or not at all; gives its path.
    ///
    /// # Errors
    /// Where the file can't be written, or a number is not finite; what was
    /// there stays.
    pub fn save(&self, target: impl Into<Target>) -> Result<PathBuf, WriteError> {
        target.into().write(|out| {
            self.check_finite()
                .map_err(|what| io::Error::new(io::ErrorKind::InvalidData, what))?;
            out.write_all(self.to_json()?.as_bytes())
        })
    }

    /// Reads the file at `path` and checks it.
    ///
    /// # Errors
    /// Names the file, the place in it where there is one, and what is wrong.
    pub fn load(path: &Path) -> Result<Self, RecordError> {
        Self::from_json(&read_bytes(path)?, path)
    }

    /// Reads it from JSON; `path` is for the errors only.
    ///
    /// # Errors
    /// As [`Capacity::load`].
    pub fn from_json(bytes: &[u8], path: &Path) -> Result<Self, RecordError> {
        checked(bytes, path, CAPACITY_SCHEMA, Self::validate)
    }

    /// Every step of every search, engine by engine.
    pub fn steps(&self) -> impl Iterator<Item = &SearchStep> {
        let searches = self.engines.iter().flat_map(|engine| &engine.searches);
        searches.flat_map(|search| &search.steps)
    }

    fn validate(&self) -> Result<(), String> {
        self.check_finite()?;
        let floor = [&self.stall_floor.wait_ns, &self.stall_floor.gap_ns];
        let of_steps = self.steps().map(|s| &s.response_ns);
        for text in floor.into_iter().chain(of_steps) {
            // no text: nothing was timed
            if !text.is_empty() {
                ServiceHistogram::from_base64(text)
                    .map_err(|error| format!("a histogram: {error}"))?;
            }
        }
        Ok(())
    }

    /// Checks that every number with a fraction is finite; JSON has no others.
    fn check_finite(&self) -> Result<(), String> {
        let of_engines = self.engines.iter().flat_map(|engine| {
            let found = [engine.capacity_per_s, engine.low_per_s, engine.high_per_s];
            let others = [engine.spread, Some(engine.closed_loop_per_s)];
            found.into_iter().chain(others).flatten()
        });
        let of_searches = self
            .engines
            .iter()
            .flat_map(|engine| &engine.searches)
            .filter_map(|search| search.capacity_per_s);
        let of_steps = self.steps().flat_map(|step| {
            let conditions = step.conditions.iter().flat_map(|c| [c.limit, c.value]);
            [step.offered_per_s, step.achieved_per_s]
                .into_iter()
                .chain(conditions)
        });
        let of_slo = self.slo.iter().map(|objective| objective.quantile);
        let mut numbers = of_engines.chain(of_searches).chain(of_steps).chain(of_slo);
        match numbers.find(|number| !number.is_finite()) {
            Some(number) => Err(format!("a number is {number}, not a finite one")),
            None => Ok(()),
        }
    }
}
