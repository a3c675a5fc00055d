//! How each engine of a record came out: what every format has a row for.

use super::summary::{Control, EngineError, EngineLine, Summary, Versus};
use crate::figures::show_share;
use notibench_record::stats::{Judgement, RatioInterval};
use notibench_record::{EngineNote, Pass, Record};

/// How one engine came out.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Outcome<'a> {
    /// With figures.
    Measured(&'a EngineLine),
    /// The baseline under its second name.
    Control(&'a Control),
    /// Its final state was wrong: it has no figure.
    Wrong(&'a EngineError),
    /// No round of it counts.
    Unmeasured,
}

/// The figures of the passes from an empty state; then those of the passes
/// over warm state, where there were any.
pub(crate) fn passes(record: &Record) -> Vec<Summary> {
    let warm = Summary::of_pass(record, Pass::Warm);
    let lines = warm.ranked.iter().chain(&warm.ablations);
    let any = lines.chain(&warm.probes).next().is_some();
    let mut summaries = vec![Summary::of(record)];
    summaries.extend(any.then_some(warm));
    summaries
}

/// Every engine of the record: ranked ones fastest first, ablations, probes,
/// the control, then those that have no figure. The latter are told once:
/// not with the passes over warm state.
pub(crate) fn outcomes<'a>(
    record: &'a Record,
    summary: &'a Summary,
) -> Vec<(&'a EngineNote, Outcome<'a>)> {
    let note = |name: &str| record.engines.iter().find(|note| note.name == name);
    let lines = summary.ranked.iter().chain(&summary.ablations);
    let measured = lines
        .chain(&summary.probes)
        .filter_map(|line| Some((note(&line.name)?, Outcome::Measured(line))));
    let control = summary
        .control
        .iter()
        .filter_map(|control| Some((note(&control.name)?, Outcome::Control(control))));
    let wrong = summary
        .errors
        .iter()
        .filter_map(|error| Some((note(&error.name)?, Outcome::Wrong(error))));
    let unmeasured = summary
        .unmeasured
        .iter()
        .filter_map(|name| Some((note(name)?, Outcome::Unmeasured)));
    let all = measured.chain(control);
    match summary.pass {
        Pass::Fresh => all.chain(wrong).chain(unmeasured).collect(),
        Pass::Warm => all.collect(),
    }
}

/// The ratio to the baseline and its interval, where there are any.
pub(crate) fn ratio_of(versus: &Versus) -> (Option<f64>, Option<&RatioInterval>) {
    match versus {
        Versus::Ratio {
            ratio, interval, ..
        } => (Some(*ratio), interval.as_ref()),
        _ => (None, None),
    }
}

/// What the comparison with the baseline says where a difference of `relevant`
/// matters, as a report words it; empty where it says nothing.
pub(crate) fn verdict_words(versus: &Versus, relevant: f64) -> String {
    match ratio_of(versus).1 {
        Some(interval) => Judgement::of(interval, relevant).words(&show_share(relevant)),
        None => verdict_name(versus).to_owned(),
    }
}

/// The same for a program, whatever matters; empty where it says nothing.
pub(crate) fn verdict_name(versus: &Versus) -> &'static str {
    match versus {
        Versus::Baseline => "baseline",
        _ => ratio_of(versus)
            .1
            .map_or("", |interval| interval.verdict().words()),
    }
}

/// A number to six significant digits, as short as it can be written: the
/// last bits of a mean are not the same on every machine.
pub(crate) fn significant(value: f64) -> f64 {
    format!("{value:.5e}").parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use notibench_record::fixture;

    #[test]
    fn every_engine_of_a_record_stands_somewhere_once() {
        let mut record = fixture::with_limits();
        fixture::break_engine(&mut record, "sharded-mutex", "member 7");
        record.trials.retain(|trial| trial.engine != "limit-read");
        let summary = Summary::of(&record);
        let found = outcomes(&record, &summary);
        let names: Vec<&str> = found.iter().map(|(note, _)| note.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "dashmap",
                "dashmap-naive",
                "null",
                "limit-flat",
                "limit-state",
                "limit-partitioned",
                "dashmap-naive-again",
                "sharded-mutex",
                "limit-read",
            ]
        );
        assert!(matches!(found[7].1, Outcome::Wrong(_)));
        assert!(matches!(found[8].1, Outcome::Unmeasured));
    }

    #[test]
    fn a_difference_that_does_not_matter_is_worded_as_one() {
        let interval = RatioInterval::of_ends(1.005, 1.015);
        let versus = Versus::Ratio {
            ratio: 1.01,
            interval: Some(interval),
            rounds: 5,
        };
        assert_eq!(verdict_words(&versus, 0.02), "faster, but by less than 2%");
        assert_eq!(verdict_words(&versus, 0.001), "faster");
        assert_eq!(verdict_name(&versus), "faster");
        assert_eq!(verdict_words(&Versus::Baseline, 0.02), "baseline");
    }

    #[test]
    fn six_digits_are_kept() {
        assert_eq!(significant(123_456_789.0), 123_457_000.0);
        assert_eq!(significant(0.1 + 0.2), 0.3);
        assert_eq!(significant(0.0), 0.0);
    }
}
