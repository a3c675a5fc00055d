//! What a selftest is made from, and why it comes to no end.

use crate::contender::Contender;
use crate::trial::error::TrialError;
use crate::trial::setup::OnHang;
use notibench_core::engine::StopFlag;
use notibench_record::{Environment, Plan, PlantedPlan};
use notibench_workload::Workload;

/// How a selftest is made.
#[derive(Clone, Debug)]
pub struct SelftestPlan {
    /// How rounds are made; its rounds are those of one comparison.
    pub run: Plan,
    /// Comparisons of each engine with itself.
    pub comparisons_of_each: usize,
    /// Largest false rate that passes, as a fraction.
    pub most_false: f64,
    /// Comparisons with the slowed engine.
    pub planted_comparisons: usize,
    /// How that is slowed down.
    pub planted: PlantedPlan,
}

/// Everything that a selftest needs.
#[derive(Debug)]
pub struct SelftestRequest<'a> {
    /// What is run.
    pub workload: &'a Workload,
    /// The text of its file, for the record.
    pub toml: String,
    /// The engines that are compared with themselves.
    pub engines: Vec<Contender>,
    /// The engine that is slowed down.
    pub planted: Contender,
    /// How it is made.
    pub plan: SelftestPlan,
    /// Whether a stall and a capacity are planted in real time, too.
    pub real_time: bool,
    /// Where it is run.
    pub environment: Environment,
    /// The command line, for the record.
    pub command: Vec<String>,
    /// Ends it early.
    pub stop: StopFlag,
    /// What is done about an engine that hangs.
    pub on_hang: OnHang,
}

/// Why a selftest came to no end.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SelftestError {
    /// A trial failed.
    #[error(transparent)]
    Trial(#[from] TrialError),
    /// The engine is wrong, so that its time says nothing.
    #[error("engine `{engine}`: {words}; `notibench verify` says more")]
    Wrong {
        /// Its name.
        engine: String,
        /// What is wrong.
        words: String,
    },
}
