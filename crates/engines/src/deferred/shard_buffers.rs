//! Updates that a session buffers, by shard, until they are applied.

use super::reversible_hash::{SHARDS, Short};
use crate::shared::partition_buffers::PartitionBuffers;
use notibench_core::event::Event;
use notibench_core::state::MemberUpdate;

/// What one session buffers, by shard.
#[derive(Debug)]
pub(super) struct ShardBuffers {
    /// Views of members, then all updates of contents.
    pub(super) short: PartitionBuffers<Short>,
    /// All else of members.
    pub(super) long: PartitionBuffers<MemberUpdate>,
    pub(super) held: usize,
}

impl ShardBuffers {
    pub(super) fn new() -> Self {
        let blank = MemberUpdate::of(&Event::default());
        Self {
            short: PartitionBuffers::new(2 * SHARDS, 0, Short::BLANK),
            long: PartitionBuffers::new(SHARDS, 0, blank),
            held: 0,
        }
    }

    pub(super) fn clear(&mut self) {
        self.short.clear();
        self.long.clear();
        self.held = 0;
    }
}
