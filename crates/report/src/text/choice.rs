//! The answer of `choose`: which engine to take, at which memory, with which
//! response times, and what the answer does not cover.

use notibench_core::unit::quantity::{counted, show_bytes, show_count, show_ns};
use notibench_record::Record;
use notibench_workload::trace::show_span;

use super::answer::headline;
use crate::model::open_loop::open_loop_lines;
use crate::model::summary::{EngineLine, Summary};
use crate::style::plain;

/// What was measured of the leader at a rate.
#[derive(Clone, Debug)]
pub struct AtRate {
    /// The rate as a multiple of the log's own.
    pub times: u64,
    /// The rate, in events a second.
    pub per_s: f64,
    /// The rate that was measured: a higher one where so few events have no
    /// percentiles.
    pub measured_per_s: f64,
    /// The run at that rate; none where the engine can't take it.
    pub record: Option<Record>,
}

/// The answer in five lines, each with its line break.
#[must_use]
pub fn choice(record: &Record, at_rates: &[AtRate]) -> String {
    let summary = Summary::of(record);
    let mut lines = vec![headline(record, &summary)];
    lines.extend(memory(&summary));
    lines.extend(at_rates.iter().map(of_rate));
    lines.push(not_covered(record));
    lines.into_iter().map(|line| line + "\n").collect()
}

/// Bytes a member, of the leader and the next.
fn memory(summary: &Summary) -> Option<String> {
    let mut lines = summary.of_kind(false);
    let leader = lines.next()?;
    let bytes = |line: &EngineLine| {
        let bytes = line.bytes_per_member?;
        Some(format!(
            "{} a member with {}",
            show_bytes(bytes),
            plain(&line.name)
        ))
    };
    let all: Vec<String> = [leader]
        .into_iter()
        .chain(lines.next())
        .filter_map(bytes)
        .collect();
    (!all.is_empty()).then(|| format!("Memory: {}.", all.join(", ")))
}

fn of_rate(at: &AtRate) -> String {
    let rate = match at.times {
        1 => format!("At its own rate, {}", events_in_time(at.per_s)),
        times => format!("At {times} times that"),
    };
    let Some(record) = &at.record else {
        return format!("{rate}: more than it takes on this machine.");
    };
    let measured = match at.measured_per_s > at.per_s {
        true => format!(" (measured at {})", show_rate(at.measured_per_s)),
        false => String::new(),
    };
    let Some(line) = open_loop_lines(record).into_iter().find(|line| !line.probe) else {
        return format!("{rate}{measured}: not measured.");
    };
    let shown = |name: &str, quantile: f64| {
        let ns = line.response.supported(quantile)?;
        Some(format!("{name} {}", show_ns(ns as f64)))
    };
    let known = [("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999)];
    let known: Vec<String> = known
        .iter()
        .filter_map(|(name, q)| shown(name, *q))
        .collect();
    let most = show_ns(line.response.merged.max() as f64);
    format!(
        "{rate}{measured}: response time {}, at most {most}.",
        known.join(", ")
    )
}

/// Events a second; where they are less than one in a hundred, the time of one.
fn events_in_time(per_s: f64) -> String {
    if per_s >= 0.01 {
        return format!("{} events a second", show_rate(per_s));
    }
    format!("an event in {}", show_span((1e6 / per_s) as u64))
}

/// A rate of few events keeps its digits.
fn show_rate(per_s: f64) -> String {
    if per_s >= 10.0 {
        show_count(per_s)
    } else {
        format!("{per_s:.2}")
    }
}

fn not_covered(record: &Record) -> String {
    format!(
        "Not covered: more than {} (the order of maps turns with cores), other machines, a network, and \
         state that outlives the process.",
        counted(record.plan.threads, "thread")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_of_seldom_events_is_told_by_the_time_of_one() {
        assert_eq!(events_in_time(12_345.0), "12.3k events a second");
        assert_eq!(events_in_time(0.25), "0.25 events a second");
        assert_eq!(events_in_time(1.0 / 7_200.0), "an event in 2 h");
    }
}
