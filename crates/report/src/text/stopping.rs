//! How the rounds of a run were repeated, what ended them, and whether the
//! engines were themselves.

use crate::figures::{rounds, show_share};
use crate::model::rounds::counted_rounds;
use notibench_core::unit::quantity::counted;
use notibench_record::{EndedBy, Plan, Record};
use notibench_workload::show_duration_us;

/// Rounds as they were asked for: `5 rounds`, `3 processes of 5 rounds each`.
pub(crate) fn planned(plan: &Plan) -> String {
    match plan.processes {
        0 | 1 => rounds(plan.rounds),
        processes => format!(
            "{} of {} each",
            counted(processes, "process"),
            rounds(plan.rounds)
        ),
    }
}

/// The same; where something else may have ended them, those that there were.
pub(crate) fn repeated(record: &Record) -> String {
    let plan = &record.plan;
    let may_end = record.complete && (plan.precision.is_some() || plan.max_time_ms.is_some());
    if may_end && plan.processes <= 1 {
        rounds(counted_rounds(record))
    } else {
        planned(plan)
    }
}

/// What ended the rounds, where anything but their number could.
pub(crate) fn ended(record: &Record) -> Option<String> {
    let plan = &record.plan;
    if plan.precision.is_none() && plan.max_time_ms.is_none() {
        return None;
    }
    let over = rounds(counted_rounds(record));
    let precision = plan.precision.map(show_share);
    Some(match (record.ended_by, precision) {
        _ if !record.complete => format!("nothing: it was cut short after {over}"),
        (EndedBy::Precision, Some(precision)) => format!(
            "--precision: after {over} every interval's half-width was at most {precision} of its \
             ratio; it was looked at after 5 rounds and then at every fifth more, so that it holds \
             the truth in 91 to 95 of 100 such runs"
        ),
        (EndedBy::MaxTime, _) => {
            let limit = plan.max_time_ms.unwrap_or(0).saturating_mul(1_000);
            let limit = show_duration_us(limit);
            format!("--max-time: {limit} were over after {over}")
        }
        (_, Some(precision)) => {
            format!("--rounds: {over}, before --precision {precision} was reached")
        }
        (_, None) => format!("--rounds: {over}, before the time was over"),
    })
}

/// That the engines were slowed down on purpose, where they were.
pub(crate) fn planted(record: &Record) -> Option<String> {
    let share = record.plan.planted_share;
    (share > 0.0).then(|| {
        format!(
            "planted slowdown of {}: every engine spins for that share of its own time after each \
             call, on purpose (--plant); these figures are no engine's",
            show_share(share)
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::style::Style;
    use crate::text::terminal::terminal;
    use notibench_record::fixture;

    fn shown(record: &Record) -> String {
        let text = terminal(record, &Style::default());
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_report_says_what_ended_the_rounds() {
        let mut record = fixture::record();
        assert!(!shown(&record).contains("ended by"));
        record.plan.rounds = 10_000;
        record.plan.precision = Some(0.01);
        record.plan.max_time_ms = Some(600_000);
        record.ended_by = EndedBy::Precision;
        let text = shown(&record);
        assert!(
            text.contains("ended by --precision: after 5 rounds every"),
            "{text}"
        );
        assert!(text.contains(", 5 rounds after 1 of warm-up"), "{text}");
        record.ended_by = EndedBy::MaxTime;
        let text = shown(&record);
        assert!(
            text.contains("ended by --max-time: 10m were over after 5 rounds"),
            "{text}"
        );
        record.complete = false;
        let text = shown(&record);
        assert!(
            text.contains("ended by nothing: it was cut short"),
            "{text}"
        );
    }

    #[test]
    fn a_planted_slowdown_is_said_before_any_figure() {
        let mut record = fixture::record();
        record.plan.planted_share = 0.05;
        let text = shown(&record);
        assert!(text.starts_with("PLANTED planted slowdown of 5%"), "{text}");
    }

    #[test]
    fn processes_are_named_as_what_was_repeated() {
        let record = fixture::three_processes([0.9, 1.0, 1.1]);
        let text = shown(&record);
        assert!(
            text.contains("3 processes of 4 rounds each after 1 of warm-up"),
            "{text}"
        );
        assert!(text.contains("geometric means over processes"), "{text}");
    }
}
