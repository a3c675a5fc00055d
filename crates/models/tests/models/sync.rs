//! In place of `unit::sync`: inside a model loom's locks and atomics, with its
//! fault; elsewhere, as in the tests of the files under test, the usual ones.

use std::cell::Cell;
use std::fmt;
use std::mem;
use std::ops::{Deref, DerefMut};
use std::sync::atomic;

pub(crate) use std::sync::atomic::Ordering;

use crate::Fault;

thread_local! {
    /// All threads of a model are one of the system's.
    static MODELLED: Cell<Option<Fault>> = const { Cell::new(None) };
}

/// Runs what is a model, with that fault.
pub(crate) fn modelled(fault: Fault, run: impl FnOnce()) {
    MODELLED.set(Some(fault));
    run();
    MODELLED.set(None);
}

fn fault() -> Fault {
    MODELLED.get().unwrap_or(Fault::None)
}

/// An ordering as the fault leaves it.
fn weakened(order: Ordering) -> Ordering {
    match (fault(), order) {
        (Fault::RelaxedStores, Ordering::Release) | (Fault::RelaxedLoads, Ordering::Acquire) => {
            Ordering::Relaxed
        }
        (Fault::RelaxedStores, Ordering::AcqRel) => Ordering::Acquire,
        (Fault::RelaxedLoads, Ordering::AcqRel) => Ordering::Release,
        _ => order,
    }
}

macro_rules! atomics {
    ($($name:ident of $word:ty),+) => {$(
        /// An atomic word.
        pub(crate) enum $name {
            Usual(atomic::$name),
            Modelled(loom::sync::atomic::$name),
        }

        #[allow(dead_code, reason = "not every word has all of it called")]
        impl $name {
            pub(crate) fn new(word: $word) -> Self {
                match MODELLED.get() {
                    None => Self::Usual(atomic::$name::new(word)),
                    Some(_) => Self::Modelled(loom::sync::atomic::$name::new(word)),
                }
            }

            pub(crate) fn load(&self, order: Ordering) -> $word {
                match self {
                    Self::Usual(it) => it.load(order),
                    Self::Modelled(it) => it.load(weakened(order)),
                }
            }

            pub(crate) fn store(&self, word: $word, order: Ordering) {
                match self {
                    Self::Usual(it) => it.store(word, order),
                    Self::Modelled(it) => it.store(word, weakened(order)),
                }
            }

            pub(crate) fn fetch_add(&self, word: $word, order: Ordering) -> $word {
                match self {
                    Self::Usual(it) => it.fetch_add(word, order),
                    Self::Modelled(it) => it.fetch_add(word, weakened(order)),
                }
            }

            pub(crate) fn fetch_or(&self, word: $word, order: Ordering) -> $word {
                match self {
                    Self::Usual(it) => it.fetch_or(word, order),
                    Self::Modelled(it) => it.fetch_or(word, weakened(order)),
                }
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::new(0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($name))
            }
        }
    )+};
}

atomics!(AtomicU64 of u64, AtomicUsize of usize);

/// A mutex.
pub(crate) enum Mutex<T> {
    Usual(parking_lot::Mutex<T>),
    Modelled(loom::sync::Mutex<T>),
}

/// A mutex that is locked; one that excludes nobody holds what it guards
/// itself, and puts it back.
pub(crate) enum MutexGuard<'a, T> {
    Usual(parking_lot::MutexGuard<'a, T>),
    Modelled(loom::sync::MutexGuard<'a, T>),
    Unlocked(&'a loom::sync::Mutex<T>, Option<T>),
}

impl<T> Mutex<T> {
    pub(crate) fn new(value: T) -> Self {
        match MODELLED.get() {
            None => Self::Usual(parking_lot::Mutex::new(value)),
            Some(_) => Self::Modelled(loom::sync::Mutex::new(value)),
        }
    }
}

impl<T: Default> Mutex<T> {
    pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
        match self {
            Self::Usual(it) => MutexGuard::Usual(it.lock()),
            Self::Modelled(it) if fault() == Fault::NoMutex => {
                let value = mem::take(&mut *it.lock().unwrap());
                MutexGuard::Unlocked(it, Some(value))
            }
            Self::Modelled(it) => MutexGuard::Modelled(it.lock().unwrap()),
        }
    }

    pub(crate) fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
        match self {
            Self::Usual(it) => it.try_lock().map(MutexGuard::Usual),
            Self::Modelled(_) if fault() == Fault::NoMutex => Some(self.lock()),
            Self::Modelled(it) => it.try_lock().ok().map(MutexGuard::Modelled),
        }
    }
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        match self {
            Self::Usual(it) => it,
            Self::Modelled(it) => it,
            Self::Unlocked(_, value) => value.as_ref().unwrap(),
        }
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        match self {
            Self::Usual(it) => it,
            Self::Modelled(it) => it,
            Self::Unlocked(_, value) => value.as_mut().unwrap(),
        }
    }
}

impl<T> Drop for MutexGuard<'_, T> {
    fn drop(&mut self) {
        if let Self::Unlocked(mutex, value) = self
            && !std::thread::panicking()
            && let (Ok(mut place), Some(value)) = (mutex.lock(), value.take())
        {
            *place = value;
        }
    }
}

impl<T: Default> Default for Mutex<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T> fmt::Debug for Mutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mutex")
    }
}

/// A wait that lets the others go on.
pub(crate) struct Backoff;

impl Backoff {
    pub(crate) const fn new() -> Self {
        Self
    }

    pub(crate) fn snooze(&self) {
        match MODELLED.get() {
            None => std::thread::yield_now(),
            Some(_) => loom::thread::yield_now(),
        }
    }
}
