//! Floor 3, the contestants: what an engine is, the state that all share, and
//! the engines by topic. Imports floors 0 and 1; never `workload`, so that no
//! engine can be tuned to one.
//!
//! | module | holds |
//! |---|---|
//! | `contract` | [`Engine`], [`Session`], and what an engine is built from |
//! | [`registry`] | the one list of engines |
//! | [`maps`] | engines of one shared map: DashMap and its variants, papaya, scc, mutexes |
//! | [`partitioned`] | engines in which each worker or thread has a part of the state |
//! | [`deferred`] | engines that buffer updates by shard and apply them later |
//! | `redis` | the engine whose state lies in a server |
//! | [`probes`] | probes: `null`, the limits, service times that are known |
//! | [`shared`] | building blocks of several engines: tables, barriers, buffers |
//! | [`state`], [`read`], [`snapshot`] | the state of a member and of a content, answers, final states |
//! | [`viewing`], [`admission`] | how views are counted and what is shown of them; which events reach a session |
//! | [`oracle`], [`proof`] | the sequential fold that is right, and checks against it |

pub mod admission;
mod contract;
pub mod deferred;
pub mod maps;
mod memory_use;
pub mod oracle;
pub mod partitioned;
pub mod probes;
pub mod proof;
pub mod read;
#[cfg(feature = "redis")]
pub mod redis;
pub mod registry;
pub mod shared;
pub mod snapshot;
pub mod state;
mod stop_flag;
#[cfg(test)]
mod testing;
pub mod viewing;

pub use crate::unit::allocation::allocator_overhead;
pub use crate::unit::hash_bits::owner_of_id;
pub use contract::{
    Engine, EngineConfig, EngineInfo, ExpectedLoad, Freshness, MemoryUse, Role, Session,
};
pub use stop_flag::StopFlag;
