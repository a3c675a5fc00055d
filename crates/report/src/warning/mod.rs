//! What a reader should know before believing a figure. Each warning names the
//! flag that fixes it.

mod interval_width;
mod rounds;
mod stream;

use std::fmt;

use super::figures::{rounds as count_rounds, show_near_one, show_percent};
use super::model::badges::HARNESS_SHARE;
use super::model::control::ControlVerdict;
use super::model::disturbance::{STEAL_SHARE, steal_share};
use super::model::percentiles::unreadable;
use super::model::summary::{Proof, Summary, control_interval};
use super::style::plain;
use interval_width::{WIDE, wide_words};
use notibench_core::unit::quantity::{counted, show_whole};
use notibench_record::Record;
use notibench_record::stats::{RatioInterval, Verdict};

pub use rounds::RoundsWarning;
pub use stream::StreamWarning;

/// Fewer rounds than this make an interval wide.
const FEW_ROUNDS: usize = 5;

/// One warning.
#[derive(Clone, Debug, PartialEq)]
pub enum Warning {
    /// The A/A control sees a difference where there is none.
    ControlDiffers(RatioInterval),
    /// Built without optimisation.
    DebugBuild,
    /// Too few rounds count.
    FewRounds(usize),
    /// Final states were not proved.
    NotProved,
    /// The harness takes much of the fastest engine's time.
    HarnessHeavy {
        /// Its share.
        share: f64,
        /// Whether it generates inside the timed part.
        inline: bool,
    },
    /// More workers than processors.
    Oversubscribed {
        /// Workers.
        threads: usize,
        /// Processors, or what the control group allows of them.
        cores: f64,
    },
    /// The host took time away.
    Steal {
        /// In all trials.
        total_ms: u64,
        /// In the worst of them.
        most_ms: u64,
    },
    /// The control group was throttled during the run, in ms.
    Throttled(u64),
    /// Intervals wider than a tenth of their ratio: engines and widths.
    Wide(Vec<(String, f64)>),
    /// Neighbouring rounds correlate: engines.
    Correlated(Vec<String>),
    /// Service times beyond an hour.
    OutOfRange(u64),
    /// Histograms that can't be read: engines.
    Unreadable(Vec<String>),
    /// The baseline has no figure.
    NoBaseline(String),
    /// How the rounds went.
    Rounds(RoundsWarning),
    /// What stream was run.
    Stream(StreamWarning),
    /// What the harness said while it ran.
    Said(String),
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&match self {
            Self::ControlDiffers(interval) => control_words(interval),
            Self::DebugBuild => {
                "a debug build: its times say nothing; build with `cargo run --release`".to_owned()
            }
            Self::FewRounds(count) => format!(
                "{} that count{}: intervals are wide and percentiles few; give --rounds \
                 {FEW_ROUNDS} or more",
                count_rounds(*count),
                if *count == 1 { "s" } else { "" },
            ),
            Self::NotProved => "final states were not proved, so an engine may be fast because it \
                                is wrong: run without --no-verify"
                .to_owned(),
            Self::HarnessHeavy { share, inline } => harness_words(*share, *inline),
            Self::Oversubscribed { threads, cores } => format!(
                "{} on {cores} processors wait for each other's turns: give --threads {} or fewer",
                counted(*threads, "thread"),
                cores.max(1.0).floor()
            ),
            Self::Steal { total_ms, most_ms } => format!(
                "the host took {} ms from this machine during the trials, {} ms in the worst: \
                 give more --rounds, or run on a quieter host",
                show_whole(*total_ms),
                show_whole(*most_ms)
            ),
            Self::Throttled(ms) => format!(
                "the cgroup had no processor time left for {} ms of the run: raise its \
                 processors, or lower --threads",
                show_whole(*ms)
            ),
            Self::Wide(engines) => wide_words(engines, "--rounds"),
            Self::Correlated(engines) => format!(
                "neighbouring rounds resemble each other ({}), so that their intervals are not as \
                 sure as they say: give more --rounds",
                plain(&engines.join(", "))
            ),
            Self::OutOfRange(count) => format!(
                "longer than an hour, and in no percentile: {}; give a smaller --batch",
                counted(*count, "service time")
            ),
            Self::Unreadable(engines) => format!(
                "histograms of {} can't be read and are left out: run again, with --out for \
                 another file",
                plain(&engines.join(", "))
            ),
            Self::NoBaseline(name) => format!(
                "the baseline {} has no figure, so there are no ratios: name an engine of this \
                 run with --baseline",
                plain(name)
            ),
            Self::Rounds(warning) => warning.to_string(),
            Self::Stream(warning) => warning.to_string(),
            Self::Said(words) => plain(words),
        })
    }
}

