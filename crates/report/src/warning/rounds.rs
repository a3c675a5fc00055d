//! Warnings of how the rounds went: what ended them, what changed from one to
//! the next, what else ran.

use std::fmt;

use super::interval_width::wide_words;
use crate::figures::{rounds, show_percent, show_share};
use crate::model::rounds::counted_rounds;
use crate::model::summary::Summary;
use crate::style::plain;
use notibench_core::unit::quantity::{counted, show_whole};
use notibench_record::stats::{holm_adjusted, trend};
use notibench_record::{EndedBy, Pass, Record, Trial};
use notibench_workload::show_duration_us;

/// Fewer processes than this make an interval wide.
const FEW_PROCESSES: usize = 5;
/// Load that was there before the run, as a share of the processors: nearly
/// every run begins with what a build before it left of the average.
const BUSY: f64 = 1.0;
/// Load that may come from elsewhere while a run goes on, as such a share.
const ROSE: f64 = 0.5;
/// Involuntary context switches a second of trials: machines with nothing else
/// to do had up to 1,300, those on which tests ran beside 4,000 and more.
const SWITCHES_PER_S: f64 = 2_500.0;
/// Fewer say nothing: trials may be shorter than a time slice.
const MANY_SWITCHES: f64 = 2_000.0;

/// One warning of how the rounds went.
#[derive(Clone, Debug, PartialEq)]
pub enum RoundsWarning {
    /// Times rose or fell over the rounds: engines and by how much.
    Drift(Vec<(String, f64)>),
    /// Something else ran when the run began.
    Busy {
        /// Load average over a minute.
        load: f64,
        /// Processors.
        cores: usize,
    },
    /// The load ended higher than this run's own workers make it.
    LoadRose {
        /// Load average over a minute, before.
        before: f64,
        /// And after.
        after: f64,
        /// Workers.
        threads: usize,
    },
    /// Other programs took the processors from the workers, so many times a
    /// second of the trials.
    Crowded(f64),
    /// Few processes, each of which is one observation.
    FewProcesses(usize),
    /// Intervals over processes, wider than a tenth of their ratio: engines
    /// and widths.
    WideOverProcesses(Vec<(String, f64)>),
    /// The time was over first.
    OutOfTime {
        /// The limit in ms.
        limit_ms: u64,
        /// Rounds that count.
        rounds: usize,
    },
    /// The rounds were over before the intervals were narrow enough.
    Imprecise {
        /// Rounds that count.
        rounds: usize,
        /// Half-width that was asked for.
        precision: f64,
    },
}

impl fmt::Display for RoundsWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&match self {
            Self::Drift(engines) => drift_words(engines),
            Self::Busy { load, cores } => format!(
                "the load was {load:.1} on {cores} processors when the run began: close what else \
                 runs, or give more --rounds"
            ),
            Self::LoadRose {
                before,
                after,
                threads,
            } => format!(
                "the load rose from {before:.1} to {after:.1}, more than {} of this \
                 run make of it: something else began meanwhile; run again, or give more --rounds",
                counted(*threads, "worker")
            ),
            Self::Crowded(per_s) => format!(
                "other programs took the processors from the workers {} times a second: close what \
                 else runs, or give more --rounds",
                show_whole(per_s.round() as u64)
            ),
            Self::FewProcesses(count) => format!(
                "{} are {}, so that intervals are wide: give --processes {FEW_PROCESSES} or more",
                counted(*count, "process"),
                counted(*count, "observation")
            ),
            Self::WideOverProcesses(engines) => wide_words(engines, "--processes"),
            Self::OutOfTime {
                limit_ms,
                rounds: count,
            } => format!(
                "the time was over after {}: give more than --max-time {}",
                rounds(*count),
                show_duration_us(limit_ms.saturating_mul(1_000))
            ),
            Self::Imprecise {
                rounds: count,
                precision,
            } => format!(
                "{} were not enough for --precision {}: give more --rounds",
                rounds(*count),
                show_share(*precision)
            ),
        })
    }
}

fn drift_words(engines: &[(String, f64)]) -> String {
    let listed: Vec<String> = engines
        .iter()
        .map(|(name, change)| {
            let sign = if *change > 0.0 { "+" } else { "" };
            format!("{} {sign}{}", plain(name), show_percent(*change))
        })
        .collect();
    format!(
        "times drift from the first round to the last ({}): the machine or the process was not \
         yet as it stayed; give more --warmup-rounds",
        listed.join(", ")
    )
}

/// The warnings of a record's rounds.
pub(super) fn collect(record: &Record, summary: &Summary) -> Vec<RoundsWarning> {
    let mut found = Vec::new();
    let drifting = drifting(record, summary);
    if !drifting.is_empty() {
        found.push(RoundsWarning::Drift(drifting));
    }
    found.extend(of_the_load(record));
    found.extend(of_the_switches(record));
    found.extend(of_the_end(record));
    found
}

fn of_the_load(record: &Record) -> Option<RoundsWarning> {
    let (machine, threads) = (&record.environment, record.plan.threads);
    let (before, after) = (machine.load_1m, machine.load_1m_end);
    let room = ROSE * machine.cores as f64;
    if machine.cores > 0 && before > BUSY * machine.cores as f64 {
        return Some(RoundsWarning::Busy {
            load: before,
            cores: machine.cores,
        });
    }
    (after > threads as f64 + before + room).then_some(RoundsWarning::LoadRose {
        before,
        after,
        threads,
    })
}

