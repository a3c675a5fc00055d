//! Interleaved rounds: what an engine's time in turn is beside its time alone,
//! how its ratio grows along the stream, and how much it shares the others'
//! noise. Imports `record` and `summary`.

use std::collections::BTreeMap;

use super::block::Block;
use super::summary::{EngineLine, Summary};
use super::text::{Style, plain, show_ends, show_ratio};
use crate::record::{Pass, Record, Trial, Weather};
use crate::stats::{geometric_mean, mean, unpaired_ratio};
use crate::unit::quantity::{show_ns, show_whole};

/// Parts of the stream whose ratios are shown.
const PARTS: usize = 4;
/// Positions of the stream within which slices of different rounds are held
/// against each other.
const POSITIONS: usize = 20;
/// Slices in the least from which a sensitivity is told.
const FEWEST_SLICES: usize = 40;

/// The section; empty where no round was interleaved.
pub(super) fn section(record: &Record, summary: &Summary, style: Style) -> String {
    block(record, summary).map_or_else(String::new, |block| block.draw(style) + "\n")
}

/// The same as a block.
pub(super) fn block(record: &Record, summary: &Summary) -> Option<Block> {
    let pass = summary.pass;
    let engines: Vec<&EngineLine> = summary.ranked.iter().chain(&summary.ablations).collect();
    if record.interleaved.is_empty() || engines.is_empty() {
        return None;
    }
    let names: Vec<&str> = engines.iter().map(|line| line.name.as_str()).collect();
    let noise = Noise::of(record, &names, pass);
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
        let parts: Vec<String> = ratios_by_part(record, name, pass)
            .into_iter()
            .map(|ratio| ratio.map_or("-".to_owned(), show_ratio))
            .collect();
        vec![
            plain(name),
            times(alone(record, name, pass)),
            times(in_turn(record, name, pass)),
            beside_alone(record, name, pass),
            parts.join("  "),
            noise
                .sensitivity(name)
                .map_or("-".to_owned(), |slope| format!("{slope:.2}")),
        ]
    }));
    let words = format!(
        "ns per event; alone: the whole trial of one engine, {} rounds; in turn: the sum of slices, \
         all engines alive and sharing the caches; ratio: to {}; shares: how much of the others' \
         deviation an engine takes part in, slice by slice (1: all of it)",
        record
            .plan
            .interleaving
            .map_or(0, |how| how.isolated_rounds),
        plain(&record.plan.baseline),
    );
    Some(Block {
        title: "in turn and alone".to_owned(),
        rows,
        notes: vec![words],
    })
}

