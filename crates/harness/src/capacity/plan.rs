//! How capacity is searched for, settled.

use crate::plan::error::PlanError;
use notibench_core::state::INBOX_CAPACITY;
use notibench_record::{Arrivals, CapacityPlan, Environment, Idle};
use notibench_workload::{ViewMode, Workload};

/// Searches of an engine, which are what its interval is made of: nine give a
/// half-width of 0.77 times their standard deviation.
const SEARCHES: usize = 9;
/// Steps of a search: from a factor of 80 down to some 5%.
const SEARCH_STEPS: usize = 8;
/// Events of a step are chosen between these.
const LEAST_EVENTS: u64 = 1_000_000;
const MOST_EVENTS: u64 = 16_000_000;
/// A step lasts so many times the SLO's limit, at least about half of that at
/// the closed loop's rate: a shorter one lets an overload pass.
const LIMITS: f64 = 20.0;

/// What a search was asked for; what is `None` is our choice.
#[derive(Clone, Debug, Default)]
pub struct CapacityOptions {
    /// Names of engines.
    pub engines: Vec<String>,
    /// Workers.
    pub threads: Option<usize>,
    /// Most events of one ingest call.
    pub batch: Option<usize>,
    /// Seed.
    pub seed: Option<u64>,
    /// Pin workers.
    pub pin: bool,
    /// How arrivals follow one another.
    pub arrivals: Option<Arrivals>,
    /// What a worker does while nothing is due.
    pub idle: Option<Idle>,
    /// Events of a step.
    pub events: Option<u64>,
    /// Begin each step with an empty state.
    pub growth: bool,
    /// Steps of a search.
    pub search_steps: Option<usize>,
    /// Searches of each engine.
    pub searches: Option<usize>,
}

/// Settles how it is searched.
///
/// # Errors
/// Numbers out of range.
pub fn resolve_capacity(
    options: &CapacityOptions,
    workload: &Workload,
    env: &Environment,
) -> Result<CapacityPlan, PlanError> {
    if workload.anonymity.mode != ViewMode::Off {
        let name = &workload.name;
        return Err(PlanError::Conflict(format!(
            "an open loop goes on while a week is closed, and `{name}` closes weeks while nothing \
             else is done: take a workload whose [anonymity] is off"
        )));
    }
    let plan = CapacityPlan {
        seed: options.seed.unwrap_or(workload.seed),
        threads: options.threads.unwrap_or(env.cores.max(1)),
        batch: options.batch.unwrap_or(1_024),
        pin: options.pin,
        inbox_capacity: INBOX_CAPACITY,
        arrivals: options.arrivals.unwrap_or(Arrivals::Poisson),
        idle: options.idle.unwrap_or_default(),
        events: options.events.unwrap_or(0),
        growth: options.growth,
        search_steps: options.search_steps.unwrap_or(SEARCH_STEPS),
        searches: options.searches.unwrap_or(SEARCHES),
    };
    in_range(&plan, options.events)?;
    Ok(plan)
}

/// Events of a step, where none were asked for: as many as the fastest engine
/// completes in [`LIMITS`] times the strictest limit, a power of two times a
/// million so that two runs have the same, and at least `samples`.
pub(super) fn events_of_a_step(closed_per_s: f64, limit_ns: f64, samples: u64) -> u64 {
    let wanted = closed_per_s * limit_ns * LIMITS / 1e9;
    let mut events = LEAST_EVENTS;
    while events * 2 <= MOST_EVENTS && (events * 2) as f64 <= wanted {
        events *= 2;
    }
    events.max(samples)
}

/// Refuses numbers out of range.
fn in_range(plan: &CapacityPlan, events: Option<u64>) -> Result<(), PlanError> {
    let events = events.unwrap_or(MOST_EVENTS);
    let steps = plan.search_steps as u64;
    let ranges = [
        ("--threads", plan.threads as u64, 1..=1_024, "1 to 1,024"),
        ("--batch", plan.batch as u64, 1..=1 << 20, "1 to 1,048,576"),
        ("--searches", plan.searches as u64, 1..=1_000, "1 to 1,000"),
        ("--search-steps", steps, 4..=100, "4 to 100"),
        ("--events", events, 1_000..=1 << 31, "1,000 to 2^31"),
    ];
    for (flag, value, allowed, range) in ranges {
        if !allowed.contains(&value) {
            return Err(PlanError::OutOfRange {
                flag,
                value: value.to_string(),
                range: range.to_owned(),
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_long_beside_the_limit_and_no_longer_than_it_must_be() {
        // 20 × 10 ms at 12 million a second are 2.4 million
        assert_eq!(events_of_a_step(12e6, 1e7, 11_000), 2_000_000);
        assert_eq!(events_of_a_step(12e6, 1e6, 11_000), 1_000_000);
        assert_eq!(events_of_a_step(12e6, 1e10, 11_000), 16_000_000);
        assert_eq!(events_of_a_step(12e6, 1e6, 1_100_000), 1_100_000);
    }
}
