//! When each event is to start: a function of the plan, the seed and the
//! event's index, settled before the trial and of nothing else.

use rayon::prelude::*;

use notibench_core::unit::mix::{counter_word, mix};
use notibench_record::{Arrivals, OpenLoopPlan};

/// The intended starts, in ns since the trial's zero, of each worker's own
/// events: worker `w` of `threads` has the events whose index is `w` modulo
/// `threads`, in rising order. No list ever falls. `at_us` is the event time
/// of an index, which never falls, either.
///
/// Constant: event `i` of `n` at `i × duration ÷ n`, in whole numbers.
/// Poisson: each worker has a stream of its own. Given their number, the
/// arrivals of a Poisson process are spread evenly and independently over the
/// time, and what lies between neighbours is in proportion to exponential
/// draws (L. Devroye, "Non-Uniform Random Variate Generation", 1986, section
/// V.2); so that the number and the length are what was asked for, exactly.
pub(super) fn intended_starts(
    plan: &OpenLoopPlan,
    seed: u64,
    threads: usize,
    events: u64,
    at_us: impl Fn(u64) -> u64 + Sync,
) -> Vec<Vec<u64>> {
    let step = threads as u64;
    let one = |worker: usize| -> Vec<u64> {
        let first = worker as u64;
        let count = events.saturating_sub(first).div_ceil(step);
        let indexes = (0..count).map(|at| first + at * step);
        match plan.arrivals {
            Arrivals::Constant => indexes
                .map(|index| scaled(index, plan.duration_ns, events))
                .collect(),
            Arrivals::Poisson => poisson(seed, worker, count, plan.duration_ns),
            Arrivals::Bursts { on_ns, off_ns } => {
                let length = on_time(plan.duration_ns, on_ns, off_ns);
                let mut due = poisson(seed, worker, count, length);
                for due in &mut due {
                    *due += *due / on_ns * off_ns;
                }
                due
            }
            Arrivals::Workload { real_ns, event_us } => indexes
                .map(|index| scaled(at_us(index), real_ns, event_us))
                .collect(),
        }
    };
    (0..threads).into_par_iter().map(one).collect()
}

/// `value × numerator ÷ denominator`, rounded down.
pub(crate) fn scaled(value: u64, numerator: u64, denominator: u64) -> u64 {
    let scaled = u128::from(value) * u128::from(numerator) / u128::from(denominator);
    u64::try_from(scaled).unwrap_or(u64::MAX)
}

/// How much of `duration_ns` is on, where it begins with a burst.
fn on_time(duration_ns: u64, on_ns: u64, off_ns: u64) -> u64 {
    let cycle = on_ns + off_ns;
    (duration_ns / cycle * on_ns + (duration_ns % cycle).min(on_ns)).max(1)
}

