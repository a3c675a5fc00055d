//! Memory, broken down: bytes per member that has state, by where they are.

use super::rounds::{over_rounds, per};
use notibench_record::{Pass, Record, Trial};

/// Bytes per member that has state, by part; the medians over the rounds that
/// count. A part is none where the record doesn't know it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MemoryParts {
    /// States of members and contents, inbox entries among them.
    pub state: f64,
    /// Their room that holds nothing, as in inboxes.
    pub slack: f64,
    /// Of the maps beyond the states in them; none where the engine does not
    /// count them.
    pub map: Option<f64>,
    /// Of the allocator beyond all of these.
    pub allocator: Option<f64>,
}

impl MemoryParts {
    /// Of an engine, after passes of one kind; `None` where it keeps no state.
    #[must_use]
    pub fn of(record: &Record, engine: &str, pass: Pass) -> Option<Self> {
        let median = |bytes: &dyn Fn(&Trial) -> Option<u64>| {
            over_rounds(record, engine, pass, &|trial| {
                if trial.members == 0 || trial.state_bytes == 0 {
                    return None;
                }
                Some(bytes(trial)? as f64 / trial.members as f64)
            })
        };
        Some(Self {
            state: median(&|trial| Some(trial.state_bytes))?,
            slack: median(&|trial| Some(trial.slack_bytes))?,
            map: median(&|trial| trial.map_bytes),
            allocator: median(&|trial| trial.allocator_bytes),
        })
    }
}

/// Every byte of an engine after a trial; none where it does not count its maps.
pub(crate) fn in_all(trial: &Trial) -> Option<f64> {
    let parts = [trial.state_bytes, trial.slack_bytes, trial.map_bytes?];
    let known = parts.into_iter().chain(trial.allocator_bytes);
    Some(known.map(|bytes| bytes as f64).sum())
}

/// All parts together, per member that has state.
pub(crate) fn bytes_per_member(trial: &Trial) -> Option<f64> {
    per(in_all(trial)?, trial.members)
}
