//! The one list of engines. To add an engine: write its file, and add its line
//! here.

use notibench_core::engine::{Engine, EngineInfo};
use notibench_core::store::StoreEngine;

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
    crate::maps::dashmap::DashMapEngine,
    StoreEngine<crate::maps::dashmap_naive::NaiveDashMap>,
    crate::deferred::dashmap_deferred::DeferredDashMapEngine,
    StoreEngine<crate::maps::dashmap_entry::EntryDashMap>,
    StoreEngine<crate::maps::papaya::Papaya>,
    StoreEngine<crate::maps::scc::Scc>,
    StoreEngine<crate::maps::sharded_mutex::ShardedMutex>,
    crate::partitioned::share_nothing::PartitionedEngine,
    crate::partitioned::actor::ActorEngine,
    crate::partitioned::fold_reduce::FoldReduceEngine,
    StoreEngine<crate::maps::global_mutex::GlobalMutex>,
    crate::probes::null::NullProbe,
    crate::probes::limit::LimitRead,
    crate::probes::limit::LimitFlat,
    crate::probes::limit::LimitState,
    crate::probes::limit::LimitPartitioned,
}

/// What is known of the entry of that name.
#[must_use]
pub fn info(name: &str) -> Option<&'static EngineInfo> {
    ENTRIES.iter().find(|info| info.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use notibench_core::engine::Role;

    #[test]
    fn names_are_unique_and_every_entry_gives_advice() {
        for (at, info) in ENTRIES.iter().enumerate() {
            let before = &ENTRIES[..at];
            let is_new = |of: fn(&EngineInfo) -> &str| before.iter().all(|o| of(o) != of(info));
            assert!(is_new(|info| info.name), "{} is there twice", info.name);
            assert!(
                is_new(|info| info.about),
                "{} has another's advice",
                info.name
            );
            assert!(!info.about.contains('\n'), "{}: one line", info.name);
            // when to pick it, and what it gives up
            let halves = info.about.split_once("; ");
            let says_both = halves.is_some_and(|(pick, up)| !pick.is_empty() && !up.is_empty());
            assert!(says_both || info.role == Role::Probe, "{}", info.about);
        }
    }

    #[test]
    fn an_entry_is_dispatched_to_the_engine_of_its_name() {
        struct NameOf;
        impl EngineVisitor for NameOf {
            type Output = &'static str;
            fn visit<E: Engine>(self) -> &'static str {
                E::INFO.name
            }
        }
        for entry in ENTRIES {
            assert_eq!(dispatch(entry.name, NameOf), Some(entry.name));
            assert_eq!(info(entry.name).map(|found| found.about), Some(entry.about));
        }
        assert_eq!(dispatch("no-engine", NameOf), None);
    }
}
