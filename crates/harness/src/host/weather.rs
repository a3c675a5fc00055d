//! The machine's weather: a millisecond of fixed arithmetic and a millisecond
//! of dependent loads, about ten times a second, between slices. What they take
//! says what other guests of the machine leave of it.

use std::hint::black_box;
use std::time::{Duration, Instant};

use notibench_core::unit::mix::{below, counter_word, mix};
use notibench_record::{CacheNote, Environment, Weather, spaced};

/// Steps of arithmetic in a sample, each of which waits for the one before:
/// about a millisecond.
const STEPS: u64 = 500_000;
/// Loads in a sample, each of which waits for the one before: about a
/// millisecond where they miss every cache.
const LOADS: u64 = 10_000;
/// The least time between two samples of a run.
const PAUSE: Duration = Duration::from_millis(100);
/// Words of a cache line: one of them is used.
const LINE: usize = 16;
/// Bytes that the loads go through at the most: a cache that many guests
/// share says more than any of them gets.
pub(crate) const MOST_BYTES: u64 = 128 << 20;
/// The same where no cache is known.
const USUAL_BYTES: u64 = 64 << 20;
/// A memory is quiet where a load takes at most so much more than the
/// quickest yet.
const QUIET: f64 = 1.15;
/// Samples in a row that have to be quiet.
const QUIET_SAMPLES: usize = 10;

/// The probes, and what they have found.
#[derive(Debug)]
pub(crate) struct WeatherStation {
    lines: usize,
    /// In every line the place of the next: one cycle through all of them.
    /// Empty until it is needed, so that it is no part of what engines that
    /// run before are seen to take.
    next: Vec<u32>,
    place: u32,
    start: Instant,
    last: Option<Instant>,
    at_ms: Vec<u64>,
    arithmetic_ns: Vec<u64>,
    loads_ns: Vec<u64>,
}

impl WeatherStation {
    /// One whose loads go through twice the last cache, or less where that is
    /// large or the memory small.
    pub(crate) fn new(environment: &Environment) -> Self {
        let last = environment
            .caches
            .iter()
            .map(|cache: &CacheNote| cache.bytes);
        let wanted = last.max().map_or(USUAL_BYTES, |bytes| 2 * bytes);
        let room = match environment.available_bytes {
            0 => MOST_BYTES,
            bytes => bytes / 16,
        };
        Self::over(wanted.min(MOST_BYTES).min(room))
    }

    /// One whose loads go through so many bytes.
    fn over(bytes: u64) -> Self {
        let lines = (bytes / (LINE as u64 * 4)).clamp(2, 1 << 26) as usize;
        Self {
            lines,
            next: Vec::new(),
            place: 0,
            start: Instant::now(),
            last: None,
            at_ms: Vec::new(),
            arithmetic_ns: Vec::new(),
            loads_ns: Vec::new(),
        }
    }

    /// Makes what the loads go through, where that is not done: a tenth of a
    /// second.
    pub(crate) fn prepare(&mut self) {
        if self.next.is_empty() {
            self.next = cycle(self.lines);
        }
    }

    /// Takes a sample where the last one is long enough ago.
    pub(crate) fn sample_if_due(&mut self) {
        if self.last.is_none_or(|last| last.elapsed() >= PAUSE) {
            self.sample();
        }
    }

    /// Takes a sample: what its loads took, in ns.
    fn sample(&mut self) -> u64 {
        self.prepare();
        let start = Instant::now();
        let mut word = black_box(self.start.elapsed().subsec_nanos().into());
        for _ in 0..STEPS {
            word = mix(word);
        }
        black_box(word);
        let arithmetic = start.elapsed();
        for _ in 0..LOADS {
            self.place = self.next[self.place as usize * LINE];
        }
        black_box(self.place);
        let loads = (start.elapsed() - arithmetic).as_nanos() as u64;
        self.at_ms.push(self.start.elapsed().as_millis() as u64);
        self.arithmetic_ns.push(arithmetic.as_nanos() as u64);
        self.loads_ns.push(loads);
        self.last = Some(Instant::now());
        loads
    }

    /// Waits until the memory is quiet, at most so long: loads that take no
    /// more than 15% beyond the quickest yet, ten times in a row. Returns
    /// whether it is; what was sampled meanwhile is forgotten.
    pub(crate) fn wait_for_quiet(&mut self, most: Duration, is_over: &dyn Fn() -> bool) -> bool {
        let start = Instant::now();
        let mut quickest = u64::MAX;
        let mut quiet = 0;
        while quiet < QUIET_SAMPLES && start.elapsed() < most && !is_over() {
            let loads = self.sample();
            quickest = quickest.min(loads);
            quiet = if loads as f64 <= QUIET * quickest as f64 {
                quiet + 1
            } else {
                0
            };
            std::thread::sleep(PAUSE);
        }
        self.begin();
        quiet >= QUIET_SAMPLES
    }

    /// Forgets what was sampled: the first round begins.
    pub(crate) fn begin(&mut self) {
        self.start = Instant::now();
        self.last = None;
        self.at_ms.clear();
        self.arithmetic_ns.clear();
        self.loads_ns.clear();
    }

    /// What was found so far.
    pub(crate) fn note(&self) -> Weather {
        Weather {
            bytes: (self.lines * LINE * 4) as u64,
            at_ms: spaced(&self.at_ms),
            arithmetic_ns: spaced(&self.arithmetic_ns),
            loads_ns: spaced(&self.loads_ns),
            steps: STEPS,
            loads: LOADS,
        }
    }
}

/// A second of samples, for `doctor`.
#[must_use]
pub fn weather_now(environment: &Environment) -> Weather {
    let mut station = WeatherStation::new(environment);
    for _ in 0..10 {
        station.sample();
        std::thread::sleep(PAUSE - Duration::from_millis(2));
    }
    station.note()
}

/// One random cycle through all lines (Sattolo's algorithm), so that no
/// prefetcher knows the next.
fn cycle(lines: usize) -> Vec<u32> {
    let mut order: Vec<u32> = (0..lines as u32).collect();
    for at in (1..lines).rev() {
        order.swap(at, below(counter_word(1, at as u64), at as u64) as usize);
    }
    let mut next = vec![0; lines * LINE];
    for (from, to) in order.iter().zip(order.iter().cycle().skip(1)) {
        next[*from as usize * LINE] = *to;
    }
    next
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loads_go_through_every_line_before_they_come_back() {
        for lines in [2, 3, 1_000] {
            let next = cycle(lines);
            let mut place = 0;
            for step in 1..=lines {
                place = next[place as usize * LINE];
                assert_eq!(place == 0, step == lines, "{lines} lines, step {step}");
            }
        }
    }

    #[test]
    fn samples_are_kept_in_step_and_forgotten_together() {
        let mut station = WeatherStation::over(4_096);
        station.sample();
        station.sample_if_due();
        let note = station.note();
        assert_eq!(note.samples(), 1);
        assert_eq!(note.bytes, 4_096);
        assert!(note.load_ns().unwrap().least > 0.0);
        assert!(note.step_ns().unwrap().least > 0.0);
        station.begin();
        assert_eq!(station.note().samples(), 0);
    }

    #[test]
    fn the_wait_ends_when_it_is_told_to() {
        let mut station = WeatherStation::over(4_096);
        assert!(!station.wait_for_quiet(Duration::from_secs(3_600), &|| true));
        assert!(!station.wait_for_quiet(Duration::ZERO, &|| false));
    }
}
