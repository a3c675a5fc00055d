//! The search for capacity: the highest rate at which a service-level
//! objective (SLO) holds. Imports `engine`, `record`, `stats`; its parent's
//! trials and open loop.

mod conditions;
mod floor;
mod run;
mod search;
mod slo;

pub use run::{CapacityOptions, CapacityRequest, capacity, resolve_capacity};
pub use slo::parse_objective;
