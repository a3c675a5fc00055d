//! The one list of engines. To add an engine: write its file, and add its
//! line here. Imports the engines.

use super::{Engine, EngineInfo};

/// What is done to an engine whose type is known only from its name.
pub trait EngineVisitor {
    /// What it gives.
    type Output;
    /// Does it, for one engine.
    fn visit<E: Engine>(self) -> Self::Output;
}

macro_rules! registry {
    ($($engine:ty),+ $(,)?) => {
        /// What is known of every entry, in the order of the registry.
        pub const ENTRIES: &[EngineInfo] = &[$(<$engine as Engine>::INFO),+];

        /// Runs `visitor` on the engine of that name, if there is one.
        pub fn dispatch<V: EngineVisitor>(name: &str, visitor: V) -> Option<V::Output> {
            $(if name == <$engine as Engine>::INFO.name {
                return Some(visitor.visit::<$engine>());
            })+
            None
        }
    };
}

registry! {
    super::dashmap::DashMapEngine,
    super::dashmap_naive::NaiveDashMapEngine,
    super::dashmap_deferred::DeferredDashMapEngine,
    super::dashmap_entry::EntryDashMapEngine,
    super::papaya::PapayaEngine,
    super::scc::SccEngine,
    super::sharded_mutex::ShardedMutexEngine,
    super::partitioned::PartitionedEngine,
    super::actor::ActorEngine,
    super::fold_reduce::FoldReduceEngine,
    super::global_mutex::GlobalMutexEngine,
    super::null::NullProbe,
    super::limit::LimitRead,
    super::limit::LimitFlat,
    super::limit::LimitState,
    super::limit::LimitPartitioned,
}

/// What is known of the entry of that name.
#[must_use]
pub fn info(name: &str) -> Option<&'static EngineInfo> {
    ENTRIES.iter().find(|info| info.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_every_entry_gives_advice() {
        for (at, info) in ENTRIES.iter().enumerate() {
            assert!(info.about.len() > 20, "{} has no advice", info.name);
            assert!(ENTRIES[..at].iter().all(|other| other.name != info.name));
        }
    }
}
