//! What is compared in a record: times of the rounds that two engines both ran.
//! One place for it, since the harness stops by it and the report shows it.

use std::collections::BTreeMap;

use super::apart::ApartRole;
use super::pass::Pass;
use super::schema::{EngineNote, Record, Trial};
use crate::stats::{RatioInterval, geometric_mean, paired_ratio};

/// A figure by process, round and group.
type Rounds = BTreeMap<(usize, usize, usize), f64>;

fn by_round<'r>(
    trials: impl Iterator<Item = &'r Trial>,
    figure: &impl Fn(&Trial) -> Option<f64>,
) -> Rounds {
    trials
        .filter_map(|trial| Some(((trial.process, trial.round, trial.group), figure(trial)?)))
        .collect()
}

impl Trial {
    /// Events that were taken on.
    #[must_use]
    pub const fn taken_on(&self) -> u64 {
        let missed = self.failed.saturating_add(self.skipped);
        self.generated.saturating_sub(missed)
    }

    /// Wall time per event that was taken on; where roles are apart, beside
    /// the readers. `None` where there is no time or no event.
    #[must_use]
    pub fn ns_per_event(&self) -> Option<f64> {
        if self.apart.is_some() {
            return self.ns_beside(ApartRole::Writer);
        }
        let events = self.taken_on();
        (events > 0 && self.wall_ns > 0).then(|| self.wall_ns as f64 / events as f64)
    }

    /// Wall time per operation of a role while the other does nothing; none
    /// where roles are not apart, or nothing was timed.
    #[must_use]
    pub fn ns_alone(&self, role: ApartRole) -> Option<f64> {
        self.apart.as_ref()?.alone(role).ns_each()
    }

    /// The same beside the other role.
    #[must_use]
    pub fn ns_beside(&self, role: ApartRole) -> Option<f64> {
        self.apart.as_ref()?.beside(role).ns_each()
    }
}

