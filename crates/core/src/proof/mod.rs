//! Whether an engine is right: its snapshot, its answers and its freshness
//! checked against the oracle's.

mod checks;
pub mod explained;
mod freshness;
mod sessions;

pub use checks::{check_answers, check_shown, check_snapshot};
pub use freshness::{check_freshness, check_freshness_of, reads_about};
pub use sessions::{fold_on_threads, on_every_session};
