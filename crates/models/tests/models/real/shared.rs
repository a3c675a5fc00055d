//! The phase barrier, as it lies in the library.

#[path = "../../../../engines/src/shared/phase_barrier.rs"]
pub(crate) mod phase_barrier;
