//! Whether comparisons on this machine can be believed: an engine compared
//! with itself many times, and with itself slowed down by a known share.
//! Imports its siblings, `stats`.

mod judge;
mod real_time;

pub use judge::{Judged, PlantedJudged, judge_planted, judge_same};
pub use real_time::{CapacityFound, RealTimeFound, StallFound, real_time};

use super::Observer;
use super::contender::Contender;
use super::round::shuffled;
use super::source::Source;
use super::trial::{TrialError, TrialSetup};
use super::weeks::views_of;
use crate::engine::StopFlag;
use crate::engine::state::INBOX_CAPACITY;
use crate::generator::{Generator, ReadStream};
use crate::stats::stopping::is_look;
use crate::stats::{RatioInterval, paired_ratio};
use crate::workload::Workload;

/// A planted slowdown is looked for until the smallest effect that the rounds
/// could show is this share of it: where it is the whole, one comparison in
/// five misses it by definition.
const PLANTED_MARGIN: f64 = 2.0 / 3.0;

/// What a selftest does.
#[derive(Clone, Debug)]
pub struct SelftestOptions {
    /// Events of each trial.
    pub events: u64,
    /// Workers.
    pub threads: usize,
    /// Events of one ingest call.
    pub batch: usize,
    /// Seed of the stream and of the turns.
    pub seed: u64,
    /// Rounds thrown away before the first comparison.
    pub warmup_rounds: usize,
    /// Comparisons of the engine with itself.
    pub comparisons: usize,
    /// Rounds of each of them.
    pub rounds: usize,
    /// Slowdown that is planted, as a fraction.
    pub planted_share: f64,
    /// Workers of the comparisons with the slowed engine. Only with one is the
    /// whole slowed by what was planted: among several, those that do not spin
    /// find locks and memory less busy.
    pub planted_threads: usize,
    /// Comparisons with the slowed engine.
    pub planted_comparisons: usize,
    /// Rounds of each of them at the most.
    pub planted_rounds: usize,
    /// Ends it early.
    pub stop: StopFlag,
    /// As in [`TrialSetup`].
    pub on_hang: fn(&str),
}

/// What a selftest measured.
#[derive(Clone, Debug, Default)]
pub struct SelftestFound {
    /// The engine beside itself: an interval a comparison.
    pub same: Vec<RatioInterval>,
    /// The slowed engine beside itself as it is; below 1 is slower.
    pub planted: Vec<RatioInterval>,
    /// Comparisons that gave no interval: times that are none.
    pub without_interval: usize,
    /// Time that the host took during trials.
    pub steal_ms: u64,
    /// Involuntary context switches during trials.
    pub involuntary_switches: u64,
    /// Trials.
    pub trials: u64,
}

/// Why a selftest came to no end.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SelftestError {
    /// A trial failed.
    #[error(transparent)]
    Trial(#[from] TrialError),
    /// The engine is wrong, so that its time says nothing.
    #[error("engine `{engine}`: {words}; `notibench verify` says more")]
    Wrong {
        /// Its name.
        engine: String,
        /// What is wrong.
        words: String,
    },
}

/// Compares the engine with itself, then with itself slowed down. Every trial
/// is one of `run`, without the proof by the oracle: what was ingested is
/// counted again, and the engine's own counts are checked against it.
///
/// # Errors
/// Where a trial fails, loses an event, or the selftest is interrupted.
pub fn selftest(
    workload: &Workload,
    engine: &Contender,
    options: &SelftestOptions,
    observer: &mut dyn Observer,
) -> Result<SelftestFound, SelftestError> {
    observer.stage("generating the stream");
    let generator = Generator::new(workload, options.seed);
    let reads = ReadStream::new(workload, options.seed);
    let views = views_of(workload).map_err(TrialError::NoRandomKey)?;
    let source = Source::new(generator, reads, options.events, false).counted(views);
    let setup = TrialSetup {
        source: &source,
        threads: options.threads,
        batch: options.batch,
        pin: false,
        perf: false,
        inbox_capacity: INBOX_CAPACITY,
        external: None,
        open_loop: None,
        share: None,
        watcher: None,
        stop: &options.stop,
        on_hang: options.on_hang,
    };
    let planted_setup = TrialSetup {
        threads: options.planted_threads,
        ..setup
    };
    let slowed = engine.planted(options.planted_share);
    let mut found = SelftestFound::default();
    for _ in 0..options.warmup_rounds {
        time(engine, &setup, &mut SelftestFound::default())?;
        time(&slowed, &planted_setup, &mut SelftestFound::default())?;
    }
    let total = options.comparisons + options.planted_comparisons;
    for number in 0..total {
        let is_planted = number >= options.comparisons;
        let (other, setup) = if is_planted {
            (&slowed, &planted_setup)
        } else {
            (engine, &setup)
        };
        observer.turn(number, total, if is_planted { "planted" } else { "A/A" });
        let until = if is_planted {
            Until::Detectable(
                options.planted_share * PLANTED_MARGIN,
                options.planted_rounds,
            )
        } else {
            Until::Rounds(options.rounds)
        };
        let sides = [other, engine];
        let interval = compare(until, options.seed, number, &mut |side| {
            time(sides[side], setup, &mut found)
        })?;
        match interval {
            Some(interval) if is_planted => found.planted.push(interval),
            Some(interval) => found.same.push(interval),
            None => found.without_interval += 1,
        }
    }
    Ok(found)
}

