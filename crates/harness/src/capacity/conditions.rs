//! What must hold at a rate, by name.

use notibench_record::stats::{ServiceHistogram, median};
use notibench_record::{Condition, IntervalNote, Judged, Objective};

/// By how much the wait may lengthen from the first third of a step to the
/// last, as a share of the strictest objective's limit.
const GROWTH: f64 = 0.25;
/// Samples that lie beyond a percentile that is judged.
const BEYOND: f64 = 100.0;

/// What a step measured, as far as it is judged: every event that was due, up
/// to its completion, however long after the schedule's end.
#[derive(Debug)]
pub(super) struct Measured<'a> {
    pub(super) response: &'a ServiceHistogram,
    pub(super) read_response: &'a ServiceHistogram,
    pub(super) intervals: &'a [IntervalNote],
    pub(super) offered_per_s: f64,
    /// Events that no count explains.
    pub(super) lost: u64,
}

/// Every condition of a step.
pub(super) fn judge(slo: &[Objective], measured: &Measured<'_>) -> Vec<Condition> {
    let mut all: Vec<Condition> = Vec::new();
    for objective in slo {
        all.extend(judge_objective(objective, measured));
    }
    let growth = growth(measured.intervals);
    let due_within_ns = |ns: f64| measured.offered_per_s * ns / 1e9;
    let most_growth = due_within_ns(strictest_ns(slo) * GROWTH).max(1.0);
    all.push(below("backlog", "events", most_growth, growth));
    all.push(below("conserved", "events", 1.0, measured.lost as f64));
    all
}

/// The shortest limit of all objectives, in ns.
pub(super) fn strictest_ns(slo: &[Objective]) -> f64 {
    let limits = slo.iter().map(|objective| objective.limit_ns);
    limits.min().unwrap_or(u64::MAX) as f64
}

/// By how much, as a fraction, a rate may exceed what is completed in a step
/// of that length before the backlog's condition must see it: between the
/// middles of the first and the last third lie two thirds of the step.
pub(super) fn unseen_excess(slo: &[Objective], hold_ns: u64) -> f64 {
    strictest_ns(slo) * GROWTH / (hold_ns as f64 * 2.0 / 3.0)
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
    // of nothing, nothing is known: the samples' condition fails
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

/// Median backlog of the last third of the schedule, less that of the first: a
/// queue that is merely long does not grow, and what one stall does is for the
/// percentile to judge.
fn growth(intervals: &[IntervalNote]) -> f64 {
    let third = intervals.len() / 3;
    let typical = |part: &[IntervalNote]| {
        let backlogs: Vec<f64> = part
            .iter()
            .map(|interval| interval.backlog as f64)
            .collect();
        median(&backlogs).unwrap_or(0.0)
    };
    (typical(&intervals[intervals.len() - third..]) - typical(&intervals[..third])).max(0.0)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capacity::slo::parse_objective;

    const MS: u64 = 1_000_000;

    /// A step of 200 ms at 100,000 events a second, in 20 intervals; `late` of
    /// its 20,000 events wait for 8 ms, the others for 10 µs.
    fn judged(late: u64, backlog: impl Fn(u64) -> u64) -> Vec<Condition> {
        let mut response = ServiceHistogram::new();
        response.record_n(10_000, 20_000 - late);
        response.record_n(8 * MS, late);
        let intervals: Vec<IntervalNote> = (0..20)
            .map(|at| IntervalNote {
                end_ns: (at + 1) * 10 * MS,
                offered: 1_000,
                completed: 1_000,
                skipped: 0,
                backlog: backlog(at),
                reads: 0,
                resident_bytes: 0,
                response_ns: String::new(),
                service_ns: String::new(),
                read_response_ns: String::new(),
            })
            .collect();
        let measured = Measured {
            response: &response,
            read_response: &ServiceHistogram::new(),
            intervals: &intervals,
            offered_per_s: 100_000.0,
            lost: 0,
        };
        judge(&[parse_objective("p99 < 10ms").unwrap()], &measured)
    }

    fn failed(conditions: &[Condition]) -> Vec<&str> {
        let failed = conditions.iter().filter(|condition| !condition.pass);
        failed.map(|condition| condition.name.as_str()).collect()
    }

    #[test]
    fn responses_within_the_limit_hold_however_late_in_the_step_they_come() {
        // 4% of the events are due in the last 8 ms and completed after the
        // schedule's end, each within 10 ms of its own intended start
        let last_interval = |at: u64| if at == 19 { 800 } else { 1 };
        assert_eq!(failed(&judged(800, last_interval)), [""; 0]);
    }

    #[test]
    fn a_backlog_that_grows_fails_by_a_quarter_of_the_limit() {
        // in 2.5 ms 250 events are due
        let grown = |by: u64| judged(0, move |at| if at < 10 { 5 } else { 5 + by });
        assert_eq!(failed(&grown(249)), [""; 0]);
        assert_eq!(failed(&grown(250)), ["backlog"]);
        // a stall is the percentile's matter, a long queue that stays one none
        let stall = judged(0, |at| if at == 15 { 5_000 } else { 5 });
        assert_eq!(failed(&stall), [""; 0]);
        assert_eq!(failed(&judged(0, |_| 5_000)), [""; 0]);
    }

    #[test]
    fn the_excess_that_passes_follows_the_limit_and_the_length() {
        let slo = ["p99 < 10ms", "max < 1s"].map(|text| parse_objective(text).unwrap());
        // 2.5 ms in two thirds of 200 ms
        assert!((unseen_excess(&slo, 200 * MS) - 0.018_75).abs() < 1e-9);
    }
}
