//! Comparisons in virtual time, and of real rounds.

use rand::{SeedableRng as _, rngs::StdRng};
use rand_distr::{Distribution as _, StandardNormal};

use super::*;
use notibench_record::stats::stopping::is_precise;
use notibench_record::stats::{RatioInterval, Verdict, paired_ratio};
use notibench_record::{InterleavedRound, Pass, Record, SlicesNote, fixture};

/// Comparisons whose rounds are drawn: the engine takes `slowdown` times as
/// long as the baseline, and a round's noise has the standard deviation
/// `sigma`.
fn virtually(times: usize, rounds: usize, slowdown: f64, sigma: f64) -> Vec<RatioInterval> {
    let mut record = fixture::with_rounds(1);
    let trial = record.trials[0].clone();
    record.trials.clear();
    record
        .engines
        .retain(|note| ["dashmap-naive", "dashmap"].contains(&&*note.name));
    (record.plan.precision, record.plan.rounds) = (Some(0.015), rounds);
    let mut rng = StdRng::seed_from_u64(20_261_125);
    let mut run = |record: &mut Record, round: usize| {
        for (name, factor) in [("dashmap-naive", 1.0), ("dashmap", slowdown)] {
            let noise: f64 = StandardNormal.sample(&mut rng);
            let mut trial = trial.clone();
            (trial.engine, trial.round) = (name.to_owned(), round);
            trial.warmup = round < record.plan.warmup_rounds;
            trial.wall_ns = (1e9 * factor * (sigma * noise).exp()) as u64;
            trial.slices = Some(SlicesNote {
                ns: String::new(),
                finish_ns: 0,
            });
            record.trials.push(trial);
        }
        record.interleaved.push(InterleavedRound {
            process: 0,
            round,
            group: 0,
            pass: Pass::Fresh,
            slice_ends: String::new(),
            steal_ms: 1,
            involuntary_switches: 2,
            peak_resident_bytes: 0,
        });
        Ok(())
    };
    let mut series = Series::new(record);
    (0..times)
        .map(|_| {
            series.compare(&mut run).unwrap();
            let times = |name: &str| {
                let text = series.times(name);
                text.split(' ')
                    .map(|ns| ns.parse().unwrap())
                    .collect::<Vec<f64>>()
            };
            let pairs = times("dashmap").into_iter().zip(times("dashmap-naive"));
            paired_ratio(&pairs.collect::<Vec<_>>()).unwrap()
        })
        .collect()
}

fn slower(intervals: &[RatioInterval]) -> usize {
    let is_slower = |i: &&RatioInterval| i.verdict() == Verdict::Slower;
    intervals.iter().filter(is_slower).count()
}

#[test]
fn a_planted_slowdown_is_found_nine_times_in_ten_by_the_rule_of_a_run() {
    let intervals = virtually(200, 400, 1.03, 0.02);
    assert!(intervals.iter().all(|interval| is_precise(interval, 0.015)));
    assert!(slower(&intervals) >= 180, "{}", slower(&intervals));
    // without any slowdown it is not found
    let none = virtually(200, 400, 1.0, 0.02);
    assert!(slower(&none) < 15, "{}", slower(&none));
}

#[test]
fn a_comparison_ends_at_its_most_rounds_and_none_shares_one() {
    let intervals = virtually(3, 20, 1.03, 0.3);
    assert!(intervals.iter().all(|interval| interval.rounds == 20));
    assert!(
        intervals
            .iter()
            .all(|interval| !is_precise(interval, 0.015))
    );
    assert_ne!(intervals[0].ratio, intervals[1].ratio);
}
