//! Interleaved rounds: what an engine's time in turn is beside its time alone,
//! how its ratio grows along the stream, and how much it shares the others'
//! noise.

use std::collections::BTreeMap;

use super::block::Block;
use crate::figures::{of_pass, rounds, show_ends, show_ratio};
use crate::model::stream_parts::{StreamParts, slice_positions};
use crate::model::summary::{EngineLine, Summary};
use crate::style::{Style, plain};
use notibench_core::unit::quantity::{show_ns, show_whole};
use notibench_record::stats::{geometric_mean, mean, unpaired_ratio};
use notibench_record::{Pass, Record, Trial};

/// Parts of the stream whose ratios are shown.
const PARTS: usize = 4;
/// Positions of the stream within which slices of different rounds are held
/// against each other.
const POSITIONS: usize = 20;
/// Slices in the least from which a sensitivity is told.
const FEWEST_SLICES: usize = 40;

/// The section; empty where no round was interleaved.
pub(crate) fn section(record: &Record, summary: &Summary, style: Style) -> String {
    block(record, summary).map_or_else(String::new, |block| block.draw(style) + "\n")
}

/// The same as a block.
pub(crate) fn block(record: &Record, summary: &Summary) -> Option<Block> {
    let pass = summary.pass;
    let engines: Vec<&EngineLine> = summary.ranked.iter().chain(&summary.ablations).collect();
    if record.interleaved.is_empty() || engines.is_empty() {
        return None;
    }
    let names: Vec<&str> = engines.iter().map(|line| line.name.as_str()).collect();
    let noise = Noise::of(record, &names, pass);
    let along = StreamParts::of(record, pass, PARTS);
    let header = [
        "engine",
        "alone",
        "in turn",
        "in turn ÷ alone",
        "ratio by quarter of the stream",
        "shares",
    ];
    let mut rows = vec![header.map(str::to_owned).to_vec()];
    rows.extend(names.iter().map(|name| {
        let times = |trials: Vec<f64>| geometric_mean(&trials).map_or("-".to_owned(), show_ns);
        let parts = along.ratios(name).into_iter();
        let parts: Vec<String> = parts
            .map(|part| part.map_or("-".to_owned(), |part| show_ratio(part.ratio)))
            .collect();
        vec![
            plain(name),
            times(isolated_times(record, name, pass)),
            times(interleaved_times(record, name, pass)),
            beside_alone(record, name, pass),
            parts.join("  "),
            noise
                .sensitivity(name)
                .map_or("-".to_owned(), |slope| format!("{slope:.2}")),
        ]
    }));
    let words = format!(
        "ns per event; alone: the whole trial of one engine, {}; in turn: the sum of slices, \
         all engines alive and sharing the caches; ratio: to {}; shares: how much of the others' \
         deviation an engine takes part in, slice by slice (1: all of it)",
        rounds(
            record
                .plan
                .interleaving
                .map_or(0, |how| how.isolated_rounds)
        ),
        plain(&record.plan.baseline),
    );
    Some(Block {
        title: format!("in turn and alone{}", of_pass(pass)),
        rows,
        notes: vec![words],
    })
}

/// How the rounds were cut, for the trust block.
pub(crate) fn slices_words(record: &Record) -> Option<String> {
    let how = record.plan.interleaving?;
    let ends: Vec<usize> = record
        .interleaved
        .iter()
        .map(|round| round.ends().len())
        .collect();
    let (least, most) = (ends.iter().min()?, ends.iter().max()?);
    let number = if least == most {
        show_whole(*most as u64)
    } else {
        format!(
            "{} to {}",
            show_whole(*least as u64),
            show_whole(*most as u64)
        )
    };
    let groups = if how.groups > 1 {
        format!(
            "; the engines took turns in {} groups, each with the baseline: not all fit into the \
             memory together",
            how.groups
        )
    } else {
        String::new()
    };
    Some(format!(
        "{number} a round, of about {}, each up to a fifth longer or shorter; orders balanced for \
         what ran before, drawn with --order-seed {}{groups}",
        show_ns(how.slice_us as f64 * 1e3),
        record.plan.order_seed
    ))
}

fn isolated_times(record: &Record, engine: &str, pass: Pass) -> Vec<f64> {
    let trials = record.counted(engine, pass);
    let alone = trials.filter(|trial| trial.slices.is_none());
    alone.filter_map(Trial::ns_per_event).collect()
}

