//! When the rounds of a run end: as many as asked for, intervals that are
//! narrow enough, or the time.

use std::time::Duration;

use notibench_record::stats::stopping::{is_look, is_precise};
use notibench_record::{EndedBy, EngineNote, EngineRole, Plan, ProofVerdict, Record};

/// Half-width of the A/A control's interval as a share of the others': at the
/// 3% that a run aims at, the 2% up to which a report gives it a tick.
const CONTROL_SHARE: f64 = 2.0 / 3.0;

/// What ends the rounds after `over` rounds, warm-up included, of which the
/// first began `elapsed` ago; `None` where another is to be run. At least one
/// round counts, however short the time.
pub(crate) fn end_after(record: &Record, over: usize, elapsed: Duration) -> Option<EndedBy> {
    let plan = &record.plan;
    let alone = plan.interleaving.map_or(0, |plan| plan.isolated_rounds);
    let counted = over.checked_sub(plan.warmup_rounds + alone)?;
    if plan.precision.is_some() && is_look(counted) && is_precise_enough(record) {
        return Some(EndedBy::Precision);
    }
    if counted >= plan.rounds {
        return Some(EndedBy::Rounds);
    }
    let is_late = |&limit: &u64| elapsed >= Duration::from_millis(limit);
    (counted >= 1 && plan.max_time_ms.as_ref().is_some_and(is_late)).then_some(EndedBy::MaxTime)
}

/// Whether every ranked engine's interval is narrow enough. One that is wrong
/// has no figure, and is not waited for; where the baseline is wrong, none is.
fn is_precise_enough(record: &Record) -> bool {
    let Plan {
        precision: Some(precision),
        baseline,
        ..
    } = &record.plan
    else {
        return false;
    };
    let is_wrong = |name: &str| {
        let mut proofs = record.proofs.iter();
        proofs.any(|p| p.engine == name && matches!(p.verdict, ProofVerdict::Differs(_)))
    };
    let is_waited_for = |note: &&EngineNote| {
        note.role == EngineRole::Engine && note.name != *baseline && !is_wrong(&note.name)
    };
    let narrow = |note: &EngineNote| {
        // what is to say how far the others can be trusted is to be narrower
        let share = if note.control { CONTROL_SHARE } else { 1.0 };
        let interval = record.ratio(&note.name);
        interval.is_some_and(|interval| is_precise(&interval, precision * share))
    };
    is_wrong(baseline) || record.engines.iter().filter(is_waited_for).all(narrow)
}

#[cfg(test)]
mod tests {
    use super::*;
    use notibench_record::fixture;

    const SOON: Duration = Duration::from_secs(1);

    /// Five rounds after one of warm-up, the plan as given.
    fn record(change: impl FnOnce(&mut Plan)) -> Record {
        let mut record = fixture::record();
        change(&mut record.plan);
        record
    }

    #[test]
    fn without_more_the_rounds_that_were_asked_for_are_run() {
        let record = record(|_| {});
        assert_eq!(end_after(&record, 0, SOON), None);
        assert_eq!(end_after(&record, 5, SOON), None);
        assert_eq!(end_after(&record, 6, SOON), Some(EndedBy::Rounds));
    }

    #[test]
    fn narrow_intervals_end_it_and_wide_ones_do_not() {
        let with =
            |precision| record(|plan| (plan.rounds, plan.precision) = (100, Some(precision)));
        // the fixture's rounds differ by about half a percent
        assert_eq!(end_after(&with(0.05), 6, SOON), Some(EndedBy::Precision));
        assert_eq!(end_after(&with(0.000_1), 6, SOON), None);
        // four rounds that count are too few to look
        assert_eq!(end_after(&with(0.05), 5, SOON), None);
        // not a look: 11
        assert_eq!(end_after(&with(0.05), 12, SOON), None);
    }

    #[test]
    fn one_wide_interval_is_waited_for_unless_its_engine_is_wrong() {
        let mut record = record(|plan| (plan.rounds, plan.precision) = (100, Some(0.05)));
        fixture::trial_mut(&mut record, "sharded-mutex", 2).wall_ns *= 3;
        assert_eq!(end_after(&record, 6, SOON), None);
        fixture::break_engine(&mut record, "sharded-mutex", "it lost an event");
        assert_eq!(end_after(&record, 6, SOON), Some(EndedBy::Precision));
        fixture::trial_mut(&mut record, "dashmap", 2).wall_ns *= 3;
        assert_eq!(end_after(&record, 6, SOON), None);
        fixture::break_engine(&mut record, "dashmap-naive", "so did the baseline");
        assert_eq!(end_after(&record, 6, SOON), Some(EndedBy::Precision));
    }

    #[test]
    fn the_control_is_waited_for_until_it_is_narrower_than_the_others() {
        let mut record = record(|plan| (plan.rounds, plan.precision) = (100, Some(0.03)));
        // ± 2.5%: enough for an engine, and too wide for a control
        for (round, noise) in [(1, 1.02), (2, 0.98), (3, 1.0), (4, 1.02), (5, 0.98)] {
            let base = fixture::trial_mut(&mut record, "dashmap-naive", round).wall_ns as f64;
            for engine in ["dashmap", "dashmap-naive-again"] {
                fixture::trial_mut(&mut record, engine, round).wall_ns = (base * noise) as u64;
            }
        }
        let ratio = record.ratio("dashmap-naive-again").unwrap();
        assert!((0.04..0.06).contains(&ratio.relative_width()), "{ratio:?}");
        assert_eq!(end_after(&record, 6, SOON), None);
        record.engines.retain(|note| !note.control);
        assert_eq!(end_after(&record, 6, SOON), Some(EndedBy::Precision));
    }

    #[test]
    fn the_time_ends_it_after_at_least_one_round_that_counts() {
        let record = record(|plan| plan.max_time_ms = Some(10_000));
        let late = Duration::from_secs(10);
        assert_eq!(end_after(&record, 3, SOON), None);
        assert_eq!(end_after(&record, 3, late), Some(EndedBy::MaxTime));
        assert_eq!(end_after(&record, 1, late), None);
        assert_eq!(end_after(&record, 2, late), Some(EndedBy::MaxTime));
    }
}
