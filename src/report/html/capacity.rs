//! What a page tells of a search for capacity. Imports `record`, `stats` and
//! the parts beside it.

use super::article::{Article, Badge, Section, State, Table};
use super::plots::capacity as plots;
use super::{trust, words};
use crate::record::{Capacity, CapacityVerdict, Condition, EngineCapacity, SearchStep};
use crate::report::block::Block;
use crate::report::capacity::{ranked, unfinished};
use crate::report::text::{plain, show_percent};
use crate::report::trust as lines;
use crate::stats::ServiceHistogram;
use crate::unit::command_line::quoted;
use crate::unit::quantity::{counted, show_count, show_ns, show_tenths, show_whole};

/// The article of a search for capacity.
pub(super) fn article(capacity: &Capacity) -> Article {
    let workload = plain(&capacity.workload.name);
    let engines: Vec<String> = capacity.engines.iter().map(|e| e.name.clone()).collect();
    let slo: Vec<String> = capacity.slo.iter().map(|o| plain(&o.text)).collect();
    let plan = &capacity.plan;
    let mut article = Article {
        heading: format!("{workload}: capacity"),
        kicker: format!("capacity · {}", plain(&capacity.started)),
        failures: failures(capacity),
        asked: vec![format!(
            "Which rate of {workload} can {} sustain with {}? Arrivals: {}; {}, batches of up to \
             {}, {} of each engine, seed {}.",
            words::listed(&engines.iter().map(|e| plain(e)).collect::<Vec<_>>()),
            words::listed(&slo),
            plan.arrivals.name(),
            counted(plan.threads, "thread"),
            counted(plan.batch, "event"),
            counted(plan.searches, "search"),
            plan.seed,
        )],
        answer: answer(capacity),
        badges: badges(capacity),
        warnings: capacity.warnings.iter().map(|w| plain(w)).collect(),
        command: quoted(&capacity.command),
        ..Article::default()
    };
    article
        .trust
        .push(("stall floor".to_owned(), floor(capacity)));
    for (label, words) in lines::environment(&capacity.environment) {
        trust::push(&mut article.more_trust, label, words);
    }
    let (label, words) = lines::made_by(&capacity.version, &capacity.command);
    trust::push(&mut article.trust, label, words);
    let mut section = Section::new("by-engine", "Capacity by engine");
    section.figures.extend(plots::by_engine(capacity));
    section.figures.extend(plots::response(capacity));
    section.tables.push(Table::of(table(capacity), &engines));
    article.push(section);
    let mut section = Section::new("search", "The search");
    section.figures.extend(plots::steps(capacity));
    section
        .tables
        .extend(capacity.engines.iter().map(|e| Table::of(steps(e), &[])));
    article.push(section);
    article
}

fn failures(capacity: &Capacity) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    found.extend(
        capacity
            .failure
            .iter()
            .map(|words| format!("the search failed: {}", plain(words))),
    );
    for engine in &capacity.engines {
        if let CapacityVerdict::Wrong(words) = &engine.verdict {
            found.push(format!("{}: {}", plain(&engine.name), plain(words)));
        }
    }
    if !capacity.complete {
        found.push("incomplete: the search did not come to its end".to_owned());
    }
    found
}

fn answer(capacity: &Capacity) -> Vec<String> {
    let engines = ranked(capacity);
    if engines.is_empty() {
        return vec!["There is no answer: no engine was searched.".to_owned()];
    }
    engines.into_iter().map(of_engine).collect()
}

fn of_engine(engine: &EngineCapacity) -> String {
    let name = plain(&engine.name);
    match (&engine.verdict, engine.capacity_per_s) {
        (CapacityVerdict::Wrong(_), _) => format!("{name} is wrong, and so has no figure."),
        (CapacityVerdict::NotAttainable, _) => format!(
            "{name}: not attainable on this machine; it fails at a tenth of its closed-loop rate of \
             {} events a second.",
            show_tenths(engine.closed_loop_per_s)
        ),
        (CapacityVerdict::Attained, Some(rate)) => {
            let interval = engine.low_per_s.zip(engine.high_per_s);
            let interval = interval.map_or_else(String::new, |(low, high)| {
                format!(
                    " (95% interval {} to {})",
                    show_tenths(low),
                    show_tenths(high)
                )
            });
            format!(
                "{name} sustains {} events a second{interval}: {} of its closed-loop rate.",
                show_tenths(rate),
                show_percent(rate / engine.closed_loop_per_s.max(f64::MIN_POSITIVE))
            )
        }
        _ => format!("{name} has no capacity here: {}.", unfinished(engine)),
    }
}

