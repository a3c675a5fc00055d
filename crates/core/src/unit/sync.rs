//! Locks, atomics and waits of what is modelled, by one path: the models in
//! `crates/models` compile the same files with others in their place.

pub use crossbeam_utils::Backoff;
pub use parking_lot::{Mutex, MutexGuard};
pub use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
