//! The search itself: a bracket by doubling or halving, narrowed on a
//! logarithmic scale, then held for longer, then seen to fail just above.
//! Knows rates and verdicts only. Imports `record`.

use crate::record::{Search, SearchStep, StepKind};

/// A rate below this share of the closed loop's is not looked at.
pub(super) const LEAST_SHARE: f64 = 0.1;
/// Steps of one search, at most.
const MOST_STEPS: usize = 60;
/// How the bracket grows, upward and downward.
const STRIDE: f64 = 1.5;

/// Searches from half of `closed_per_s` on. `step` offers a rate; where it
/// gives nothing the search ends unfinished. The rate that is found was held
/// as a confirming step; the next rate above it that was tried, by the
/// tolerance, was not.
pub(super) fn search(
    closed_per_s: f64,
    tolerance: f64,
    mut step: impl FnMut(StepKind, f64) -> Option<SearchStep>,
) -> Search {
    let mut found = Search {
        capacity_per_s: None,
        failed_above_per_s: None,
        steps: Vec::new(),
    };
    let mut try_rate = |found: &mut Search, kind, rate: f64| -> Option<bool> {
        if found.steps.len() >= MOST_STEPS {
            return None;
        }
        let step = step(kind, rate)?;
        let pass = step.pass;
        found.steps.push(step);
        Some(pass)
    };
    let least = closed_per_s * LEAST_SHARE;
    let (mut low, mut high): (Option<f64>, Option<f64>) = (None, None);
    let mut rate = closed_per_s / 2.0;
    // a bracket: one rate that passes, one that fails
    while low.is_none() || high.is_none() {
        match try_rate(&mut found, StepKind::Search, rate) {
            None => return found,
            Some(true) => {
                low = Some(rate);
                rate *= STRIDE;
            }
            Some(false) => {
                found.failed_above_per_s = Some(rate);
                high = Some(rate);
                if rate <= least * 1.000_001 {
                    return found;
                }
                rate = (rate / STRIDE / STRIDE).max(least);
            }
        }
    }
    let (Some(mut low), Some(mut high)) = (low, high) else {
        return found;
    };
    loop {
        while high / low > 1.0 + tolerance {
            let middle = (low * high).sqrt();
            match try_rate(&mut found, StepKind::Search, middle) {
                None => return found,
                Some(true) => low = middle,
                Some(false) => high = middle,
            }
        }
        found.failed_above_per_s = Some(high);
        match try_rate(&mut found, StepKind::Confirm, low) {
            None => return found,
            Some(true) => {}
            Some(false) => {
                // what passed was luck: a rate below it may hold
                high = low;
                low /= 1.0 + tolerance;
                found.failed_above_per_s = Some(high);
                if low < least {
                    return found;
                }
                continue;
            }
        }
        match try_rate(&mut found, StepKind::Above, high) {
            None => return found,
            Some(false) => {
                found.capacity_per_s = Some(low);
                return found;
            }
            Some(true) => {
                // what failed was bad luck: a rate above it may hold
                low = high;
                high *= 1.0 + tolerance;
            }
        }
    }
}

#[cfg(test)]
#[path = "search_tests.rs"]
mod tests;
