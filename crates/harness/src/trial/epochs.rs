//! Epochs: the weeks of event time in which each viewer counts once. Where
//! they lie in a stream, and what is seen of them in a trial.

use std::ops::Range;

use crate::trial::source::Source;
use notibench_core::policy::epoch_of;
use notibench_core::snapshot::SnapshotDigest;

/// What was seen of the epochs of a trial.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct EpochsClosed {
    /// The whole state, before each close.
    pub(crate) truths: Vec<SnapshotDigest>,
    /// Whether what is left after the last close is releases.
    pub(crate) are_released: bool,
    /// How long the closes took, in ns; part of the trial's time.
    pub(crate) close_ns: u64,
    /// The most bytes of state and of the set of who was seen, before a close.
    pub(crate) open_bytes: u64,
    /// Views that came while their epoch was not open.
    pub(crate) failed: u64,
}

/// What records keep of the state of a trial with epochs that are released, or
/// of the oracle's: the digests of the true states before each close, added
/// up. That of the releases is another in each run, as their noise is.
pub(crate) fn of_truths(truths: &[SnapshotDigest]) -> SnapshotDigest {
    let most = |part: fn(&SnapshotDigest) -> u64| truths.iter().map(part).max().unwrap_or(0);
    SnapshotDigest {
        members: most(|truth| truth.members),
        contents: most(|truth| truth.contents),
        ..truths.iter().copied().sum()
    }
}

impl EpochsClosed {
    /// The most bytes for each member and content, before a close.
    pub(crate) fn bytes_a_state(&self) -> f64 {
        let states = self
            .truths
            .iter()
            .map(|truth| truth.members + truth.contents);
        self.open_bytes as f64 / states.max().unwrap_or(1).max(1) as f64
    }
}

/// The epochs that a source's events lie in, each with the indexes of its
/// events; one without number where epochs don't matter.
pub(crate) fn epochs_of(source: &Source) -> Vec<(u32, Range<u64>)> {
    let events = source.events();
    if source.views().are_plain() {
        return vec![(0, 0..events)];
    }
    let mut epochs = Vec::new();
    let mut start = 0;
    while start < events {
        let epoch = epoch_of(source.at_us(start));
        // event time never falls: the first index of a later epoch
        let (mut low, mut high) = (start + 1, events);
        while low < high {
            let middle = low + (high - low) / 2;
            if epoch_of(source.at_us(middle)) > epoch {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        epochs.push((epoch, start..low));
        start = low;
    }
    epochs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::views::views_of;
    use notibench_workload::ViewMode;
    use notibench_workload::generator::{Generator, ReadStream};

    fn source(mode: ViewMode) -> Source {
        let mut workload = notibench_workload::fixture::workload();
        workload.span_us = 30 * 86_400_000_000;
        workload.anonymity.mode = mode;
        let generator = Generator::new(&workload, 3);
        let reads = ReadStream::new(&workload, 3);
        let source = Source::new(generator, reads, workload.events, mode == ViewMode::Counts);
        source.counted(views_of(&workload).unwrap())
    }

    #[test]
    fn epochs_cut_the_stream_where_event_time_says() {
        assert_eq!(epochs_of(&source(ViewMode::Off)), [(0, 0..50_000)]);
        for mode in [ViewMode::Counts, ViewMode::Released] {
            let source = source(mode);
            let epochs = epochs_of(&source);
            assert_eq!(epochs.len(), 5);
            let mut next = 0;
            for (number, (epoch, range)) in (0..).zip(epochs) {
                assert_eq!((epoch, range.start), (number, next));
                let is_of_epoch = |index| epoch_of(source.at_us(index)) == epoch;
                assert!(is_of_epoch(range.start) && is_of_epoch(range.end - 1));
                source.for_each(range.clone(), |event| {
                    assert_eq!(epoch_of(event.at_us), epoch);
                });
                next = range.end;
            }
            assert_eq!(next, 50_000);
        }
    }
}
