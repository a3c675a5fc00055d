//! The report of a search for capacity. Imports `record`, `stats`.

use super::table;
use super::text::{Style, plain, show_ratio, show_share, wrap};
use crate::record::{Capacity, CapacityVerdict, EngineCapacity, SearchStep, StepKind};
use crate::stats::ServiceHistogram;
use crate::unit::quantity::{show_count, show_ns, show_whole};

/// What was asked, the answer by engine, the floor, and every step.
#[must_use]
pub fn capacity(found: &Capacity, style: &Style) -> String {
    let style = *style;
    let mut text = String::new();
    if let Some(failure) = &found.failure {
        let words = wrap("FAILED  ", &plain(failure), style.width);
        text += &format!("{}\n\n", style.red(words.trim_end()));
    }
    let heading = format!(
        "capacity · {} · {}",
        plain(&found.workload.name),
        plain(&found.started)
    );
    text += &format!("{}\n", style.bold(&heading));
    text += &wrap("  ", &question(found), style.width);
    text.push('\n');
    text += &answers(found, style);
    text += &wrap("  ", &floor(found), style.width);
    text.push('\n');
    for engine in &found.engines {
        text += &steps(engine, style);
    }
    for warning in &found.warnings {
        text += &style.yellow(wrap("warning: ", &plain(warning), style.width).trim_end());
        text.push('\n');
    }
    text
}

fn question(found: &Capacity) -> String {
    let slo: Vec<String> = found.slo.iter().map(|o| plain(&o.text)).collect();
    let plan = &found.plan;
    format!(
        "the highest rate at which {} holds: response time from the intended start, arrivals {}, \
         {} threads, batches of {} events at most, workers {} while nothing is due. Steps of {}; \
         the answer was held for {}, proved against the oracle, and failed at most {} above; {} \
         searches of each engine, in turns, seed {}",
        slo.join(" and "),
        plan.arrivals.name(),
        plan.threads,
        show_whole(plan.batch as u64),
        plan.idle.name(),
        show_ns(plan.hold_ns as f64),
        show_ns(plan.confirm_ns as f64),
        show_share(plan.tolerance),
        plan.searches,
        plan.seed
    )
}

fn answers(found: &Capacity, style: Style) -> String {
    let head = [
        "engine",
        "capacity/s",
        "[95% interval]",
        "searches",
        "closed loop/s",
        "share",
    ];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    let mut engines: Vec<&EngineCapacity> = found.engines.iter().collect();
    let rate = |engine: &EngineCapacity| engine.capacity_per_s.unwrap_or(0.0);
    engines.sort_by(|one, other| rate(other).total_cmp(&rate(one)));
    for engine in engines {
        let interval = match (engine.low_per_s, engine.high_per_s) {
            (Some(low), Some(high)) => format!("[{}, {}]", show_count(low), show_count(high)),
            _ => "-".to_owned(),
        };
        let share = engine
            .capacity_per_s
            .map(|rate| rate / engine.closed_loop_per_s);
        let deferred = if engine.freshness == "deferred" {
            " *"
        } else {
            ""
        };
        rows.push(vec![
            format!("{}{deferred}", plain(&engine.name)),
            verdict(engine),
            interval,
            engine.searches.len().to_string(),
            show_count(engine.closed_loop_per_s),
            share.map_or_else(|| "-".to_owned(), show_ratio),
        ]);
    }
    let mut text = table::draw(&rows, style);
    if found
        .engines
        .iter()
        .any(|engine| engine.freshness == "deferred")
    {
        let words = "* deferred: its response time ends when it has taken an event, which its \
                     reads may show later";
        text += &wrap("  ", words, style.width);
    }
    text
}

fn verdict(engine: &EngineCapacity) -> String {
    match (&engine.verdict, engine.capacity_per_s) {
        (CapacityVerdict::Attained, Some(rate)) => show_count(rate),
        (CapacityVerdict::NotAttainable, _) => "not attainable on this machine".to_owned(),
        (CapacityVerdict::Wrong(words), _) => format!("✗ wrong: {}", plain(words)),
        _ => "no rate could be confirmed".to_owned(),
    }
}

