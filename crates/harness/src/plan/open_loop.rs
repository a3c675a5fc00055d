//! From what was asked of an open loop to its schedule: rate, length, number of
//! events, of which two give the third.

use crate::plan::error::PlanError;
use crate::plan::options::{OpenLoopOptions, RunOptions};
use crate::trial::open_loop::{MOST_INTERVALS, bytes_of_series, scaled};
use notibench_core::unit::quantity::show_ns;
use notibench_record::{Arrivals, OpenLoopPlan};
use notibench_workload::Workload;

const SECOND: u64 = 1_000_000_000;
/// Length of the schedule where it is not asked for.
const DEFAULT_DURATION_NS: u64 = 10 * SECOND;
/// Length of an interval, at most, where it is not asked for.
const LONGEST_INTERVAL_NS: u64 = SECOND;
/// Length of an interval, at least: shorter ones hold the workers up.
const SHORTEST_INTERVAL_NS: u64 = SECOND / 100;
/// Intervals of a short schedule, where it is not asked for.
const INTERVALS: u64 = 20;
/// Intervals of a long one.
const MANY_INTERVALS: u64 = 60;
/// The longest schedule: a day.
const MAX_DURATION_NS: u64 = 86_400 * SECOND;
/// Events due and not started where it is not asked for: at least so many.
const LEAST_BACKLOG: u64 = 10_000;

/// A schedule's plan, and how many events it has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settled {
    pub(crate) plan: OpenLoopPlan,
    events: u64,
}

impl Settled {
    pub(crate) const fn events(&self) -> u64 {
        self.events
    }

    /// Bytes of intended starts and of histograms.
    pub(crate) const fn memory(&self, threads: usize) -> u64 {
        let intervals = self.plan.duration_ns.div_ceil(self.plan.interval_ns);
        self.events * 8 + bytes_of_series(intervals) * threads as u64
    }
}

/// What can't be had together with an open loop, or without one.
///
/// # Errors
/// Names both flags.
pub(crate) fn whole_run(options: &RunOptions) -> Result<(), PlanError> {
    let open = &options.open_loop;
    if !open.is_asked() {
        let given = [
            ("--arrivals", open.arrivals.is_some()),
            ("--max-backlog", open.max_backlog.is_some()),
            ("--idle", open.idle.is_some()),
            ("--interval", open.interval_ns.is_some()),
            ("--require-rate", open.require_rate),
        ];
        return match given.iter().find(|(_, given)| *given) {
            None => Ok(()),
            Some((flag, _)) => conflict(format!(
                "{flag} is of an open loop: give --rate or --time-scale, too"
            )),
        };
    }
    let given = [
        ("--warm", options.warm),
        ("--limits", options.limits),
        ("--precision", options.precision.is_some()),
        ("--processes", options.processes.is_some_and(|n| n > 1)),
    ];
    match given.iter().find(|(_, given)| *given) {
        None => Ok(()),
        Some((flag, _)) => conflict(format!(
            "{flag} is of a closed loop, which asks how fast it can go; leave it out, or leave \
             out --rate, --duration and --time-scale"
        )),
    }
}

/// Settles the schedule; `None` for a closed loop. `at_us` is the event time
/// of a position in the stream.
///
/// # Errors
/// Flags that contradict one another, numbers out of range.
pub(crate) fn settle(
    options: &OpenLoopOptions,
    events: Option<u64>,
    workload: &Workload,
    at_us: &dyn Fn(u64) -> u64,
) -> Result<Option<Settled>, PlanError> {
    if !options.is_asked() {
        return Ok(None);
    }
    refuse_contradictions(options, events)?;
    let (arrivals, events, duration_ns) = match options.time_scale {
        Some(scale) => squeezed(
            scale,
            options.duration_ns,
            events.unwrap_or(workload.events),
            at_us,
        )?,
        None => {
            let (events, duration_ns) = by_rate(options, events)?;
            let arrivals = options.arrivals.unwrap_or(Arrivals::Poisson);
            (arrivals, events, duration_ns)
        }
    };
    let plan = OpenLoopPlan {
        arrivals,
        offered_per_s: events as f64 * SECOND as f64 / duration_ns as f64,
        duration_ns,
        max_backlog: backlog(options, events, duration_ns)?,
        idle: options.idle.unwrap_or_default(),
        interval_ns: interval(options, duration_ns)?,
    };
    Ok(Some(Settled { plan, events }))
}

