//! What `selftest` leaves behind: the times of its rounds, from which its
//! comparisons are judged.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::environment::Environment;
use super::file::{RecordError, read_bytes};
use super::json::{checked, pretty};
use super::numbers::numbers;
use super::plan::Plan;
use super::real_time::RealTimeFound;
use super::schema::WorkloadNote;
use super::target::Target;
use super::weather::Weather;
use crate::stats::{RatioInterval, paired_ratio};
use notibench_core::unit::atomic_file::WriteError;

/// Version of the schema of selftests. A reader refuses others.
pub const SELFTEST_SCHEMA: &str = "notibench-selftest/1";

/// Everything that one selftest measured.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Selftest {
    /// [`SELFTEST_SCHEMA`].
    pub schema: String,
    /// Version of notibench that wrote it.
    pub version: String,
    /// The command line, word by word.
    pub command: Vec<String>,
    /// When it started, RFC 3339, UTC.
    pub started: String,
    /// What was run.
    pub workload: WorkloadNote,
    /// How rounds are made; `rounds` is those of one A/A comparison.
    pub plan: Plan,
    /// Largest false rate that passes, as a fraction.
    pub most_false: f64,
    /// How the slowdown is planted.
    pub planted_plan: PlantedPlan,
    /// Where it was run.
    pub environment: Environment,
    /// Every engine beside its second copy. All share the same rounds.
    pub same: Vec<SameEngine>,
    /// Comparisons with the slowed engine.
    pub planted: Vec<PlantedComparison>,
    /// The stall and the capacity that are planted in real time, where they
    /// are.
    pub real_time: Option<RealTimeFound>,
    /// How fast the machine itself was during the rounds.
    pub weather: Weather,
    /// Time stolen by the host during the rounds, in ms.
    pub steal_ms: u64,
    /// Involuntary context switches during the rounds.
    pub involuntary_switches: u64,
    /// How long all of it took, in ms.
    pub took_ms: u64,
}

/// How a slowdown is planted. What is not here is as in the plan.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct PlantedPlan {
    /// Name of the engine.
    pub engine: String,
    /// Slowdown, as a fraction of the engine's own time.
    pub share: f64,
    /// Workers.
    pub threads: usize,
    /// Half-width of the interval at which a comparison ends, as a fraction.
    pub precision: f64,
    /// Rounds of a comparison at the most.
    pub rounds: usize,
}

/// One engine beside its second copy.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct SameEngine {
    /// Its name.
    pub engine: String,
    /// The first copy's time of each interleaved round, in ns, separated by
    /// spaces; [`Plan::rounds`] neighbours are one comparison.
    pub first_ns: String,
    /// The second copy's, likewise.
    pub second_ns: String,
}

/// One comparison of an engine, slowed down, with itself as it is.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct PlantedComparison {
    /// The engine's time of each interleaved round, in ns, separated by
    /// spaces.
    pub as_is_ns: String,
    /// The slowed copy's, likewise.
    pub slowed_ns: String,
    /// How long the comparison took, in ms.
    pub took_ms: u64,
}

impl SameEngine {
    /// The second copy beside the first, an interval for each comparison of so
    /// many rounds; none where times are none.
    #[must_use]
    pub fn intervals(&self, rounds: usize) -> Vec<Option<RatioInterval>> {
        let pairs = paired(&self.second_ns, &self.first_ns);
        pairs.chunks(rounds.max(1)).map(paired_ratio).collect()
    }
}

impl PlantedComparison {
    /// The slowed copy beside the engine as it is: below 1 is slower.
    #[must_use]
    pub fn interval(&self) -> Option<RatioInterval> {
        paired_ratio(&paired(&self.slowed_ns, &self.as_is_ns))
    }
}

/// Times of a round, an engine's and the one that it is compared with.
fn paired(engine: &str, base: &str) -> Vec<(f64, f64)> {
    let times = |text| numbers(text).into_iter().map(|ns| ns as f64);
    times(engine).zip(times(base)).collect()
}

