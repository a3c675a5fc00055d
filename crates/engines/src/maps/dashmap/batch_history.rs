//! What the last batches of a session did, and the strategy for the next one.

/// Batches without a read after which a session counts as a writer only.
const BATCHES_WITHOUT_READS: u32 = 16;

/// How a batch is applied to the shards.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum ApplyStrategy {
    /// Readers contend for the locks: one lock at a time, held as short as possible.
    BetweenReads,
    /// They don't: the steps of several shards overlap.
    Overlapped,
}

/// What the last calls of one session were.
#[derive(Debug)]
pub(super) struct BatchHistory {
    batches_since_read: u32,
}

impl BatchHistory {
    /// Nothing yet.
    pub(super) const fn new() -> Self {
        Self {
            batches_since_read: 0,
        }
    }

    /// The session answers reads.
    pub(super) const fn note_reads(&mut self) {
        self.batches_since_read = 0;
    }

    /// The session has applied a batch.
    pub(super) const fn note_batch(&mut self) {
        self.batches_since_read = self.batches_since_read.saturating_add(1);
    }

    /// The strategy for the next batch.
    pub(super) const fn strategy(&self) -> ApplyStrategy {
        if self.batches_since_read < BATCHES_WITHOUT_READS {
            ApplyStrategy::BetweenReads
        } else {
            ApplyStrategy::Overlapped
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_overlap_once_no_read_came_for_a_while() {
        let mut history = BatchHistory::new();
        for _ in 0..2 {
            assert_eq!(history.strategy(), ApplyStrategy::BetweenReads);
            (0..BATCHES_WITHOUT_READS).for_each(|_| history.note_batch());
            assert_eq!(history.strategy(), ApplyStrategy::Overlapped);
            history.note_reads();
        }
    }
}
