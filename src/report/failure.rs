//! What went wrong in a run, in words. Imports `record`.

use crate::record::{EngineNote, ProofVerdict, Record, Trial};
use crate::unit::quantity::show_whole;

/// Why the engine's final state was wrong, where it was: the first difference
/// that its proof found, or a digest of one of its trials that is not the
/// oracle's.
pub(super) fn difference(record: &Record, engine: &EngineNote) -> Option<String> {
    let proofs = record
        .proofs
        .iter()
        .filter(|proof| proof.engine == engine.name);
    for proof in proofs {
        if let ProofVerdict::Differs(words) = &proof.verdict {
            return Some(words.clone());
        }
    }
    let oracle = record.oracle.as_ref()?;
    let trials = || {
        record
            .trials
            .iter()
            .filter(|trial| trial.engine == engine.name)
    };
    let differs = |digest: &Option<String>, right: &str| {
        digest.as_ref().is_some_and(|digest| digest != right)
    };
    if let Some(trial) = trials().find(|t| differs(&t.events_digest, &oracle.events_digest)) {
        let round = trial.round;
        return Some(format!(
            "round {round}: its events are not those that the oracle had"
        ));
    }
    // a probe has no state, an ablation its own definition
    if engine.role != "engine" {
        return None;
    }
    trials()
        .find(|t| differs(&t.snapshot_digest, &oracle.snapshot_digest))
        .map(|trial| {
            let round = trial.round;
            format!("round {round}: the digest of its snapshot is not the oracle's")
        })
}

/// Events of a trial that its counts leave unexplained, in words.
pub(super) fn unconserved(trial: &Trial) -> Option<String> {
    let parts = [trial.applied, trial.discarded, trial.failed, trial.skipped];
    let sum: u128 = parts.iter().copied().map(u128::from).sum();
    (sum != u128::from(trial.generated)).then(|| {
        let [applied, discarded, failed, skipped] = parts.map(show_whole);
        format!(
            "{}, round {}: generated {} is not applied {applied} + discarded {discarded} + failed \
             {failed} + skipped {skipped}",
            trial.engine,
            trial.round,
            show_whole(trial.generated),
        )
    })
}

/// Every failure of the run, a sentence each; empty where all went well.
#[must_use]
pub fn failures(record: &Record) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    if let Some(failure) = &record.failure {
        found.push(format!("the run failed: {failure}"));
    }
    for engine in &record.engines {
        if let Some(words) = difference(record, engine) {
            found.push(format!("{}: wrong final state: {words}", engine.name));
        }
    }
    let leaks: Vec<String> = record.trials.iter().filter_map(unconserved).collect();
    if let Some(first) = leaks.first() {
        let others = leaks.len() - 1;
        let others = if others == 0 {
            String::new()
        } else {
            format!(" (and {others} more)")
        };
        found.push(format!("events are not conserved: {first}{others}"));
    }
    if let Some(oracle) = &record.oracle
        && !["matches", "unknown"].contains(&oracle.expected.as_str())
    {
        let expected = &oracle.expected;
        found.push(format!(
            "the oracle and the workload's file disagree: {expected}"
        ));
    }
    found
}