fn interleaved_times(record: &Record, engine: &str, pass: Pass) -> Vec<f64> {
    let trials = record.compared(engine, pass);
    trials.filter_map(Trial::ns_per_event).collect()
}

/// In turn ÷ alone: with its interval from three rounds of each on.
fn beside_alone(record: &Record, engine: &str, pass: Pass) -> String {
    let pairs = |times: Vec<f64>| -> Vec<(f64, f64)> {
        times.into_iter().map(|time| (time, 1.0)).collect()
    };
    let alone = isolated_times(record, engine, pass);
    let in_turn = interleaved_times(record, engine, pass);
    let (Some(one), Some(other)) = (geometric_mean(&in_turn), geometric_mean(&alone)) else {
        return "-".to_owned();
    };
    let enough = alone.len() >= 3 && in_turn.len() >= 3;
    let interval = unpaired_ratio(&pairs(in_turn), &pairs(alone)).filter(|_| enough);
    let ratio = show_ratio(one / other);
    interval.map_or(ratio.clone(), |interval| {
        format!("{ratio} {}", show_ends(&interval))
    })
}

/// By process, round, group and slice.
type BySlice<T> = BTreeMap<(usize, usize, usize, usize), T>;

/// What each slice of each engine deviates by from others at its position, as
/// logarithms.
struct Noise {
    of: BTreeMap<String, BySlice<f64>>,
}

impl Noise {
    fn of(record: &Record, names: &[&str], pass: Pass) -> Self {
        let deviations = |name: &&str| {
            let mut logs: BySlice<(usize, f64)> = BTreeMap::new();
            for trial in record.compared(name, pass) {
                let slices = slice_positions(record, trial).unwrap_or_default();
                for (at, slice) in slices.into_iter().enumerate() {
                    let log = (slice.ns.max(1.0) / slice.events).ln();
                    let at = (trial.process, trial.round, trial.group, at);
                    logs.insert(at, (slice.part(POSITIONS), log));
                }
            }
            let centre: Vec<Option<f64>> = (0..POSITIONS)
                .map(|position| {
                    let here = logs.values().filter(|(at, _)| *at == position);
                    mean(&here.map(|(_, log)| *log).collect::<Vec<f64>>())
                })
                .collect();
            let deviations = logs
                .into_iter()
                .filter_map(|(at, (position, log))| Some((at, log - centre[position]?)));
            ((*name).to_owned(), deviations.collect())
        };
        Self {
            of: names.iter().map(deviations).collect(),
        }
    }

    /// The slope of an engine's deviation on the mean of the others' in the
    /// same slice, by least squares; none of few slices, or without others.
    fn sensitivity(&self, name: &str) -> Option<f64> {
        let own = self.of.get(name)?;
        let pairs: Vec<(f64, f64)> = own
            .iter()
            .filter_map(|(at, own)| {
                let others = self.of.iter().filter(|(other, _)| *other != name);
                let here: Vec<f64> = others.filter_map(|(_, of)| of.get(at).copied()).collect();
                Some((mean(&here)?, *own))
            })
            .collect();
        let both: f64 = pairs.iter().map(|(others, own)| others * own).sum();
        let squares: f64 = pairs.iter().map(|(others, _)| others * others).sum();
        (pairs.len() >= FEWEST_SLICES && squares > 0.0).then(|| both / squares)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use notibench_record::fixture;
    use notibench_record::fixture_in_turn;

    #[test]
    fn what_all_share_is_told_from_what_one_has() {
        let record = fixture_in_turn::record();
        let names = ["dashmap", "dashmap-naive", "sharded-mutex"];
        let noise = Noise::of(&record, &names, Pass::Fresh);
        for name in names {
            let slope = noise.sensitivity(name).unwrap();
            assert!((slope - 1.0).abs() < 0.05, "{name}: {slope}");
        }
    }

    #[test]
    fn the_section_has_both_times_and_their_ratio() {
        let record = fixture_in_turn::record();
        let summary = Summary::of(&record);
        let text = section(&record, &summary, Style::default());
        assert!(text.contains("in turn and alone"), "{text}");
        assert!(
            text.lines()
                .any(|line| line.contains("dashmap ") && line.contains('[')),
            "{text}"
        );
        assert!(slices_words(&record).unwrap().starts_with("40 a round"));
        let plain = fixture::record();
        assert_eq!(section(&plain, &Summary::of(&plain), Style::default()), "");
        assert_eq!(slices_words(&plain), None);
    }
}