impl Record {
    /// The passes of the engine that count, each made alone where there are
    /// such: no warm-up, and something was timed. Absolute figures are theirs.
    pub fn counted<'r>(&'r self, engine: &str, pass: Pass) -> impl Iterator<Item = &'r Trial> {
        let is_alone = |trial: &&Trial| !trial.warmup && trial.slices.is_none();
        let interleaved = !self.trials.iter().any(|trial| is_alone(&trial));
        self.counted_of(engine, pass, interleaved)
    }

    /// Those of rounds that are interleaved, or are not.
    fn counted_of<'r>(
        &'r self,
        engine: &str,
        pass: Pass,
        interleaved: bool,
    ) -> impl Iterator<Item = &'r Trial> {
        self.trials.iter().filter(move |trial| {
            let is_of_it = trial.engine == engine && trial.pass == pass;
            let is_wanted = !trial.warmup && trial.slices.is_some() == interleaved;
            is_of_it && is_wanted && trial.ns_per_event().is_some()
        })
    }

    /// The passes whose times are compared: those of interleaved rounds where
    /// there are any.
    pub fn compared<'r>(&'r self, engine: &str, pass: Pass) -> impl Iterator<Item = &'r Trial> {
        self.counted_of(engine, pass, !self.interleaved.is_empty())
    }

    /// Time per event of the engine and of the baseline, for each sampling
    /// unit that has both. In interleaved rounds the baseline's is the geometric
    /// mean of its two copies, but for the A/A control itself.
    #[must_use]
    pub fn paired_times(&self, engine: &str, pass: Pass) -> Vec<(f64, f64)> {
        self.paired_times_with(&self.plan.baseline, engine, pass)
    }

    /// The same beside another engine than the baseline.
    #[must_use]
    pub fn paired_times_with(&self, baseline: &str, engine: &str, pass: Pass) -> Vec<(f64, f64)> {
        self.paired_by(baseline, engine, pass, Trial::ns_per_event)
    }

    /// The same in rounds in which each had its whole trial alone; empty where
    /// there are none.
    #[must_use]
    pub fn paired_times_alone(&self, engine: &str, pass: Pass) -> Vec<(f64, f64)> {
        let rounds = |name: &str| {
            let trials = self.counted_of(name, pass, false);
            by_round(trials, &Trial::ns_per_event)
        };
        self.units(&rounds(engine), &rounds(&self.plan.baseline))
    }

    /// The same of another time of a trial, such as that of a part of the
    /// stream.
    pub fn paired_by(
        &self,
        baseline: &str,
        engine: &str,
        pass: Pass,
        time: impl Fn(&Trial) -> Option<f64>,
    ) -> Vec<(f64, f64)> {
        let rounds = |name: &str| by_round(self.compared(name, pass), &time);
        let own = rounds(engine);
        let mut base = rounds(baseline);
        let control = self.engines.iter().find(|note| note.control);
        let control = control.filter(|note| baseline == self.plan.baseline && note.name != engine);
        let both = !self.interleaved.is_empty() && engine != baseline;
        if let Some(control) = control.filter(|_| both) {
            let second = rounds(&control.name);
            for (at, time) in &mut base {
                if let Some(other) = second.get(at) {
                    *time = (*time * other).sqrt();
                }
            }
        }
        self.units(&own, &base)
    }

    /// A time of the engine for each sampling unit, of the trials whose times
    /// are compared.
    pub fn times(
        &self,
        engine: &str,
        pass: Pass,
        time: impl Fn(&Trial) -> Option<f64>,
    ) -> Vec<f64> {
        let rounds = by_round(self.compared(engine, pass), &time);
        let pairs = self.units(&rounds, &rounds).into_iter();
        pairs.map(|(own, _)| own).collect()
    }

    /// Pairs of the rounds that both have, or of their means by process.
    fn units(&self, own: &Rounds, base: &Rounds) -> Vec<(f64, f64)> {
        let rounds = own
            .iter()
            .filter_map(|(at, own)| Some((at.0, (*own, *base.get(at)?))));
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

    /// The ratio of the engine's speed to the other's with its interval, whose
    /// floor is what the A/A control shows; none with fewer than two sampling
    /// units.
    #[must_use]
    pub fn ratio_with(&self, other: &str, engine: &str, pass: Pass) -> Option<RatioInterval> {
        let ratio =
            |other: &str, engine: &str| paired_ratio(&self.paired_times_with(other, engine, pass));
        let found = ratio(other, engine)?;
        let base = self
            .engines
            .iter()
            .find(|note| note.name == self.plan.baseline);
        let of_base = |note: &&EngineNote| base.is_some_and(|base| base.engine == note.engine);
        let control = self.engines.iter().find(|note| note.control);
        let control = control.filter(of_base);
        let control = control.filter(|note| ![engine, other].contains(&note.name.as_str()));
        let seen = control.and_then(|note| ratio(&self.plan.baseline, &note.name));
        Some(seen.map_or(found, |seen| found.with_floor_of(&seen)))
    }

    /// The same of passes over fresh state, to the baseline's speed.
    #[must_use]
    pub fn ratio(&self, engine: &str) -> Option<RatioInterval> {
        self.ratio_with(&self.plan.baseline, engine, Pass::Fresh)
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;

    #[test]
    fn a_round_that_only_one_ran_is_no_pair() {
        let mut record = fixture::record();
        assert_eq!(record.paired_times("dashmap", Pass::Fresh).len(), 5);
        record
            .trials
            .retain(|t| !(t.round == 3 && t.engine == "dashmap-naive"));
        assert_eq!(record.paired_times("dashmap", Pass::Fresh).len(), 4);
        assert!(record.paired_times("nobody", Pass::Fresh).is_empty());
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
        assert_eq!(record.paired_times("dashmap", Pass::Fresh).len(), 2);
    }
}