/// How the rounds were cut, for the trust block.
pub(super) fn slices_words(record: &Record) -> Option<String> {
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

/// How fast the machine was meanwhile, for the trust block.
pub(super) fn weather_words(record: &Record) -> Option<String> {
    words_of_weather(record.weather.as_ref()?)
}

/// The same of a series; none without samples.
pub(super) fn words_of_weather(weather: &Weather) -> Option<String> {
    let (load, step) = (weather.load_ns()?, weather.step_ns()?);
    let times = |least: f64, median: f64, most: f64| {
        format!(
            "{} ({} to {})",
            show_ns(median),
            show_ns(least),
            show_ns(most)
        )
    };
    Some(format!(
        "a dependent load took {}, a step of arithmetic {}: medians of {} samples",
        times(load.least, load.median, load.most),
        times(step.least, step.median, step.most),
        show_whole(weather.samples() as u64)
    ))
}

fn alone(record: &Record, engine: &str, pass: Pass) -> Vec<f64> {
    let trials = record.counted(engine, pass);
    let alone = trials.filter(|trial| trial.slices.is_none());
    alone.filter_map(Trial::ns_per_event).collect()
}

fn in_turn(record: &Record, engine: &str, pass: Pass) -> Vec<f64> {
    let trials = record.compared(engine, pass);
    trials.filter_map(Trial::ns_per_event).collect()
}

/// In turn ÷ alone: with its interval from three rounds of each on.
fn beside_alone(record: &Record, engine: &str, pass: Pass) -> String {
    let pairs = |times: Vec<f64>| -> Vec<(f64, f64)> {
        times.into_iter().map(|time| (time, 1.0)).collect()
    };
    let (alone, in_turn) = (alone(record, engine, pass), in_turn(record, engine, pass));
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

/// The ratio of the baseline's time to the engine's in each part of the
/// stream: geometric means over rounds of the parts' sums.
fn ratios_by_part(record: &Record, engine: &str, pass: Pass) -> [Option<f64>; PARTS] {
    let sums = |name: &str| -> BTreeMap<(usize, usize, usize), [f64; PARTS]> {
        let trials = record.compared(name, pass);
        let of = trials.filter_map(|trial| {
            let mut sums = [0.0; PARTS];
            for (position, ns, _) in placed(record, trial)? {
                sums[((position * PARTS as f64) as usize).min(PARTS - 1)] += ns;
            }
            Some(((trial.process, trial.round, trial.group), sums))
        });
        of.collect()
    };
    let (own, base) = (sums(engine), sums(&record.plan.baseline));
    std::array::from_fn(|part| {
        let rounds = own.iter().filter_map(|(at, own)| {
            let ratio = base.get(at)?[part] / own[part];
            (ratio.is_finite() && ratio > 0.0).then_some(ratio)
        });
        geometric_mean(&rounds.collect::<Vec<f64>>())
    })
}

/// Of each slice of a trial: where its middle lies in the stream (0 to 1), its
/// ns, and its events.
fn placed(record: &Record, trial: &Trial) -> Option<Vec<(f64, f64, f64)>> {
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
    let slices = starts.zip(&ends).zip(each).map(|((start, &end), ns)| {
        let middle = (start + end) as f64 / 2.0 / whole;
        (middle, ns as f64, end.saturating_sub(start).max(1) as f64)
    });
    Some(slices.collect())
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
                let slices = placed(record, trial).unwrap_or_default();
                for (slice, (position, ns, events)) in slices.into_iter().enumerate() {
                    let position = ((position * POSITIONS as f64) as usize).min(POSITIONS - 1);
                    let at = (trial.process, trial.round, trial.group, slice);
                    logs.insert(at, (position, (ns.max(1.0) / events).ln()));
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
    use crate::record::{InterleavedRound, InterleavingPlan, SlicesNote, fixture, spaced};

    /// The fixture's rounds, and as many of 40 slices each: `dashmap` takes
    /// twice as long for a slice in the second half of the stream, and all
    /// deviate together in every third.
    fn record() -> Record {
        let mut record = fixture::record();
        record.plan.interleaving = Some(InterleavingPlan {
            slice_us: 10_000,
            isolated_rounds: 5,
            groups: 1,
        });
        let ends: Vec<u64> = (1..=40).map(|at| at * record.plan.events / 40).collect();
        let mut added = Vec::new();
        for trial in record.trials.iter().filter(|trial| !trial.warmup) {
            let base = if trial.engine == "dashmap" {
                100.0
            } else {
                300.0
            };
            let each: Vec<u64> = (0..40)
                .map(|at| {
                    let late = if trial.engine == "dashmap" && at >= 20 {
                        2.0
                    } else {
                        1.0
                    };
                    let storm = if (at + trial.round) % 3 == 0 {
                        1.5
                    } else {
                        1.0
                    };
                    (base * late * storm * 1_000.0) as u64
                })
                .collect();
            let mut trial = trial.clone();
            trial.round += 5;
            trial.wall_ns = each.iter().sum();
            trial.slices = Some(SlicesNote {
                ns: spaced(&each),
                finish_ns: 0,
            });
            added.push(trial);
        }
        for round in 6..11 {
            record.interleaved.push(InterleavedRound {
                process: 0,
                round,
                group: 0,
                pass: Pass::Fresh,
                slice_ends: spaced(&ends),
                steal_ms: 0,
                involuntary_switches: 0,
                peak_resident_bytes: 0,
            });
        }
        record.trials.extend(added);
        record
    }

    #[test]
    fn the_ratio_grows_or_falls_along_the_stream() {
        let record = record();
        let parts = ratios_by_part(&record, "dashmap", Pass::Fresh);
        let parts = parts.map(Option::unwrap);
        assert!(
            (parts[0] - 3.0).abs() < 0.1 && (parts[3] - 1.5).abs() < 0.1,
            "{parts:?}"
        );
        let ratio = record.ratio("dashmap").unwrap();
        // of the sums: 300 beside 150 on average
        assert!((ratio.ratio - 2.0).abs() < 0.05, "{ratio:?}");
    }

    #[test]
    fn what_all_share_is_told_from_what_one_has() {
        let record = record();
        let names = ["dashmap", "dashmap-naive", "sharded-mutex"];
        let noise = Noise::of(&record, &names, Pass::Fresh);
        for name in names {
            let slope = noise.sensitivity(name).unwrap();
            assert!((slope - 1.0).abs() < 0.05, "{name}: {slope}");
        }
    }

    #[test]
    fn the_section_has_both_times_and_their_ratio() {
        let record = record();
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
