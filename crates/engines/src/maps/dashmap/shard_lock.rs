//! How a shard of a DashMap is locked: a short spin, then the lock's own wait.

use dashmap::{DashMap, Entry, RwLock, RwLockReadGuard, RwLockWriteGuard};

use notibench_core::unit::hash::SharedHasher;

/// How often a lock that another session holds is looked at again before the
/// wait is left to the lock itself, which soon gives the core away: for longer
/// than most sections that a lock is held for.
const LOOKS: u32 = 100;

/// Locks for reading.
#[inline(always)]
pub(super) fn read_lock<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    for _ in 0..LOOKS {
        if let Some(guard) = lock.try_read() {
            return guard;
        }
        std::hint::spin_loop();
    }
    lock.read()
}

/// Locks for writing.
#[inline(always)]
pub(super) fn write_lock<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    for _ in 0..LOOKS {
        if let Some(guard) = lock.try_write() {
            return guard;
        }
        std::hint::spin_loop();
    }
    lock.write()
}

/// The entry of an id, its shard locked for writing.
#[inline(always)]
pub(super) fn entry<V>(map: &DashMap<u64, V, SharedHasher>, id: u64) -> Entry<'_, u64, V> {
    for _ in 0..LOOKS {
        if let Some(entry) = map.try_entry(id) {
            return entry;
        }
        std::hint::spin_loop();
    }
    map.entry(id)
}
