//! What the processors counted, per event.

use super::rounds::{over_rounds, per};
use notibench_record::{Pass, PerfNote, Record, Trial};

/// Counts per event: of all threads, in user mode; the medians over the
/// rounds that count. Each is none where the record has none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CountsPerEvent {
    /// Cycles.
    pub cycles: Option<f64>,
    /// Instructions retired.
    pub instructions: Option<f64>,
    /// Misses of the last level of cache.
    pub cache_misses: Option<f64>,
    /// Loads whose page was not in the data TLB.
    pub tlb_misses: Option<f64>,
}

impl CountsPerEvent {
    /// Of an engine, in passes of one kind.
    #[must_use]
    pub fn of(record: &Record, engine: &str, pass: Pass) -> Self {
        let median = |count: &dyn Fn(&PerfNote) -> Option<u64>| {
            let per_event = |trial: &Trial| {
                let counted = count(trial.perf.as_ref()?)?;
                // none at all is a figure, too
                per(counted as f64, trial.taken_on()).or((counted == 0).then_some(0.0))
            };
            over_rounds(record, engine, pass, &per_event)
        };
        Self {
            cycles: median(&|note| note.cycles),
            instructions: median(&|note| note.instructions),
            cache_misses: median(&|note| note.cache_misses),
            tlb_misses: median(&|note| note.tlb_misses),
        }
    }

    /// In the order of the fields.
    pub(crate) fn each(&self) -> [Option<f64>; 4] {
        [
            self.cycles,
            self.instructions,
            self.cache_misses,
            self.tlb_misses,
        ]
    }
}
