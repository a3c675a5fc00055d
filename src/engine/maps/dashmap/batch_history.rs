//! What a session has seen lately, and how the next batch is best applied.
//! Imports nothing.

/// One in so many updates that made a new state: from there on the tables count
/// as growing.
const GROWING: usize = 16;

/// Batches after a session was last asked something until it counts as a
/// writer alone.
const QUIET: u32 = 16;

/// How a batch is applied.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Manner {
    /// Many states are new, and a table may grow at any time, its lock held for
    /// long: a slot is asked for before its lock is taken, and not searched for
    /// twice.
    Growing,
    /// Others wait for the locks, to read: one at a time, for as short as can be.
    Shared,
    /// Neither: steps of several shards overlap.
    Calm,
}

/// What one session remembers of its last calls.
#[derive(Debug)]
pub(super) struct Lately {
    is_growing: bool,
    batches_unasked: u32,
}

impl Lately {
    /// Nothing yet: tables are empty at first.
    pub(super) const fn new() -> Self {
        Self {
            is_growing: true,
            batches_unasked: 0,
        }
    }

    /// It was asked something.
    pub(super) const fn note_reads(&mut self) {
        self.batches_unasked = 0;
    }

    /// It ingested so many updates, of which so many made a new state.
    pub(super) const fn note_batch(&mut self, updates: usize, new: usize) {
        self.is_growing = new > updates / GROWING;
        self.batches_unasked = self.batches_unasked.saturating_add(1);
    }

    /// How the next batch is best applied.
    pub(super) const fn manner(&self) -> Manner {
        if self.is_growing {
            Manner::Growing
        } else if self.batches_unasked < QUIET {
            Manner::Shared
        } else {
            Manner::Calm
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_calm_once_little_is_new_and_nobody_has_asked_for_a_while() {
        let mut lately = Lately::new();
        assert_eq!(lately.manner(), Manner::Growing);
        lately.note_batch(1000, 3);
        assert_eq!(lately.manner(), Manner::Shared);
        (0..QUIET).for_each(|_| lately.note_batch(1000, 3));
        assert_eq!(lately.manner(), Manner::Calm);
        lately.note_batch(1000, 100);
        assert_eq!(lately.manner(), Manner::Growing);
        lately.note_batch(1000, 0);
        assert_eq!(lately.manner(), Manner::Calm);
        lately.note_reads();
        assert_eq!(lately.manner(), Manner::Shared);
    }
}
