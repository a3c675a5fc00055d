//! Floor 4, the experiment: sources of events, trials, rounds, proofs, and
//! what is known of the machine. Imports floors 0 to 3; never `report`.

pub mod adversary;
mod answers;
mod capacity;
mod child;
mod clock;
#[cfg(feature = "cluster")]
pub mod cluster;
mod contender;
mod contestants;
mod control_group;
mod counters;
mod course;
mod crew;
mod environment;
mod fit;
mod interleaved;
mod lock_step;
mod memory;
mod new_record;
mod open_loop;
mod open_trial;
mod passes;
mod plan;
mod plan_cluster;
mod plan_error;
mod plan_open_loop;
mod plan_rounds;
mod proof;
mod rate;
mod realised;
mod recording;
mod request;
mod round;
mod run;
mod selftest;
mod share;
mod source;
mod sweep;
mod tally;
mod trace_stream;
mod trial;
mod trial_note;
mod verify;
mod watch;
mod weather;
mod weeks;
mod worker;

pub use adversary::{AdversaryFound, AdversaryOptions, adversary};
pub use capacity::{CapacityOptions, CapacityRequest, capacity, parse_objective, resolve_capacity};
pub use child::{ChildError, run_in_processes, run_turn};
pub use clock::measure_clock;
#[cfg(feature = "cluster")]
pub use cluster::{ClusterError, ClusterOptions, Leader};
pub use contender::Contender;
pub use contestants::{choose_contenders, find_contender, with_own};
pub use counters::no_counters;
pub use environment::{Finding, examine, findings};
pub use lock_step::{LockStep, TurnTaker};
pub use memory::{RunSizes, memory_limit, predict};
pub use open_loop::OpenLoop;
pub use passes::{PassPlan, Passes, Warm};
pub use plan::drawn as drawn_seed;
pub use plan::{RunOptions, resolve, resolve_again};
pub use plan_error::PlanError;
pub use plan_open_loop::OpenLoopOptions;
pub use rate::Rate;
pub use request::RunRequest;
pub use run::{FRESHNESS_EVENTS, run, run_in_lock_step, snapshot_of_first};
pub use selftest::{
    SelftestError, SelftestOptions, SelftestPlan, SelftestRequest, resolve_selftest, selftest,
};
pub use share::Share;
pub use source::Source;
pub use sweep::{SweepRequest, sweep};
pub use trace_stream::TraceStream;
pub use trial::{TrialError, TrialOutcome, TrialSetup, run_trial, run_trial_twice};
pub use verify::{Verified, VerifyFailure, VerifyOptions, verify, verify_trace};
pub use watch::{Glance, Observer, OpenGlance, Silent, Watcher};
pub use weather::weather_now;
pub use weeks::views_of;
