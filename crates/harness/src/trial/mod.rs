//! One trial: an engine, a stream, workers that stamp their own starts and
//! ends. The closed loop is timed in [`worker`], the open loop in
//! [`open_loop`].

pub(super) mod answers;
pub(super) mod apart;
pub(super) mod call_board;
pub(super) mod closed_loop;
pub(super) mod epoch_loop;
pub(super) mod epochs;
pub(super) mod error;
pub(super) mod event_counts;
pub(super) mod open_loop;
mod open_trial;
pub(super) mod outcome;
pub(super) mod passes;
pub(super) mod run;
pub(super) mod setup;
pub(super) mod share;
pub(super) mod source;
pub(super) mod timed_engine;
pub(super) mod trace_stream;
pub(super) mod watch;
pub(super) mod worker;
pub(super) mod worker_threads;
