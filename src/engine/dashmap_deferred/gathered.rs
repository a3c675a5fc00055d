//! What sessions gather, by shard, until it is applied. Imports the shared
//! state.

use super::SHARDS;
use crate::engine::lines::Lines;
use crate::engine::state::MemberUpdate;
use crate::event::Event;

/// An update that only raises or lowers a count: the id, and
/// [`Stamp::case`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Short {
    pub(super) id: u64,
    pub(super) case: u8,
}

/// What one session gathered, by shard.
#[derive(Debug)]
pub(super) struct Gathered {
    /// Views of members, then all updates of contents.
    pub(super) short: Lines<Short, 8>,
    /// All else of members.
    pub(super) long: Lines<MemberUpdate, 4>,
    pub(super) held: usize,
}

impl Gathered {
    pub(super) fn new() -> Self {
        let blank = MemberUpdate::of(&Event::default());
        Self {
            short: Lines::new(2 * SHARDS, 0, Short { id: 0, case: 0 }),
            long: Lines::new(SHARDS, 0, blank),
            held: 0,
        }
    }

    /// Sends out what is left in open lines.
    pub(super) fn close(&mut self) {
        self.short.close();
        self.long.close();
    }

    pub(super) fn clear(&mut self) {
        self.short.clear();
        self.long.clear();
        self.held = 0;
    }
}
