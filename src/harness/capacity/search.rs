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
    let mut attempts = Attempts {
        found: &mut found,
        step: &mut step,
    };
    // what could not be tried any more leaves it unfinished
    if let Some((low, high)) = attempts.bracket(closed_per_s) {
        let _ = attempts.close_in(low, high, tolerance, closed_per_s * LEAST_SHARE);
    }
    found
}

/// The steps of one search, made and kept.
struct Attempts<'a, S> {
    found: &'a mut Search,
    step: &'a mut S,
}

impl<S: FnMut(StepKind, f64) -> Option<SearchStep>> Attempts<'_, S> {
    /// Whether a rate passes; none where it can't be tried any more.
    fn try_rate(&mut self, kind: StepKind, rate: f64) -> Option<bool> {
        if self.found.steps.len() >= MOST_STEPS {
            return None;
        }
        let step = (self.step)(kind, rate)?;
        let pass = step.pass;
        self.found.steps.push(step);
        Some(pass)
    }

    /// A rate that passes and one that fails; none where there is none that
    /// passes.
    fn bracket(&mut self, closed_per_s: f64) -> Option<(f64, f64)> {
        let least = closed_per_s * LEAST_SHARE;
        let (mut low, mut high): (Option<f64>, Option<f64>) = (None, None);
        let mut rate = closed_per_s / 2.0;
        loop {
            if let (Some(low), Some(high)) = (low, high) {
                return Some((low, high));
            }
            if self.try_rate(StepKind::Search, rate)? {
                low = Some(rate);
                rate *= STRIDE;
            } else {
                self.found.failed_above_per_s = Some(rate);
                high = Some(rate);
                if rate <= least * 1.000_001 {
                    return None;
                }
                rate = (rate / STRIDE / STRIDE).max(least);
            }
        }
    }

    /// Halves the bracket down to the tolerance, then holds both its ends for
    /// longer.
    fn close_in(&mut self, mut low: f64, mut high: f64, tolerance: f64, least: f64) -> Option<()> {
        loop {
            while high / low > 1.0 + tolerance {
                let middle = (low * high).sqrt();
                if self.try_rate(StepKind::Search, middle)? {
                    low = middle;
                } else {
                    high = middle;
                }
            }
            self.found.failed_above_per_s = Some(high);
            if !self.try_rate(StepKind::Confirm, low)? {
                // what passed was luck: a rate below it may hold
                high = low;
                low /= 1.0 + tolerance;
                self.found.failed_above_per_s = Some(high);
                if low < least {
                    return None;
                }
                continue;
            }
            if !self.try_rate(StepKind::Above, high)? {
                self.found.capacity_per_s = Some(low);
                return Some(());
            }
            // what failed was bad luck: a rate above it may hold
            low = high;
            high *= 1.0 + tolerance;
        }
    }
}

#[cfg(test)]
#[path = "search_tests.rs"]
mod tests;
