//! What a worker that only writes, or only reads, measures in slices of each
//! kind.

use crate::trial::apart::slice::Phase;
use notibench_record::stats::ServiceHistogram;

/// Operations and their service times in slices of one kind.
#[derive(Debug)]
pub(crate) struct PhaseReport {
    /// Events ingested, or reads answered.
    pub(crate) operations: u64,
    /// Of groups of calls.
    pub(crate) service: ServiceHistogram,
    /// From when each group was due, where operations come at a rate.
    pub(crate) response: ServiceHistogram,
}

impl PhaseReport {
    pub(crate) fn new() -> Self {
        Self {
            operations: 0,
            service: ServiceHistogram::new(),
            response: ServiceHistogram::new(),
        }
    }

    /// Adds what another worker measured.
    pub(crate) fn add(&mut self, other: &Self) {
        self.operations += other.operations;
        self.service.merge(&other.service);
        self.response.merge(&other.response);
    }
}

/// What one worker measured, by kind of slice.
#[derive(Debug)]
pub(crate) struct ApartReport {
    /// While the state is filled; in no figure.
    fill: PhaseReport,
    /// While the other role does nothing.
    pub(crate) alone: PhaseReport,
    /// While the other role works, too.
    pub(crate) beside: PhaseReport,
    /// Groups of reads that were asked: the stream of reads goes on from slice
    /// to slice.
    pub(super) groups: u64,
}

impl ApartReport {
    pub(super) fn new() -> Self {
        Self {
            fill: PhaseReport::new(),
            alone: PhaseReport::new(),
            beside: PhaseReport::new(),
            groups: 0,
        }
    }

    /// What belongs to slices of a kind.
    pub(super) const fn of(&mut self, phase: Phase) -> &mut PhaseReport {
        match phase {
            Phase::Fill => &mut self.fill,
            Phase::WritersAlone | Phase::ReadersAlone { .. } => &mut self.alone,
            Phase::Together => &mut self.beside,
        }
    }
}
