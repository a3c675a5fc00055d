//! What the comparisons of a selftest come to.

use notibench_record::stats::stopping::is_precise;
use notibench_record::stats::{RatioInterval, Verdict, median, proportion_interval};
use notibench_record::{PlantedComparison, PlantedPlan, Selftest};

/// Share of false verdicts that intervals of 95% promise.
const PROMISED: f64 = 0.05;

/// Comparisons of engines with themselves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Judged {
    /// How many gave an interval.
    pub(crate) comparisons: usize,
    /// Those that say faster: false.
    pub(crate) faster: usize,
    /// Those that say slower: false.
    pub(crate) slower: usize,
    /// Half-width of the intervals, as a fraction of the ratio: the median.
    pub(crate) half_width_median: Option<f64>,
}

/// What is known of the rate of false verdicts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FalseRate {
    /// With 95% confidence it is at most the bound.
    Within,
    /// It is above the 5% that intervals of 95% promise: all of its 95%
    /// interval is.
    Beyond,
    /// Neither can be told of so few comparisons.
    Unsure,
}

impl Judged {
    pub(crate) fn of(intervals: &[RatioInterval]) -> Self {
        let says = |verdict: Verdict| {
            let same = |interval: &&RatioInterval| interval.verdict() == verdict;
            intervals.iter().filter(same).count()
        };
        Self {
            comparisons: intervals.len(),
            faster: says(Verdict::Faster),
            slower: says(Verdict::Slower),
            half_width_median: median_of(intervals, |i| i.relative_width() / 2.0),
        }
    }

    /// Verdicts that see a difference where there is none.
    pub(crate) const fn false_verdicts(&self) -> usize {
        self.faster + self.slower
    }

    /// The 95% interval of the rate of false verdicts, after Clopper and
    /// Pearson.
    pub(crate) fn interval(&self) -> (f64, f64) {
        self.rate_interval(0.95)
    }

    /// What that rate is at most, with a confidence of 95%.
    pub(crate) fn upper_bound(&self) -> f64 {
        // each end of a two-sided interval of 90% is a bound of 95%
        self.rate_interval(0.9).1
    }

    fn rate_interval(&self, confidence: f64) -> (f64, f64) {
        let (hits, count) = (self.false_verdicts() as u64, self.comparisons as u64);
        proportion_interval(hits, count, confidence).unwrap_or((0.0, 1.0))
    }

    pub(crate) fn false_rate(&self, most: f64) -> FalseRate {
        if self.upper_bound() <= most {
            FalseRate::Within
        } else if self.interval().0 > PROMISED {
            FalseRate::Beyond
        } else {
            FalseRate::Unsure
        }
    }
}

/// Comparisons of an engine with itself slowed down.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct PlantedJudged {
    /// How many there were.
    pub(crate) comparisons: usize,
    /// Those whose interval became narrow enough to show it.
    pub(crate) able: usize,
    /// Of those, the ones that say slower.
    pub(crate) found: usize,
    /// The ratio seen, slowed to not: the median.
    pub(crate) ratio_median: Option<f64>,
    /// Half-width of the intervals: the median.
    pub(crate) half_width_median: Option<f64>,
    /// Rounds of a comparison: the median.
    pub(crate) rounds_median: Option<f64>,
    /// How long a comparison took, in ms: the median.
    pub(crate) took_ms_median: Option<f64>,
}

impl PlantedJudged {
    pub(crate) fn of(record: &Selftest) -> Self {
        let all = record.planted.iter();
        let intervals: Vec<RatioInterval> = all.filter_map(PlantedComparison::interval).collect();
        let took: Vec<f64> = record
            .planted
            .iter()
            .map(|one| one.took_ms as f64)
            .collect();
        Self {
            comparisons: record.planted.len(),
            took_ms_median: median(&took),
            ..Self::of_intervals(&intervals, &record.planted_plan)
        }
    }

    pub(crate) fn of_intervals(intervals: &[RatioInterval], plan: &PlantedPlan) -> Self {
        let is_able = |interval: &&RatioInterval| is_precise(interval, plan.precision);
        let able: Vec<&RatioInterval> = intervals.iter().filter(is_able).collect();
        let found = able.iter().filter(|i| i.verdict() == Verdict::Slower);
        Self {
            comparisons: intervals.len(),
            able: able.len(),
            found: found.count(),
            ratio_median: median_of(intervals, |i| i.ratio),
            half_width_median: median_of(intervals, |i| i.relative_width() / 2.0),
            rounds_median: median_of(intervals, |i| i.rounds as f64),
            took_ms_median: None,
        }
    }

    /// Whether enough comparisons could show it: half of them. Else this
    /// machine can't see so small a slowdown in so many rounds.
    pub(crate) const fn is_judged(&self) -> bool {
        self.able > 0 && self.able * 2 >= self.comparisons
    }

    /// Whether what could be shown was found, at least 9 times in 10.
    pub(crate) const fn is_passed(&self) -> bool {
        !self.is_judged() || self.found * 10 >= self.able * 9
    }
}

fn median_of(intervals: &[RatioInterval], figure: fn(&RatioInterval) -> f64) -> Option<f64> {
    median(&intervals.iter().map(figure).collect::<Vec<f64>>())
}

#[cfg(test)]
#[path = "selftest_tests.rs"]
mod tests;
