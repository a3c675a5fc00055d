//! Engines of known capacity under a virtual clock are found to within 5%, and
//! no rate above it is held.

use super::*;
use crate::capacity::conditions::{Measured, judge};
use crate::capacity::slo::parse_objective;
use crate::trial::call_board::CallBoard;
use crate::trial::open_loop::tests::{VirtualClock, VirtualSession, source};
use crate::trial::open_loop::{Lane, OpenLoop, Series, outcome_of, work};
use crate::trial::source::Source;
use notibench_core::engine::StopFlag;
use notibench_record::{Arrivals, Idle, OpenLoopPlan};

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

    fn offer(&self, source: &Source, arrivals: Arrivals, rate: f64) -> SearchStep {
        let events = source.events();
        let hold_ns = (events as f64 * 1e9 / rate) as u64;
        let plan = OpenLoopPlan {
            arrivals,
            offered_per_s: rate,
            duration_ns: hold_ns,
            max_backlog: events,
            idle: Idle::Spin,
            interval_ns: hold_ns / 20,
        };
        let seed = (rate as u64) ^ hold_ns;
        let open = OpenLoop::new(&plan, seed, 1, events, |index| index);
        let lane = Lane {
            source,
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
            (0, &CallBoard::new(1)),
            &StopFlag::default(),
            session,
            &&clock,
            &mut series,
        );
        let outcome = outcome_of(&open, source, &[report], &[series], &[]);
        let conditions = judged(&outcome, events, rate);
        SearchStep {
            offered_per_s: rate,
            achieved_per_s: outcome.note.achieved_per_s,
            hold_ns,
            events,
            response_ns: String::new(),
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
    outcome: &crate::trial::open_loop::OpenOutcome,
    events: u64,
    offered_per_s: f64,
) -> Vec<notibench_record::Condition> {
    let slo = [parse_objective("p99 < 20ms").unwrap()];
    judge(
        &slo,
        &Measured {
            response: &outcome.response,
            read_response: &outcome.read_response,
            intervals: &outcome.note.intervals,
            offered_per_s,
            lost: events - outcome.taken.events(),
        },
    )
}

#[test]
fn a_planted_capacity_is_found_within_5_percent_and_no_rate_above_it_holds() {
    let engines = [
        (0, 50_000, 1),
        (250_000, 25_000, 64),
        (1_000_000, 5_000, 16),
    ];
    for (seed, (batch_ns, event_ns, batch)) in engines.into_iter().enumerate() {
        let planted = Planted {
            batch_ns,
            event_ns,
            batch,
        };
        let truth = planted.capacity_per_s();
        // a step of 2 s, in which an overload of 1% grows to a wait of 20 ms
        let source = source((truth * 2.0) as u64);
        // where the search begins is known no better than this
        for (arrivals, start) in [(Arrivals::Constant, 2.0), (Arrivals::Poisson, 1.1)] {
            let found = search(truth * start, 14, seed as u64, |_, rate| {
                Some(planted.offer(&source, arrivals, rate))
            });
            let share = found.capacity_per_s.expect("one is found") / truth;
            assert!(
                (0.95..=1.05).contains(&share),
                "{arrivals:?} {batch}: {share}"
            );
            let held = found.steps.iter().filter(|step| step.pass);
            let most = held.map(|step| step.offered_per_s).fold(0.0, f64::max);
            assert!(most <= truth * 1.01, "{arrivals:?} {batch}: {most}");
        }
    }
}

pub(in crate::capacity) fn step(rate: f64, pass: bool) -> Option<SearchStep> {
    Some(SearchStep {
        offered_per_s: rate,
        achieved_per_s: rate,
        hold_ns: 1,
        events: 1,
        response_ns: String::new(),
        conditions: Vec::new(),
        pass,
        proved: false,
        steal_ms: 0,
        involuntary_switches: 0,
    })
}

#[test]
fn what_fails_at_a_tenth_has_no_capacity() {
    let found = search(1_000.0, 8, 1, |_, rate| step(rate, false));
    assert_eq!(found.capacity_per_s, None);
    assert!(is_hopeless(&found, 1_000.0));
    let last = found.steps.last().unwrap();
    assert!((last.offered_per_s - 100.0).abs() < 1e-9);
    // a little more than that is one
    let found = search(1_000.0, 8, 1, |_, rate| step(rate, rate < 120.0));
    let capacity = found.capacity_per_s.unwrap();
    assert!((105.0..140.0).contains(&capacity), "{capacity}");
}

#[test]
fn an_engine_beyond_its_closed_loop_is_followed_upward() {
    let found = search(1_000.0, 12, 1, |_, rate| step(rate, rate <= 4_000.0));
    let capacity = found.capacity_per_s.unwrap();
    assert!((3_700.0..=4_300.0).contains(&capacity), "{capacity}");
}

#[test]
fn no_two_searches_walk_the_same_rates() {
    let rates = |seed: u64| -> Vec<u64> {
        let found = search(1_000.0, 8, seed, |_, rate| step(rate, rate < 600.0));
        let steps = found.steps.iter();
        steps.map(|step| step.offered_per_s.to_bits()).collect()
    };
    let (one, other) = (rates(1), rates(2));
    assert_eq!(one, rates(1), "a seed gives a search again");
    assert!(one.iter().all(|rate| !other.contains(rate)));
}

#[test]
fn one_outlier_does_not_pin_a_search() {
    // the first step fails by bad luck, whatever its rate
    for seed in 0..20 {
        let found = search(1_000.0, 12, seed, |at, rate| {
            step(rate, at > 0 && rate <= 700.0)
        });
        let capacity = found.capacity_per_s.unwrap();
        assert!((560.0..780.0).contains(&capacity), "{seed}: {capacity}");
    }
}

#[test]
fn a_search_that_is_interrupted_or_finds_no_end_has_no_capacity() {
    let mut left = 4;
    let found = search(1_000.0, 8, 1, |_, rate| {
        left -= 1;
        (left > 0).then(|| step(rate, true)).flatten()
    });
    assert_eq!((found.capacity_per_s, found.steps.len()), (None, 3));
    let found = search(1_000.0, 8, 1, |_, rate| step(rate, true));
    assert_eq!((found.capacity_per_s, found.steps.len()), (None, 8));
}

/// A search that found this, of eight steps; where it found nothing all held,
/// or none did.
fn done(closed: f64, held: impl Fn(f64) -> bool, seed: u64) -> Search {
    search(closed, 8, seed, |_, rate| step(rate, held(rate)))
}

#[test]
fn one_search_of_nine_without_a_threshold_leaves_a_capacity() {
    let closed = 1_000.0;
    let nine = |odd: Search| -> Vec<Search> {
        let others = (1..9).map(|seed| done(closed, |rate| rate < 600.0, seed));
        others.chain([odd]).collect()
    };
    for held in [false, true] {
        let searches = nine(done(closed, |_| held, 9));
        let found = together(&searches, closed, 8).unwrap();
        let (low, high) = found.interval.unwrap();
        assert!((570.0..630.0).contains(&found.rate), "{found:?}");
        assert!(low < 600.0 && 600.0 < high && high / low < 1.4, "{found:?}");
    }
    // what was interrupted is not known to lie anywhere
    let mut left = 4;
    let cut = search(closed, 8, 9, |_, rate| {
        left -= 1;
        (left > 0).then(|| step(rate, true)).flatten()
    });
    assert_eq!(together(&nine(cut), closed, 8), None);
    // nothing, and everything, in every search
    for held in [false, true] {
        let same: Vec<Search> = (0..9).map(|seed| done(closed, |_| held, seed)).collect();
        assert_eq!(together(&same, closed, 8), None);
    }
}
