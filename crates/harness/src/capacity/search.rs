//! One search: a fixed number of tries, each at the rate that the ones before
//! it make the most likely threshold, jittered. Knows rates and verdicts only.

use notibench_core::unit::mix::counter_word;
use notibench_record::stats::{Found, SearchPosterior, Threshold, Try, threshold};
use notibench_record::{Search, SearchStep};

/// A rate below this share of the closed loop's is not looked at.
pub(super) const LEAST_SHARE: f64 = 0.1;
/// Nor one above this.
const MOST_SHARE: f64 = 8.0;
/// The share that is expected, weakly.
const EXPECTED_SHARE: f64 = 0.6;
/// Where a search begins: within this on both sides of what is expected, in
/// natural logarithms.
const START: f64 = 0.5;
/// How far a later try may lie from the likeliest threshold, so that no two
/// searches walk the same rates.
const JITTER: f64 = 0.05;
/// While nothing has held and the next rate is this near to the least one,
/// the least one is tried.
const NEAR_LEAST: f64 = 1.3;

/// Searches in `tries` tries; `step` offers the rate of a try, and where it
/// gives nothing the search ends unfinished. The rates follow from `seed` and
/// from what held.
pub(super) fn search(
    closed_per_s: f64,
    tries: usize,
    seed: u64,
    mut step: impl FnMut(usize, f64) -> Option<SearchStep>,
) -> Search {
    let least = closed_per_s * LEAST_SHARE;
    let mut found = Search {
        seed,
        capacity_per_s: None,
        steps: Vec::new(),
    };
    let expected = (closed_per_s * EXPECTED_SHARE).ln();
    let most = (closed_per_s * MOST_SHARE).ln();
    let mut posterior = SearchPosterior::new(expected, least.ln(), most);
    let mut centre = expected;
    for at in 0..tries {
        let width = if at == 0 { START } else { JITTER };
        let mut rate = (centre + width * either_way(seed, at as u64))
            .exp()
            .max(least);
        if at > 0 && !found.steps.iter().any(|step| step.pass) && rate < least * NEAR_LEAST {
            rate = least;
        }
        let Some(step) = step(at, rate) else {
            return found;
        };
        let held = step.pass;
        found.steps.push(step);
        if is_hopeless(&found, closed_per_s) {
            return found;
        }
        let log_rate = rate.ln();
        posterior.add(Try { log_rate, held });
        centre = posterior.mean();
    }
    let passes = found.steps.iter().filter(|step| step.pass).count();
    if (1..found.steps.len()).contains(&passes) {
        found.capacity_per_s = Some(centre.exp());
    }
    found
}

/// Whether nothing held, down to the least rate that is looked at.
pub(super) fn is_hopeless(found: &Search, closed_per_s: f64) -> bool {
    let least = closed_per_s * LEAST_SHARE * 1.000_001;
    !found.steps.iter().any(|step| step.pass)
        && found.steps.iter().any(|step| step.offered_per_s <= least)
}

/// What a search says of its threshold; `None` where it ended before its
/// `tries` steps, so that what it would have found is not known.
fn found_by(search: &Search, closed_per_s: f64, tries: usize) -> Option<Found> {
    if let Some(rate) = search.capacity_per_s {
        return Some(Found::At(rate.ln()));
    }
    let rates = search.steps.iter().map(|step| step.offered_per_s);
    let all = search.steps.len() == tries;
    if search.steps.iter().any(|step| step.pass) {
        return all.then(|| Found::Above(rates.fold(0.0, f64::max).ln()));
    }
    let is_over = all || is_hopeless(search, closed_per_s);
    is_over.then(|| Found::Below(rates.fold(f64::INFINITY, f64::min).ln()))
}

/// What the searches of an engine come to, each of so many steps; `None` where
/// one ended early, and where they have no common answer.
pub(super) fn together(searches: &[Search], closed_per_s: f64, tries: usize) -> Option<Threshold> {
    let found = searches.iter();
    let found: Option<Vec<Found>> = found.map(|it| found_by(it, closed_per_s, tries)).collect();
    let steps = searches.iter().flat_map(|search| &search.steps);
    let all: Vec<Try> = steps
        .map(|step| Try {
            log_rate: step.offered_per_s.ln(),
            held: step.pass,
        })
        .collect();
    threshold(&found?, &all)
}

/// A number between −1 and 1, all alike.
fn either_way(seed: u64, at: u64) -> f64 {
    (counter_word(seed, at) >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
}

#[cfg(test)]
#[path = "search_tests.rs"]
pub(super) mod tests;

#[cfg(test)]
#[path = "coverage_tests.rs"]
mod coverage;
