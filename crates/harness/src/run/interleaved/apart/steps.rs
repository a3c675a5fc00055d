//! What a round of writers and readers apart goes through: the stream's beginning
//! fills the state; then slices for writers alone, for both together, and times
//! for readers alone follow each other in orders that are balanced.

use std::ops::Range;

use crate::run::interleaved::schedule::{Draw, slices, turns};
use crate::trial::apart::Phase;
use notibench_record::ApartPlan;

/// Cycles of the three kinds at the least, where the stream is long enough:
/// each row of the Williams square of three, and each half as often again.
const FEWEST_CYCLES: u64 = 9;
/// Kinds of slices of a cycle.
const KINDS: usize = 3;

/// One slice: what it is for, and its events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) phase: Phase,
    /// None where readers are alone.
    pub(super) events: Range<u64>,
}

/// What the lengths of slices are made from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lengths {
    /// Events of a slice, on average.
    pub(super) mean: u64,
    /// What lengths are multiples of.
    pub(super) unit: u64,
    /// What an event takes, as far as it is known, in ns.
    pub(super) ns_per_event: f64,
}

/// The slices of a round of `events` events. In each cycle of three kinds the
/// writers alone and both together have a half of its events each, and readers
/// alone about as much time as the writers.
pub(super) fn steps(
    apart: &ApartPlan,
    events: u64,
    lengths: Lengths,
    draw: &mut Draw,
) -> Vec<Step> {
    let filled = apart.filled.min(events);
    let measured = filled..events;
    let most = (events - filled) / (2 * FEWEST_CYCLES);
    let mean = lengths.mean.min(most).max(lengths.unit);
    let step = |phase, events| Step { phase, events };
    let mut steps = Vec::new();
    if filled > 0 {
        steps.push(step(Phase::Fill, 0..filled));
    }
    if apart.readers == 0 {
        let all = slices(&measured, mean, lengths.unit, draw).into_iter();
        steps.extend(all.map(|events| step(Phase::Together, events)));
        return steps;
    }
    let alone = Phase::ReadersAlone {
        ns: (mean as f64 * lengths.ns_per_event) as u64,
    };
    let cycles = slices(&measured, 2 * mean, lengths.unit, draw);
    let mut next = measured.start;
    for turn in turns(&cycles, KINDS, draw) {
        let Range { start, end } = turn.events;
        let middle = start + ((end - start) / 2).next_multiple_of(lengths.unit);
        // the first of the two that write has the first half
        let until = if next == start { middle.min(end) } else { end };
        let (phase, until) = match turn.engine {
            0 => (Phase::WritersAlone, until),
            1 => (Phase::Together, until),
            _ => (alone, next),
        };
        steps.push(step(phase, next..until));
        next = until;
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(readers: usize, filled: u64) -> ApartPlan {
        ApartPlan {
            writers: 1,
            readers,
            filled,
            events_per_s: None,
            reads_per_s: None,
        }
    }

    const LENGTHS: Lengths = Lengths {
        mean: 5_000,
        unit: 64,
        ns_per_event: 100.0,
    };

    fn is(step: &Step, phase: Phase) -> bool {
        step.phase == phase
    }

    #[test]
    fn every_event_is_written_once_in_order() {
        for (round, readers) in [(0, 1), (1, 1), (2, 1), (3, 0), (4, 3)] {
            for (events, filled) in [(400_000, 200_000), (1_000, 0), (100, 50), (7, 7)] {
                let mut draw = Draw::new(7, round);
                let mut next = 0;
                for step in steps(&plan(readers, filled), events, LENGTHS, &mut draw) {
                    assert_eq!(step.events.start, next, "{step:?}");
                    next = step.events.end;
                }
                assert_eq!(next, events);
            }
        }
    }

    #[test]
    fn writers_alone_and_beside_readers_have_as_many_events() {
        let mut draw = Draw::new(7, 0);
        let steps = steps(&plan(1, 200_000), 800_000, LENGTHS, &mut draw);
        let sum = |phase| {
            let of_it = steps.iter().filter(|step| is(step, phase));
            of_it
                .map(|step| step.events.end - step.events.start)
                .sum::<u64>()
        };
        assert_eq!(sum(Phase::Fill), 200_000);
        let (alone, together) = (sum(Phase::WritersAlone), sum(Phase::Together));
        assert_eq!(alone + together, 600_000);
        assert!(alone.abs_diff(together) < 15_000, "{alone} {together}");
        let times = steps.iter().filter(|step| step.events.is_empty());
        assert!(
            times
                .clone()
                .all(|step| is(step, Phase::ReadersAlone { ns: 500_000 }))
        );
        assert!((50..70).contains(&times.count()));
    }

    #[test]
    fn each_kind_follows_each_other_about_equally_often() {
        let mut draw = Draw::new(7, 0);
        let steps = steps(&plan(1, 0), 6_000_000, LENGTHS, &mut draw);
        let kind = |step: &Step| match step.phase {
            Phase::WritersAlone => 0,
            Phase::Together => 1,
            _ => 2,
        };
        let mut follows = [[0_u32; 3]; 3];
        for cycle in steps.chunks(3) {
            for pair in cycle.windows(2) {
                follows[kind(&pair[0])][kind(&pair[1])] += 1;
            }
        }
        let others = [(0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)];
        let counts = others.map(|(one, other)| follows[one][other]);
        let (least, most) = (counts.iter().min().unwrap(), counts.iter().max().unwrap());
        assert!(most - least <= 4, "{follows:?}");
    }

    #[test]
    fn a_short_stream_has_several_cycles_all_the_same() {
        let mut draw = Draw::new(7, 0);
        let steps = steps(&plan(1, 30_000), 60_000, LENGTHS, &mut draw);
        let together = steps.iter().filter(|step| is(step, Phase::Together));
        assert!(together.count() >= 7);
    }

    #[test]
    fn without_readers_all_is_of_the_writers() {
        let mut draw = Draw::new(7, 0);
        let steps = steps(&plan(0, 30_000), 60_000, LENGTHS, &mut draw);
        assert!(steps[1..].iter().all(|step| is(step, Phase::Together)));
    }
}
