//! How an engine's speed beside the baseline's changes along the stream, part
//! by part: of the slices of interleaved rounds. Imports `record` and
//! `summary`.

use std::collections::HashMap;

use super::block::Block;
use super::summary::Summary;
use super::text::{of_pass, plain, show_ends, show_ratio};
use crate::record::{Pass, Record, Trial};
use crate::stats::{RatioInterval, geometric_mean, paired_ratio};

/// Parts of the stream at most.
const PARTS: usize = 10;
/// Slices of a part that a round has on average, at least.
const SLICES: usize = 2;

/// The times of every compared trial, part by part of the stream.
pub(super) struct Along<'r> {
    record: &'r Record,
    pass: Pass,
    parts: usize,
    sums: HashMap<Key<'r>, Vec<f64>>,
}

/// The ratio of the baseline's time to an engine's in one part of the stream.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    /// Geometric mean over rounds, or processes, of the ratios of the parts'
    /// sums.
    pub(super) ratio: f64,
    /// Its 95% interval; none of fewer than two rounds.
    pub(super) interval: Option<RatioInterval>,
}

/// Engine, process, round, group.
type Key<'r> = (&'r str, usize, usize, usize);

fn key(trial: &Trial) -> Key<'_> {
    (&trial.engine, trial.process, trial.round, trial.group)
}

