//! What must hold at a rate, by name. Imports `record`, `stats`.

use crate::record::{Condition, IntervalNote, Judged, Objective, OpenLoopPlan};
use crate::stats::ServiceHistogram;

/// By how much the backlog may grow over a step, as a share of its events.
const GROWTH: f64 = 0.005;
/// Samples that lie beyond a percentile that is judged.
const BEYOND: f64 = 100.0;

/// What a step measured, as far as it is judged. Nothing of it was cut.
#[derive(Debug)]
pub(super) struct Measured<'a> {
    pub(super) response: &'a ServiceHistogram,
    pub(super) read_response: &'a ServiceHistogram,
    pub(super) intervals: &'a [IntervalNote],
    pub(super) offered: u64,
    pub(super) in_time: u64,
    pub(super) skipped: u64,
    /// Events that no count explains.
    pub(super) lost: u64,
}

/// Every condition of a step.
pub(super) fn judge(slo: &[Objective], measured: &Measured<'_>) -> Vec<Condition> {
    let mut all: Vec<Condition> = Vec::new();
    for objective in slo {
        all.extend(judge_objective(objective, measured));
    }
    let kept = measured.in_time as f64 / measured.offered.max(1) as f64;
    let growth = growth(measured.intervals);
    let most_growth = (measured.offered as f64 * GROWTH).max(1.0);
    all.push(at_least("achieved", "share", OpenLoopPlan::KEPT, kept));
    all.push(below("backlog", "events", most_growth, growth));
    all.push(below("skipped", "events", 1.0, measured.skipped as f64));
    all.push(below("conserved", "events", 1.0, measured.lost as f64));
    all
}

fn judge_objective(objective: &Objective, measured: &Measured<'_>) -> [Condition; 2] {
    let (times, whose) = match objective.of {
        Judged::Events => (measured.response, ""),
        Judged::Reads => (measured.read_response, "reads "),
    };
    let name = if objective.quantile >= 1.0 {
        format!("{whose}max")
    } else {
        format!("{whose}p{}", show_percent(objective.quantile))
    };
    // of nothing, nothing is known: that is no pass
    let value = times.value_at_quantile(objective.quantile) as f64;
    let needed = samples_needed(objective);
    let samples = times.count() as f64;
    [
        below(&name, "ns", objective.limit_ns as f64, value),
        at_least(
            &format!("{name} samples"),
            "events",
            needed.round(),
            samples,
        ),
    ]
}

/// Times that a judgement needs. Of the maximum, all are what there is.
pub(super) fn samples_needed(objective: &Objective) -> f64 {
    match 1.0 - objective.quantile {
        rest if rest > 0.0 => BEYOND / rest,
        _ => 1.0,
    }
}

fn show_percent(quantile: f64) -> f64 {
    (quantile * 1e8).round() / 1e6
}

/// Mean backlog of the last third of the schedule, less that of the first: a
/// queue that is merely long does not grow.
fn growth(intervals: &[IntervalNote]) -> f64 {
    let third = intervals.len() / 3;
    if third == 0 {
        return 0.0;
    }
    let mean = |part: &[IntervalNote]| {
        part.iter()
            .map(|interval| interval.backlog as f64)
            .sum::<f64>()
            / part.len() as f64
    };
    (mean(&intervals[intervals.len() - third..]) - mean(&intervals[..third])).max(0.0)
}

fn below(name: &str, unit: &str, limit: f64, value: f64) -> Condition {
    condition(name, unit, limit, value, value < limit)
}

fn at_least(name: &str, unit: &str, limit: f64, value: f64) -> Condition {
    condition(name, unit, limit, value, value >= limit)
}

fn condition(name: &str, unit: &str, limit: f64, value: f64, pass: bool) -> Condition {
    Condition {
        name: name.to_owned(),
        unit: unit.to_owned(),
        limit,
        value,
        pass,
    }
}
