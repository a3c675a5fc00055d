//! What searches come to, and how they end where something is wrong.

use super::*;
use crate::capacity::bench::tests::request;
use crate::capacity::search::tests::step;
use crate::run::tests::Broken;
use crate::trial::watch::Silent;
use notibench_record::Search;
use notibench_workload::fixture::workload;

/// An engine whose closed loop makes a million events a second.
fn engine(searches: Vec<Search>) -> EngineCapacity {
    let workload = workload();
    let contender = Contender::registered("dashmap").unwrap();
    let mut found = blank_without_floor(&request(&workload, vec![contender], "p99 < 1ms"));
    let mut engine = found.engines.remove(0);
    engine.closed_loop_per_s = 1e6;
    engine.searches = searches;
    engine
}

/// A search that found this, of steps at these rates that held or did not.
fn of(capacity_per_s: Option<f64>, steps: &[(f64, bool)]) -> Search {
    let steps = steps.iter().filter_map(|&(rate, held)| step(rate, held));
    Search {
        seed: 1,
        capacity_per_s,
        steps: steps.collect(),
    }
}

#[test]
fn searches_that_found_a_rate_attain_it() {
    let found = |rate: f64| of(Some(rate), &[(rate * 0.9, true), (rate * 1.1, false)]);
    let mut all = engine([1e5, 1.1e5, 0.9e5].map(found).to_vec());
    conclude(&mut all, 2);
    assert_eq!(all.verdict, CapacityVerdict::Attained);
    let rate = all.capacity_per_s.unwrap();
    assert!((0.9e5..1.1e5).contains(&rate), "{rate}");
    assert!(all.low_per_s.unwrap() < rate && rate < all.high_per_s.unwrap());
}

#[test]
fn nothing_is_concluded_from_too_little() {
    let held = &[(1e5, true), (1.2e5, false)];
    // no search at all, and one that ended early
    for searches in [vec![], vec![of(None, held)]] {
        let mut few = engine(searches);
        conclude(&mut few, 8);
        assert_eq!(few.verdict, CapacityVerdict::Unfinished);
        assert_eq!(few.capacity_per_s, None);
    }
    let mut wrong = engine(vec![of(Some(1e5), held)]);
    wrong.verdict = CapacityVerdict::Wrong("lost".to_owned());
    conclude(&mut wrong, 2);
    assert_eq!(wrong.verdict, CapacityVerdict::Wrong("lost".to_owned()));
    assert_eq!(wrong.capacity_per_s, None, "no figure of a wrong engine");
}

#[test]
fn where_nothing_holds_down_to_the_least_rate_no_rate_is_attainable() {
    let hopeless = || of(None, &[(1e6, false), (1e4, false)]);
    let mut all = engine(vec![hopeless(), hopeless()]);
    conclude(&mut all, 8);
    assert_eq!(all.verdict, CapacityVerdict::NotAttainable);
}

#[test]
fn what_an_interval_needs_and_what_a_step_cannot_see_is_said() {
    let workload = workload();
    let contender = Contender::registered("dashmap").unwrap();
    let mut found = blank_without_floor(&request(&workload, vec![contender], "p99 < 1ms"));
    found.plan.searches = FEWEST_SEARCHES;
    assert!(warnings(&found).is_empty());
    found.plan.searches = FEWEST_SEARCHES - 1;
    assert!(warnings(&found)[0].contains("give no interval"));
    found.plan.searches = FEWEST_SEARCHES;
    for (hold_ns, is_said) in [(1_000_000, true), (1_000_000_000, false)] {
        let mut search = of(None, &[(1e5, true)]);
        search.steps[0].hold_ns = hold_ns;
        found.engines[0].searches = vec![search];
        let said = warnings(&found);
        assert_eq!(said.len(), usize::from(is_said), "{said:?}");
    }
}

/// The parts of a search that no wait stands in: the stall floor is not looked
/// for.
fn blank_without_floor(request: &CapacityRequest<'_>) -> Capacity {
    blank_with(request, notibench_record::StallFloor::default())
}

#[test]
fn a_wrong_engine_is_searched_no_further_and_the_others_are() {
    let workload = workload();
    let deaf = Contender::of::<Broken<false>>();
    let contenders = vec![deaf, Contender::registered("dashmap").unwrap()];
    let request = request(&workload, contenders, "p50 < 3600s");
    let mut found = blank_without_floor(&request);
    searches(&request, &mut found, &mut Silent).unwrap();
    let [deaf, right] = &found.engines[..] else {
        panic!("two engines");
    };
    assert!(matches!(deaf.verdict, CapacityVerdict::Wrong(_)));
    assert_eq!(deaf.searches.len(), 1, "it takes no further turn");
    assert_eq!(deaf.searches[0].steps.len(), 0);
    assert_eq!(right.searches.len(), request.plan.searches);
    for search in &right.searches {
        assert_eq!(search.steps.len(), request.plan.search_steps);
    }
    assert!(right.closed_loop_per_s > 0.0);
    assert_eq!(found.plan.events, request.plan.events);
}

#[test]
fn a_panic_ends_the_search_with_its_words() {
    let workload = workload();
    let request = request(
        &workload,
        vec![Contender::of::<Broken<true>>()],
        "p50 < 3600s",
    );
    let mut found = blank_without_floor(&request);
    let words = searches(&request, &mut found, &mut Silent).unwrap_err();
    assert!(words.contains("a slip in the engine"), "{words}");
}
