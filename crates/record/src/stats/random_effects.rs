//! How the variance of observations in groups splits into that between groups
//! and that within them.
//!
//! The one-way random-effects model with its analysis-of-variance estimates:
//! S. R. Searle, G. Casella, C. E. McCulloch, "Variance Components", Wiley,
//! 1992, chapter 3.

use super::average::mean;

/// Components of variance of observations in groups.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VarianceSplit {
    /// Groups.
    pub groups: usize,
    /// Observations of a group: the mean, weighted as the estimate is.
    pub per_group: f64,
    /// Variance of the groups' true means; 0 where what is seen is no more
    /// than the variance within them makes by itself.
    pub between: f64,
    /// Variance of an observation about its group's mean.
    pub within: f64,
}

impl VarianceSplit {
    /// The split of these groups; groups without observations are left out.
    ///
    /// `None` with fewer than two groups, with no group of several
    /// observations, and where an observation is not finite.
    #[must_use]
    pub fn of(groups: &[Vec<f64>]) -> Option<Self> {
        let groups: Vec<&Vec<f64>> = groups.iter().filter(|group| !group.is_empty()).collect();
        let count = groups.iter().map(|group| group.len()).sum::<usize>() as f64;
        let (k, free) = (groups.len() as f64, count - groups.len() as f64);
        if groups.len() < 2 || free < 1.0 {
            return None;
        }
        let all: Vec<f64> = groups.iter().copied().flatten().copied().collect();
        let centre = mean(&all)?;
        let (mut within, mut between, mut squares) = (0.0, 0.0, 0.0);
        for group in groups {
            let (own, size) = (mean(group)?, group.len() as f64);
            within += group.iter().map(|x| (x - own).powi(2)).sum::<f64>();
            between += size * (own - centre).powi(2);
            squares += size * size;
        }
        let (within, between) = (within / free, between / (k - 1.0));
        let per_group = (count - squares / count) / (k - 1.0);
        let split = Self {
            groups: k as usize,
            per_group,
            between: ((between - within) / per_group).max(0.0),
            within,
        };
        (split.between + split.within).is_finite().then_some(split)
    }

    /// Share of the variance of the mean over all groups that comes from
    /// within them: what more observations a group would take away.
    #[must_use]
    pub fn share_within(&self) -> f64 {
        let within = self.within / self.per_group;
        let whole = self.between + within;
        if whole > 0.0 { within / whole } else { 0.0 }
    }

    /// Standard error of that mean with twice the observations a group, as a
    /// fraction of what it is.
    #[must_use]
    pub fn with_twice_a_group(&self) -> f64 {
        (1.0 - self.share_within() / 2.0).sqrt()
    }

    /// The same with twice the groups.
    #[must_use]
    pub fn with_twice_the_groups(&self) -> f64 {
        std::f64::consts::FRAC_1_SQRT_2
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{SeedableRng as _, rngs::StdRng};
    use rand_distr::{Distribution as _, StandardNormal};

    #[test]
    fn as_the_formulas_have_it() {
        // means 2 and 6; mean squares 24 between and 2.5 within
        let split = VarianceSplit::of(&[vec![1.0, 2.0, 3.0], vec![4.0, 6.0, 8.0]]).unwrap();
        assert_eq!((split.groups, split.per_group, split.within), (2, 3.0, 2.5));
        assert!((split.between - 21.5 / 3.0).abs() < 1e-12);
        // of unequal size: mean squares 27 and 1.75, 8/3 observations a group
        let unequal = [vec![1.0, 3.0], vec![], vec![5.0, 6.0, 7.0, 8.0]];
        let split = VarianceSplit::of(&unequal).unwrap();
        assert_eq!((split.groups, split.within), (2, 1.75));
        assert!((split.per_group - 8.0 / 3.0).abs() < 1e-12);
        assert!((split.between - 25.25 * 3.0 / 8.0).abs() < 1e-12);
    }

    #[test]
    fn what_is_planted_is_found() {
        let mut rng = StdRng::seed_from_u64(20_261_127);
        let mut normal = |deviation: f64| -> f64 {
            let unit: f64 = StandardNormal.sample(&mut rng);
            deviation * unit
        };
        let groups: Vec<Vec<f64>> = (0..4_000)
            .map(|_| {
                let centre = normal(2.0);
                (0..5).map(|_| centre + normal(3.0)).collect()
            })
            .collect();
        let split = VarianceSplit::of(&groups).unwrap();
        // standard errors: about 0.13 and 0.10
        assert!((split.between - 4.0).abs() < 0.6, "{split:?}");
        assert!((split.within - 9.0).abs() < 0.5, "{split:?}");
        assert!((split.share_within() - 1.8 / 5.8).abs() < 0.05, "{split:?}");
        // four fifths of the variance of a mean of one group's ten stay
        let twice = (0.9_f64 + 4.0) / 5.8;
        assert!((split.with_twice_a_group() - twice.sqrt()).abs() < 0.02);
    }

    #[test]
    fn groups_that_are_alike_differ_by_nothing() {
        let split = VarianceSplit::of(&[vec![1.0, 3.0], vec![3.0, 1.0]]).unwrap();
        assert_eq!((split.between, split.share_within()), (0.0, 1.0));
        let still = VarianceSplit::of(&[vec![1.0, 1.0], vec![1.0, 1.0]]).unwrap();
        assert_eq!((still.within, still.share_within()), (0.0, 0.0));
        assert_eq!(still.with_twice_a_group(), 1.0);
    }

    #[test]
    fn without_groups_of_several_there_is_none() {
        assert_eq!(VarianceSplit::of(&[]), None);
        assert_eq!(VarianceSplit::of(&[vec![1.0, 2.0]]), None);
        assert_eq!(VarianceSplit::of(&[vec![1.0], vec![2.0]]), None);
        assert_eq!(
            VarianceSplit::of(&[vec![1.0, f64::NAN], vec![2.0, 1.0]]),
            None
        );
    }
}
