//! How an engine's speed beside the baseline's changes along the stream, part
//! by part: of the slices of interleaved rounds.

use std::collections::HashMap;

use super::summary::Summary;
use crate::style::plain;
use notibench_record::stats::{RatioInterval, geometric_mean, paired_ratio};
use notibench_record::{Pass, Record, Trial};

/// Parts of the stream at most.
const PARTS: usize = 10;
/// Slices of a part that a round has on average, at least.
const SLICES: usize = 2;

/// The times of every compared trial, part by part of the stream.
pub(crate) struct StreamParts<'r> {
    record: &'r Record,
    pass: Pass,
    pub(crate) parts: usize,
    sums: HashMap<Key<'r>, Vec<f64>>,
}

/// The ratio of the baseline's time to an engine's in one part of the stream.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PartRatio {
    /// Geometric mean over rounds, or processes, of the ratios of the parts'
    /// sums.
    pub(crate) ratio: f64,
    /// Its 95% interval; none of fewer than two rounds.
    pub(crate) interval: Option<RatioInterval>,
}

/// Engine, process, round, group.
type Key<'r> = (&'r str, usize, usize, usize);

fn key(trial: &Trial) -> Key<'_> {
    (&trial.engine, trial.process, trial.round, trial.group)
}

impl<'r> StreamParts<'r> {
    /// Of so many parts of equal length. A slice belongs to the part in which
    /// its middle lies: all engines of a round have the same slices.
    pub(crate) fn of(record: &'r Record, pass: Pass, parts: usize) -> Self {
        let names = record.engines.iter().map(|note| note.name.as_str());
        let trials = names.flat_map(|name| record.compared(name, pass));
        let sums = trials.filter_map(|trial| {
            let mut sums = vec![0.0; parts];
            for slice in slice_positions(record, trial)? {
                sums[slice.part(parts)] += slice.ns;
            }
            Some((key(trial), sums))
        });
        Self {
            record,
            pass,
            parts,
            sums: sums.collect(),
        }
    }

    /// Of as many parts as the slices of the shortest round allow; none where
    /// they allow fewer than two.
    pub(crate) fn of_slices(record: &'r Record, pass: Pass) -> Option<Self> {
        let rounds = record.interleaved.iter().filter(|it| it.pass == pass);
        let slices = rounds.map(|round| round.ends().len()).min()?;
        let parts = (slices / SLICES).min(PARTS);
        (parts >= 2).then(|| Self::of(record, pass, parts))
    }

    /// The engine's ratio in each part; none where no round has both times.
    pub(crate) fn ratios(&self, engine: &str) -> Vec<Option<PartRatio>> {
        let of = |part: usize| {
            let time = |trial: &Trial| {
                let ns = self.sums.get(&key(trial))?[part];
                (ns > 0.0).then_some(ns)
            };
            let baseline = &self.record.plan.baseline;
            let pairs = self.record.paired_by(baseline, engine, self.pass, time);
            let ratios: Vec<f64> = pairs.iter().map(|(own, base)| base / own).collect();
            Some(PartRatio {
                ratio: geometric_mean(&ratios)?,
                interval: paired_ratio(&pairs),
            })
        };
        (0..self.parts).map(of).collect()
    }

    /// Index of the event in the middle of a part.
    pub(crate) fn middle(&self, part: usize) -> f64 {
        (part as f64 + 0.5) / self.parts as f64 * self.record.plan.events as f64
    }

    /// `0–10%`: where a part lies in the stream.
    pub(crate) fn place(&self, part: usize) -> String {
        let percent = |edge: usize| (100 * edge) as f64 / self.parts as f64;
        format!("{:.0}–{:.0}%", percent(part), percent(part + 1))
    }
}

/// The engines beside the baseline, and the A/A control, each with the name
/// that is shown.
pub(crate) fn compared<'s>(
    record: &'s Record,
    summary: &'s Summary,
) -> impl Iterator<Item = (&'s str, String)> {
    let lines = summary.ranked.iter().chain(&summary.ablations);
    let others = lines.filter(|line| line.name != record.plan.baseline);
    let control = summary.control.iter();
    others
        .map(|line| (line.name.as_str(), plain(&line.name)))
        .chain(control.map(|control| (control.name.as_str(), "A/A control".to_owned())))
}

/// One slice of one engine.
pub(crate) struct SlicePosition {
    /// Where its middle lies in the stream, from 0 to 1.
    position: f64,
    pub(crate) ns: f64,
    pub(crate) events: f64,
}

impl SlicePosition {
    /// The part of the stream, of so many of equal length, that it is in.
    pub(crate) fn part(&self, parts: usize) -> usize {
        ((self.position * parts as f64) as usize).min(parts - 1)
    }
}

/// The slices of a trial; none where it has none, or where their number is
/// not that of its round.
pub(crate) fn slice_positions(record: &Record, trial: &Trial) -> Option<Vec<SlicePosition>> {
    let at = (trial.process, trial.round, trial.group, trial.pass);
    let mut rounds = record.interleaved.iter();
    let round = rounds.find(|it| (it.process, it.round, it.group, it.pass) == at)?;
    let each = trial.slices.as_ref()?.each_ns();
    let ends = round.ends();
    if ends.len() != each.len() {
        return None;
    }
    let starts = std::iter::once(0).chain(ends.iter().copied());
    let whole = record.plan.events.max(1) as f64;
    let slices = starts
        .zip(&ends)
        .zip(each)
        .map(|((start, &end), ns)| SlicePosition {
            position: (start + end) as f64 / 2.0 / whole,
            ns: ns as f64,
            events: end.saturating_sub(start).max(1) as f64,
        });
    Some(slices.collect())
}
