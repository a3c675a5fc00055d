//! What the comparisons of a selftest come to. Imports `stats`.

use crate::stats::{RatioInterval, Verdict, median};

/// Comparisons of an engine with itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judged {
    /// How many there were.
    pub comparisons: usize,
    /// Those that say faster: false.
    pub faster: usize,
    /// Those that say slower: false.
    pub slower: usize,
    /// Half-width of the intervals, as a fraction of the ratio: the median.
    pub half_width_median: Option<f64>,
    /// Smallest effect that a comparison could show: the median.
    pub detectable_median: Option<f64>,
}

impl Judged {
    /// Verdicts that see a difference where there is none.
    #[must_use]
    pub const fn false_verdicts(&self) -> usize {
        self.faster + self.slower
    }

    /// The most false verdicts that are put down to chance: 15 of 200, 5 of
    /// 40. Comparisons that are each false one time in twenty exceed that by
    /// chance alone in four, and in one and a half, selftests of a hundred.
    #[must_use]
    pub fn allowed(&self) -> usize {
        allowed_false(self.comparisons)
    }
}

/// The expected number and 1.62 of its standard deviations, rounded up.
fn allowed_false(comparisons: usize) -> usize {
    let expected = comparisons as f64 * 0.05;
    (expected + 1.62 * (expected * 0.95).sqrt()).ceil() as usize
}

/// Judges comparisons of an engine with itself.
#[must_use]
pub fn judge_same(intervals: &[RatioInterval]) -> Judged {
    let says = |verdict: Verdict| {
        let same = |interval: &&RatioInterval| interval.verdict() == verdict;
        intervals.iter().filter(same).count()
    };
    Judged {
        comparisons: intervals.len(),
        faster: says(Verdict::Faster),
        slower: says(Verdict::Slower),
        half_width_median: median_of(intervals, |i| i.relative_width() / 2.0),
        detectable_median: median_of(intervals, |i| i.minimum_detectable),
    }
}

/// Comparisons of an engine with itself slowed down.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlantedJudged {
    /// How many there were.
    pub comparisons: usize,
    /// Those whose smallest effect is at most what was planted: they could
    /// show it.
    pub able: usize,
    /// Of those, the ones that say slower.
    pub found: usize,
    /// The ratio seen, slowed to not: the median.
    pub ratio_median: Option<f64>,
    /// Smallest effect that a comparison could show: the median.
    pub detectable_median: Option<f64>,
    /// Rounds of a comparison: the median.
    pub rounds_median: Option<f64>,
}

impl PlantedJudged {
    /// Whether enough comparisons could show it: half of them. Else this
    /// machine can't see so small a slowdown in so many rounds.
    #[must_use]
    pub const fn is_judged(&self) -> bool {
        self.able > 0 && self.able * 2 >= self.comparisons
    }

    /// Whether what could be shown was found, at least 9 times in 10.
    #[must_use]
    pub const fn is_passed(&self) -> bool {
        !self.is_judged() || self.found * 10 >= self.able * 9
    }
}

/// Judges comparisons with an engine that was slowed down by `share`.
#[must_use]
pub fn judge_planted(intervals: &[RatioInterval], share: f64) -> PlantedJudged {
    let able: Vec<&RatioInterval> = intervals
        .iter()
        .filter(|interval| interval.minimum_detectable <= share)
        .collect();
    let found = able.iter().filter(|i| i.verdict() == Verdict::Slower);
    PlantedJudged {
        comparisons: intervals.len(),
        able: able.len(),
        found: found.count(),
        ratio_median: median_of(intervals, |i| i.ratio),
        detectable_median: median_of(intervals, |i| i.minimum_detectable),
        rounds_median: median_of(intervals, |i| i.rounds as f64),
    }
}

fn median_of(intervals: &[RatioInterval], figure: fn(&RatioInterval) -> f64) -> Option<f64> {
    median(&intervals.iter().map(figure).collect::<Vec<f64>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(low: f64, high: f64, minimum_detectable: f64) -> RatioInterval {
        RatioInterval {
            minimum_detectable,
            ..RatioInterval::of_ends(low, high)
        }
    }

    #[test]
    fn false_verdicts_are_counted_both_ways() {
        let judged = judge_same(&[
            interval(0.9, 1.1, 0.1),
            interval(1.01, 1.1, 0.1),
            interval(0.9, 0.99, 0.1),
            interval(0.8, 0.9, 0.1),
        ]);
        assert_eq!((judged.faster, judged.slower), (1, 2));
        assert_eq!(judged.false_verdicts(), 3);
    }

    #[test]
    fn the_limits_are_those_of_chance() {
        let limits = [10, 40, 100, 200, 400].map(allowed_false);
        assert_eq!(limits, [2, 5, 9, 15, 28]);
    }

    #[test]
    fn only_what_could_show_it_is_held_to_it() {
        let mut intervals = vec![interval(0.96, 0.98, 0.02); 9];
        intervals.push(interval(0.96, 1.01, 0.025));
        intervals.extend(vec![interval(0.8, 1.2, 0.3); 10]);
        let judged = judge_planted(&intervals, 0.03);
        assert_eq!((judged.able, judged.found), (10, 9));
        assert!(judged.is_judged() && judged.is_passed());
        intervals[0] = interval(0.96, 1.01, 0.025);
        let judged = judge_planted(&intervals, 0.03);
        assert!(judged.is_judged() && !judged.is_passed());
        // one comparison more that can't show it, and nothing is said
        intervals.push(interval(0.8, 1.2, 0.3));
        let judged = judge_planted(&intervals, 0.03);
        assert!(!judged.is_judged() && judged.is_passed());
        assert!(judge_planted(&[], 0.03).is_passed());
    }
}
