//! What reading the clock costs and how fine it is.

use std::time::Instant;

use notibench_record::ClockNote;

/// Readings that are averaged.
const READINGS: u32 = 200_000;

/// Measures the clock that trials are timed with; takes a few ms.
#[must_use]
pub fn measure_clock() -> ClockNote {
    let start = Instant::now();
    let mut last = start;
    let mut resolution_ns = u64::MAX;
    for _ in 0..READINGS {
        let now = Instant::now();
        let step = now.duration_since(last).as_nanos() as u64;
        if step > 0 {
            resolution_ns = resolution_ns.min(step);
        }
        last = now;
    }
    let cost_ns = last.duration_since(start).as_nanos() as f64 / f64::from(READINGS);
    ClockNote {
        cost_ns,
        resolution_ns,
    }
}
