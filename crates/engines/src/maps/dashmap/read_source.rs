//! What reads are answered from.

use super::answer_cache::MapVersions;
use super::shard_table::Map;
use notibench_core::state::{ContentUpdate, MemberUpdate};
use notibench_core::viewing::Views;

/// What reads are answered from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Maps<'engine> {
    pub(super) members: &'engine Map<MemberUpdate>,
    pub(super) contents: &'engine Map<ContentUpdate>,
    pub(super) versions: &'engine MapVersions,
    pub(super) views: &'engine Views,
}
