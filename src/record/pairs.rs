//! What is compared in a record: times of the rounds that two engines both
//! ran. One place for it, since the harness stops by it and the report shows
//! it. Imports the schema and `stats`.

use std::collections::{BTreeMap, HashMap};

use super::pass::Pass;
use super::schema::{Record, Trial};
use crate::stats::{RatioInterval, geometric_mean, paired_ratio};

impl Trial {
    /// Events that were taken on.
    #[must_use]
    pub const fn taken_on(&self) -> u64 {
        let missed = self.failed.saturating_add(self.skipped);
        self.generated.saturating_sub(missed)
    }

    /// Wall time per event that was taken on; `None` where there is no time
    /// or no event.
    #[must_use]
    pub fn ns_per_event(&self) -> Option<f64> {
        let events = self.taken_on();
        (events > 0 && self.wall_ns > 0).then(|| self.wall_ns as f64 / events as f64)
    }
}

impl Record {
    /// The passes of the engine that count: no warm-up, and something was
    /// timed.
    pub fn counted<'r>(&'r self, engine: &str, pass: Pass) -> impl Iterator<Item = &'r Trial> {
        self.trials.iter().filter(move |trial| {
            let is_of_it = trial.engine == engine && trial.pass == pass;
            is_of_it && !trial.warmup && trial.ns_per_event().is_some()
        })
    }

    /// A figure of the engine and the same of the baseline, for each sampling
    /// unit that has both: a round, or a process where there were several,
    /// whose figures are then geometric means over its rounds.
    pub fn paired(
        &self,
        engine: &str,
        pass: Pass,
        figure: impl Fn(&Trial) -> Option<f64>,
    ) -> Vec<(f64, f64)> {
        self.paired_with(&self.plan.baseline, engine, pass, figure)
    }

    /// A figure of the engine and the same of the baseline, for each sampling
    /// unit that has both: a round, or a process where there were several,
    /// whose figures are then geometric means over its rounds.
    pub fn paired_with(
        &self,
        baseline: &str,
        engine: &str,
        pass: Pass,
        figure: impl Fn(&Trial) -> Option<f64>,
    ) -> Vec<(f64, f64)> {
        let at = |trial: &Trial| (trial.process, trial.round);
        let baseline: HashMap<(usize, usize), &Trial> = self
            .counted(baseline, pass)
            .map(|trial| (at(trial), trial))
            .collect();
        let rounds = self.counted(engine, pass).filter_map(|trial| {
            let other = baseline.get(&at(trial))?;
            Some((trial.process, (figure(trial)?, figure(other)?)))
        });
        if self.plan.processes <= 1 {
            return rounds.map(|(_, pair)| pair).collect();
        }
        let mut processes: BTreeMap<usize, (Vec<f64>, Vec<f64>)> = BTreeMap::new();
        for (process, (own, base)) in rounds {
            let of_it = processes.entry(process).or_default();
            of_it.0.push(own);
            of_it.1.push(base);
        }
        let means = processes.values();
        means
            .filter_map(|(own, base)| Some((geometric_mean(own)?, geometric_mean(base)?)))
            .collect()
    }

    /// The ratio of the engine's speed to the baseline's with its interval;
    /// none with fewer than two sampling units.
    #[must_use]
    pub fn ratio(&self, engine: &str) -> Option<RatioInterval> {
        paired_ratio(&self.paired(engine, Pass::Fresh, Trial::ns_per_event))
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;

    #[test]
    fn a_round_that_only_one_ran_is_no_pair() {
        let mut record = fixture::record();
        assert_eq!(
            record
                .paired("dashmap", Pass::Fresh, Trial::ns_per_event)
                .len(),
            5
        );
        record
            .trials
            .retain(|t| !(t.round == 3 && t.engine == "dashmap-naive"));
        assert_eq!(
            record
                .paired("dashmap", Pass::Fresh, Trial::ns_per_event)
                .len(),
            4
        );
        assert!(
            record
                .paired("nobody", Pass::Fresh, Trial::ns_per_event)
                .is_empty()
        );
    }

    #[test]
    fn processes_are_the_sampling_unit_where_there_are_several() {
        let record = fixture::three_processes([0.9, 1.0, 1.1]);
        let interval = record.ratio("dashmap").unwrap();
        assert_eq!(interval.rounds, 3);
        // what twelve rounds of one process would say is three times as sure
        let mut flat = record.clone();
        flat.plan.processes = 1;
        for trial in &mut flat.trials {
            trial.round += 10 * trial.process;
            trial.process = 0;
        }
        let of_rounds = flat.ratio("dashmap").unwrap();
        assert!((of_rounds.ratio / interval.ratio - 1.0).abs() < 1e-9);
        assert!(interval.relative_width() > 2.0 * of_rounds.relative_width());
    }

    #[test]
    fn rounds_of_different_processes_are_never_paired() {
        let mut record = fixture::three_processes([1.0, 1.0, 1.0]);
        record
            .trials
            .retain(|t| !(t.process == 1 && t.engine == "dashmap-naive"));
        assert_eq!(
            record
                .paired("dashmap", Pass::Fresh, Trial::ns_per_event)
                .len(),
            2
        );
    }
}
