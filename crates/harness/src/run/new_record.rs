//! The record of a run before its first trial: what was asked for, and what the
//! oracle expects of it.

use crate::contender::Contender;
use crate::host::counters::no_counters;
use crate::proof::expectation::Expectation;
use crate::run::request::RunRequest;
use notibench_core::engine::Role;
use notibench_core::unit::address::without_password;
use notibench_core::unit::quantity::{counted, show_whole};
use notibench_record::{
    ClockNote, EndedBy, EngineNote, EngineProof, EngineRole, OracleNote, ProofVerdict, Realised,
    Record, SCHEMA, WorkloadNote,
};

/// The time, RFC 3339, UTC, to the second.
pub(crate) fn now() -> String {
    jiff::Timestamp::now()
        .strftime("%Y-%m-%dT%H:%M:%SZ")
        .to_string()
}

/// The record of a run that has not had a trial yet.
pub(crate) fn new_record(
    request: &RunRequest<'_>,
    clock: ClockNote,
    realised: Realised,
    expected: Option<&Expectation<'_>>,
) -> Record {
    let (oracle, surprise) = oracle_note(request, expected);
    Record {
        schema: SCHEMA.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        complete: false,
        failure: surprise.map(Into::into),
        ended_by: EndedBy::default(),
        command: request
            .command
            .iter()
            .map(|word| without_password(word))
            .collect(),
        started: now(),
        workload: WorkloadNote {
            name: request.workload.name.clone(),
            toml: request.toml.clone(),
            trace: request.trace.map(|trace| trace.note.clone()),
        },
        plan: request.plan.clone(),
        environment: request.environment.clone(),
        engines: request.contenders.iter().map(engine_note).collect(),
        trials: Vec::new(),
        interleaved: Vec::new(),
        weather: None,
        oracle,
        proofs: request.contenders.iter().map(first_proof).collect(),
        clock,
        realised: Some(realised),
        recording: Vec::new(),
        warnings: warnings(request),
    }
}

/// What a reader should know before the first trial.
fn warnings(request: &RunRequest<'_>) -> Vec<String> {
    let counters = request.plan.perf.then(no_counters).flatten();
    let left_out = request.trace.and_then(|trace| {
        let note = &trace.note;
        let skipped: u64 = note.skipped.iter().map(|(_, number)| number).sum();
        (note.bad + skipped > 0).then(|| {
            format!(
                "left out of the trace: {} and {} that mean nothing here; the record's \
                 `workload.trace` says which",
                counted(note.bad, "bad entry"),
                show_whole(skipped)
            )
        })
    });
    counters.into_iter().chain(left_out).collect()
}

fn oracle_note(
    request: &RunRequest<'_>,
    expected: Option<&Expectation<'_>>,
) -> (Option<OracleNote>, Option<String>) {
    let Some(expected) = expected else {
        return (None, None);
    };
    let (workload, plan) = (request.workload, &request.plan);
    let at_defaults = plan.seed == workload.seed && plan.events == workload.events;
    let known = [
        (
            "events",
            workload.expected_events_digest,
            expected.events_digest,
        ),
        (
            "snapshot",
            workload.expected_snapshot_digest,
            expected.fresh.recorded.digest,
        ),
    ];
    let surprise = known
        .iter()
        .filter(|_| at_defaults)
        .find_map(|(what, wanted, found)| {
            let wanted = wanted.filter(|wanted| wanted != found)?;
            Some(format!(
                "the {what} digest of `{}` at its default seed is {found}, but its file expects \
             {wanted}: the file or the generator has changed",
                workload.name
            ))
        });
    let all_known = at_defaults && known.iter().all(|(_, wanted, _)| wanted.is_some());
    let expected_was = match (&surprise, all_known) {
        (Some(_), _) => "differs",
        (None, true) => "matches",
        (None, false) => "unknown",
    };
    let note = OracleNote {
        events_digest: expected.events_digest.to_string(),
        snapshot_digest: expected.fresh.recorded.digest.to_string(),
        warm_snapshot_digest: expected
            .warm
            .as_ref()
            .map(|warm| warm.recorded.digest.to_string()),
        members: expected.fresh.recorded.members,
        contents: expected.fresh.recorded.contents,
        expected: expected_was.to_owned(),
        took_ms: expected.took_ms,
    };
    (Some(note), surprise)
}

fn engine_note(contender: &Contender) -> EngineNote {
    let role = match contender.info.role {
        Role::Engine => EngineRole::Engine,
        Role::Probe => EngineRole::Probe,
        Role::Ablation => EngineRole::Ablation,
    };
    EngineNote {
        name: contender.name.clone(),
        engine: contender.info.name.to_owned(),
        role,
        freshness: contender.info.freshness.name().to_owned(),
        control: contender.control,
        out_of_process: contender.out_of_process,
    }
}

fn first_proof(contender: &Contender) -> EngineProof {
    EngineProof {
        engine: contender.name.clone(),
        verdict: ProofVerdict::NotChecked,
        snapshots: 0,
        reads: 0,
        explained: 0,
        bounded: 0,
    }
}
