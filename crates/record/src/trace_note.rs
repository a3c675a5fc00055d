//! The trace of a run, as its record knows it.

use serde::{Deserialize, Serialize};

/// A trace that was run: where it was, and what was read of it. A rerun reads
/// the same file in the same way, and refuses another digest.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct TraceNote {
    /// The file, as it was named on the command line.
    pub path: String,
    /// Its format.
    pub format: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// Events read.
    pub events: u64,
    /// Digest of the multiset of these events.
    pub events_digest: String,
    /// The flags that say how it is read, word by word.
    pub flags: Vec<String>,
    /// Bad entries that were skipped on request.
    pub bad: u64,
    /// Entries that mean nothing here: reason and number.
    pub skipped: Vec<(String, u64)>,
    /// Events that were put in order of time.
    pub out_of_order: u64,
}