fn refuse_contradictions(options: &OpenLoopOptions, events: Option<u64>) -> Result<(), PlanError> {
    let (rate, scale) = (options.rate.is_some(), options.time_scale.is_some());
    let (duration, events) = (options.duration_ns.is_some(), events.is_some());
    if rate && scale {
        return conflict(
            "--rate and --time-scale both say how fast events arrive: give one of them".to_owned(),
        );
    }
    if rate && duration && events {
        return conflict(
            "--rate, --duration and --events: any two of them give the third; leave one out"
                .to_owned(),
        );
    }
    if scale && duration && events {
        return conflict(
            "--duration and --events both say where a stream under --time-scale ends: give one \
             of them"
                .to_owned(),
        );
    }
    if scale && options.arrivals.is_some() {
        return conflict(
            "--arrivals and --time-scale: the workload's own event times are the arrivals; give \
             one of them"
                .to_owned(),
        );
    }
    if duration && !rate && !scale && !events {
        return conflict(
            "--duration says how long, and nothing how fast: give --rate, --events or \
             --time-scale, too"
                .to_owned(),
        );
    }
    Ok(())
}

/// Events and length, of a rate and one of the two, or of both.
fn by_rate(options: &OpenLoopOptions, events: Option<u64>) -> Result<(u64, u64), PlanError> {
    let (events, duration_ns) = match (options.rate, events) {
        (Some(rate), None) => {
            let duration_ns = options.duration_ns.unwrap_or(DEFAULT_DURATION_NS);
            in_time("--duration", duration_ns, 1, MAX_DURATION_NS)?;
            (scaled(rate.events, duration_ns, rate.per_ns), duration_ns)
        }
        (Some(rate), Some(events)) => (events, scaled(events, rate.per_ns, rate.events)),
        // a length and no rate: that is only let through with events
        (None, events) => (events.unwrap_or(1), options.duration_ns.unwrap_or(SECOND)),
    };
    if events == 0 {
        return conflict(format!(
            "--rate comes to no event within --duration, which is {}: raise --rate, or give a \
             longer --duration",
            show_ns(duration_ns as f64)
        ));
    }
    if options.rate.is_some() && options.duration_ns.is_none() {
        let flag = "the time that --events take at --rate";
        in_time(flag, duration_ns, 1, MAX_DURATION_NS)?;
    }
    in_time("--duration", duration_ns, 1, MAX_DURATION_NS)?;
    Ok((events, duration_ns))
}

/// The stream's own event times, up to a length or a number of events.
fn squeezed(
    (real_ns, event_us): (u64, u64),
    duration_ns: Option<u64>,
    mut events: u64,
    at_us: &dyn Fn(u64) -> u64,
) -> Result<(Arrivals, u64, u64), PlanError> {
    let due = |position: u64| scaled(at_us(position), real_ns, event_us);
    let mut length = due(events.max(1) - 1) + 1;
    if let Some(asked) = duration_ns.filter(|asked| *asked < length) {
        let (mut low, mut high) = (0, events);
        while low < high {
            let middle = low.midpoint(high);
            if due(middle) < asked {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        (events, length) = (low, asked);
    }
    if events == 0 {
        return conflict("--time-scale: no event is due within --duration: lengthen it".to_owned());
    }
    in_time("--time-scale: the length", length, 1, MAX_DURATION_NS)?;
    Ok((Arrivals::Workload { real_ns, event_us }, events, length))
}

fn backlog(options: &OpenLoopOptions, events: u64, duration_ns: u64) -> Result<u64, PlanError> {
    // what arrives within a second
    let standard = scaled(events, SECOND, duration_ns).max(LEAST_BACKLOG);
    match options.max_backlog.unwrap_or(standard) {
        0 => Err(PlanError::OutOfRange {
            flag: "--max-backlog",
            value: "0".to_owned(),
            range: "1 or more".to_owned(),
        }),
        backlog => Ok(backlog),
    }
}

fn interval(options: &OpenLoopOptions, duration_ns: u64) -> Result<u64, PlanError> {
    let Some(interval_ns) = options.interval_ns else {
        let short = (duration_ns / INTERVALS).min(LONGEST_INTERVAL_NS);
        let long = duration_ns.div_ceil(MANY_INTERVALS);
        return Ok(short.max(long).max(SHORTEST_INTERVAL_NS));
    };
    let shortest = SHORTEST_INTERVAL_NS.max(duration_ns.div_ceil(MOST_INTERVALS));
    in_time("--interval", interval_ns, shortest, MAX_DURATION_NS)?;
    Ok(interval_ns)
}

fn in_time(flag: &'static str, value: u64, low: u64, high: u64) -> Result<(), PlanError> {
    if (low..=high).contains(&value) {
        return Ok(());
    }
    let show = |ns: u64| show_ns(ns as f64);
    Err(PlanError::OutOfRange {
        flag,
        value: show(value),
        range: format!("{} to {}", show(low), show(high)),
    })
}

fn conflict<T>(words: String) -> Result<T, PlanError> {
    Err(PlanError::Conflict(words))
}

#[cfg(test)]
#[path = "open_loop_tests.rs"]
mod tests;
