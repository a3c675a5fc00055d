//! The records of several processes, made into one.

use super::plan::Plan;
use super::schema::{EngineProof, OracleNote, ProofVerdict, Record};

impl Record {
    /// Adds what another process found in a run that was made in the same
    /// way; its trials are marked with its number.
    ///
    /// # Errors
    /// Where the other was another run: its workload, plan, engines or the
    /// oracle's answers differ.
    pub fn add_process(&mut self, other: Self, process: usize) -> Result<(), String> {
        let differs = |what: &str| {
            Err(format!(
                "process {process} has another {what} than those before it"
            ))
        };
        if other.workload != self.workload {
            return differs("workload");
        }
        // each process draws orders of its own
        let same_orders = Plan {
            order_seed: self.plan.order_seed,
            ..other.plan.clone()
        };
        if same_orders != self.plan {
            return differs("plan");
        }
        if other.engines != self.engines {
            return differs("list of engines");
        }
        if let (Some(own), Some(others)) = (&self.oracle, &other.oracle)
            && digests(own) != digests(others)
        {
            return differs("oracle's digest");
        }
        self.trials
            .extend(other.trials.into_iter().map(|mut trial| {
                trial.process = process;
                trial
            }));
        self.interleaved
            .extend(other.interleaved.into_iter().map(|mut round| {
                round.process = process;
                round
            }));
        for (own, others) in self.proofs.iter_mut().zip(other.proofs) {
            add_proof(own, others);
        }
        for warning in other.warnings {
            if !self.warnings.contains(&warning) {
                self.warnings.push(warning);
            }
        }
        self.oracle = self.oracle.take().or(other.oracle);
        self.failure = self.failure.take().or(other.failure);
        self.complete &= other.complete;
        self.ended_by = other.ended_by;
        self.environment.load_1m_end = other.environment.load_1m_end;
        self.environment.throttled_ms_end = other.environment.throttled_ms_end;
        Ok(())
    }
}

fn digests(oracle: &OracleNote) -> (&str, &str, Option<&str>) {
    let warm = oracle.warm_snapshot_digest.as_deref();
    (&oracle.events_digest, &oracle.snapshot_digest, warm)
}

fn add_proof(own: &mut EngineProof, other: EngineProof) {
    own.snapshots += other.snapshots;
    own.reads += other.reads;
    own.explained += other.explained;
    own.bounded += other.bounded;
    own.verdict = match (
        std::mem::replace(&mut own.verdict, ProofVerdict::Equal),
        other.verdict,
    ) {
        (ProofVerdict::Differs(words), _) | (_, ProofVerdict::Differs(words)) => {
            ProofVerdict::Differs(words)
        }
        (ProofVerdict::Equal, ProofVerdict::Equal) => ProofVerdict::Equal,
        // what one process did not look at was not looked at
        _ => ProofVerdict::NotChecked,
    };
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;

    #[test]
    fn what_one_process_found_wrong_is_wrong() {
        let mut record = fixture::record();
        record.plan.processes = 2;
        let trials = record.trials.len();
        let mut other = record.clone();
        fixture::break_engine(&mut other, "dashmap", "a member is missing");
        other.complete = false;
        other.failure = Some("interrupted".into());
        record.add_process(other, 1).unwrap();
        assert_eq!(record.trials.len(), 2 * trials);
        assert!(
            record.trials[trials..]
                .iter()
                .all(|trial| trial.process == 1)
        );
        let verdicts: Vec<&ProofVerdict> = record.proofs.iter().map(|p| &p.verdict).collect();
        assert_eq!(
            verdicts[1],
            &ProofVerdict::Differs("a member is missing".to_owned())
        );
        assert_eq!(record.proofs[0].verdict, ProofVerdict::Equal);
        assert_eq!(record.proofs[0].snapshots, 12);
        assert!(!record.complete && record.failure.is_some());
        record.validate().unwrap();
    }

    #[test]
    fn another_run_is_refused() {
        type Change = fn(&mut Record);
        let differing: [(&str, Change); 3] = [
            ("plan", |record| record.plan.seed += 1),
            ("list of engines", |record| record.engines.truncate(1)),
            ("oracle's digest", |record| {
                record.oracle.as_mut().unwrap().snapshot_digest = "0".repeat(32);
            }),
        ];
        for (what, change) in differing {
            let mut record = fixture::record();
            let mut other = record.clone();
            change(&mut other);
            let said = record.add_process(other, 1).unwrap_err();
            assert!(said.contains(what), "{said}");
        }
    }
}
