//! What a page tells of a search for capacity.

use super::article::{Article, Section, Table};
use super::plots::capacity as plots;
use super::trust;
use crate::figures::{listed, show_percent};
use crate::model::badges::{Badge, State};
use crate::style::plain;
use crate::text::block::Block;
use crate::text::capacity::{bounded, half_width, interval_of, ranked, summary, verdict};
use crate::text::trust as lines;
use notibench_core::unit::command_line::quoted;
use notibench_core::unit::quantity::{counted, show_count, show_ns, show_tenths, show_whole};
use notibench_record::stats::ServiceHistogram;
use notibench_record::{Capacity, CapacityVerdict, Condition, EngineCapacity, SearchStep};

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
            listed(&engines.iter().map(|e| plain(e)).collect::<Vec<_>>()),
            listed(&slo),
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

/// The answer as the text has it, then why an engine has none.
fn answer(capacity: &Capacity) -> Vec<String> {
    if capacity.engines.is_empty() {
        return vec!["There is no answer: no engine was searched.".to_owned()];
    }
    let mut words = vec![format!("{}.", summary(capacity))];
    let without = |engine: &&EngineCapacity| engine.capacity_per_s.is_none();
    let without = ranked(capacity).into_iter().filter(without);
    words.extend(without.map(|engine| format!("{}: {}.", plain(&engine.name), verdict(engine))));
    words
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
        "±",
        "closed loop\nevents/s",
        "share",
    ];
    let mut rows = vec![header.map(str::to_owned).to_vec()];
    let unknown = || "-".to_owned();
    for engine in ranked(capacity) {
        let share = engine
            .capacity_per_s
            .map(|rate| rate / engine.closed_loop_per_s);
        rows.push(vec![
            plain(&engine.name),
            verdict(engine),
            interval_of(engine).unwrap_or_else(unknown),
            half_width(engine).unwrap_or_else(unknown),
            show_tenths(engine.closed_loop_per_s),
            share
                .filter(|s| s.is_finite())
                .map_or_else(unknown, show_percent),
        ]);
    }
    Block {
        title: "capacity".to_owned(),
        rows,
        notes: capacity.engines.iter().filter_map(bounded).collect(),
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
    // a column of counts that is alike in every step is no use
    let has_failed = |known: &Condition| {
        let mut of_steps = all().flat_map(|step| &step.conditions);
        of_steps.any(|c| c.name == known.name && !c.pass)
    };
    let is_shown = |known: &&Condition| known.unit == "ns" || has_failed(known);
    let (conditions, held): (Vec<&Condition>, Vec<&Condition>) =
        conditions.into_iter().partition(is_shown);
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
        notes: held_words(&held).into_iter().collect(),
    }
}

/// What held in every step, and so has no column.
fn held_words(held: &[&Condition]) -> Option<String> {
    let names: Vec<String> = held.iter().map(|c| plain(&c.name)).collect();
    (!names.is_empty()).then(|| format!("held in every step: {}", listed(&names)))
}

/// A value of a condition, in its unit.
fn amount(condition: &Condition, value: f64) -> String {
    match condition.unit.as_str() {
        "ns" => show_ns(value),
        _ => show_count(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use notibench_record::fixture_open_loop;

    #[test]
    fn conditions_that_held_in_every_step_take_no_column() {
        let found = fixture_open_loop::capacity();
        let block = steps(&found.engines[0]);
        let header = block.rows[0].join(" ");
        assert!(
            header.contains("p99.9\nlimit") && header.contains("backlog"),
            "{header}"
        );
        assert!(
            !header.contains("samples") && !header.contains("conserved"),
            "{header}"
        );
        assert_eq!(
            block.notes,
            ["held in every step: p99.9 samples and conserved"]
        );
        assert!(
            block
                .rows
                .iter()
                .all(|row| row.len() == block.rows[0].len())
        );
    }

    #[test]
    fn a_search_that_found_no_rate_is_told() {
        let mut found = fixture_open_loop::capacity();
        found.engines[0].searches[0].capacity_per_s = None;
        let notes = table(&found).notes;
        assert!(
            notes[0].contains("dashmap: none in 1 of 3 searches"),
            "{notes:?}"
        );
        let text = crate::text::capacity::capacity(&found, false, &crate::style::Style::default());
        assert!(text.contains("dashmap: none in 1 of 3 searches"), "{text}");
    }
}
