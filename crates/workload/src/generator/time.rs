//! Event times: the inverse of the cumulated rate, as a table over the stream's
//! index.
//!
//! A span is cut into fine slots; the rate of each (constant, diurnal,
//! bursts, viral) is cumulated and inverted at [`CELLS`] equal steps of the
//! index; between two steps time runs evenly. So `at_us` is a pure function
//! of the index and never falls.

use std::f64::consts::{PI, TAU};

use crate::{TimeShape, Workload};

/// Cells of the inverse table over one span.
const CELLS: usize = 8_192;
/// Slots of the span in which the rate is constant.
const SLOTS: usize = 65_536;
/// Bits of a place below those of its cell.
const CELL_SHIFT: u32 = 63 - CELLS.ilog2();
/// Bits of the position inside a cell: times its length, which is at most a
/// span of 366 days or 2^45 µs, they fit a word.
const FRACTION_BITS: u32 = 18;

const HOUR_US: f64 = 3_600e6;
const DAY_US: f64 = 24.0 * HOUR_US;
/// Local hour of the busiest moment of a day.
const PEAK_HOUR: f64 = 14.0;

/// One cell: where in the span it begins and how long it is, in µs, and how
/// likely a content event in it falls on the hot contents, of 2^32.
#[derive(Clone, Copy, Debug)]
struct Cell {
    start_us: u64,
    length_us: u64,
    hot: u32,
}

/// Index to event time.
#[derive(Clone, Debug)]
pub(super) struct TimeTable {
    events: u64,
    span_us: u64,
    /// floor(2^63 / events): position in the span as a fraction of 2^63.
    step: u64,
    cells: Vec<Cell>,
}

/// Events that follow one another in one cell: their times run evenly.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    /// How likely a content event falls on the hot contents, of 2^32.
    pub(super) hot: u32,
    /// How many events it has, at least 1.
    pub(super) left: u64,
    start_us: u64,
    length_us: u64,
    /// Where in the cell the first one lies, of 2^[`CELL_SHIFT`].
    inside: u64,
    step: u64,
}

impl Run {
    /// Event time of the run's event number `at`, in µs from the stream's
    /// start.
    #[inline(always)]
    pub(super) fn at_us(&self, at: u64) -> u64 {
        let fraction = (self.inside + at * self.step) >> (CELL_SHIFT - FRACTION_BITS);
        self.start_us + ((self.length_us * fraction) >> FRACTION_BITS)
    }
}

impl TimeTable {
    pub(super) fn new(workload: &Workload) -> Self {
        let rates = Rates::of(workload);
        let mut cumulated = Vec::with_capacity(SLOTS + 1);
        let mut total = 0.0;
        cumulated.push(0.0);
        for slot in 0..SLOTS {
            total += rates.all[slot];
            cumulated.push(total);
        }
        let span_us = workload.span_us;
        // the time at which a share `step / CELLS` of the span's events is over
        let mut slot = 0;
        let mut knots: Vec<(u64, usize)> = Vec::with_capacity(CELLS + 1);
        for step in 0..=CELLS {
            let wanted = total * step as f64 / CELLS as f64;
            while slot + 1 < SLOTS && cumulated[slot + 1] <= wanted {
                slot += 1;
            }
            let inside = (wanted - cumulated[slot]) / rates.all[slot].max(f64::MIN_POSITIVE);
            let share = (slot as f64 + inside.clamp(0.0, 1.0)) / SLOTS as f64;
            let at_us = ((share * span_us as f64) as u64).min(span_us);
            knots.push((knots.last().map_or(0, |&(last, _)| at_us.max(last)), slot));
        }
        let cells = knots
            .windows(2)
            .map(|pair| {
                let ((start_us, first), (end_us, last)) = (pair[0], pair[1]);
                let hot = rates.hot_share(first, last);
                Cell {
                    start_us,
                    length_us: end_us - start_us,
                    hot: (hot * 4_294_967_296.0) as u32,
                }
            })
            .collect();
        Self {
            events: workload.events,
            span_us,
            step: (1 << 63) / workload.events,
            cells,
        }
    }

