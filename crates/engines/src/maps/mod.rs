//! Engines of one shared map of members and one of contents.

pub mod dashmap;
pub mod dashmap_entry;
pub mod dashmap_naive;
pub(super) mod dashmap_pair;
pub mod global_mutex;
pub mod papaya;
pub mod scc;
pub mod sharded_mutex;
