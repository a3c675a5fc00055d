//! The experiment: sources of events, trials, rounds, proofs, and what is known of
//! the machine.

// they panic where their reader has gone
#![cfg_attr(not(test), deny(clippy::print_stdout, clippy::print_stderr))]

pub mod adversary;
mod capacity;
#[cfg(feature = "cluster")]
pub mod cluster;
mod contender;
mod host;
mod plan;
mod proof;
mod run;
mod selftest;
mod trial;

pub use adversary::{AdversaryFound, AdversaryOptions, adversary};
pub use capacity::{CapacityOptions, CapacityRequest, capacity, parse_objective, resolve_capacity};
#[cfg(feature = "cluster")]
pub use cluster::{ClusterError, ClusterOptions, Leader};
pub use contender::Contender;
pub use host::clock::measure_clock;
pub use host::counters::no_counters;
pub use host::environment::{Finding, examine, findings};
pub use host::weather::weather_now;
pub use plan::contenders::{choose_contenders, find_contender, with_own};
pub use plan::error::PlanError;
pub use plan::memory::{RunSizes, memory_limit, predict};
pub use plan::options::drawn as drawn_seed;
pub use plan::options::{ApartOptions, OpenLoopOptions, RunOptions};
pub use plan::rate::Rate;
pub use plan::resolve::{resolve, resolve_again};
pub use plan::views::views_of;
pub use run::child::{ChildError, run_in_processes, run_turn};
pub use run::lock_step::{LockStep, TurnTaker};
pub use run::request::RunRequest;
pub use run::sweep::{SweepRequest, sweep};
pub use run::verify::{Verified, VerifyFailure, VerifyOptions, verify, verify_trace};
pub use run::{FRESHNESS_EVENTS, run, run_in_lock_step, snapshot_of_first};
pub use selftest::{
    SelftestError, SelftestOptions, SelftestPlan, SelftestRequest, resolve_selftest, selftest,
};
pub use trial::error::TrialError;
pub use trial::open_loop::OpenLoop;
pub use trial::outcome::TrialOutcome;
pub use trial::passes::{PassPlan, Passes, Warm};
pub use trial::run::run_trial;
pub use trial::setup::{OnHang, TrialSetup};
pub use trial::share::Share;
pub use trial::source::Source;
pub use trial::trace_stream::TraceStream;
pub use trial::watch::{Observer, OpenLoopProgress, Silent, TrialProgress, Watcher};
