//! A trace as a workload that says no more than its shares and counts: what a
//! run of the trace is planned by.

use super::census::Census;
use crate::{Anonymity, IdScheme, Population, ReadMix, Settings, TimeShape, Workload, WriteMix};
use notibench_core::event::{Kind, Segment};

/// A second and 366 days: spans that a workload may have.
const SPAN_LIMITS_US: (u64, u64) = (1_000_000, 366 * 86_400_000_000);
/// Undos and duplicates of a workload at the most.
const MAX_REPEATED_SHARE: f64 = 0.9;

/// The workload with the mix, the members and the span of a stream; its
/// members are all alike, and it has neither duplicates nor reads.
#[must_use]
pub fn outline(name: &str, about: String, census: &Census) -> Workload {
    let share = |count: u64| count as f64 / (census.done() as f64).max(1.0);
    let mut kinds = census.kinds.map(share);
    let undo = census.undos as f64 / (census.events as f64).max(1.0);
    let undo = undo.min(MAX_REPEATED_SHARE);
    let can_undo = |kind: &Kind| kind.is_undoable() && kinds[*kind as usize] > 0.0;
    // undos of what lies before the trace: their kind must be in the mix
    if census.done() == 0 || (undo > 0.0 && !Kind::ALL.iter().any(can_undo)) {
        kinds[Kind::PostLike as usize] += 1e-6;
    }
    let sum: f64 = kinds.iter().sum();
    Workload {
        name: name.to_owned(),
        about,
        seed: 1,
        events: census.events.max(1),
        span_us: (census.span_us + 1).clamp(SPAN_LIMITS_US.0, SPAN_LIMITS_US.1),
        mix: WriteMix {
            kinds: kinds.map(|kind| kind / sum * (1.0 - undo)),
            undo,
            duplicate: 0.0,
            self_action: share(census.self_actions).min(1.0),
        },
        population: Population {
            members: census.members.clamp(1, u64::from(u32::MAX)),
            recipient_exponent: 0.0,
            actor_exponent: 0.0,
            contents_per_member: 2,
            hot_contents: 0,
            hot_share: 0.0,
            hot_exponent: 0.0,
            segments: [1.0 / Segment::COUNT as f64; Segment::COUNT],
            ids: IdScheme::Random,
        },
        time: TimeShape::Constant,
        reads: ReadMix {
            per_event: 0.0,
            kinds: std::array::from_fn(|at| if at == 0 { 1.0 } else { 0.0 }),
            exponent: 0.0,
        },
        anonymity: Anonymity::default(),
        settings: Settings::default(),
        expected_events_digest: None,
        expected_snapshot_digest: None,
    }
}
