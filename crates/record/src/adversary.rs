//! What `adversary` leaves behind: how well each attack told two worlds apart.

use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::json::pretty;
use super::target::Target;
use notibench_core::unit::atomic_file::WriteError;

/// Version of the file's format.
pub const ADVERSARY_SCHEMA: &str = "notibench-adversary/2";

/// One game: the attacks, each against one way of showing views.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct AdversaryRecord {
    /// [`ADVERSARY_SCHEMA`].
    pub schema: String,
    /// Version of notibench.
    pub version: String,
    /// The command line.
    pub command: Vec<String>,
    /// Name of the workload, and its file's text.
    pub workload: String,
    /// The text of its file.
    pub toml: String,
    /// Seed of the worlds; noise has keys of its own, which are kept nowhere.
    pub seed: u64,
    /// Whether the game was a short one, judged more leniently.
    pub short: bool,
    /// ε for a viewer, object, surface and week.
    pub epsilon: f64,
    /// What is below it after the noise is not shown.
    pub threshold: u32,
    /// The attacks.
    pub attacks: Vec<AttackRow>,
    /// How long reads took in either world.
    pub timings: Vec<TimingRow>,
    /// Whether each attack stayed within its bound and each control came
    /// through.
    pub passed: bool,
}

/// How well one attack told the worlds apart.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct AttackRow {
    /// How views were shown: `released`, or the control's name.
    pub variant: String,
    /// The attack.
    pub attack: String,
    /// What the adversary does, in words.
    pub about: String,
    /// Viewers without the one in question.
    pub count: u32,
    /// Releases that the one in question is part of, in the one world.
    pub releases: u32,
    /// Trials.
    pub trials: u64,
    /// Worlds guessed right.
    pub right: u64,
    /// Advantage: twice the share guessed right, less one.
    pub advantage: f64,
    /// Its interval of 95%, by Clopper and Pearson.
    pub interval_95: (f64, f64),
    /// Its interval of 99.9%.
    pub interval_999: (f64, f64),
    /// What it may be at most: tanh(k ε / 2) for k releases; none where
    /// nothing bounds it.
    pub bound: Option<f64>,
    /// Trials that tell 8 times in 10 whether an attack that just keeps its
    /// bound does; none where there is no bound.
    pub trials_needed: Option<u64>,
    /// What was found.
    pub verdict: AttackVerdict,
}

/// What was found of an attack.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum AttackVerdict {
    /// It stayed within its bound.
    Within,
    /// It did better than it may.
    Beyond,
    /// Its interval reaches to both sides of the bound: too few trials.
    Unsure,
    /// A control: it tells the worlds apart, as it must.
    Tells,
    /// A control that does not: the game is broken.
    Broken,
    /// Shown, and not judged.
    Shown,
}

/// How long one kind of read took in two worlds.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct TimingRow {
    /// The read, and of what.
    pub read: String,
    /// Reads timed in each world.
    pub reads: u64,
    /// Mean service time without the one view, in ns.
    pub without_service_ns: f64,
    /// Mean service time with it, in ns.
    pub with_service_ns: f64,
    /// Welch's t.
    pub t: f64,
    /// How often chance alone gives as much.
    pub p: f64,
}

impl AdversaryRecord {
    /// The record as JSON with line breaks.
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
}