    /// The run of events that lie in one cell with the one at `index`, from
    /// it on.
    #[inline]
    pub(super) fn run(&self, index: u64) -> Run {
        let (span, position) = if index < self.events {
            (0, index)
        } else {
            (index / self.events, index % self.events)
        };
        let place = position * self.step;
        let number = (place >> CELL_SHIFT) as usize & (CELLS - 1);
        let cell = self.cells[number];
        // the place at which the next cell begins, or the span ends
        let end = ((number as u64 + 1) << CELL_SHIFT).min(self.events * self.step);
        Run {
            hot: cell.hot,
            left: (end - place).div_ceil(self.step),
            start_us: span * self.span_us + cell.start_us,
            length_us: cell.length_us,
            inside: place & ((1 << CELL_SHIFT) - 1),
            step: self.step,
        }
    }
}

/// Rate of each slot, relative, and the part of it that is hot.
struct Rates {
    all: Vec<f64>,
    hot: Vec<f64>,
}

impl Rates {
    fn of(workload: &Workload) -> Self {
        let span_us = workload.span_us as f64;
        let hot_share = workload.population.hot_share;
        let middle = |slot: usize| (slot as f64 + 0.5) / SLOTS as f64 * span_us;
        let even = |rate: &dyn Fn(f64) -> f64| {
            let all: Vec<f64> = (0..SLOTS).map(|slot| rate(middle(slot))).collect();
            let hot = all.iter().map(|rate| rate * hot_share).collect();
            Self { all, hot }
        };
        match &workload.time {
            TimeShape::Constant => even(&|_| 1.0),
            TimeShape::Diurnal {
                peak_to_mean,
                weekend,
                zones,
            } => {
                let sharpness = sharpness_of(*peak_to_mean);
                even(&|at_us| {
                    let zone = |&(utc, share): &(f64, f64)| {
                        share * local_rate(at_us + utc * HOUR_US, sharpness, *weekend)
                    };
                    zones.iter().map(zone).sum()
                })
            }
            TimeShape::OnOff {
                on_us,
                off_us,
                off_rate,
            } => {
                let (on, period) = (*on_us as f64, (on_us + off_us) as f64);
                even(&|at_us| {
                    if libm::fmod(at_us, period) < on {
                        1.0
                    } else {
                        *off_rate
                    }
                })
            }
            TimeShape::Viral {
                at_us,
                flat_us,
                decay,
            } => {
                let (start, flat) = (*at_us as f64, (*flat_us as f64).max(1.0));
                let kernel = |slot: usize| match middle(slot) - start {
                    since if since < 0.0 => 0.0,
                    since if since < flat => 1.0,
                    since => libm::pow(since / flat, -decay),
                };
                let kernel: Vec<f64> = (0..SLOTS).map(kernel).collect();
                let mass: f64 = kernel.iter().sum::<f64>().max(f64::MIN_POSITIVE);
                let hot: Vec<f64> = kernel
                    .iter()
                    .map(|k| hot_share * k * SLOTS as f64 / mass)
                    .collect();
                Self {
                    all: hot.iter().map(|hot| 1.0 - hot_share + hot).collect(),
                    hot,
                }
            }
        }
    }

    /// The hot part of slots `first..=last`, as a share of them.
    fn hot_share(&self, first: usize, last: usize) -> f64 {
        let all: f64 = self.all[first..=last].iter().sum();
        let hot: f64 = self.hot[first..=last].iter().sum();
        if all > 0.0 { (hot / all).min(1.0) } else { 0.0 }
    }
}

/// Rate at a local time counted from Monday, midnight: a power of a raised
/// cosine with its peak at [`PEAK_HOUR`], lower on Saturday and Sunday.
fn local_rate(local_us: f64, sharpness: f64, weekend: f64) -> f64 {
    let phase = (local_us / HOUR_US - PEAK_HOUR) / 24.0 * TAU;
    let day = libm::floor(local_us / DAY_US) as i64;
    let factor = if day.rem_euclid(7) >= 5 { weekend } else { 1.0 };
    factor * libm::pow(f64::midpoint(1.0, libm::cos(phase)), sharpness)
}

