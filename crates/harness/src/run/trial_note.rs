//! What a record keeps of a trial.

use crate::proof::inspect::Finding;
use crate::proof::inspect::Proved;
use crate::trial::outcome::TrialOutcome;
use crate::trial::worker::group_calls;
use notibench_record::{OpenLoopTrial, Pass, Plan, Trial};

pub(crate) fn trial_of(engine: &str, plan: &Plan, (outcome, finding): &Proved) -> Trial {
    let (counts, state) = (&outcome.counts, outcome.recorded());
    let failed = outcome.epochs.as_ref().map_or(0, |epochs| epochs.failed);
    let open_loop = open_loop_note(outcome, finding);
    let out_of_range = outcome
        .open_loop
        .as_ref()
        .map_or(0, |open| open.out_of_range);
    Trial {
        engine: engine.to_owned(),
        process: 0,
        round: 0,
        group: 0,
        turn: 0,
        warmup: false,
        pass: Pass::Fresh,
        started_ms: 0,
        wall_ns: outcome.wall_ns,
        slices: None,
        workers: outcome.workers.clone(),
        generated: plan.events,
        applied: counts.events - counts.discarded - failed,
        discarded: counts.discarded,
        failed,
        // a closed loop skips nothing: what is missing is not conserved
        skipped: open_loop.as_ref().map_or(0, OpenLoopTrial::skipped),
        notified: counts.notified,
        reads: outcome.reads,
        ingest_service_ns: outcome.ingest_service.to_base64(),
        ingest_group_calls: group_calls(plan.batch) as u64,
        read_service_ns: outcome.read_service.to_base64(),
        out_of_range: outcome.ingest_service.out_of_range()
            + outcome.read_service.out_of_range()
            + out_of_range,
        events_digest: Some(counts.digest.to_string()),
        snapshot_digest: finding.checked.then(|| state.digest.to_string()),
        members: state.members,
        contents: state.contents,
        state_bytes: outcome.memory.state,
        slack_bytes: outcome.memory.slack,
        map_bytes: (!outcome.memory.is_without_map).then_some(outcome.memory.map),
        allocator_bytes: Some(outcome.memory.allocator),
        peak_resident_bytes: outcome.usage.peak_resident_bytes,
        steal_ms: outcome.usage.steal_ms,
        involuntary_switches: outcome.usage.involuntary_switches,
        watched_ns: 0,
        perf: outcome.perf,
        open_loop,
        exchange: outcome.exchange,
        apart: None,
    }
}

/// What an open loop measured, with what the oracle says where it skipped.
fn open_loop_note(outcome: &TrialOutcome, finding: &Finding) -> Option<OpenLoopTrial> {
    let mut note = outcome.open_loop.as_ref()?.note.clone();
    note.oracle_events_digest = finding.of_taken.map(|of| of.events.to_string());
    note.oracle_snapshot_digest = finding.of_taken.map(|of| of.snapshot.to_string());
    Some(note)
}
