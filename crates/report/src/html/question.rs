//! What was asked of a run, in sentences.

use crate::style::plain;
use crate::text::open_loop::schedule_words;
use crate::text::stopping;
use crate::text::terminal::shape;
use notibench_core::unit::quantity::show_count;
use notibench_record::{EngineRole, Record};

use crate::figures::{listed, workers};

/// What was asked.
pub(in crate::html) fn asked(record: &Record) -> Vec<String> {
    let contestants = record.engines.iter();
    let names: Vec<String> = contestants
        .filter(|note| note.role == EngineRole::Engine && !note.control)
        .map(|note| plain(&note.name))
        .collect();
    let workload = plain(&record.workload.name);
    let rate = record
        .plan
        .open_loop
        .map(|plan| show_count(plan.offered_per_s));
    let question = match &names[..] {
        _ if rate.is_some() => format!(
            "What response time have {} on {workload}, with {} events a second offered?",
            listed(&names),
            rate.unwrap_or_default()
        ),
        [_, ..] if record.plan.apart.is_some() => format!(
            "What do {} of {} cost each other on {workload}?",
            workers(&record.plan),
            listed(&names)
        ),
        [] => format!("What does the machine do on {workload}?"),
        [one] => format!("How fast is {one} on {workload}?"),
        _ => format!(
            "Which of {} is fastest on {workload}, and by how much?",
            listed(&names)
        ),
    };
    let mut asked = vec![format!(
        "{question} {}.",
        shape(&record.plan, &stopping::repeated(record))
    )];
    asked.extend(record.plan.open_loop.iter().map(schedule_words));
    asked
}