/// How many rounds a comparison has.
#[derive(Clone, Copy, Debug)]
enum Until {
    /// So many.
    Rounds(usize),
    /// Until the smallest effect that they could show is so small, or there
    /// are so many.
    Detectable(f64, usize),
}

impl Until {
    fn is_reached(self, pairs: &[(f64, f64)]) -> bool {
        match self {
            Self::Rounds(rounds) => pairs.len() >= rounds,
            Self::Detectable(_, most) if pairs.len() >= most => true,
            Self::Detectable(effect, _) => {
                is_look(pairs.len())
                    && paired_ratio(pairs).is_some_and(|i| i.minimum_detectable <= effect)
            }
        }
    }
}

/// One comparison: rounds of two turns in shuffled order, each timed by
/// `time`, which is given whose turn it is: 0 or 1. The ratio is that of
/// side 1's time to side 0's.
fn compare<E>(
    until: Until,
    seed: u64,
    number: usize,
    time: &mut dyn FnMut(usize) -> Result<f64, E>,
) -> Result<Option<RatioInterval>, E> {
    let mut pairs: Vec<(f64, f64)> = Vec::new();
    while !until.is_reached(&pairs) {
        let mut times = [0.0; 2];
        // rounds of one comparison are fewer than this
        let round = (number << 32) + pairs.len();
        for side in shuffled(2, seed, round) {
            times[side] = time(side)?;
        }
        pairs.push((times[0], times[1]));
    }
    Ok(paired_ratio(&pairs))
}

/// Runs one trial: its wall time in ns.
fn time(
    contender: &Contender,
    setup: &TrialSetup<'_>,
    found: &mut SelftestFound,
) -> Result<f64, SelftestError> {
    if setup.stop.is_set() {
        return Err(TrialError::Interrupted.into());
    }
    let (outcome, finding) = contender.trial(setup, None)?;
    let taken = outcome.tally.events;
    let lost = (taken != setup.source.events())
        .then(|| format!("{taken} of {} events arrived", setup.source.events()));
    if let Some(words) = finding.wrong.or(lost) {
        return Err(SelftestError::Wrong {
            engine: contender.name.clone(),
            words,
        });
    }
    found.steal_ms += outcome.usage.steal_ms;
    found.involuntary_switches += outcome.usage.involuntary_switches;
    found.trials += 1;
    Ok(outcome.wall_ns as f64)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;
    use rand::{SeedableRng as _, rngs::StdRng};
    use rand_distr::{Distribution as _, StandardNormal};

    /// Comparisons in virtual time: side 0 takes `slowdown` times as long,
    /// and a trial's noise has the standard deviation `sigma`.
    fn virtually(times: usize, until: Until, slowdown: f64, sigma: f64) -> Vec<RatioInterval> {
        let mut rng = StdRng::seed_from_u64(20_261_125);
        let mut time = |side: usize| {
            let noise: f64 = StandardNormal.sample(&mut rng);
            let base = 1e6 * (sigma * noise).exp();
            Ok::<f64, Infallible>(if side == 0 { base * slowdown } else { base })
        };
        (0..times)
            .filter_map(|number| compare(until, 1, number, &mut time).ok()?)
            .collect()
    }

    #[test]
    fn an_engine_beside_itself_differs_one_time_in_twenty() {
        let found = judge_same(&virtually(2_000, Until::Rounds(5), 1.0, 0.05));
        let share = (found.faster + found.slower) as f64 / 2_000.0;
        assert!((0.035..0.065).contains(&share), "{share}");
        // neither side is favoured
        assert!(found.faster.abs_diff(found.slower) < 40, "{found:?}");
    }

    #[test]
    fn a_planted_slowdown_is_found_where_the_rounds_could_show_it() {
        let until = Until::Detectable(0.02, 400);
        let intervals = virtually(200, until, 1.03, 0.02);
        let found = judge_planted(&intervals, 0.03);
        assert!(found.able >= 195 && found.is_judged(), "{found:?}");
        assert!(found.found * 10 >= found.able * 9, "{found:?}");
        assert!((found.ratio_median.unwrap() - 1.0 / 1.03).abs() < 0.003);
        // without any slowdown it is not found
        let none = judge_planted(&virtually(200, until, 1.0, 0.02), 0.03);
        assert!(none.found < 15, "{none:?}");
    }

    #[test]
    fn a_machine_too_noisy_to_see_it_is_told_so() {
        let intervals = virtually(50, Until::Detectable(0.02, 20), 1.03, 0.3);
        let found = judge_planted(&intervals, 0.03);
        assert!(!found.is_judged() && found.is_passed(), "{found:?}");
        assert!(found.detectable_median.unwrap() > 0.1, "{found:?}");
    }
}
