//! Kept answers and versions, as they lie in the library, and their model.

#[allow(dead_code, reason = "the model has no need of all of it")]
#[path = "../../../../engines/src/maps/dashmap/answer_cache.rs"]
mod answer_cache;
#[path = "../kept_answers.rs"]
mod kept_answers;
#[path = "../../../../engines/src/maps/dashmap/shard_versions.rs"]
mod shard_versions;
