//! What the host took away during a run.

use notibench_record::{Record, Trial};

/// Share of the processors' time during trials that the host may take.
pub(crate) const STEAL_SHARE: f64 = 0.01;

/// The host's share of the processors' time during the trials.
pub(crate) fn steal_share(record: &Record) -> f64 {
    let sum = |part: fn(&Trial) -> u64| record.trials.iter().map(|t| part(t) as f64).sum::<f64>();
    let processors = record.environment.usable_processors().max(1.0);
    let all_ms = sum(|trial| trial.wall_ns) / 1e6 * processors;
    // so short a trial may be all of a tick
    let steal_ms: f64 = record.disturbances().map(|(ms, _)| ms as f64).sum();
    (steal_ms / all_ms.max(1.0)).min(1.0)
}
