//! The search for capacity: the highest rate at which a service-level objective
//! (SLO) holds.

mod bench;
mod conditions;
mod floor;
mod plan;
mod request;
mod run;
mod search;
mod slo;

pub use plan::{CapacityOptions, resolve_capacity};
pub use request::CapacityRequest;
pub use run::capacity;
pub use slo::parse_objective;
