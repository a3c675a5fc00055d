//! How long a thread that does nothing but look at the clock is kept from it:
//! the stall floor of this machine.

use std::time::{Duration, Instant};

use crate::host::environment::Usage;
use notibench_record::StallFloor;
use notibench_record::stats::ServiceHistogram;

/// Between two requests that would arrive, in ns.
const STEP_NS: u64 = 1_000;

/// Looks at the clock for `length`, on one thread.
pub(super) fn stall_floor(length: Duration) -> StallFloor {
    let (mut gaps, mut waits) = (ServiceHistogram::new(), ServiceHistogram::new());
    let before = Usage::start();
    let start = Instant::now();
    let mut last = start;
    let mut arrives_ns = 0;
    let mut since_ns = 0;
    while since_ns < length.as_nanos() as u64 {
        let now = Instant::now();
        gaps.record(now.duration_since(last).as_nanos() as u64);
        since_ns = now.duration_since(start).as_nanos() as u64;
        add_waits(&mut waits, &mut arrives_ns, since_ns);
        last = now;
    }
    let usage = before.until_now();
    StallFloor {
        duration_ns: since_ns,
        wait_ns: waits.to_base64(),
        gap_ns: gaps.to_base64(),
        steal_ms: usage.steal_ms,
        involuntary_switches: usage.involuntary_switches,
    }
}

/// Requests that arrived every µs since the last look waited until this one.
fn add_waits(waits: &mut ServiceHistogram, arrives_ns: &mut u64, now_ns: u64) {
    while *arrives_ns <= now_ns {
        waits.record(now_ns - *arrives_ns);
        *arrives_ns += STEP_NS;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_is_waited_for_by_all_who_arrive_in_it() {
        let (mut waits, mut arrives_ns) = (ServiceHistogram::new(), 0);
        for now_ns in [0, 500, 1_100, 101_000] {
            add_waits(&mut waits, &mut arrives_ns, now_ns);
        }
        // at 0, at 1 µs, and a hundred from 2 µs to 101 µs
        assert_eq!(waits.count(), 102);
        assert_eq!(waits.max(), 99_007, "99 µs to three digits");
        assert_eq!(waits.value_at_quantile(0.5), 48_031);
    }
}