fn badges(capacity: &Capacity) -> Vec<Badge> {
    let badge = |state, label, words| Badge {
        state,
        label,
        words,
    };
    let wrong = capacity
        .engines
        .iter()
        .any(|e| matches!(e.verdict, CapacityVerdict::Wrong(_)));
    let proved = capacity.steps().filter(|step| step.proved).count();
    let proof = match (wrong, proved) {
        (true, _) => badge(State::Bad, "proof", "a final state was wrong".to_owned()),
        (false, 0) => badge(State::Unknown, "proof", "no step was proved".to_owned()),
        _ => badge(
            State::Good,
            "proof",
            format!(
                "final state equal to the oracle's after {}",
                counted(proved, "step")
            ),
        ),
    };
    let lost = |step: &SearchStep| {
        step.conditions
            .iter()
            .any(|c| c.name == "conserved" && !c.pass)
    };
    let events = if capacity.steps().any(lost) {
        badge(
            State::Bad,
            "events",
            "not conserved in every step".to_owned(),
        )
    } else {
        badge(State::Good, "events", "conserved in every step".to_owned())
    };
    let stolen = capacity
        .steps()
        .fold(0_u64, |sum, step| sum.saturating_add(step.steal_ms));
    let disturbance = match stolen {
        0 => badge(
            State::Good,
            "disturbance",
            "no time was stolen by the host".to_owned(),
        ),
        _ => badge(
            State::Doubtful,
            "disturbance",
            format!("the host took {} ms away", show_whole(stolen)),
        ),
    };
    vec![proof, events, disturbance]
}

/// What a thread that does nothing had to wait for the processor.
fn floor(capacity: &Capacity) -> String {
    let floor = &capacity.stall_floor;
    match ServiceHistogram::from_base64(&floor.wait_ns) {
        Ok(waits) if !waits.is_empty() => {
            let at = |quantile| show_ns(waits.value_at_quantile(quantile) as f64);
            format!(
                "an idle thread that only looks at the clock would have made a request wait {} at \
                 p99, {} at p99.9 and {} at most, over {}: no engine here can do better",
                at(0.99),
                at(0.999),
                show_ns(waits.max() as f64),
                show_ns(floor.duration_ns as f64)
            )
        }
        _ => "not measured".to_owned(),
    }
}

fn table(capacity: &Capacity) -> Block {
    let header = [
        "engine",
        "capacity\nevents/s",
        "95% interval",
        "closed loop\nevents/s",
        "share",
        "verdict",
    ];
    let mut rows = vec![header.map(str::to_owned).to_vec()];
    let unknown = || "-".to_owned();
    for engine in ranked(capacity) {
        let interval = engine.low_per_s.zip(engine.high_per_s);
        let share = engine
            .capacity_per_s
            .map(|rate| rate / engine.closed_loop_per_s);
        rows.push(vec![
            plain(&engine.name),
            engine.capacity_per_s.map_or_else(unknown, show_tenths),
            interval.map_or_else(unknown, |(low, high)| {
                format!("[{}, {}]", show_tenths(low), show_tenths(high))
            }),
            show_tenths(engine.closed_loop_per_s),
            share
                .filter(|s| s.is_finite())
                .map_or_else(unknown, show_percent),
            match &engine.verdict {
                CapacityVerdict::Attained => "attained",
                CapacityVerdict::NotAttainable => "not attainable on this machine",
                CapacityVerdict::Unfinished => "unfinished",
                CapacityVerdict::Wrong(_) => "WRONG",
            }
            .to_owned(),
        ]);
    }
    Block {
        title: "capacity".to_owned(),
        rows,
        notes: Vec::new(),
    }
}

/// Every step of an engine's searches, a column for each named condition.
fn steps(engine: &EngineCapacity) -> Block {
    let all = || engine.searches.iter().flat_map(|search| &search.steps);
    let mut conditions: Vec<&Condition> = Vec::new();
    for condition in all().flat_map(|step| &step.conditions) {
        if conditions.iter().all(|known| known.name != condition.name) {
            conditions.push(condition);
        }
    }
    let header = ["step", "offered\nevents/s", "achieved\nevents/s", "held"];
    let mut rows = vec![header.map(str::to_owned).to_vec()];
    let named = |c: &&Condition| format!("{}\nlimit {}", plain(&c.name), amount(c, c.limit));
    rows[0].extend(conditions.iter().map(named));
    rows[0].push("verdict".to_owned());
    let verdict = |pass: bool| if pass { "PASS" } else { "FAIL" };
    for (search, found) in engine.searches.iter().enumerate() {
        for (number, step) in found.steps.iter().enumerate() {
            let mut row = vec![
                format!("{}.{}", search + 1, number + 1),
                show_count(step.offered_per_s),
                show_count(step.achieved_per_s),
                show_ns(step.hold_ns as f64),
            ];
            row.extend(conditions.iter().map(|known| {
                let found = step.conditions.iter().find(|c| c.name == known.name);
                found.map_or_else(
                    || "-".to_owned(),
                    |c| format!("{} {}", amount(c, c.value), verdict(c.pass)),
                )
            }));
            row.push(verdict(step.pass).to_owned());
            rows.push(row);
        }
    }
    Block {
        title: format!("{}: every step, search by search", plain(&engine.name)),
        rows,
        notes: Vec::new(),
    }
}

/// A value of a condition, in its unit.
fn amount(condition: &Condition, value: f64) -> String {
    match condition.unit.as_str() {
        "ns" => show_ns(value),
        _ => show_count(value),
    }
}
