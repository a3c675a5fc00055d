//! What must hold in a record beyond its shape.

use std::collections::HashSet;

use super::schema::{Record, Trial};
use crate::stats::ServiceHistogram;
use notibench_core::unit::digest::Digest;

impl Record {
    /// Checks that the parts of the record agree: every trial and proof is of
    /// an engine that is listed, no engine ran twice in a round, histograms
    /// and digests can be read, numbers are finite.
    ///
    /// # Errors
    /// Says what contradicts what.
    pub fn validate(&self) -> Result<(), String> {
        self.check_finite()?;
        if let Some(plan) = &self.plan.open_loop {
            plan.validate()?;
        }
        let mut names = HashSet::new();
        for engine in &self.engines {
            if !names.insert(engine.name.as_str()) {
                return Err(format!("`engines` names `{}` twice", engine.name));
            }
        }
        let mut turns = HashSet::new();
        for (at, trial) in self.trials.iter().enumerate() {
            if !names.contains(trial.engine.as_str()) {
                return Err(format!(
                    "trial {at} is of `{}`, not in `engines`",
                    trial.engine
                ));
            }
            if !turns.insert((
                trial.engine.as_str(),
                trial.process,
                trial.round,
                trial.pass,
            )) {
                let (engine, round) = (&trial.engine, trial.round);
                return Err(format!("trial {at}: `{engine}` ran twice in round {round}"));
            }
            if trial.process >= self.plan.processes.max(1) {
                let (process, of) = (trial.process, self.plan.processes);
                return Err(format!(
                    "trial {at} is of process {process}, the plan has {of}"
                ));
            }
            check_trial(trial)
                .map_err(|what| format!("trial {at} (`{}`): {what}", trial.engine))?;
        }
        if let Some(proof) = self
            .proofs
            .iter()
            .find(|p| !names.contains(p.engine.as_str()))
        {
            return Err(format!(
                "a proof is of `{}`, not in `engines`",
                proof.engine
            ));
        }
        if let Some(oracle) = &self.oracle {
            check_digest("oracle.events_digest", &oracle.events_digest)?;
            check_digest("oracle.snapshot_digest", &oracle.snapshot_digest)?;
            if let Some(digest) = &oracle.warm_snapshot_digest {
                check_digest("oracle.warm_snapshot_digest", digest)?;
            }
        }
        Ok(())
    }

    /// Checks that every number with a fraction is finite; JSON has no others.
    pub(super) fn check_finite(&self) -> Result<(), String> {
        let environment = &self.environment;
        let mut numbers = vec![
            ("clock.cost_ns", self.clock.cost_ns),
            ("plan.relevant", self.plan.relevant),
            ("plan.precision", self.plan.precision.unwrap_or(0.0)),
            ("plan.planted_share", self.plan.planted_share),
            ("environment.load_1m", environment.load_1m),
            ("environment.load_1m_end", environment.load_1m_end),
            (
                "environment.cgroup_cpus",
                environment.cgroup_cpus.unwrap_or(0.0),
            ),
        ];
        if let Some(realised) = &self.realised {
            numbers.push(("realised.top_1_share", realised.top_1_share));
            numbers.push(("realised.top_100_share", realised.top_100_share));
        }
        if let Some(plan) = &self.plan.open_loop {
            numbers.push(("plan.open_loop.offered_per_s", plan.offered_per_s));
        }
        for note in &self.recording {
            numbers.push((
                "recording.recorded_ns_per_event",
                note.recorded_ns_per_event,
            ));
            numbers.push(("recording.bare_ns_per_event", note.bare_ns_per_event));
            let share = [note.share, note.low, note.high];
            numbers.extend(share.map(|share| ("recording.share", share)));
        }
        let trials = self.trials.iter();
        let achieved = trials.filter_map(|trial| trial.open_loop.as_ref());
        numbers.extend(achieved.map(|open| ("open_loop.achieved_per_s", open.achieved_per_s)));
        match numbers.iter().find(|(_, number)| !number.is_finite()) {
            Some((name, number)) => Err(format!("`{name}` is {number}, not a finite number")),
            None => Ok(()),
        }
    }
}

fn check_trial(trial: &Trial) -> Result<(), String> {
    if let Some(open_loop) = &trial.open_loop {
        open_loop.validate()?;
    }
    if let Some(apart) = &trial.apart {
        apart.validate()?;
    }
    let texts = [
        ("ingest_service_ns", &trial.ingest_service_ns),
        ("read_service_ns", &trial.read_service_ns),
    ];
    for (name, text) in texts {
        // no text: nothing was timed
        if !text.is_empty() {
            ServiceHistogram::from_base64(text).map_err(|error| format!("`{name}`: {error}"))?;
        }
    }
    for (name, digest) in [
        ("events_digest", &trial.events_digest),
        ("snapshot_digest", &trial.snapshot_digest),
    ] {
        if let Some(digest) = digest {
            check_digest(name, digest)?;
        }
    }
    Ok(())
}

fn check_digest(name: &str, text: &str) -> Result<(), String> {
    text.parse::<Digest>()
        .map(drop)
        .map_err(|what| format!("`{name}`: {what}"))
}