impl<'r> Along<'r> {
    /// Of so many parts of equal length. A slice belongs to the part in which
    /// its middle lies: all engines of a round have the same slices.
    pub(super) fn of(record: &'r Record, pass: Pass, parts: usize) -> Self {
        let names = record.engines.iter().map(|note| note.name.as_str());
        let trials = names.flat_map(|name| record.compared(name, pass));
        let sums = trials.filter_map(|trial| {
            let mut sums = vec![0.0; parts];
            for slice in placed(record, trial)? {
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
    pub(super) fn of_slices(record: &'r Record, pass: Pass) -> Option<Self> {
        let rounds = record.interleaved.iter().filter(|it| it.pass == pass);
        let slices = rounds.map(|round| round.ends().len()).min()?;
        let parts = (slices / SLICES).min(PARTS);
        (parts >= 2).then(|| Self::of(record, pass, parts))
    }

    /// The engine's ratio in each part; none where no round has both times.
    pub(super) fn ratios(&self, engine: &str) -> Vec<Option<Part>> {
        let of = |part: usize| {
            let time = |trial: &Trial| {
                let ns = self.sums.get(&key(trial))?[part];
                (ns > 0.0).then_some(ns)
            };
            let baseline = &self.record.plan.baseline;
            let pairs = self.record.paired_by(baseline, engine, self.pass, time);
            let ratios: Vec<f64> = pairs.iter().map(|(own, base)| base / own).collect();
            Some(Part {
                ratio: geometric_mean(&ratios)?,
                interval: paired_ratio(&pairs),
            })
        };
        (0..self.parts).map(of).collect()
    }

    /// Index of the event in the middle of a part.
    pub(super) fn middle(&self, part: usize) -> f64 {
        (part as f64 + 0.5) / self.parts as f64 * self.record.plan.events as f64
    }

    /// `0–10%`: where a part lies in the stream.
    fn place(&self, part: usize) -> String {
        let percent = |edge: usize| (100 * edge) as f64 / self.parts as f64;
        format!("{:.0}–{:.0}%", percent(part), percent(part + 1))
    }
}

/// The ratios as a table; none without interleaved rounds, or with too few
/// slices.
pub(super) fn block(record: &Record, summary: &Summary) -> Option<Block> {
    let along = Along::of_slices(record, summary.pass)?;
    let mut rows = vec![vec!["engine".to_owned()]];
    rows[0].extend((0..along.parts).map(|part| along.place(part)));
    rows.extend(compared(record, summary).map(|(name, shown)| {
        let cell = |part: Option<Part>| match part {
            None => "-".to_owned(),
            Some(Part { ratio, interval }) => {
                let ends = interval.map_or_else(String::new, |i| format!("\n{}", show_ends(&i)));
                show_ratio(ratio) + &ends
            }
        };
        let cells = along.ratios(name).into_iter().map(cell);
        std::iter::once(shown).chain(cells).collect()
    }));
    let title = format!(
        "speed beside {} along the stream{}",
        plain(&record.plan.baseline),
        of_pass(summary.pass)
    );
    (rows.len() > 1).then(|| Block {
        title,
        rows,
        notes: vec![
            "each column is a part of the stream's events: times are the sums of its slices, \
             ratios geometric means over rounds, with 95% intervals"
                .to_owned(),
        ],
    })
}

/// The engines beside the baseline, and the A/A control, each with the name
/// that is shown.
pub(super) fn compared<'s>(
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
pub(super) struct Placed {
    /// Where its middle lies in the stream, from 0 to 1.
    position: f64,
    pub(super) ns: f64,
    pub(super) events: f64,
}

impl Placed {
    /// The part of the stream, of so many of equal length, that it is in.
    pub(super) fn part(&self, parts: usize) -> usize {
        ((self.position * parts as f64) as usize).min(parts - 1)
    }
}

/// The slices of a trial; none where it has none, or where their number is
/// not that of its round.
pub(super) fn placed(record: &Record, trial: &Trial) -> Option<Vec<Placed>> {
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
        .map(|((start, &end), ns)| Placed {
            position: (start + end) as f64 / 2.0 / whole,
            ns: ns as f64,
            events: end.saturating_sub(start).max(1) as f64,
        });
    Some(slices.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{fixture, fixture_in_turn};

    #[test]
    fn the_ratio_grows_or_falls_along_the_stream() {
        let record = fixture_in_turn::record();
        let found = Along::of_slices(&record, Pass::Fresh).unwrap();
        let ratios = found.ratios("dashmap");
        assert_eq!(ratios.len(), 10);
        for (at, part) in ratios.into_iter().enumerate() {
            let part = part.unwrap();
            let wanted = if at < 5 { 3.0 } else { 1.5 };
            assert!((part.ratio - wanted).abs() < 0.1, "{at}: {part:?}");
            let interval = part.interval.unwrap();
            assert!(interval.low <= part.ratio && part.ratio <= interval.high);
        }
        // of the sums: 300 beside 150 on average
        let ratio = record.ratio("dashmap").unwrap();
        assert!((ratio.ratio - 2.0).abs() < 0.05, "{ratio:?}");
    }

    #[test]
    fn a_part_has_slices_of_every_round() {
        let mut record = fixture_in_turn::record();
        // 40 slices of a round, then 6, then 3: parts of at least two each
        for (slices, parts) in [(40, Some(10)), (6, Some(3)), (3, None)] {
            let ends = |count: u64| {
                let each = (1..=count).map(|at| at * record.plan.events / count);
                crate::record::spaced(&each.collect::<Vec<_>>())
            };
            let ends = ends(slices);
            record.interleaved[0].slice_ends = ends;
            let found = Along::of_slices(&record, Pass::Fresh);
            assert_eq!(found.map(|found| found.parts), parts);
        }
        assert!(Along::of_slices(&fixture::record(), Pass::Fresh).is_none());
    }

    #[test]
    fn the_table_has_every_engine_and_every_part() {
        let record = fixture_in_turn::record();
        let block = block(&record, &Summary::of(&record)).unwrap();
        let names: Vec<&str> = block.rows.iter().map(|row| row[0].as_str()).collect();
        assert_eq!(names, ["engine", "dashmap", "sharded-mutex", "A/A control"]);
        assert_eq!(block.rows[0][1], "0–10%");
        assert!(block.rows.iter().all(|row| row.len() == 11));
        assert!(block.rows[1][1].contains("\n["), "{:?}", block.rows[1]);
        let plain = fixture::record();
        assert!(super::block(&plain, &Summary::of(&plain)).is_none());
    }
}
