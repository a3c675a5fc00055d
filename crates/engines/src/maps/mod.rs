//! Engines of one shared map of members and one of contents.

pub mod dashmap;
pub mod dashmap_entry;
pub mod dashmap_naive;
pub(super) mod dashmap_pair;
pub mod global_mutex;
pub mod papaya;
pub mod scc;
pub mod sharded_mutex;

#[cfg(test)]
mod tests {
    use notibench_core::store::{Store, StoreEngine};
    use notibench_core::testing::agrees_with_fold;

    use crate::shared::prefetch::TOGETHER;

    fn store_agrees_with_the_plain_fold<S: Store>() {
        for threads in [1, 2, 8] {
            for batch in [1, TOGETHER + 1, 100] {
                agrees_with_fold::<StoreEngine<S>>(threads, batch);
            }
        }
    }

    #[test]
    fn every_store_agrees_with_the_plain_fold() {
        store_agrees_with_the_plain_fold::<super::dashmap_entry::EntryDashMap>();
        store_agrees_with_the_plain_fold::<super::dashmap_naive::NaiveDashMap>();
        store_agrees_with_the_plain_fold::<super::global_mutex::GlobalMutex>();
        store_agrees_with_the_plain_fold::<super::papaya::Papaya>();
        store_agrees_with_the_plain_fold::<super::scc::Scc>();
        store_agrees_with_the_plain_fold::<super::sharded_mutex::ShardedMutex>();
    }
}
