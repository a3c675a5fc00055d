//! What is put together over the rounds that count.

use std::collections::HashSet;

use notibench_record::stats::median;
use notibench_record::{Pass, Record, Trial};

/// Rounds that count, over all processes.
pub(crate) fn counted_rounds(record: &Record) -> usize {
    let interleaved = !record.interleaved.is_empty();
    let trials = record.trials.iter();
    let counted = trials.filter(|trial| !trial.warmup && trial.slices.is_some() == interleaved);
    let at: HashSet<(usize, usize)> = counted.map(|t| (t.process, t.round)).collect();
    at.len()
}

/// The passes of the engine that count: no warm-up, and something was timed.
pub(crate) fn counted<'r>(
    record: &'r Record,
    engine: &str,
    pass: Pass,
) -> impl Iterator<Item = &'r Trial> {
    record.counted(engine, pass)
}

/// The median of a figure over the engine's passes that count.
pub(crate) fn over_rounds(
    record: &Record,
    engine: &str,
    pass: Pass,
    figure: &dyn Fn(&Trial) -> Option<f64>,
) -> Option<f64> {
    let values: Vec<f64> = counted(record, engine, pass).filter_map(figure).collect();
    median(&values)
}

pub(crate) fn per(amount: f64, count: u64) -> Option<f64> {
    (count > 0 && amount > 0.0).then(|| amount / count as f64)
}
