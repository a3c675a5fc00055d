//! Percentiles of service time beside the baseline's: which differences are
//! significant once all of a report are taken together.

use std::collections::BTreeMap;

use super::percentiles::{Row, Timed, row};
use super::summary::{EngineLine, Summary, Versus};
use notibench_record::Record;
use notibench_record::stats::{
    Judgement, RatioInterval, ServiceHistogram, Verdict, holm_adjusted, jackknifed_ratio,
};

/// The percentiles that are compared, and their names.
pub(crate) const QUANTILES: [(f64, &str); 3] = [(0.5, "p50"), (0.99, "p99"), (0.999, "p99.9")];
/// Chance of a false verdict anywhere in the table.
const LEVEL: f64 = 0.05;

/// The difference of one percentile of one engine.
#[derive(Clone, Debug, PartialEq)]
pub struct PercentileDifference {
    /// The engine.
    pub engine: String,
    /// The percentile's name: `p50`, `p99`, `p99.9`.
    pub percentile: &'static str,
    /// Baseline's service time over the engine's: above 1 is shorter.
    pub interval: RatioInterval,
    /// p-value, adjusted for all differences of the report.
    pub adjusted_p: f64,
    /// What it says at the adjusted p-value.
    pub judgement: Judgement,
    /// Whether most of the samples beyond the percentile, of either side, are
    /// of one round.
    pub of_one_round: bool,
}

/// The differences of every percentile of ingest service time that both the
/// engine and the baseline support, judged together.
#[must_use]
pub fn percentile_differences(record: &Record, summary: &Summary) -> Vec<PercentileDifference> {
    let Some(base) = Side::of(record, &record.plan.baseline) else {
        return Vec::new();
    };
    let control = record.engines.iter().find(|note| note.control);
    let control = control.and_then(|note| Side::of(record, &note.name));
    let seen = QUANTILES.map(|(quantile, _)| control.as_ref()?.interval(&base, quantile));
    let mut found: Vec<Candidate> = Vec::new();
    for line in compared(summary) {
        let Some(own) = Side::of(record, &line.name) else {
            continue;
        };
        for (&(quantile, percentile), seen) in QUANTILES.iter().zip(&seen) {
            let tails = [&own, &base].map(|side| side.row.with_tail(quantile));
            let [Some((_, own_tail)), Some((_, base_tail))] = tails else {
                continue;
            };
            if let Some(interval) = own.interval(&base, quantile) {
                found.push(Candidate {
                    engine: line.name.clone(),
                    percentile,
                    interval: seen.map_or(interval, |seen| interval.with_floor_of(&seen)),
                    of_one_round: own_tail.is_of_one() || base_tail.is_of_one(),
                });
            }
        }
    }
    let p_values: Vec<f64> = found.iter().map(|f| f.interval.p_value()).collect();
    let adjusted = holm_adjusted(&p_values);
    found
        .into_iter()
        .zip(adjusted)
        .map(|(candidate, adjusted_p)| candidate.judged(adjusted_p, record.plan.relevant))
        .collect()
}

/// Engines that have a ratio to the baseline.
pub(crate) fn compared(summary: &Summary) -> impl Iterator<Item = &EngineLine> {
    let lines = summary.ranked.iter().chain(&summary.ablations);
    lines.filter(|line| matches!(line.versus, Versus::Ratio { .. }))
}

/// A difference before it is judged.
struct Candidate {
    engine: String,
    percentile: &'static str,
    interval: RatioInterval,
    of_one_round: bool,
}

impl Candidate {
    fn judged(self, adjusted_p: f64, relevant: f64) -> PercentileDifference {
        let verdict = match adjusted_p < LEVEL && !self.interval.is_below_floor() {
            true if self.interval.ratio > 1.0 => Verdict::Faster,
            true => Verdict::Slower,
            false => Verdict::NoDifferenceSeen,
        };
        PercentileDifference {
            engine: self.engine,
            percentile: self.percentile,
            interval: self.interval,
            adjusted_p,
            judgement: Judgement::given(&self.interval, relevant, verdict),
            of_one_round: self.of_one_round,
        }
    }
}

/// Sampling units: a round, or a process where there are several.
type Units = BTreeMap<(usize, usize), ServiceHistogram>;

/// The ingest service times of one engine: all, and by sampling unit.
struct Side {
    row: Row,
    units: Units,
}

impl Side {
    fn of(record: &Record, engine: &str) -> Option<Self> {
        let row = row(record, engine, Timed::Ingest)?;
        let mut units = Units::new();
        for (&(process, round), histogram) in row.at.iter().zip(&row.rounds) {
            let unit = if record.plan.processes > 1 { 0 } else { round };
            units.entry((process, unit)).or_default().merge(histogram);
        }
        Some(Self { row, units })
    }

