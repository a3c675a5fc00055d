//! Why a run can't be made as asked.

use notibench_workload::nearest;

/// Why a run can't be made as asked; each says how to fix it.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum PlanError {
    /// There is no such engine.
    #[error(
        "there is no engine `{name}`{meant}; there are {known}; `notibench list engines` says more"
    )]
    UnknownEngine {
        /// What was asked for.
        name: String,
        /// The nearest name, as a question, where one is near enough.
        meant: String,
        /// What there is.
        known: String,
    },
    /// A number is out of its range.
    #[error("{flag} is {value}, must be {range}")]
    OutOfRange {
        /// The flag.
        flag: &'static str,
        /// What it was.
        value: String,
        /// What it may be.
        range: String,
    },
    /// A record's plan can't be run again.
    #[error("the record's plan can't be run again exactly: {0}")]
    NotAsRecorded(String),
    /// Engine given twice, probe as a baseline, and the like.
    #[error("{0}")]
    Conflict(String),
    /// It would not fit.
    #[error(
        "this run would need up to {needed} and {limit} is free for use{detail}: lower {lower}{fix}, \
         or lower the workload's members"
    )]
    TooLarge {
        /// What it would need.
        needed: String,
        /// What there is.
        limit: String,
        /// Where it would go.
        detail: String,
        /// The flags that make it smaller.
        lower: &'static str,
        /// What else would fix it.
        fix: String,
    },
}

impl PlanError {
    /// There is no engine of that name among `known`.
    pub(crate) fn unknown_engine(name: &str, known: &[&str]) -> Self {
        let meant = nearest(name, known);
        Self::UnknownEngine {
            name: name.to_owned(),
            meant: meant.map_or_else(String::new, |meant| format!(": did you mean `{meant}`?")),
            known: known.join(", "),
        }
    }
}
