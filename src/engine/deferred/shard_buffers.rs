//! What sessions gather, by shard, until it is applied. Imports the shared
//! state.

use super::reversible_hash::{SHARDS, Short};
use crate::engine::shared::partition_buffers::Gathering;
use crate::engine::state::MemberUpdate;
use crate::event::Event;

/// What one session gathered, by shard.
#[derive(Debug)]
pub(super) struct Gathered {
    /// Views of members, then all updates of contents.
    pub(super) short: Gathering<Short>,
    /// All else of members.
    pub(super) long: Gathering<MemberUpdate>,
    pub(super) held: usize,
}

impl Gathered {
    pub(super) fn new() -> Self {
        let blank = MemberUpdate::of(&Event::default());
        Self {
            short: Gathering::new(2 * SHARDS, 0, Short::BLANK),
            long: Gathering::new(SHARDS, 0, blank),
            held: 0,
        }
    }

    pub(super) fn clear(&mut self) {
        self.short.clear();
        self.long.clear();
        self.held = 0;
    }
}