impl Selftest {
    /// The record as JSON with line breaks; what [`Selftest::save`] writes.
    ///
    /// # Errors
    /// Where it can't be written as JSON, which plain data can.
    pub fn to_json(&self) -> io::Result<String> {
        pretty(self)
    }

    /// Writes it to `target`, whole or not at all; gives its path.
    ///
    /// # Errors
    /// Where the file can't be written; what was there stays.
    pub fn save(&self, target: impl Into<Target>) -> Result<PathBuf, WriteError> {
        target
            .into()
            .write(|out| out.write_all(self.to_json()?.as_bytes()))
    }

    /// Reads it from JSON and checks it; `path` is for the errors only.
    ///
    /// # Errors
    /// Names the file, the place in it where there is one, and what is wrong.
    pub fn from_json(bytes: &[u8], path: &Path) -> Result<Self, RecordError> {
        checked(bytes, path, SELFTEST_SCHEMA, Self::validate)
    }

    /// Reads the file at `path` and checks it.
    ///
    /// # Errors
    /// As [`Selftest::from_json`].
    pub fn load(path: &Path) -> Result<Self, RecordError> {
        Self::from_json(&read_bytes(path)?, path)
    }

    fn validate(&self) -> Result<(), String> {
        let rounds = self.plan.rounds;
        let same = self.same.iter().map(|same| {
            let of = (same.engine.as_str(), &same.first_ns, &same.second_ns);
            (of, rounds)
        });
        let planted = self.planted.iter().map(|planted| {
            let of = ("planted", &planted.as_is_ns, &planted.slowed_ns);
            (of, 1)
        });
        for ((name, one, other), unit) in same.chain(planted) {
            let (one, other) = (numbers(one).len(), numbers(other).len());
            if one != other || one == 0 || !one.is_multiple_of(unit.max(1)) {
                return Err(format!(
                    "`{name}` has {one} and {other} times, must have as many of both, in \
                     comparisons of {unit}"
                ));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture_selftest::selftest;
    use super::super::sweep::Saved;
    use super::*;

    #[test]
    fn what_is_saved_loads_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("selftest.json");
        let record = selftest(100, 5, &|_, round| 1_000_000 + 17 * round as u64);
        record.save(&path).unwrap();
        assert_eq!(Selftest::load(&path).unwrap(), record);
        let saved = Saved::load(&path).unwrap();
        assert_eq!(saved, Saved::Selftest(Box::new(record)));
    }

    #[test]
    fn each_comparison_is_of_rounds_of_its_own() {
        // the second copy is a tenth slower in the second comparison alone
        let time = |copy: usize, round: usize| match (copy, round) {
            (1, 5..) => 1_100_000 + 13 * round as u64,
            _ => 1_000_000 + 7 * round as u64,
        };
        let record = selftest(2, 5, &time);
        let intervals = record.same[0].intervals(5);
        let words: Vec<&str> = intervals
            .iter()
            .map(|i| i.unwrap().verdict().words())
            .collect();
        assert_eq!(words, ["no difference seen", "slower"]);
    }

    #[test]
    fn contradictions_are_found() {
        let complaint = |change: fn(&mut Selftest)| {
            let mut record = selftest(2, 5, &|_, _| 1_000_000);
            change(&mut record);
            let json = record.to_json().unwrap();
            let read = Selftest::from_json(json.as_bytes(), Path::new("s.json"));
            read.unwrap_err().to_string()
        };
        let words = complaint(|record| record.same[0].first_ns = "1 2".to_owned());
        assert!(
            words.contains("`dashmap-naive` has 2 and 10 times"),
            "{words}"
        );
        let words = complaint(|record| record.plan.rounds = 4);
        assert!(words.contains("in comparisons of 4"), "{words}");
        let words = complaint(|record| record.planted[0].slowed_ns = String::new());
        assert!(words.contains("`planted` has 5 and 0 times"), "{words}");
        let words = complaint(|record| record.schema = "notibench-selftest/9".to_owned());
        assert!(words.contains("notibench-selftest/9"), "{words}");
    }
}
