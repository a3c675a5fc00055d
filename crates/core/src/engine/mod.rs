//! The contract: what an engine and a session are, what an engine is built
//! from, and what it takes of memory.

mod contract;
pub mod dense_ids;
pub mod links;
pub mod map_memory;
mod memory_use;
mod stop_flag;

pub use crate::unit::allocation::allocator_overhead;
pub use crate::unit::hash_bits::owner_of_id;
pub use contract::{
    Engine, EngineConfig, EngineInfo, ExpectedLoad, Freshness, MemoryUse, Role, Session,
};
pub use stop_flag::StopFlag;
