//! What the last batches of a session did, and the strategy for the next one.

/// One in so many updates that made a new state: from there on the tables count
/// as growing.
const GROWING: usize = 16;

/// Batches without a read after which a session counts as a writer only.
const BATCHES_WITHOUT_READS: u32 = 16;

/// How a batch is applied to the shards.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum ApplyStrategy {
    /// Many states are new, and a table may grow at any time, its lock held for
    /// long: a slot is asked for before its lock is taken, and not searched for
    /// twice.
    Growing,
    /// Readers contend for the locks: one lock at a time, held as short as possible.
    BetweenReads,
    /// Neither: the steps of several shards overlap.
    Overlapped,
}

/// What the last calls of one session were.
#[derive(Debug)]
pub(super) struct BatchHistory {
    is_growing: bool,
    batches_since_read: u32,
}

impl BatchHistory {
    /// Nothing yet: tables are empty at first.
    pub(super) const fn new() -> Self {
        Self {
            is_growing: true,
            batches_since_read: 0,
        }
    }

    /// The session answers reads.
    pub(super) const fn note_reads(&mut self) {
        self.batches_since_read = 0;
    }

    /// The session has applied `updates` updates, of which `new` made a new state.
    pub(super) const fn note_batch(&mut self, updates: usize, new: usize) {
        self.is_growing = new > updates / GROWING;
        self.batches_since_read = self.batches_since_read.saturating_add(1);
    }

    /// The strategy for the next batch.
    pub(super) const fn strategy(&self) -> ApplyStrategy {
        if self.is_growing {
            ApplyStrategy::Growing
        } else if self.batches_since_read < BATCHES_WITHOUT_READS {
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
    fn steps_overlap_once_few_states_are_new_and_no_read_came_for_a_while() {
        let mut history = BatchHistory::new();
        assert_eq!(history.strategy(), ApplyStrategy::Growing);
        history.note_batch(1000, 3);
        assert_eq!(history.strategy(), ApplyStrategy::BetweenReads);
        (0..BATCHES_WITHOUT_READS).for_each(|_| history.note_batch(1000, 3));
        assert_eq!(history.strategy(), ApplyStrategy::Overlapped);
        history.note_batch(1000, 100);
        assert_eq!(history.strategy(), ApplyStrategy::Growing);
        history.note_batch(1000, 0);
        assert_eq!(history.strategy(), ApplyStrategy::Overlapped);
        history.note_reads();
        assert_eq!(history.strategy(), ApplyStrategy::BetweenReads);
    }
}