/// `count` arrivals of a Poisson process within `length_ns`.
fn poisson(seed: u64, worker: usize, count: u64, length_ns: u64) -> Vec<u64> {
    let key = mix(seed ^ mix(worker as u64 ^ 0x6172_7269_7661_6c73));
    let gap = |at: u64| {
        // between 0 and 1, neither of them
        let unit = ((counter_word(key, at) >> 12) as f64 + 0.5) / (1_u64 << 52) as f64;
        -libm::log(unit)
    };
    let total: f64 = (0..=count).map(gap).sum();
    let scale = length_ns as f64 / total;
    let mut sum = 0.0;
    (0..count)
        .map(|at| {
            sum += gap(at);
            ((sum * scale) as u64).min(length_ns - 1)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use notibench_record::Idle;

    const SECOND: u64 = 1_000_000_000;

    fn starts(arrivals: Arrivals, threads: usize, events: u64) -> Vec<Vec<u64>> {
        let plan = OpenLoopPlan {
            arrivals,
            offered_per_s: events as f64 / 10.0,
            duration_ns: 10 * SECOND,
            max_backlog: 1,
            idle: Idle::Spin,
            interval_ns: SECOND,
        };
        intended_starts(&plan, 7, threads, events, |index| index * 3)
    }

    fn all(lanes: &[Vec<u64>]) -> Vec<u64> {
        let mut all: Vec<u64> = lanes.iter().flatten().copied().collect();
        all.sort_unstable();
        all
    }

    #[test]
    fn every_event_has_a_start_within_the_time_and_no_list_falls() {
        let bursts = Arrivals::Bursts {
            on_ns: SECOND / 5,
            off_ns: SECOND,
        };
        let squeezed = Arrivals::Workload {
            real_ns: 1_000,
            event_us: 3,
        };
        for arrivals in [Arrivals::Constant, Arrivals::Poisson, bursts, squeezed] {
            for (threads, events) in [(1, 1_000), (3, 1_000), (4, 2)] {
                let lanes = starts(arrivals, threads, events);
                assert_eq!(lanes.len(), threads);
                assert_eq!(all(&lanes).len() as u64, events, "{arrivals:?}");
                for lane in &lanes {
                    assert!(lane.is_sorted() && lane.iter().all(|&due| due < 10 * SECOND));
                }
            }
        }
    }

    #[test]
    fn a_constant_rate_is_exact() {
        let due = all(&starts(Arrivals::Constant, 3, 30));
        let expected: Vec<u64> = (0..30).map(|at| at * 10 * SECOND / 30).collect();
        assert_eq!(due, expected);
    }

    #[test]
    fn squeezed_event_times_are_exact() {
        let squeezed = Arrivals::Workload {
            real_ns: 500,
            event_us: 3,
        };
        assert_eq!(starts(squeezed, 2, 4), [vec![0, 1_000], vec![500, 1_500]]);
    }

    #[test]
    fn nothing_is_due_in_a_pause() {
        let arrivals = Arrivals::Bursts {
            on_ns: SECOND / 10,
            off_ns: SECOND,
        };
        let due = all(&starts(arrivals, 2, 5_000));
        let cycle = SECOND + SECOND / 10;
        assert!(due.iter().all(|due| due % cycle < SECOND / 10));
        let cycles: std::collections::HashSet<u64> = due.iter().map(|due| due / cycle).collect();
        assert_eq!(cycles.len(), 10, "the tenth is begun");
    }

    /// Arrivals of a Poisson process: their sum is one, too. Numbers in equal
    /// parts of the time have a variance like their mean, and gaps are
    /// exponential.
    #[test]
    fn poisson_streams_add_up_to_one() {
        let events = 200_000;
        for threads in [1, 4] {
            let due = all(&starts(Arrivals::Poisson, threads, events));
            let parts = 2_000;
            let mut counts = vec![0_u64; parts];
            for due in &due {
                counts[(due * parts as u64 / (10 * SECOND)) as usize] += 1;
            }
            let mean = events as f64 / parts as f64;
            let spread = |count: &u64| (*count as f64 - mean).powi(2);
            let index = counts.iter().map(spread).sum::<f64>() / mean;
            // chi-square with 1,999 degrees: 1,999 ± 4.5 × 63
            assert!((index - 1_999.0).abs() < 285.0, "{threads}: {index}");
            let mean_gap = 10.0 * SECOND as f64 / events as f64;
            for times in [0.1, 1.0, 3.0] {
                let longer = due
                    .windows(2)
                    .filter(|pair| (pair[1] - pair[0]) as f64 > times * mean_gap)
                    .count();
                let expected = (-times).exp() * events as f64;
                let off = (longer as f64 - expected).abs() / expected.sqrt();
                assert!(off < 5.0, "{threads}, {times}: {longer}, not {expected}");
            }
        }
    }

    #[test]
    fn the_seed_decides_and_workers_differ() {
        let once = starts(Arrivals::Poisson, 2, 100);
        assert_eq!(once, starts(Arrivals::Poisson, 2, 100));
        assert_ne!(once[0], once[1]);
    }
}
