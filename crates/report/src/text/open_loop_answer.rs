//! What an open loop's answer is, in sentences.

use super::open_loop::missed_rates;
use crate::figures::show_share;
use crate::model::open_loop::{OpenLoopLine, open_loop_lines};
use crate::style::plain;
use notibench_core::unit::quantity::{counted, show_ns};
use notibench_record::{OpenLoopPlan, Record};

/// What the answer is: which engines missed the rate, then of each how long
/// events took, the best at p99 first.
pub(crate) fn answer(record: &Record, plan: &OpenLoopPlan) -> Vec<String> {
    let mut lines = open_loop_lines(record);
    lines.retain(|line| !line.probe && !line.response.merged.is_empty());
    lines.sort_by_key(|line| line.response.merged.value_at_quantile(0.99));
    if lines.is_empty() {
        return vec!["There is no answer: no round of any engine counts.".to_owned()];
    }
    let mut answer: Vec<String> = lines.iter().map(|line| of_engine(line, plan)).collect();
    let missed = missed_rates(record).into_iter();
    answer.extend(missed.map(|words| format!("Missed the rate: {words}.")));
    answer
}

/// The main sentence alone: how many engines missed the rate, and the times
/// of the best.
pub(crate) fn headline(record: &Record, plan: &OpenLoopPlan) -> String {
    let missed = missed_rates(record);
    let first = answer(record, plan).into_iter().next().unwrap_or_default();
    match &missed[..] {
        [] => first,
        [words] => format!("{first} Missed the rate: {words}."),
        more => format!("{first} {} engines missed the rate.", more.len()),
    }
}

fn of_engine(line: &OpenLoopLine, plan: &OpenLoopPlan) -> String {
    let both = |quantile| {
        let (response, service) = (&line.response, &line.service);
        Some((response.shown(quantile)?, service.shown(quantile)?))
    };
    let show = |ns: u64| show_ns(ns as f64);
    let times = match (both(0.5), both(0.99)) {
        (Some((middle, _)), Some((high, own))) => format!(
            "half of the events were answered within {}, 99 of 100 within {} (service time alone: \
             {}){}",
            show(middle.ns),
            show(high.ns),
            show(own.ns),
            if middle.few || high.few {
                ", in fewer than 3 rounds or seconds"
            } else {
                ""
            }
        ),
        _ => format!(
            "too few events or batches for a percentile; the longest took {}",
            show(line.response.merged.max())
        ),
    };
    let skipped = match line.skipped {
        0 => "nothing skipped".to_owned(),
        skipped => format!("{} skipped", counted(skipped, "event")),
    };
    format!(
        "{}: {times}; {} of the rate achieved, {skipped}.",
        plain(&line.name),
        show_share(line.achieved_per_s / plan.offered_per_s)
    )
}