fn floor(found: &Capacity) -> String {
    let floor = &found.stall_floor;
    let Ok(waits) = ServiceHistogram::from_base64(&floor.wait_ns) else {
        return "the stall floor was not measured".to_owned();
    };
    let at = |quantile| show_ns(waits.value_at_quantile(quantile) as f64);
    format!(
        "stall floor: who asked an idle thread, which did nothing but look at the clock for {}, \
         would have waited p50 {}, p99 {}, p99.9 {}, p99.99 {}, at most {}; steal {} ms, \
         involuntary switches {}. No engine here can do better",
        show_ns(floor.duration_ns as f64),
        at(0.5),
        at(0.99),
        at(0.999),
        at(0.9999),
        show_ns(waits.max() as f64),
        floor.steal_ms,
        show_whole(floor.involuntary_switches)
    )
}

fn steps(engine: &EngineCapacity, style: Style) -> String {
    let head = [
        "search",
        "step",
        "offered/s",
        "held",
        "",
        "what failed, or how near it was",
    ];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for (nth, search) in engine.searches.iter().enumerate() {
        for (at, step) in search.steps.iter().enumerate() {
            rows.push(vec![
                if at == 0 {
                    (nth + 1).to_string()
                } else {
                    String::new()
                },
                step.kind.name().to_owned(),
                show_count(step.offered_per_s),
                show_ns(step.hold_ns as f64),
                if step.pass { "PASS" } else { "FAIL" }.to_owned(),
                told(step),
            ]);
        }
    }
    let title = style.bold(&format!("steps of {}", plain(&engine.name)));
    format!("{title}\n{}\n", table::draw(&rows, style))
}

/// The conditions that failed, or the first one's value; and the proof.
fn told(step: &SearchStep) -> String {
    let show = |condition: &crate::record::Condition, value: f64| match condition.unit.as_str() {
        "ns" => show_ns(value),
        "share" => show_share(value),
        _ => show_count(value),
    };
    let failed = step.conditions.iter().filter(|condition| !condition.pass);
    let mut words: Vec<String> = failed
        .map(|condition| {
            format!(
                "{} {} (limit {})",
                plain(&condition.name),
                show(condition, condition.value),
                show(condition, condition.limit)
            )
        })
        .collect();
    if words.is_empty()
        && let Some(first) = step.conditions.first()
    {
        words.push(format!(
            "{} {}",
            plain(&first.name),
            show(first, first.value)
        ));
    }
    if step.kind == StepKind::Confirm {
        let proved = if step.proved { "proved" } else { "not proved" };
        words.push(proved.to_owned());
    }
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::fixture_open_loop as fixture;

    #[test]
    fn the_answer_its_interval_and_every_step_are_told() {
        let found = fixture::capacity();
        let text = capacity(&found, &Style::default());
        for words in [
            "p99.9 < 1ms",
            "8.00M",
            "[7.60M, 8.40M]",
            "not attainable on this machine",
            "stall floor",
            "confirm",
            "proved",
            "FAIL",
            "steps of dashmap-naive",
        ] {
            assert!(text.contains(words), "{words} in {text}");
        }
        let steps: usize = found
            .engines
            .iter()
            .flat_map(|e| &e.searches)
            .map(|s| s.steps.len())
            .sum();
        let told = text.matches("PASS").count() + text.matches("FAIL").count();
        assert_eq!(told, steps);
    }

    #[test]
    fn an_engine_that_is_wrong_has_no_capacity() {
        let mut found = fixture::capacity();
        found.engines[0].verdict = CapacityVerdict::Wrong("it lost an event".to_owned());
        let text = capacity(&found, &Style::default());
        assert!(text.contains("✗ wrong: it lost an event") && !text.contains("8.00M  ["));
    }
}
