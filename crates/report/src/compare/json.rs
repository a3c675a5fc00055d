//! A comparison as JSON; docs/FORMAT.md describes it.

use serde_json::{Value, json as object};

use super::comparison::{Change, Comparison, Method, Side};
use super::gate::{Decision, GateVerdict};
use notibench_record::{Spread, Weather};

/// Version of the comparison's schema.
pub const COMPARISON_SCHEMA: &str = "notibench-comparison/2";

/// The comparison as JSON with line breaks. What is not known is null.
#[must_use]
pub fn json(comparison: &Comparison) -> String {
    let (method, baseline, turns, warmup_turns, identical) = match &comparison.method {
        Method::Builds {
            turns,
            warmup_turns,
            identical,
            ..
        } => (
            "builds",
            None,
            Some(turns),
            Some(warmup_turns),
            Some(identical),
        ),
        Method::Records { baseline } => ("records", Some(baseline), None, None, None),
    };
    let (apart, order_seed) = match &comparison.method {
        Method::Builds {
            apart, order_seed, ..
        } => (apart.as_ref(), Some(order_seed)),
        Method::Records { .. } => (None, None),
    };
    let plan = &comparison.plan;
    let [events_digest, snapshot_digest] = &comparison.digests;
    let warnings: Vec<String> = comparison
        .warnings
        .iter()
        .map(ToString::to_string)
        .collect();
    let value = object!({
        "schema": COMPARISON_SCHEMA,
        "method": method,
        "pass": comparison.pass.name(),
        "workload": comparison.workload,
        "seed": plan.seed,
        "events": plan.events,
        "threads": plan.threads,
        "batch": plan.batch,
        "baseline": baseline,
        "turns": turns,
        "warmup_turns": warmup_turns,
        "identical": identical,
        "turns_of": turns_of(comparison),
        "why_processes": apart,
        "slice_us": comparison.by_slice.as_ref().map(|found| found.slice_us),
        "order_seed": order_seed,
        "old": side(&comparison.sides[0], comparison.weather[0].as_ref()),
        "new": side(&comparison.sides[1], comparison.weather[1].as_ref()),
        "engines": comparison.changes.iter().map(change).collect::<Vec<_>>(),
        "control": comparison.control.as_ref().map(change),
        "again": comparison.by_slice.as_ref().map(|found| found.again.iter().map(change).collect::<Vec<_>>()),
        "variance": comparison.by_slice.as_ref().map(|found| found.spreads.iter().map(spread).collect::<Vec<_>>()),
        "only_old": comparison.unmatched[0],
        "only_new": comparison.unmatched[1],
        "events_digest": events_digest,
        "snapshot_digest": snapshot_digest,
        "fail_slower": comparison.gate.map(|gate| gate.slower),
        "fail_unsure": comparison.gate.map(|gate| gate.fail_unsure),
        "gate": comparison.decision().map(Decision::name),
        "failure": comparison.failure(),
        "regressed": !comparison.regressions().is_empty(),
        "warnings": warnings,
    });
    format!("{value:#}\n")
}

/// What took turns; none of records.
const fn turns_of(comparison: &Comparison) -> Option<&'static str> {
    match (&comparison.method, &comparison.by_slice) {
        (_, Some(_)) => Some("slices"),
        (Method::Builds { .. }, None) => Some("processes"),
        (Method::Records { .. }, None) => None,
    }
}

fn spread(spread: &super::comparison::Spread) -> Value {
    let [between, within] = spread.deviations();
    object!({
        "engine": spread.engine,
        "between_processes": between,
        "within_processes": within,
        "share_within": spread.split.share_within(),
        "more": spread.dominant().flag(),
    })
}

fn side(side: &Side, weather: Option<&Weather>) -> Value {
    let spread = |it: Spread| object!({"least": it.least, "median": it.median, "most": it.most});
    object!({
        "load_ns": weather.and_then(Weather::load_ns).map(spread),
        "step_ns": weather.and_then(Weather::step_ns).map(spread),
        "path": side.path,
        "version": side.version,
        "started": side.started,
    })
}

fn change(change: &Change) -> Value {
    let interval = change.interval.as_ref();
    object!({
        "engine": change.engine,
        "old": change.figures[0],
        "new": change.figures[1],
        "ratio": change.ratio,
        "low": interval.map(|interval| interval.low),
        "high": interval.map(|interval| interval.high),
        "verdict": interval.map(|interval| interval.verdict().words()),
        "minimum_detectable": interval.map(|interval| interval.minimum_detectable),
        "gate": change.gate.map(GateVerdict::name),
    })
}
