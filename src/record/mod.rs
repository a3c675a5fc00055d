//! Floor 3, what a run leaves behind: the saved record, from which every
//! report is drawn. Imports floors 0 and 1 and `stats`.

#[cfg(test)]
pub(crate) mod fixture;
mod merge;
mod pairs;
mod pass;
mod processors;
mod schema;
mod store;
mod sweep;
mod trace_note;
mod validate;

pub use pass::Pass;
pub use schema::{
    ClockNote, DEFAULT_RELEVANT, EndedBy, EngineNote, EngineProof, Environment, OracleNote,
    PerfNote, Plan, ProofVerdict, Realised, Record, SCHEMA, Trial, WorkerStamp, WorkloadNote,
};
pub use store::{RecordError, default_path};
pub use trace_note::TraceNote;
pub use sweep::{SWEEP_SCHEMA, Saved, Sweep, SweepAxis, SweepPoint};
