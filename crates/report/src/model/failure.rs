//! What went wrong in a run, in words.

use notibench_core::unit::quantity::show_whole;
use notibench_record::{EngineNote, EngineRole, OracleNote, Pass, ProofVerdict, Record, Trial};

/// Why the engine's final state was wrong, where it was, under this name or
/// under its other one: the baseline and its A/A control are one engine.
pub(crate) fn difference(record: &Record, engine: &EngineNote) -> Option<String> {
    let others = || {
        let same = |other: &&EngineNote| other.engine == engine.engine && other.name != engine.name;
        record.engines.iter().filter(same).find_map(|other| {
            let words = difference_under(record, other)?;
            Some(format!("as {}: {words}", other.name))
        })
    };
    difference_under(record, engine).or_else(others)
}

/// The first difference that the proof of one name found, or a digest of one
/// of its trials that is not the oracle's.
fn difference_under(record: &Record, engine: &EngineNote) -> Option<String> {
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
    if let Some(trial) = trials().find(|t| differs(&t.events_digest, right_events(oracle, t))) {
        let round = trial.round;
        return Some(format!(
            "round {round}: its events are not those that the oracle had"
        ));
    }
    // a probe has no state, an ablation its own definition
    if engine.role != EngineRole::Engine {
        return None;
    }
    trials()
        .find(|t| differs(&t.snapshot_digest, right_state(oracle, t)))
        .map(|trial| {
            let round = trial.round;
            format!("round {round}: the digest of its snapshot is not the oracle's")
        })
}

/// The digest of the right events of a trial: of those that were not skipped,
/// where some were.
fn right_events<'a>(oracle: &'a OracleNote, trial: &'a Trial) -> &'a str {
    let of_taken = trial.open_loop.as_ref();
    let of_taken = of_taken.and_then(|open| open.oracle_events_digest.as_ref());
    // the oracle was not asked about a probe that skips
    let skipped = if trial.skipped > 0 {
        &trial.events_digest
    } else {
        &None
    };
    let right = of_taken.or(skipped.as_ref());
    right.unwrap_or(&oracle.events_digest)
}

/// The digest of the right state after a trial.
fn right_state<'a>(oracle: &'a OracleNote, trial: &'a Trial) -> &'a str {
    let of_taken = trial.open_loop.as_ref();
    let of_taken = of_taken.and_then(|open| open.oracle_snapshot_digest.as_deref());
    of_taken.unwrap_or_else(|| expected_after(oracle, trial.pass))
}

/// The digest of the right state after a pass; that of no state where a record
/// has a warm pass that the oracle was not asked for.
fn expected_after(oracle: &OracleNote, pass: Pass) -> &str {
    match pass {
        Pass::Fresh => &oracle.snapshot_digest,
        Pass::Warm => oracle.warm_snapshot_digest.as_deref().unwrap_or_default(),
    }
}

/// Events of a trial that its counts leave unexplained, in words.
pub(crate) fn unconserved(trial: &Trial) -> Option<String> {
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
        found.push("the oracle's digests are not what the workload's file expects".to_owned());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use notibench_record::fixture;

    #[test]
    fn an_engine_that_is_wrong_under_one_of_its_names_is_wrong() {
        for wrong in ["dashmap-naive-again", "dashmap-naive"] {
            let mut record = fixture::record();
            fixture::break_engine(&mut record, wrong, "member 7: badge");
            for engine in &record.engines {
                let is_it = engine.engine == "dashmap-naive";
                let told = difference(&record, engine);
                assert_eq!(told.is_some(), is_it, "{}", engine.name);
                assert!(told.is_none_or(|words| words.contains("member 7: badge")));
            }
        }
    }
}
