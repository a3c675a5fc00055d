//! Comparisons one after the other, each of interleaved rounds that end by the
//! rule of a run.

use std::time::Duration;

use super::request::SelftestError;
use crate::run::stopping::end_after;
use crate::trial::error::TrialError;
use notibench_record::{ProofVerdict, Record, spaced};

/// Runs a round of that number, its trials added to the record.
pub(super) type RunRound<'r> = dyn FnMut(&mut Record, usize) -> Result<(), TrialError> + 'r;

/// Comparisons whose rounds are numbered through, so that each round has an
/// order of its own.
pub(super) struct Series {
    /// Of the comparison that was made last; trials of rounds before it are
    /// marked as warm-up. They say how long a slice is to be, and no more.
    pub(super) record: Record,
    rounds: usize,
    /// Time stolen by the host during interleaved rounds, in ms.
    pub(super) steal_ms: u64,
    /// Involuntary context switches during them.
    pub(super) involuntary_switches: u64,
}

impl Series {
    /// Comparisons as the record's plan says, no round of which was run.
    pub(super) fn new(record: Record) -> Self {
        Self {
            record,
            rounds: 0,
            steal_ms: 0,
            involuntary_switches: 0,
        }
    }

    /// Runs the rounds of the next comparison, before the first one those of
    /// warm-up.
    ///
    /// # Errors
    /// Where a trial fails, an engine is wrong, or it is interrupted.
    pub(super) fn compare(&mut self, run: &mut RunRound<'_>) -> Result<(), SelftestError> {
        while self.rounds < self.record.plan.warmup_rounds {
            self.round(run)?;
        }
        let last = self.rounds.checked_sub(1);
        self.record.trials.retain(|trial| Some(trial.round) == last);
        for trial in &mut self.record.trials {
            trial.warmup = true;
        }
        self.record.interleaved.clear();
        let before = self.rounds - self.record.plan.warmup_rounds;
        while end_after(&self.record, self.rounds - before, Duration::ZERO).is_none() {
            self.round(run)?;
        }
        for round in &self.record.interleaved {
            self.steal_ms += round.steal_ms;
            self.involuntary_switches += round.involuntary_switches;
        }
        Ok(())
    }

    /// The engine's time of each round of the last comparison, in ns,
    /// separated by spaces.
    pub(super) fn times(&self, engine: &str) -> String {
        let trials = self.record.trials.iter();
        let own = trials.filter(|trial| !trial.warmup && trial.engine == engine);
        spaced(&own.map(|trial| trial.wall_ns).collect::<Vec<u64>>())
    }

    fn round(&mut self, run: &mut RunRound<'_>) -> Result<(), SelftestError> {
        run(&mut self.record, self.rounds)?;
        self.rounds += 1;
        wrong_in(&self.record).map_or(Ok(()), Err)
    }
}

/// The first engine that is wrong, or whose last trial lost an event.
fn wrong_in(record: &Record) -> Option<SelftestError> {
    let wrong = |engine: &str, words: String| SelftestError::Wrong {
        engine: engine.to_owned(),
        words,
    };
    let differs = record.proofs.iter().find_map(|proof| match &proof.verdict {
        ProofVerdict::Differs(words) => Some(wrong(&proof.engine, words.clone())),
        _ => None,
    });
    let mut trials = record.trials.iter();
    differs.or_else(|| {
        trials.find_map(|trial| {
            let arrived = trial.applied + trial.discarded + trial.failed;
            let words = format!("{arrived} of {} events arrived", trial.generated);
            (arrived != trial.generated).then(|| wrong(&trial.engine, words))
        })
    })
}
