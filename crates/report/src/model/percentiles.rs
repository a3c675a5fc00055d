//! Service times: histograms of the rounds that count, merged, and the
//! percentiles that they support.

use super::rounds::counted;
use super::summary::Summary;
use notibench_record::stats::{ServiceHistogram, Tail, percentile_is_supported};
use notibench_record::{ApartRole, ApartTrial, Pass, Record, Trial};

/// The percentiles that are shown, and their names.
pub(crate) const QUANTILES: [(f64, &str); 5] = [
    (0.5, "p50"),
    (0.9, "p90"),
    (0.99, "p99"),
    (0.999, "p99.9"),
    (0.9999, "p99.99"),
];

/// What is timed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Timed {
    Ingest,
    Read,
    /// Threads of one role, while those of the other do nothing.
    Alone(ApartRole),
    /// The same beside the other role.
    Beside(ApartRole),
    /// Of threads of a role that has a rate, from when a group was due; beside the
    /// other role, or alone.
    Response {
        role: ApartRole,
        is_beside: bool,
    },
}

impl Timed {
    pub(crate) fn text(self, trial: &Trial) -> &str {
        match self {
            Self::Ingest => &trial.ingest_service_ns,
            Self::Read => &trial.read_service_ns,
            Self::Alone(role) => phase(trial, |apart| &apart.alone(role).service_ns),
            Self::Beside(role) => phase(trial, |apart| &apart.beside(role).service_ns),
            Self::Response { role, is_beside } => phase(trial, |apart| match is_beside {
                true => &apart.beside(role).response_ns,
                false => &apart.alone(role).response_ns,
            }),
        }
    }
}

fn phase(trial: &Trial, of: impl Fn(&ApartTrial) -> &String) -> &str {
    trial.apart.as_ref().map_or("", |apart| of(apart))
}

/// The merged service times of one engine.
pub(crate) struct Row {
    pub(crate) engine: String,
    pub(crate) group_calls: Vec<u64>,
    pub(crate) merged: ServiceHistogram,
    pub(crate) rounds: Vec<ServiceHistogram>,
    /// Process and round of each of these.
    pub(crate) at: Vec<(usize, usize)>,
}

impl Row {
    /// The value of a percentile in ns, where the samples support it.
    pub(crate) fn supported(&self, quantile: f64) -> Option<u64> {
        self.with_tail(quantile).map(|(value, _)| value)
    }

    /// The same with the rounds that the samples beyond it are of.
    pub(crate) fn with_tail(&self, quantile: f64) -> Option<(u64, Tail)> {
        let value = self.merged.value_at_quantile(quantile);
        let tail = Tail::of(&self.rounds, value);
        let count = self.merged.count();
        // a sample is a group of at least one batch
        let batches = ((count as f64) * (1.0 - quantile)).round() as u64;
        percentile_is_supported(quantile, count, batches, tail.parts).then_some((value, tail))
    }
}

pub(crate) fn rows(record: &Record, summary: &Summary, timed: Timed) -> Vec<Row> {
    let lines = summary.ranked.iter().chain(&summary.ablations);
    lines
        .filter_map(|line| row(record, &line.name, timed))
        .collect()
}

pub(crate) fn row(record: &Record, engine: &str, timed: Timed) -> Option<Row> {
    let mut row = Row {
        engine: engine.to_owned(),
        group_calls: Vec::new(),
        merged: ServiceHistogram::new(),
        rounds: Vec::new(),
        at: Vec::new(),
    };
    for trial in counted(record, engine, Pass::Fresh) {
        // a text that can't be read is warned of apart
        let Ok(histogram) = ServiceHistogram::from_base64(timed.text(trial)) else {
            continue;
        };
        row.merged.merge(&histogram);
        row.rounds.push(histogram);
        row.at.push((trial.process, trial.round));
        row.group_calls.push(trial.ingest_group_calls);
    }
    row.group_calls.sort_unstable();
    row.group_calls.dedup();
    (!row.merged.is_empty()).then_some(row)
}

/// Engines with a histogram that can't be read.
pub(crate) fn unreadable(record: &Record) -> Vec<String> {
    let bad = |text: &str| !text.is_empty() && ServiceHistogram::from_base64(text).is_err();
    let mut names: Vec<String> = record
        .trials
        .iter()
        .filter(|trial| {
            let roles = [ApartRole::Writer, ApartRole::Reader];
            let apart = roles.map(|role| {
                let response = |is_beside| Timed::Response { role, is_beside };
                let service = [Timed::Alone(role), Timed::Beside(role)];
                [service, [false, true].map(response)].concat()
            });
            let all = [Timed::Ingest, Timed::Read].into_iter();
            all.chain(apart.concat())
                .any(|timed| bad(timed.text(trial)))
        })
        .map(|trial| trial.engine.clone())
        .collect();
    names.dedup();
    names
}
