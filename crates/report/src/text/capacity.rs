//! The report of a search for capacity.

use super::columns::draw;
use crate::figures::show_percent;
use crate::style::{Style, plain, wrap};
use notibench_core::unit::quantity::{counted, show_count, show_ns, show_tenths};
use notibench_record::stats::ServiceHistogram;
use notibench_record::{Capacity, CapacityVerdict, EngineCapacity, SearchStep};

/// The answer in a sentence and by engine, how it was searched and the floor;
/// with `steps` every step, too.
#[must_use]
pub fn capacity(found: &Capacity, steps: bool, style: &Style) -> String {
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
    text += &wrap("  ", &summary(found), style.width);
    text.push('\n');
    text += &answers(found, style);
    text.push('\n');
    text += &wrap("  ", &question(found), style.width);
    text += &wrap("  ", &floor(found), style.width);
    text.push('\n');
    if steps {
        for engine in &found.engines {
            text += &steps_of(engine, style);
        }
    }
    for warning in &found.warnings {
        text += &style.yellow(wrap("warning: ", &plain(warning), style.width).trim_end());
        text.push('\n');
    }
    text
}

/// Engines that attained a rate, the highest first, immediate ones before
/// deferred ones; then the others.
pub(crate) fn ranked(found: &Capacity) -> Vec<&EngineCapacity> {
    let mut engines: Vec<&EngineCapacity> = found.engines.iter().collect();
    let rate = |engine: &EngineCapacity| engine.capacity_per_s.unwrap_or(0.0);
    engines.sort_by(|one, other| rate(other).total_cmp(&rate(one)));
    engines.sort_by_key(|engine| (engine.capacity_per_s.is_none(), is_deferred(engine)));
    engines
}

fn is_deferred(engine: &EngineCapacity) -> bool {
    engine.freshness == "deferred"
}

/// The two highest, and whether their intervals tell them apart.
pub(crate) fn summary(found: &Capacity) -> String {
    let slo: Vec<String> = found.slo.iter().map(|o| plain(&o.text)).collect();
    let slo = slo.join(" and ");
    let attained = |engine: &&EngineCapacity| engine.capacity_per_s.is_some();
    let engines: Vec<_> = ranked(found).into_iter().filter(attained).collect();
    let words = |engine: &EngineCapacity| {
        let interval = interval_of(engine).map_or_else(String::new, |ends| format!(" {ends}"));
        let deferred = if is_deferred(engine) {
            ", deferred"
        } else {
            ""
        };
        let rate = show_tenths(engine.capacity_per_s.unwrap_or_default());
        format!(
            "{rate} events/s{interval} with {}{deferred}",
            plain(&engine.name)
        )
    };
    let apart = |one: &EngineCapacity, next: &EngineCapacity| {
        let ends = one.low_per_s.zip(next.high_per_s);
        match ends {
            Some((low, high)) if low > high => "",
            _ => "; their intervals do not tell them apart",
        }
    };
    match engines[..] {
        [] => format!("{slo}: no engine has a capacity here"),
        [first] => format!("{slo} holds up to {}", words(first)),
        [first, next, ..] => format!(
            "{slo} holds up to {}, next {}{}",
            words(first),
            words(next),
            apart(first, next)
        ),
    }
}

/// Both ends of the interval.
pub(crate) fn interval_of(engine: &EngineCapacity) -> Option<String> {
    let (low, high) = engine.low_per_s.zip(engine.high_per_s)?;
    Some(format!("[{}, {}]", show_tenths(low), show_tenths(high)))
}

/// Half of the interval's width, on a logarithmic scale, as a share.
pub(crate) fn half_width(engine: &EngineCapacity) -> Option<String> {
    let (low, high) = engine.low_per_s.zip(engine.high_per_s)?;
    let half = ((high / low).sqrt() - 1.0) * 100.0;
    half.is_finite().then(|| format!("±{half:.0}%"))
}

fn question(found: &Capacity) -> String {
    let plan = &found.plan;
    format!(
        "capacity: the rate at which half of the steps hold, response time from the intended \
         start. Arrivals {}, {}, batches of {} at most, workers {} while nothing is \
         due; steps of {} over {}, each proved against the oracle; {} of {} \
         of each engine, in turns, seed {}. `--steps` shows them",
        plan.arrivals.name(),
        counted(plan.threads, "thread"),
        counted(plan.batch, "event"),
        plan.idle.name(),
        counted(plan.events, "event"),
        if plan.growth {
            "an empty state"
        } else {
            "the state that the same events left"
        },
        counted(plan.searches, "search"),
        counted(plan.search_steps, "step"),
        plan.seed
    )
}

fn answers(found: &Capacity, style: Style) -> String {
    let head = [
        "engine",
        "capacity/s",
        "[95% interval]",
        "±",
        "closed loop/s",
        "share",
    ];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    let unknown = || "-".to_owned();
    for engine in ranked(found) {
        let share = engine
            .capacity_per_s
            .map(|rate| rate / engine.closed_loop_per_s);
        let deferred = if is_deferred(engine) { " *" } else { "" };
        rows.push(vec![
            format!("{}{deferred}", plain(&engine.name)),
            verdict(engine),
            interval_of(engine).unwrap_or_else(unknown),
            half_width(engine).unwrap_or_else(unknown),
            show_tenths(engine.closed_loop_per_s),
            share
                .filter(|share| share.is_finite())
                .map_or_else(unknown, show_percent),
        ]);
    }
    let mut text = draw(&rows, style);
    for words in found.engines.iter().filter_map(bounded) {
        text += &wrap("  ", &words, style.width);
    }
    if found.engines.iter().any(is_deferred) {
        let words = "* deferred: its response time ends when it has taken an event, which its \
                     reads may show later";
        text += &wrap("  ", words, style.width);
    }
    text
}

