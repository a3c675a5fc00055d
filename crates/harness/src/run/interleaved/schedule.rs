//! What an interleaved round goes through: slices of the stream, and the order
//! in which the engines take each. Both are drawn from the order seed.

use std::ops::Range;

use crate::trial::apart::Phase;
use notibench_core::unit::mix::{below, counter_word, mix};

/// How far a slice's length differs from the mean, at most: lengths that are
/// all the same could meet a timer's ticks in step.
const JITTER: f64 = 0.2;

/// One engine's turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Turn {
    /// Number of the engine in the round.
    pub(crate) engine: usize,
    /// Number of the slice.
    pub(crate) slice: usize,
    /// Its events.
    pub(crate) events: Range<u64>,
    /// Where each worker only writes or only reads: what the slice is for.
    pub(crate) phase: Option<Phase>,
}

/// Random words of one round.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Draw {
    key: u64,
    drawn: u64,
}

impl Draw {
    pub(crate) fn new(order_seed: u64, round: usize) -> Self {
        Self {
            key: mix(order_seed ^ mix(round as u64)),
            drawn: 0,
        }
    }

    fn word(&mut self) -> u64 {
        self.drawn += 1;
        counter_word(self.key, self.drawn)
    }

    /// Shuffles by Fisher and Yates.
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, below(self.word(), at as u64 + 1) as usize);
        }
    }
}

/// Cuts `events` into slices of about `mean` events, each up to a fifth
/// longer or shorter and a multiple of `unit`, but for the last.
pub(crate) fn slices(
    events: &Range<u64>,
    mean: u64,
    unit: u64,
    draw: &mut Draw,
) -> Vec<Range<u64>> {
    let mut slices = Vec::new();
    let mut start = events.start;
    while start < events.end {
        let uniform = (draw.word() >> 11) as f64 / (1_u64 << 53) as f64;
        let length = mean as f64 * (1.0 + JITTER * (2.0 * uniform - 1.0));
        let length = (length as u64).next_multiple_of(unit).max(unit);
        let end = start.saturating_add(length).min(events.end);
        // a short rest belongs to the slice before it
        let end = if events.end - end < mean / 2 {
            events.end
        } else {
            end
        };
        slices.push(start..end);
        start = end;
    }
    slices
}

/// The order of turns: in each slice every engine once. The orders are the
/// rows of a Williams square, in which each engine follows each other one
/// equally often: E. J. Williams, "Experimental designs balanced for the
/// estimation of residual effects of treatments", Australian Journal of
/// Scientific Research A 2, 1949. Rows and engines are shuffled.
pub(crate) fn turns(slices: &[Range<u64>], engines: usize, draw: &mut Draw) -> Vec<Turn> {
    let mut names: Vec<usize> = (0..engines).collect();
    draw.shuffle(&mut names);
    let mut rows = Vec::new();
    let mut turns = Vec::with_capacity(slices.len() * engines);
    for (slice, events) in slices.iter().enumerate() {
        if rows.is_empty() {
            rows = williams(engines);
            draw.shuffle(&mut rows);
        }
        let row = rows.pop().unwrap_or_default();
        turns.extend(row.into_iter().map(|engine| Turn {
            engine: names[engine],
            slice,
            events: events.clone(),
            phase: None,
        }));
    }
    turns
}

/// Rows of 0 to `n - 1`: each number follows each other one once; twice where
/// `n` is odd, when there are twice as many rows.
fn williams(n: usize) -> Vec<Vec<usize>> {
    let first: Vec<usize> = (0..n)
        .map(|at| {
            if at % 2 == 0 {
                (n - at / 2) % n
            } else {
                at.div_ceil(2)
            }
        })
        .collect();
    let shifted = |shift: usize| first.iter().map(move |number| (number + shift) % n);
    let mut rows: Vec<Vec<usize>> = (0..n).map(|shift| shifted(shift).collect()).collect();
    if n % 2 == 1 {
        rows.extend((0..n).map(|shift| shifted(shift).rev().collect::<Vec<_>>()));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_engine_follows_each_other_one_equally_often() {
        for n in 1..=9 {
            let rows = williams(n);
            let mut follows = vec![vec![0; n]; n];
            for row in &rows {
                let mut sorted = row.clone();
                sorted.sort_unstable();
                assert_eq!(sorted, (0..n).collect::<Vec<_>>());
                for pair in row.windows(2) {
                    follows[pair[0]][pair[1]] += 1;
                }
            }
            let times = if n % 2 == 1 { 2 } else { 1 };
            for (a, row) in follows.iter().enumerate() {
                for (b, &count) in row.iter().enumerate() {
                    assert_eq!(
                        count,
                        if a == b || n == 1 { 0 } else { times },
                        "{n}: {a} {b}"
                    );
                }
            }
        }
    }

    #[test]
    fn slices_cover_the_stream_and_differ_by_a_fifth_at_most() {
        for (events, mean, unit) in [
            (0..3_000_000, 100_000, 1_024),
            (5..12, 100, 64),
            (7..7, 1, 1),
        ] {
            for round in 0..20 {
                let cut = slices(&events, mean, unit, &mut Draw::new(3, round));
                let mut next = events.start;
                for (at, slice) in cut.iter().enumerate() {
                    assert_eq!(slice.start, next);
                    next = slice.end;
                    let length = slice.end - slice.start;
                    if at + 1 < cut.len() {
                        assert_eq!(length % unit, 0);
                        assert!((80_000..=120_000 + unit).contains(&length), "{length}");
                    }
                }
                assert_eq!(next, events.end);
            }
        }
    }

    #[test]
    fn every_engine_takes_every_slice_once_and_rounds_differ() {
        let cut = slices(&(0..1_000_000), 50_000, 1_024, &mut Draw::new(1, 0));
        let order = |round| turns(&cut, 5, &mut Draw::new(1, round));
        let first = order(0);
        assert_eq!(first, order(0));
        assert_ne!(first, order(1));
        for (slice, turns) in first.chunks(5).enumerate() {
            let mut engines: Vec<usize> = turns.iter().map(|turn| turn.engine).collect();
            engines.sort_unstable();
            assert_eq!(engines, [0, 1, 2, 3, 4]);
            assert!(turns.iter().all(|turn| turn.slice == slice));
            assert!(turns.iter().all(|turn| turn.events == cut[slice]));
        }
    }
}
