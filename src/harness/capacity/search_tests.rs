//! Engines of known capacity under a virtual clock are found to within 5%,
//! and none is overstated.

use super::*;
use crate::engine::StopFlag;
use crate::harness::capacity::conditions::{Measured, judge};
use crate::harness::capacity::slo::parse_objective;
use crate::harness::open_loop::tests::{VirtualClock, VirtualSession, source};
use crate::harness::open_loop::{Lane, OpenLoop, Series, outcome_of, work};
use crate::harness::source::Source;
use crate::record::{Arrivals, Idle, OpenLoopPlan};

const SECOND: u64 = 1_000_000_000;

/// One worker whose batches of up to `batch` take `batch_ns`, and `event_ns`
/// more for each event.
struct Planted {
    batch_ns: u64,
    event_ns: u64,
    batch: u64,
}

impl Planted {
    fn capacity_per_s(&self) -> f64 {
        let full = (self.batch_ns + self.event_ns * self.batch) as f64;
        self.batch as f64 * 1e9 / full
    }

    fn offer(&self, source: &Source, arrivals: Arrivals, kind: StepKind, rate: f64) -> SearchStep {
        let hold_ns = if kind == StepKind::Search {
            SECOND
        } else {
            3 * SECOND
        };
        let events = (rate * hold_ns as f64 / 1e9) as u64;
        let source = source.prefix(events);
        let plan = OpenLoopPlan {
            arrivals,
            offered_per_s: rate,
            duration_ns: hold_ns,
            max_backlog: 1_000_000,
            idle: Idle::Spin,
            interval_ns: hold_ns / 20,
        };
        let seed = (rate as u64) ^ hold_ns;
        let open = OpenLoop::new(&plan, seed, 1, events, |index| index);
        let lane = Lane {
            source: &source,
            first: 0,
            step: 1,
            due: &open.due[0],
            batch: self.batch,
            most_backlog: open.backlog_each,
            duration_ns: hold_ns,
        };
        let clock = VirtualClock::default();
        let session = VirtualSession {
            clock: &clock,
            batch_ns: self.batch_ns,
            event_ns: self.event_ns,
            stall: None,
        };
        let mut series = Series::new(20, plan.interval_ns);
        let report = work(
            &lane,
            0,
            &StopFlag::default(),
            session,
            &&clock,
            &mut series,
        );
        let in_time = report.in_time;
        let outcome = outcome_of(&open, &source, &[report], &[series], &[]);
        let conditions = judged(&outcome, events, in_time);
        SearchStep {
            kind,
            offered_per_s: rate,
            achieved_per_s: outcome.note.achieved_per_s,
            hold_ns,
            events,
            response_ns: String::new(),
            service_ns: String::new(),
            pass: conditions.iter().all(|condition| condition.pass),
            conditions,
            proved: false,
            steal_ms: 0,
            involuntary_switches: 0,
        }
    }
}

/// The conditions of the tests' objective.
fn judged(
    outcome: &crate::harness::open_loop::OpenOutcome,
    events: u64,
    in_time: u64,
) -> Vec<crate::record::Condition> {
    let slo = [parse_objective("p99 < 20ms").unwrap()];
    judge(
        &slo,
        &Measured {
            response: &outcome.response,
            read_response: &outcome.read_response,
            intervals: &outcome.note.intervals,
            offered: events,
            in_time,
            skipped: outcome.note.skipped(),
            lost: events - outcome.taken.events() - outcome.note.skipped(),
        },
    )
}

#[test]
fn a_planted_capacity_is_found_within_5_percent_and_never_overstated() {
    let source = source(2_000_000);
    let engines = [(0, 10_000, 1), (50_000, 5_000, 64), (200_000, 1_000, 16)];
    for (batch_ns, event_ns, batch) in engines {
        let planted = Planted {
            batch_ns,
            event_ns,
            batch,
        };
        let truth = planted.capacity_per_s();
        // where the search begins is known no better than this
        for (arrivals, start) in [(Arrivals::Constant, 1.4), (Arrivals::Poisson, 0.9)] {
            let found = search(truth * start, 0.02, |kind, rate| {
                Some(planted.offer(&source, arrivals, kind, rate))
            });
            let capacity = found.capacity_per_s.expect("one is found");
            let share = capacity / truth;
            assert!(
                (0.95..=1.0).contains(&share),
                "{arrivals:?} {batch}: {share}"
            );
            let above = found.failed_above_per_s.unwrap();
            assert!(above > capacity && above <= capacity * 1.021);
            let last = &found.steps[found.steps.len() - 2..];
            assert_eq!((last[0].kind, last[0].pass), (StepKind::Confirm, true));
            assert_eq!((last[1].kind, last[1].pass), (StepKind::Above, false));
        }
    }
}

fn step(kind: StepKind, rate: f64, pass: bool) -> Option<SearchStep> {
    Some(SearchStep {
        kind,
        offered_per_s: rate,
        achieved_per_s: rate,
        hold_ns: 1,
        events: 1,
        response_ns: String::new(),
        service_ns: String::new(),
        conditions: Vec::new(),
        pass,
        proved: false,
        steal_ms: 0,
        involuntary_switches: 0,
    })
}

#[test]
fn what_fails_at_a_tenth_has_no_capacity() {
    let found = search(1_000.0, 0.05, |kind, rate| step(kind, rate, false));
    assert_eq!(found.capacity_per_s, None);
    let last = found.steps.last().unwrap();
    assert!((last.offered_per_s - 100.0).abs() < 1e-9);
}

#[test]
fn luck_in_a_short_step_is_not_believed() {
    // short steps pass up to 900, long ones to 700
    let found = search(1_000.0, 0.05, |kind, rate| {
        let limit = if kind == StepKind::Search {
            900.0
        } else {
            700.0
        };
        step(kind, rate, rate <= limit)
    });
    let capacity = found.capacity_per_s.unwrap();
    assert!((700.0 / 1.06..=700.0).contains(&capacity), "{capacity}");
}

#[test]
fn an_engine_beyond_its_closed_loop_is_followed_upward() {
    let found = search(1_000.0, 0.05, |kind, rate| {
        step(kind, rate, rate <= 5_000.0)
    });
    let capacity = found.capacity_per_s.unwrap();
    assert!((4_700.0..=5_000.0).contains(&capacity), "{capacity}");
}

#[test]
fn a_search_that_is_interrupted_or_finds_no_end_has_no_capacity() {
    let mut left = 4;
    let found = search(1_000.0, 0.05, |kind, rate| {
        left -= 1;
        (left > 0).then(|| step(kind, rate, true)).flatten()
    });
    assert_eq!((found.capacity_per_s, found.steps.len()), (None, 3));
    let found = search(1_000.0, 0.05, |kind, rate| step(kind, rate, true));
    assert_eq!(found.capacity_per_s, None);
}