fn control_words(interval: &RatioInterval) -> String {
    format!(
        "{}: ratio {}. Differences of this size are not to be trusted in this run (by chance alone \
         one run in twenty shows one): close other programs and run again with more --rounds",
        ControlVerdict::Differs.words(interval, 0.0),
        show_near_one(interval.ratio, interval)
    )
}

fn harness_words(share: f64, inline: bool) -> String {
    let fix = if inline {
        "leave out --inline, or give fewer --events (a shorter --duration), so that the stream is made beforehand"
    } else {
        "give a larger --batch"
    };
    format!(
        "the harness takes {} of the fastest engine's time, so ratios understate: {fix}",
        show_percent(share)
    )
}

/// Every warning of a record, the gravest first.
pub(super) fn collect(record: &Record, summary: &Summary) -> Vec<Warning> {
    let mut found = Vec::new();
    if let Some(interval) = control_interval(summary)
        && interval.verdict() != Verdict::NoDifferenceSeen
    {
        found.push(Warning::ControlDiffers(*interval));
    }
    of_the_plan(record, summary, &mut found);
    of_the_machine(record, summary, &mut found);
    of_the_intervals(record, summary, &mut found);
    found.extend(
        rounds::collect(record, summary)
            .into_iter()
            .map(Warning::Rounds),
    );
    let of_stream = stream::collect(record, summary).into_iter();
    found.extend(of_stream.map(Warning::Stream));
    let out_of_range = record
        .trials
        .iter()
        .fold(0, |sum: u64, t| sum.saturating_add(t.out_of_range));
    if out_of_range > 0 {
        found.push(Warning::OutOfRange(out_of_range));
    }
    let unreadable = unreadable(record);
    if !unreadable.is_empty() {
        found.push(Warning::Unreadable(unreadable));
    }
    found.extend(record.warnings.iter().cloned().map(Warning::Said));
    found
}

fn of_the_plan(record: &Record, summary: &Summary, found: &mut Vec<Warning>) {
    let plan = &record.plan;
    let compared = summary.ranked.iter().chain(&summary.ablations);
    if record.environment.profile == "debug" {
        found.push(Warning::DebugBuild);
    }
    let unproved = compared.clone().any(|line| line.proof != Proof::Equal);
    if !plan.verify || (record.complete && unproved) {
        found.push(Warning::NotProved);
    }
    // an engine that is wrong is not short of rounds
    let fewest = summary.ranked.iter().map(|line| line.rounds).min();
    // an open loop compares no speeds, and its harness waits on purpose
    let fewest = fewest.filter(|_| plan.open_loop.is_none());
    if let Some(fewest) = fewest.filter(|&fewest| fewest < FEW_ROUNDS) {
        found.push(Warning::FewRounds(fewest));
    }
    if compared.clone().count() > 1 && compared.clone().all(|line| line.name != plan.baseline) {
        found.push(Warning::NoBaseline(plan.baseline.clone()));
    }
}

fn of_the_machine(record: &Record, summary: &Summary, found: &mut Vec<Warning>) {
    if let Some(share) = summary.harness.and_then(|harness| harness.of_fastest)
        && share > HARNESS_SHARE
        && record.plan.open_loop.is_none()
    {
        found.push(Warning::HarnessHeavy {
            share,
            inline: record.plan.inline,
        });
    }
    let threads = record.plan.threads;
    let allowed = record.environment.usable_processors();
    if allowed > 0.0 && threads as f64 > allowed {
        found.push(Warning::Oversubscribed {
            threads,
            cores: allowed,
        });
    }
    let total_ms = record
        .disturbances()
        .fold(0, |sum: u64, (steal_ms, _)| sum.saturating_add(steal_ms));
    if steal_share(record) > STEAL_SHARE {
        let most_ms = record
            .disturbances()
            .map(|(steal_ms, _)| steal_ms)
            .max()
            .unwrap_or(0);
        found.push(Warning::Steal { total_ms, most_ms });
    }
    let machine = &record.environment;
    if let (Some(before), Some(after)) = (machine.throttled_ms, machine.throttled_ms_end)
        && after > before
    {
        found.push(Warning::Throttled(after - before));
    }
}

fn of_the_intervals(record: &Record, summary: &Summary, found: &mut Vec<Warning>) {
    if record.plan.open_loop.is_some() {
        return;
    }
    let wide: Vec<(String, f64)> = summary
        .intervals()
        .map(|(name, interval)| (name.to_owned(), interval.relative_width()))
        .filter(|(_, width)| *width > WIDE)
        .collect();
    if !wide.is_empty() {
        found.push(match record.plan.processes {
            0 | 1 => Warning::Wide(wide),
            _ => Warning::Rounds(RoundsWarning::WideOverProcesses(wide)),
        });
    }
    let correlated: Vec<String> = summary
        .intervals()
        .filter(|(_, interval)| interval.correlated)
        .map(|(name, _)| name.to_owned())
        .collect();
    if !correlated.is_empty() {
        found.push(Warning::Correlated(correlated));
    }
}
