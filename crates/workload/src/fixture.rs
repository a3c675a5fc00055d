//! A workload to test with.

use crate::{IdScheme, Population, ReadMix, TimeShape, Workload, WriteMix};
use notibench_core::event::Kind;

/// A small workload with everything in it.
pub fn workload() -> Workload {
    let mut kinds = [0.01; Kind::ALL.len()];
    kinds[Kind::ProfileView as usize] = 0.3;
    kinds[Kind::ContentView as usize] = 0.25;
    kinds[Kind::PostLike as usize] = 0.15;
    kinds[Kind::MarkRead as usize] = 0.07;
    let total: f64 = kinds.iter().sum();
    let fresh = 1.0 - 0.05 - 0.02;
    for kind in &mut kinds {
        *kind *= fresh / total;
    }
    Workload {
        name: "test".to_owned(),
        about: "everything, in small".to_owned(),
        seed: 7,
        events: 50_000,
        span_us: 7 * 86_400_000_000,
        mix: WriteMix {
            kinds,
            undo: 0.05,
            duplicate: 0.02,
            self_action: 0.01,
        },
        population: Population {
            members: 2_000,
            recipient_exponent: 0.99,
            actor_exponent: 0.0,
            contents_per_member: 4,
            hot_contents: 10,
            hot_share: 0.3,
            hot_exponent: 0.8,
            segments: [0.2, 0.1, 0.1, 0.2, 0.1, 0.1, 0.1, 0.1],
            ids: IdScheme::Sequential,
        },
        time: TimeShape::Constant,
        reads: ReadMix {
            per_event: 0.5,
            kinds: [0.5, 0.3, 0.2, 0.0, 0.0, 0.0],
            exponent: 0.8,
        },
        anonymity: crate::Anonymity::default(),
        settings: crate::Settings::default(),
        expected_events_digest: None,
        expected_snapshot_digest: None,
    }
}

#[cfg(test)]
mod tests {
    use notibench_core::event::Segment;

    use super::*;

    #[test]
    fn segment_shares_are_complete() {
        assert_eq!(workload().population.segments.len(), Segment::COUNT);
    }
}