/// The capacity, or why there is none.
pub(crate) fn verdict(engine: &EngineCapacity) -> String {
    match (&engine.verdict, engine.capacity_per_s) {
        (CapacityVerdict::Attained, Some(rate)) => show_tenths(rate),
        (CapacityVerdict::NotAttainable, _) => "not attainable on this machine".to_owned(),
        (CapacityVerdict::Wrong(words), _) => format!("✗ wrong: {}", plain(words)),
        _ => unfinished(engine),
    }
}

/// Searches that found no rate, of how many.
fn unfinished(engine: &EngineCapacity) -> String {
    let searches = &engine.searches;
    let without = searches
        .iter()
        .filter(|search| search.capacity_per_s.is_none());
    format!(
        "none in {} of {}",
        without.count(),
        counted(searches.len(), "search")
    )
}

/// What is to be said of an engine with a capacity where some of its searches
/// found no rate.
pub(crate) fn bounded(engine: &EngineCapacity) -> Option<String> {
    let is_bounded = engine.searches.iter().any(|it| it.capacity_per_s.is_none());
    (is_bounded && engine.capacity_per_s.is_some()).then(|| {
        let interval = match engine.low_per_s {
            Some(_) => "its interval that of the sign test",
            None => "and there is no interval: that takes more --searches",
        };
        format!(
            "{}: {}, since all of their steps held or none did: they count as above or below \
             every rate that they tried. The capacity is the median, {interval}",
            plain(&engine.name),
            unfinished(engine)
        )
    })
}

fn floor(found: &Capacity) -> String {
    let floor = &found.stall_floor;
    let Ok(waits) = ServiceHistogram::from_base64(&floor.wait_ns) else {
        return "the stall floor was not measured".to_owned();
    };
    let at = |quantile| show_ns(waits.value_at_quantile(quantile) as f64);
    format!(
        "stall floor: a request to an idle thread would have waited p99 {}, p99.9 {}, at most {} \
         over {}; no engine here can do better",
        at(0.99),
        at(0.999),
        show_ns(waits.max() as f64),
        show_ns(floor.duration_ns as f64)
    )
}

fn steps_of(engine: &EngineCapacity, style: Style) -> String {
    let head = [
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
                format!("{}.{}", nth + 1, at + 1),
                show_count(step.offered_per_s),
                show_ns(step.hold_ns as f64),
                if step.pass { "PASS" } else { "FAIL" }.to_owned(),
                told(step),
            ]);
        }
    }
    let title = style.bold(&format!("steps of {}", plain(&engine.name)));
    format!("{title}\n{}\n", draw(&rows, style))
}

/// The conditions that failed, or the first one's value.
fn told(step: &SearchStep) -> String {
    let show = |condition: &notibench_record::Condition, value: f64| match condition.unit.as_str() {
        "ns" => show_ns(value),
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
    if !step.proved {
        words.push("not proved".to_owned());
    }
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use notibench_record::fixture_open_loop as fixture;

    #[test]
    fn the_answer_comes_first_and_the_steps_where_they_are_asked_for() {
        let found = fixture::capacity();
        let text = capacity(&found, false, &Style::default());
        let second = text.lines().nth(1).unwrap();
        let answer = "p99.9 < 1ms holds up to 8.0M events/s [7.6M, 8.4M] with dashmap";
        assert_eq!(second.trim(), answer, "{text}");
        for words in [
            "±5%",
            "10.0M",
            "80.0%",
            "not attainable on this machine",
            "stall floor",
        ] {
            assert!(text.contains(words), "{words} in {text}");
        }
        assert!(!text.contains("PASS") && !text.contains("steps of dashmap"));
        let text = capacity(&found, true, &Style::default());
        assert!(text.contains("steps of dashmap-naive"));
        let told = text.matches("PASS").count() + text.matches("FAIL").count();
        assert_eq!(told, found.steps().count());
    }

    #[test]
    fn engines_are_told_apart_only_by_intervals() {
        let mut found = fixture::capacity();
        let mut other = found.engines[0].clone();
        "papaya".clone_into(&mut other.name);
        for (rate, apart) in [(7e6, true), (7.9e6, false)] {
            other.capacity_per_s = Some(rate);
            other.low_per_s = Some(rate * 0.95);
            other.high_per_s = Some(rate * 1.05);
            found.engines[1] = other.clone();
            let text = summary(&found);
            assert!(text.contains("with dashmap, next"), "{text}");
            assert_eq!(!text.contains("do not tell them apart"), apart, "{text}");
        }
        // what is seen later is another service, however fast
        "deferred".clone_into(&mut found.engines[0].freshness);
        assert!(summary(&found).contains("with papaya, next"));
    }

    #[test]
    fn an_engine_that_is_wrong_has_no_capacity() {
        let mut found = fixture::capacity();
        found.engines[0].verdict = CapacityVerdict::Wrong("it lost an event".to_owned());
        found.engines[0].capacity_per_s = None;
        let text = capacity(&found, false, &Style::default());
        assert!(text.contains("✗ wrong: it lost an event") && !text.contains("8.0M"));
        assert!(text.contains("no engine has a capacity here"));
    }
}
