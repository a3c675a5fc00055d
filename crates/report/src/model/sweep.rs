//! A sweep with the figures of each of its points.

use super::summary::{EngineLine, Summary};
use notibench_record::{EngineRole, Pass, Record, Sweep, SweepAxis};

/// One point, its figures drawn once.
pub(crate) struct PointView<'s> {
    /// Its value, as people write it.
    pub(crate) label: String,
    pub(crate) value: f64,
    pub(crate) record: &'s Record,
    pub(crate) summary: Summary,
    /// Whether it has more threads than there are processors, in a sweep of
    /// threads or readers.
    pub(crate) oversubscribed: bool,
}

/// A sweep, its points drawn once.
pub(crate) struct SweepView<'s> {
    pub(crate) sweep: &'s Sweep,
    /// The passes that the figures are of.
    pub(crate) pass: Pass,
    pub(crate) points: Vec<PointView<'s>>,
    /// Engines and ablations, fastest at the last point first.
    pub(crate) engines: Vec<String>,
}

impl PointView<'_> {
    /// The line of an engine, an ablation or a probe, where it has a figure.
    pub(crate) fn line(&self, engine: &str) -> Option<&EngineLine> {
        let summary = &self.summary;
        let all = summary.ranked.iter().chain(&summary.ablations);
        all.chain(&summary.probes).find(|line| line.name == engine)
    }

    /// What stands in a table where there is no figure.
    pub(crate) fn missing(&self, engine: &str) -> String {
        let wrong = self.summary.errors.iter().any(|e| e.name == engine);
        if wrong { "✗" } else { "-" }.to_owned()
    }
}

impl<'s> SweepView<'s> {
    pub(crate) fn of(sweep: &'s Sweep, pass: Pass) -> Self {
        let point = |point: &'s notibench_record::SweepPoint| {
            let record = &point.record;
            let processors = record.environment.usable_processors();
            PointView {
                label: sweep.axis.show(point.value),
                value: point.value,
                record,
                summary: Summary::of_pass(record, pass),
                oversubscribed: matches!(sweep.axis, SweepAxis::Threads | SweepAxis::Readers)
                    && processors > 0.0
                    && record.plan.threads as f64 > processors,
            }
        };
        let points: Vec<PointView<'s>> = sweep.points.iter().map(point).collect();
        let mut view = Self {
            sweep,
            pass,
            points,
            engines: Vec::new(),
        };
        view.engines = view.names(|role, control| role != EngineRole::Probe && !control);
        let speed = |engine: &String| {
            let last = view.points.last();
            last.and_then(|point| point.line(engine))
                .map_or(0.0, |line| line.events_per_s)
        };
        let mut engines = view.engines.clone();
        engines.sort_by(|a, b| speed(b).total_cmp(&speed(a)));
        view.engines = engines;
        view
    }

    /// The contestants of a kind, in the order of the records.
    pub(crate) fn names(&self, wanted: impl Fn(EngineRole, bool) -> bool) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for engine in self.points.iter().flat_map(|point| &point.record.engines) {
            if wanted(engine.role, engine.control) && !names.contains(&engine.name) {
                names.push(engine.name.clone());
            }
        }
        names
    }

    /// The heading of each point's column.
    pub(crate) fn heads(&self) -> Vec<String> {
        let mark = |point: &PointView<'_>| if point.oversubscribed { " †" } else { "" };
        let points = self.points.iter();
        points.map(|p| format!("{}{}", p.label, mark(p))).collect()
    }

    /// Sentences that several points have alike, each once, with the points
    /// that have it: nothing where all do.
    pub(crate) fn merged(
        &self,
        of: impl Fn(&PointView<'_>) -> Vec<String>,
    ) -> Vec<(String, String)> {
        let mut found: Vec<(Vec<&str>, String)> = Vec::new();
        for point in &self.points {
            for words in of(point) {
                match found.iter_mut().find(|(_, known)| *known == words) {
                    Some((places, _)) if places.last() == Some(&point.label.as_str()) => {}
                    Some((places, _)) => places.push(&point.label),
                    None => found.push((vec![&point.label], words)),
                }
            }
        }
        let place = |places: &[&str]| {
            if places.len() == self.points.len() {
                return String::new();
            }
            format!("{} {}: ", self.sweep.axis.name(), places.join("; "))
        };
        let told = found.into_iter();
        told.map(|(places, words)| (place(&places), words))
            .collect()
    }
}
