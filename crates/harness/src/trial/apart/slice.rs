//! What a slice is for, and whether its writers still write.

use std::sync::atomic::{AtomicUsize, Ordering};

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
    /// Writers that have events left.
    writing: AtomicUsize,
}

impl ApartSlice {
    pub(crate) const fn new(phase: Phase, writers: usize, threads: usize) -> Self {
        Self {
            phase,
            writers,
            threads,
            writing: AtomicUsize::new(writers),
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

    #[test]
    fn each_worker_has_one_role_and_works_in_its_own_slices() {
        let active = |phase| {
            let slice = ApartSlice::new(phase, 2, 5);
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
        let slice = ApartSlice::new(Phase::Together, 2, 3);
        slice.end_writer();
        assert!(!slice.is_written());
        slice.end_writer();
        assert!(slice.is_written());
    }
}
