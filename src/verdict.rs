//! The result of a run, by its record.

use super::exit::Failure;
use notibench_record::{ProofVerdict, Record, RunFailure};
use notibench_report as report;

/// The result of a run, by its record: success, or which failure.
pub(crate) fn verdict_of(record: &Record) -> Result<(), Failure> {
    let wrong: Vec<String> = record
        .proofs
        .iter()
        .filter_map(|proof| match &proof.verdict {
            ProofVerdict::Differs(words) => Some(format!("engine `{}`: {words}", proof.engine)),
            _ => None,
        })
        .collect();
    if !wrong.is_empty() {
        return Err(Failure::Verification(format!(
            "verification failed: {}",
            wrong.join("; ")
        )));
    }
    match &record.failure {
        Some(RunFailure::Interrupted) => Err(Failure::Interrupted(
            "interrupted; the record is marked incomplete".to_owned(),
        )),
        Some(words) if record.complete => Err(Failure::Verification(words.to_string())),
        Some(words) => Err(Failure::Error(words.to_string())),
        None => match report::failures(record).into_iter().next() {
            Some(words) => Err(Failure::Verification(words)),
            None => Ok(()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use notibench_record::fixture;

    #[test]
    fn a_record_whose_events_are_not_conserved_is_no_success() {
        let mut record = fixture::record();
        assert!(verdict_of(&record).is_ok());
        record.trials[0].applied -= 1;
        match verdict_of(&record) {
            Err(Failure::Verification(words)) => {
                assert!(words.contains("not conserved"), "{words}");
            }
            other => panic!("{other:?}"),
        }
    }
}
