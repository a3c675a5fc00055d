//! The contestants: the engines by topic, and the one list of them. It knows
//! no workload, so that no engine can be tuned to one.
//!
//! | module | holds |
//! |---|---|
//! | [`registry`] | the one list of engines |
//! | [`maps`] | engines of one shared map: DashMap and its variants, papaya, scc, mutexes |
//! | [`partitioned`] | engines in which each worker or thread has a part of the state |
//! | [`deferred`] | engines that buffer updates by shard and apply them later |
//! | `redis` | the engine whose state lies in a server |
//! | [`probes`] | probes: `null`, the limits, service times that are known |
//! | `shared` | building blocks of several engines: tables, barriers, buffers |

// they panic where their reader has gone
#![cfg_attr(not(test), deny(clippy::print_stdout, clippy::print_stderr))]

pub mod deferred;
pub mod maps;
pub mod partitioned;
pub mod probes;
#[cfg(feature = "redis")]
pub mod redis;
pub mod registry;
mod shared;
