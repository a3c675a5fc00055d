//! Engines that buffer updates by shard over many batches and apply them later.

pub mod dashmap_deferred;
mod reversible_hash;
mod shard_buffers;
