//! Which events of a stream an open loop ingested, and which it skipped.

use std::ops::Range;

/// Which events of a stream were ingested: ranges of positions in each
/// worker's lane, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IngestedEvents {
    lanes: Vec<Vec<Range<u64>>>,
}

impl IngestedEvents {
    pub(crate) const fn of(lanes: Vec<Vec<Range<u64>>>) -> Self {
        Self { lanes }
    }

    /// Whether the event at `index` was ingested.
    pub(crate) fn contains(&self, index: u64) -> bool {
        let step = self.lanes.len() as u64;
        let (lane, position) = ((index % step) as usize, index / step);
        let ranges = &self.lanes[lane];
        let at = ranges.partition_point(|range| range.end <= position);
        ranges
            .get(at)
            .is_some_and(|range| range.contains(&position))
    }

    /// How many were.
    pub(crate) fn events(&self) -> u64 {
        let ranges = self.lanes.iter().flatten();
        ranges.map(|range| range.end - range.start).sum()
    }
}