    /// The baseline's percentile over this engine's, each of the merged
    /// histograms of the sampling units that both have.
    fn interval(&self, base: &Self, quantile: f64) -> Option<RatioInterval> {
        let both: Vec<_> = self
            .units
            .iter()
            .filter_map(|(at, own)| Some((own, base.units.get(at)?)))
            .collect();
        let (mut own, mut other) = (ServiceHistogram::new(), ServiceHistogram::new());
        for (part, base_part) in &both {
            own.merge(part);
            other.merge(base_part);
        }
        let log = |own: &ServiceHistogram, base: &ServiceHistogram| {
            let value = |of: &ServiceHistogram| of.value_at_quantile(quantile) as f64;
            (value(base) / value(own)).ln()
        };
        let without: Option<Vec<f64>> = both
            .iter()
            .map(|(part, base_part)| Some(log(&own.without(part)?, &other.without(base_part)?)))
            .collect();
        jackknifed_ratio(log(&own, &other), &without?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::style::Style;
    use crate::text::percentile_differences::section;
    use notibench_record::Pass;
    use notibench_record::fixture;

    fn differences(record: &Record) -> Vec<PercentileDifference> {
        percentile_differences(record, &Summary::of(record))
    }

    /// Service times around `typical` ns in so many groups.
    fn service(typical: u64, samples: u64) -> String {
        let mut histogram = ServiceHistogram::new();
        for at in 0..samples {
            histogram.record(typical + typical * at / samples);
        }
        histogram.to_base64()
    }

    /// Ingest service times of every engine, some rounds a little longer.
    fn record_with(typical: impl Fn(&str, usize) -> u64) -> Record {
        let mut record = fixture::record();
        for trial in &mut record.trials {
            trial.ingest_service_ns = service(typical(&trial.engine, trial.round), 5_000);
        }
        record
    }

    #[test]
    fn only_percentiles_that_both_support_are_compared() {
        let found = differences(&fixture::record());
        let named: Vec<(&str, &str)> = found
            .iter()
            .map(|d| (d.engine.as_str(), d.percentile))
            .collect();
        // 25,000 groups support p99 and not p99.9; neither the control nor a
        // probe is compared
        assert_eq!(
            named,
            [
                ("dashmap", "p50"),
                ("dashmap", "p99"),
                ("sharded-mutex", "p50"),
                ("sharded-mutex", "p99")
            ]
        );
        let text = section(
            &fixture::record(),
            &Summary::of(&fixture::record()),
            Style::default(),
        );
        let row = text
            .lines()
            .find(|line| line.starts_with("  dashmap "))
            .unwrap();
        assert!(row.contains("▲ 5.0") && row.ends_with(" -"), "{text}");
    }

    #[test]
    fn a_difference_is_adjusted_for_all_that_are_in_the_report() {
        // one in dashmap's p50 that would be significant alone
        let noise = [0, 12, 30, 4, 21, 9];
        let record = record_with(|engine, round| match engine {
            "dashmap" => 97_620 + 100 * noise[round],
            "sharded-mutex" => 100_000 + 200 * noise[5 - round],
            _ => 100_000 + 50 * noise[(round + 2) % 6],
        });
        let found = differences(&record);
        let alone = found
            .iter()
            .filter(|d| d.interval.verdict() != Verdict::NoDifferenceSeen)
            .count();
        let together = found
            .iter()
            .filter(|d| d.judgement.direction().is_some())
            .count();
        assert!(together < alone, "{found:#?}");
        for difference in &found {
            let text = format!("{difference:?}");
            assert!(difference.adjusted_p <= 1.0, "{text}");
        }
    }

    #[test]
    fn it_is_the_difference_of_merged_percentiles_and_not_of_averaged_ones() {
        // of the baseline's groups fewer than one in a hundred are slow in two
        // rounds, one in fourteen in the third
        let mut record = fixture::with_rounds(3);
        for trial in &mut record.trials {
            let text = service(100_000, 40_000);
            let mut histogram = ServiceHistogram::from_base64(&text).unwrap();
            if trial.engine == "dashmap-naive" {
                histogram.record_n(1_000_000, if trial.round == 3 { 3_000 } else { 300 });
            }
            trial.ingest_service_ns = histogram.to_base64();
        }
        let found = differences(&record);
        let of = |percentile: &str| {
            let mut all = found.iter();
            all.find(|d| d.engine == "dashmap" && d.percentile == percentile)
                .unwrap()
        };
        let merged = |engine: &str, quantile: f64| {
            let row = row(&record, engine, Timed::Ingest).unwrap();
            row.merged.value_at_quantile(quantile) as f64
        };
        for (quantile, name) in QUANTILES {
            let ratio = merged("dashmap-naive", quantile) / merged("dashmap", quantile);
            assert!((of(name).interval.ratio - ratio).abs() < 1e-9, "{name}");
        }
        // 1 ms beside 0.2; the mean over rounds would say 1.7
        assert!(of("p99").interval.ratio > 4.9, "{found:#?}");
        assert!(
            of("p99").of_one_round && !of("p50").of_one_round,
            "{found:#?}"
        );
        let text = section(&record, &Summary::of(&record), Style::default());
        assert!(text.contains("] ‡"), "{text}");
        assert!(text.contains("more than half"), "{text}");
    }

    #[test]
    fn the_controls_difference_is_a_floor_here_too() {
        let record = record_with(|engine, _| match engine {
            "dashmap" => 99_000,
            "dashmap-naive-again" => 97_000,
            "sharded-mutex" => 90_000,
            _ => 100_000,
        });
        for difference in differences(&record) {
            let seen = difference.judgement.direction().is_some();
            assert_eq!(seen, difference.engine == "sharded-mutex", "{difference:?}");
        }
    }

    #[test]
    fn a_second_pass_over_warm_state_changes_no_difference() {
        let fresh = fixture::with_limits();
        let mut record = fixture::with_warm_passes();
        let warm = |trial: &&mut notibench_record::Trial| trial.pass == Pass::Warm;
        for trial in record.trials.iter_mut().filter(warm) {
            trial.ingest_service_ns = service(7_000, 5_000);
        }
        assert!(!differences(&fresh).is_empty());
        assert_eq!(differences(&record), differences(&fresh));
    }

    #[test]
    fn a_baseline_without_a_figure_has_no_differences() {
        let mut record = fixture::record();
        fixture::break_engine(&mut record, "dashmap-naive", "it lost an event");
        assert!(differences(&record).is_empty());
        let mut record = fixture::with_rounds(1);
        record.plan.baseline = "nobody".to_owned();
        assert!(differences(&record).is_empty());
    }
}
