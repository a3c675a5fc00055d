//! What was asked of a run, in sentences. Imports `record` and the report's
//! own parts.

use crate::record::Record;
use crate::report::course;
use crate::report::open_loop::schedule_words;
use crate::report::terminal::shape;
use crate::report::text::plain;
use crate::unit::quantity::show_count;

pub(super) use crate::report::text::listed;

/// What was asked.
pub(super) fn asked(record: &Record) -> Vec<String> {
    let contestants = record.engines.iter();
    let names: Vec<String> = contestants
        .filter(|note| note.role == "engine" && !note.control)
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
        [] => format!("What does the machine do on {workload}?"),
        [one] => format!("How fast is {one} on {workload}?"),
        _ => format!(
            "Which of {} is fastest on {workload}, and by how much?",
            listed(&names)
        ),
    };
    let mut asked = vec![format!(
        "{question} {}.",
        shape(&record.plan, &course::repeated(record))
    )];
    asked.extend(record.plan.open_loop.iter().map(schedule_words));
    asked
}