/// Involuntary context switches, where there are far more than the kernel's own
/// threads make: a program that runs all the time beside two workers makes some
/// thousands a second.
fn of_the_switches(record: &Record) -> Option<RoundsWarning> {
    let switches: f64 = record.disturbances().map(|(_, count)| count as f64).sum();
    let trials_s: f64 = record.trials.iter().map(|t| t.wall_ns as f64 / 1e9).sum();
    let per_s = switches / trials_s.max(1e-9);
    (switches > MANY_SWITCHES && per_s > SWITCHES_PER_S).then_some(RoundsWarning::Crowded(per_s))
}

fn of_the_end(record: &Record) -> Vec<RoundsWarning> {
    let plan = &record.plan;
    let mut found = Vec::new();
    if (2..FEW_PROCESSES).contains(&plan.processes) {
        found.push(RoundsWarning::FewProcesses(plan.processes));
    }
    let rounds = counted_rounds(record);
    match (record.ended_by, plan.precision, plan.max_time_ms) {
        _ if !record.complete => {}
        (EndedBy::MaxTime, _, Some(limit_ms)) => {
            found.push(RoundsWarning::OutOfTime { limit_ms, rounds });
        }
        (EndedBy::Rounds, Some(precision), _) => {
            found.push(RoundsWarning::Imprecise { rounds, precision });
        }
        _ => {}
    }
    found
}

/// Engines whose times rise or fall over the rounds by more than what
/// matters, and beyond their noise, all engines taken together.
fn drifting(record: &Record, summary: &Summary) -> Vec<(String, f64)> {
    let lines = summary.ranked.iter().chain(&summary.ablations);
    let trends: Vec<_> = lines
        .filter_map(|line| {
            let times: Vec<f64> = record
                .compared(&line.name, Pass::Fresh)
                .filter_map(Trial::ns_per_event)
                .collect();
            Some((line.name.clone(), trend(&times)?))
        })
        .collect();
    let p_values: Vec<f64> = trends.iter().map(|(_, trend)| trend.p_value).collect();
    trends
        .into_iter()
        .zip(holm_adjusted(&p_values))
        .filter(|((_, trend), adjusted)| {
            *adjusted < 0.05 && trend.change.abs() > record.plan.relevant
        })
        .map(|((name, trend), _)| (name, trend.change))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use notibench_record::fixture;

    fn found(record: &Record) -> Vec<String> {
        let warnings = collect(record, &Summary::of(record));
        warnings.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_run_that_went_well_is_warned_of_nothing() {
        assert_eq!(found(&fixture::record()), Vec::<String>::new());
    }

    #[test]
    fn times_that_rise_from_round_to_round_are_a_drift() {
        let mut record = fixture::with_rounds(8);
        for round in 1..=8 {
            let trial = fixture::trial_mut(&mut record, "dashmap", round);
            trial.wall_ns += trial.wall_ns * round as u64 / 50;
        }
        let said = found(&record).join("\n");
        assert!(
            said.contains("(dashmap +1") && said.contains("--warmup-rounds"),
            "{said}"
        );
        // so small a drift does not matter where 50% does
        record.plan.relevant = 0.5;
        assert!(found(&record).is_empty());
    }

    #[test]
    fn programs_that_run_beside_the_workers_are_seen_in_the_switches() {
        let mut record = fixture::record();
        for trial in &mut record.trials {
            trial.wall_ns *= 1_000;
            trial.involuntary_switches = 0;
        }
        let trials_s: f64 = record.trials.iter().map(|t| t.wall_ns as f64 / 1e9).sum();
        let mut told = |per_s: f64| {
            record.trials[0].involuntary_switches = (per_s * trials_s) as u64;
            found(&record).join("\n")
        };
        assert!(!told(1_300.0).contains("other programs"));
        let said = told(4_700.0);
        assert!(said.contains("4,700 times a second"), "{said}");
    }

    #[test]
    fn what_else_runs_is_seen_in_the_load() {
        let mut record = fixture::record();
        record.environment.load_1m = 1.9;
        assert!(found(&record).is_empty(), "what a build leaves");
        record.environment.load_1m = 2.4;
        let said = found(&record).join("\n");
        assert!(said.contains("load was 2.4 on 2 processors"), "{said}");
        record.environment.load_1m = 0.2;
        record.environment.load_1m_end = 3.1;
        assert!(found(&record).is_empty(), "two workers, and a little");
        record.environment.load_1m_end = 3.9;
        let said = found(&record).join("\n");
        assert!(
            said.contains("rose from 0.2 to 3.9, more than 2 workers"),
            "{said}"
        );
    }

    #[test]
    fn what_ended_the_rounds_too_early_names_its_flag() {
        let mut record = fixture::record();
        record.plan.precision = Some(0.001);
        let said = found(&record).join("\n");
        assert_eq!(
            said,
            "5 rounds were not enough for --precision 0.1%: give more --rounds"
        );
        record.ended_by = EndedBy::MaxTime;
        record.plan.max_time_ms = Some(90_000);
        let said = found(&record).join("\n");
        assert_eq!(
            said,
            "the time was over after 5 rounds: give more than --max-time 90s"
        );
        record.ended_by = EndedBy::Precision;
        record.plan.processes = 3;
        let said = found(&record).join("\n");
        assert!(said.contains("give --processes 5 or more"), "{said}");
    }
}
