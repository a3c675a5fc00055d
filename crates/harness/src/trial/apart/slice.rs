//! What a slice is for, and whether its writers still write.

use std::sync::atomic::{AtomicUsize, Ordering};

use notibench_record::ApartPlan;

/// What a slice is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Writers fill the state, and nothing is measured.
    Fill,
    /// Writers write, and readers do nothing.
    WritersAlone,
    /// Readers read, and writers do nothing.
    ReadersAlone {
        /// For how long, in ns.
        ns: u64,
    },
    /// Readers read until the writers have no event left.
    Together,
}

/// A slice in which each worker has one role: the first ones write.
#[derive(Debug)]
pub(crate) struct ApartSlice {
    pub(crate) phase: Phase,
    /// Workers that write; those of higher numbers read.
    pub(crate) writers: usize,
    /// All workers.
    pub(crate) threads: usize,
    /// Operations a second of all threads of a role; none: as many as they can.
    pub(super) rates: Rates,
    /// Writers that have events left.
    writing: AtomicUsize,
}

/// Operations a second of all threads of a role.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rates {
    pub(super) events: Option<f64>,
    pub(super) reads: Option<f64>,
}

impl ApartSlice {
    pub(crate) const fn new(phase: Phase, plan: &ApartPlan) -> Self {
        Self {
            phase,
            writers: plan.writers,
            threads: plan.writers + plan.readers,
            rates: Rates {
                // the state is filled as fast as it can be
                events: match phase {
                    Phase::Fill => None,
                    _ => plan.events_per_s,
                },
                reads: plan.reads_per_s,
            },
            writing: AtomicUsize::new(plan.writers),
        }
    }

    /// Whether a worker has something to do in it.
    pub(crate) const fn is_active(&self, worker: usize) -> bool {
        match self.phase {
            Phase::Together => true,
            Phase::Fill | Phase::WritersAlone => worker < self.writers,
            Phase::ReadersAlone { .. } => worker >= self.writers,
        }
    }

    /// Whether its events come at a rate.
    pub(crate) const fn is_paced(&self) -> bool {
        self.rates.events.is_some()
    }

    /// A writer has no event left.
    pub(crate) fn end_writer(&self) {
        self.writing.fetch_sub(1, Ordering::AcqRel);
    }

    /// Whether no writer has an event left.
    #[inline]
    pub(crate) fn is_written(&self) -> bool {
        self.writing.load(Ordering::Acquire) == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(writers: usize, readers: usize) -> ApartPlan {
        ApartPlan {
            writers,
            readers,
            filled: 0,
            events_per_s: Some(1e6),
            reads_per_s: None,
        }
    }

    #[test]
    fn the_state_is_filled_as_fast_as_it_can_be() {
        let rate = |phase| ApartSlice::new(phase, &plan(1, 1)).rates.events;
        assert_eq!(rate(Phase::Fill), None);
        assert_eq!(rate(Phase::Together), Some(1e6));
    }

    #[test]
    fn each_worker_has_one_role_and_works_in_its_own_slices() {
        let active = |phase| {
            let slice = ApartSlice::new(phase, &plan(2, 3));
            [0, 1, 2, 3, 4].map(|worker| slice.is_active(worker))
        };
        let (writers, readers) = (
            [true, true, false, false, false],
            [false, false, true, true, true],
        );
        assert_eq!(active(Phase::Fill), writers);
        assert_eq!(active(Phase::WritersAlone), writers);
        assert_eq!(active(Phase::ReadersAlone { ns: 1 }), readers);
        assert_eq!(active(Phase::Together), [true; 5]);
    }

    #[test]
    fn it_is_written_when_the_last_writer_has_ended() {
        let slice = ApartSlice::new(Phase::Together, &plan(2, 1));
        slice.end_writer();
        assert!(!slice.is_written());
        slice.end_writer();
        assert!(slice.is_written());
    }
}
