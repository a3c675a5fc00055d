//! Whether an engine is right: what the oracle expects, and what a trial gives.

pub(super) mod expectation;
pub(super) mod inspect;
pub(super) mod realised;
