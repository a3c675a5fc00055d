//! How capacity is searched for, settled. Imports `record`, `workload`.

use crate::engine::state::INBOX_CAPACITY;
use crate::harness::plan_error::PlanError;
use crate::record::{Arrivals, CapacityPlan, Environment, Idle};
use crate::workload::{ViewMode, Workload};

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
    /// Events that may be due and not started.
    pub max_backlog: Option<u64>,
    /// Length of a step, in ns.
    pub hold_ns: Option<u64>,
    /// Length of a confirming step, in ns.
    pub confirm_ns: Option<u64>,
    /// Width of the bracket, as a fraction.
    pub tolerance: Option<f64>,
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
    let hold_ns = options.hold_ns.unwrap_or(1_000_000_000);
    let plan = CapacityPlan {
        seed: options.seed.unwrap_or(workload.seed),
        threads: options.threads.unwrap_or(env.cores.max(1)),
        batch: options.batch.unwrap_or(1_024),
        pin: options.pin,
        inbox_capacity: INBOX_CAPACITY,
        arrivals: options.arrivals.unwrap_or(Arrivals::Poisson),
        idle: options.idle.unwrap_or_default(),
        max_backlog: options.max_backlog.unwrap_or(1_000_000),
        hold_ns,
        confirm_ns: options.confirm_ns.unwrap_or(hold_ns.saturating_mul(3)),
        tolerance: options.tolerance.unwrap_or(0.05),
        searches: options.searches.unwrap_or(3),
    };
    in_range(&plan)?;
    Ok(plan)
}

/// Refuses numbers out of range.
fn in_range(plan: &CapacityPlan) -> Result<(), PlanError> {
    const HOUR_NS: u64 = 3_600_000_000_000;
    let hold_ms = plan.hold_ns / 1_000_000;
    let tolerance = (plan.tolerance * 1e4) as u64;
    let longer = "as long as --hold, at least, and an hour at most";
    let ranges = [
        ("--threads", plan.threads as u64, 1..=1_024, "1 to 1,024"),
        ("--batch", plan.batch as u64, 1..=1 << 20, "1 to 1,048,576"),
        ("--searches", plan.searches as u64, 1..=1_000, "1 to 1,000"),
        ("--max-backlog", plan.max_backlog, 1..=u64::MAX, "1 or more"),
        ("--hold", hold_ms, 200..=3_600_000, "200 ms to an hour"),
        ("--confirm", plan.confirm_ns, plan.hold_ns..=HOUR_NS, longer),
        ("--tolerance", tolerance, 10..=5_000, "0.1% to 50%"),
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
