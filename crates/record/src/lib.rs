//! What a run leaves behind: the saved record, from which every report is drawn,
//! and [`stats`], the arithmetic on measurements.

// they panic where their reader has gone
#![cfg_attr(not(test), deny(clippy::print_stdout, clippy::print_stderr))]

mod adversary;
mod apart;
mod capacity;
mod cluster;
mod environment;
mod failure;
mod file;
#[cfg(any(test, feature = "fixtures"))]
pub mod fixture;
#[cfg(any(test, feature = "fixtures"))]
pub mod fixture_apart;
#[cfg(any(test, feature = "fixtures"))]
pub mod fixture_in_turn;
#[cfg(any(test, feature = "fixtures"))]
pub mod fixture_open_loop;
#[cfg(any(test, feature = "fixtures"))]
pub mod fixture_selftest;
mod interleaving;
mod json;
mod merge;
mod numbers;
mod open_loop;
mod pairs;
mod pass;
mod plan;
mod processors;
mod real_time;
mod role;
mod schema;
mod selftest;
pub mod stats;
mod store;
mod sweep;
mod target;
mod trace_note;
mod validate;
mod weather;

pub use adversary::{ADVERSARY_SCHEMA, AdversaryRecord, AttackRow, AttackVerdict, TimingRow};
pub use apart::{ApartPhase, ApartPlan, ApartRole, ApartTrial};
pub use capacity::{
    CAPACITY_SCHEMA, Capacity, CapacityPlan, CapacityVerdict, Condition, EngineCapacity, Judged,
    Objective, Search, SearchStep, StallFloor,
};
pub use cluster::{ClusterPlan, ExchangeNote};
pub use environment::{CacheNote, CpuId, Environment, UNKNOWN_CPU};
pub use failure::RunFailure;
pub use file::RecordError;
pub use interleaving::{InterleavedRound, InterleavingPlan, SlicesNote};
pub use numbers::spaced;
pub use open_loop::{
    Arrivals, Idle, IntervalNote, OpenLoopPlan, OpenLoopTrial, RecordingNote, SkippedRange,
};
pub use pass::Pass;
pub use plan::{DEFAULT_RELEVANT, Plan};
pub use real_time::{CapacityFound, RealTimeFound, StallFound};
pub use role::EngineRole;
pub use schema::{
    ClockNote, EndedBy, EngineNote, EngineProof, OracleNote, PerfNote, ProofVerdict, Realised,
    Record, SCHEMA, Trial, WorkerStamp, WorkloadNote,
};
pub use selftest::{PlantedComparison, PlantedPlan, SELFTEST_SCHEMA, SameEngine, Selftest};
pub use sweep::{SWEEP_SCHEMA, Saved, Sweep, SweepAxis, SweepPoint};
pub use target::Target;
pub use trace_note::TraceNote;
pub use weather::{Spread, Weather};