/// The power k of a raised cosine whose peak is `peak_to_mean` times its
/// mean, which is Γ(k + ½) / (√π Γ(k + 1)); found by bisection.
fn sharpness_of(peak_to_mean: f64) -> f64 {
    let mean = |k: f64| libm::exp(libm::lgamma(k + 0.5) - libm::lgamma(k + 1.0)) / libm::sqrt(PI);
    let (mut low, mut high) = (0.0, 1_000.0);
    for _ in 0..80 {
        let middle = f64::midpoint(low, high);
        if 1.0 / mean(middle) < peak_to_mean {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::workload;

    fn shares_by(table: &TimeTable, events: u64, parts: usize) -> Vec<f64> {
        let mut counts = vec![0_u64; parts];
        for index in 0..events {
            let at =
                u128::from(table.run(index).at_us(0)) * parts as u128 / u128::from(table.span_us);
            counts[(at as usize).min(parts - 1)] += 1;
        }
        counts
            .into_iter()
            .map(|count| count as f64 / events as f64)
            .collect()
    }

    fn table(shape: TimeShape) -> TimeTable {
        let mut workload = workload();
        workload.time = shape;
        workload.events = 200_000;
        workload.span_us = 7 * 86_400_000_000;
        TimeTable::new(&workload)
    }

    fn zones() -> Vec<(f64, f64)> {
        vec![(-8.0, 0.25), (0.0, 0.5), (5.5, 0.25)]
    }

    #[test]
    fn time_never_falls_and_spans_follow_one_another() {
        for shape in [
            TimeShape::Constant,
            TimeShape::Diurnal {
                peak_to_mean: 2.6,
                weekend: 0.4,
                zones: zones(),
            },
            TimeShape::OnOff {
                on_us: 600_000_000,
                off_us: 3_000_000_000,
                off_rate: 0.0,
            },
            TimeShape::Viral {
                at_us: 86_400_000_000,
                flat_us: 300_000_000,
                decay: 1.23,
            },
        ] {
            let table = table(shape);
            let mut last = 0;
            for index in 0..500_000 {
                let at_us = table.run(index).at_us(0);
                assert!(at_us >= last, "at {index}");
                last = at_us;
            }
            assert!((2 * table.span_us..3 * table.span_us).contains(&last));
        }
    }

    #[test]
    fn a_day_peaks_as_asked_and_weekends_are_quiet() {
        let one_zone = vec![(0.0, 1.0)];
        let table = table(TimeShape::Diurnal {
            peak_to_mean: 2.6,
            weekend: 1.0,
            zones: one_zone,
        });
        let by_hour = shares_by(&table, 200_000, 7 * 24);
        let peak = by_hour.iter().copied().fold(0.0, f64::max) * 168.0;
        assert!((2.4..2.7).contains(&peak), "{peak}");
        let shape = TimeShape::Diurnal {
            peak_to_mean: 2.6,
            weekend: 0.25,
            zones: zones(),
        };
        let by_day = shares_by(&self::table(shape), 200_000, 7);
        let ratio = by_day[5] / by_day[2];
        assert!((0.2..0.45).contains(&ratio), "{ratio}");
    }

    #[test]
    fn bursts_hold_what_the_rates_say() {
        let on_off = TimeShape::OnOff {
            on_us: 86_400_000_000,
            off_us: 86_400_000_000,
            off_rate: 0.1,
        };
        let by_day = shares_by(&table(on_off), 200_000, 7);
        assert!((by_day[1] / by_day[0] - 0.1).abs() < 0.01, "{by_day:?}");
    }

    #[test]
    fn the_viral_kernel_is_flat_then_a_power_law() {
        let mut workload = workload();
        workload.events = 400_000;
        workload.span_us = 86_400_000_000;
        workload.population.hot_share = 0.5;
        let (flat_us, decay) = (1_800_000_000_u64, 1.23);
        workload.time = TimeShape::Viral {
            at_us: 3_600_000_000,
            flat_us,
            decay,
        };
        let table = TimeTable::new(&workload);
        let hot_between = |from: u64, to: u64| -> f64 {
            (0..400_000)
                .map(|index| table.run(index))
                .filter(|run| (from..to).contains(&run.at_us(0)))
                .map(|run| f64::from(run.hot) / 4_294_967_296.0)
                .sum()
        };
        let start = 3_600_000_000;
        assert!(
            hot_between(0, start - 60_000_000) < 1.0,
            "cold before it appears"
        );
        let first = hot_between(start, start + flat_us);
        let hot = hot_between(0, 86_400_000_000);
        assert!((hot / 400_000.0 - 0.5).abs() < 0.01, "{hot}");
        // share of the flat part: 1 / (1 + (1 - r^-(decay-1)) / (decay-1)), r = end / flat
        let r = (86_400_000_000.0 - start as f64) / flat_us as f64;
        let exact = 1.0 / (1.0 + (1.0 - r.powf(1.0 - decay)) / (decay - 1.0));
        assert!(
            (first / hot - exact).abs() < 0.01,
            "{} for {exact}",
            first / hot
        );
    }
}
