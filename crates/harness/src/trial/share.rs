//! One process' part of a trial that several processes make together.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

use notibench_core::engine::links::Links;

/// What one process of several does in a trial.
pub struct Share<'a> {
    /// The events that its workers ingest.
    pub range: Range<u64>,
    /// Its connections to the others.
    pub links: Arc<Links>,
    /// Zero of its workers' stamps.
    pub zero: Instant,
    /// Called when its workers are ready; returns when all processes' are, or
    /// when the trial ends early.
    pub gate: &'a (dyn Fn() + Sync),
}

impl fmt::Debug for Share<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Share")
            .field("range", &self.range)
            .field("links", &self.links)
            .finish_non_exhaustive()
    }
}
