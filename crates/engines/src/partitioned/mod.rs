//! Engines in which each worker or thread has a part of the state, or a state
//! of its own that is merged.

pub mod actor;
pub mod fold_reduce;
pub mod share_nothing;
#[cfg(feature = "cluster")]
pub mod timely;
