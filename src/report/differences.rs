//! Percentiles of service time beside the baseline's: which differences are
//! significant once all of a report are taken together. Imports `record`,
//! `stats`.

use std::collections::HashMap;

use super::block::Block;
use super::percentiles::{Row, Timed, row};
use super::summary::{EngineLine, Summary, Versus};
use super::table::sign;
use super::text::{Style, plain, show_ends, show_ratio, show_share};
use crate::record::{Pass, Record, Trial};
use crate::stats::{
    Judgement, RatioInterval, ServiceHistogram, Verdict, holm_adjusted, paired_p_value,
    paired_ratio,
};

/// The percentiles that are compared, and their names.
const QUANTILES: [(f64, &str); 3] = [(0.5, "p50"), (0.99, "p99"), (0.999, "p99.9")];
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
}

/// The differences of every percentile of ingest service time that both the
/// engine and the baseline support, judged together.
#[must_use]
pub fn percentile_differences(record: &Record, summary: &Summary) -> Vec<PercentileDifference> {
    let figures = figures(record);
    let baseline = &record.plan.baseline;
    let Some(base) = row(record, baseline, Timed::Ingest) else {
        return Vec::new();
    };
    let mut found: Vec<Candidate> = Vec::new();
    for line in compared(summary) {
        let Some(own) = row(record, &line.name, Timed::Ingest) else {
            continue;
        };
        for (at, &(quantile, percentile)) in QUANTILES.iter().enumerate() {
            let is_supported = |row: &Row| row.supported(quantile).is_some();
            if !(is_supported(&own) && is_supported(&base)) {
                continue;
            }
            let pairs = record.paired(&line.name, Pass::Fresh, |trial| {
                figures.get(&key(trial)).map(|f| f[at])
            });
            if let (Some(interval), Some(p)) = (paired_ratio(&pairs), paired_p_value(&pairs)) {
                found.push((line.name.clone(), percentile, interval, p));
            }
        }
    }
    let p_values: Vec<f64> = found.iter().map(|(.., p)| *p).collect();
    let adjusted = holm_adjusted(&p_values);
    let judge = |((engine, percentile, interval, _), adjusted_p): (Candidate, f64)| {
        let verdict = match adjusted_p < LEVEL {
            true if interval.ratio > 1.0 => Verdict::Faster,
            true => Verdict::Slower,
            false => Verdict::NoDifferenceSeen,
        };
        PercentileDifference {
            engine,
            percentile,
            interval,
            adjusted_p,
            judgement: Judgement::given(&interval, record.plan.relevant, verdict),
        }
    };
    found.into_iter().zip(adjusted).map(judge).collect()
}

/// Engines that have a ratio to the baseline.
fn compared(summary: &Summary) -> impl Iterator<Item = &EngineLine> {
    let lines = summary.ranked.iter().chain(&summary.ablations);
    lines.filter(|line| matches!(line.versus, Versus::Ratio { .. }))
}

/// Engine, percentile, interval, p-value before it is adjusted.
type Candidate = (String, &'static str, RatioInterval, f64);

type Key<'r> = (&'r str, usize, usize);

fn key(trial: &Trial) -> Key<'_> {
    (trial.engine.as_str(), trial.process, trial.round)
}

/// The compared percentiles of each trial that counts, in ns; each histogram
/// is read once.
fn figures(record: &Record) -> HashMap<Key<'_>, [f64; QUANTILES.len()]> {
    let read = |trial| {
        let text = Timed::Ingest.text(trial);
        let histogram = ServiceHistogram::from_base64(text).ok()?;
        let value = |(quantile, _)| histogram.value_at_quantile(quantile) as f64;
        (!histogram.is_empty()).then(|| (key(trial), QUANTILES.map(value)))
    };
    // a second pass over warm state has the same key
    let counted = record
        .trials
        .iter()
        .filter(|trial| !trial.warmup && trial.pass == Pass::Fresh);
    counted.filter_map(read).collect()
}

/// The section; empty where nothing can be compared.
pub(super) fn section(record: &Record, summary: &Summary, style: Style) -> String {
    block(record, summary).map_or_else(String::new, |block| block.draw(style) + "\n")
}

/// The same as a block.
pub(super) fn block(record: &Record, summary: &Summary) -> Option<Block> {
    let found = percentile_differences(record, summary);
    if found.is_empty() {
        return None;
    }
    let mut rows = vec![vec!["engine".to_owned()]];
    rows[0].extend(QUANTILES.map(|(_, name)| name.to_owned()));
    for line in compared(summary) {
        let cell = |(_, name)| {
            let of_it = |d: &&PercentileDifference| d.engine == line.name && d.percentile == name;
            found
                .iter()
                .find(of_it)
                .map_or_else(|| "-".to_owned(), shown)
        };
        let mut row = vec![plain(&line.name)];
        row.extend(QUANTILES.map(cell));
        rows.push(row);
    }
    let title = format!(
        "service time of ingest groups vs {}",
        plain(&record.plan.baseline)
    );
    Some(Block {
        title,
        rows,
        notes: vec![legend(record, &found)],
    })
}

fn shown(difference: &PercentileDifference) -> String {
    let interval = &difference.interval;
    format!(
        "{} {} {}",
        sign(difference.judgement),
        show_ratio(interval.ratio),
        show_ends(interval)
    )
}

fn legend(record: &Record, found: &[PercentileDifference]) -> String {
    let threshold = show_share(record.plan.relevant);
    let unit = if record.plan.processes > 1 {
        "processes"
    } else {
        "rounds"
    };
    let mut words = format!(
        "the baseline's percentile over the engine's, above 1 shorter: geometric means over {unit} \
         with 95% intervals. ▲ shorter, ▼ longer"
    );
    if found.len() > 1 {
        words += &format!(
            ": significant with all {} taken together (Holm, 5%), so that ≈ may stand beside an \
             interval without 1",
            found.len()
        );
    }
    let is_small = |d: &&PercentileDifference| {
        d.judgement.direction().is_some() && !matches!(d.judgement, Judgement::Relevant(_))
    };
    let small: Vec<String> = found
        .iter()
        .filter(is_small)
        .map(|d| format!("{} {}", plain(&d.engine), d.percentile))
        .collect();
    if !small.is_empty() {
        words += &format!("; perhaps by less than {threshold}: {}", small.join(", "));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::fixture;

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
    fn a_second_pass_over_warm_state_changes_no_difference() {
        let fresh = fixture::with_limits();
        let mut record = fixture::with_warm_passes();
        let warm = |trial: &&mut Trial| trial.pass == Pass::Warm;
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
