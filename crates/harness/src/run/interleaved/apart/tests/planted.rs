//! The default engine with something planted in it, which shows only while
//! readers read beside a writer.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use parking_lot::Mutex;

use notibench_core::engine::{
    Engine, EngineConfig, EngineInfo, Freshness, MemoryUse, Role, Session, StopFlag,
};
use notibench_core::event::{Event, Read};
use notibench_core::read::Answer;
use notibench_core::state::StateMut;
use notibench_engines::maps::dashmap::{DashMapEngine, DashMapSession};

/// What is planted.
pub(super) type Deed = u8;
/// Reads hold a lock around everything, and do not hurry.
pub(super) const LOCKS: Deed = 0;
/// A batch that comes while a reader reads is lost.
pub(super) const LOSES: Deed = 1;
/// Badges that are asked for while a writer writes are wrong.
pub(super) const LIES: Deed = 2;
/// A batch that comes while a reader reads never ends.
pub(super) const HANGS: Deed = 3;

/// Looks for the other role before a call goes on without it.
const LOOKS: usize = 1_000;

/// Indexes of the first events of batches that found the lock taken.
static BLOCKED: Mutex<Vec<u64>> = Mutex::new(Vec::new());

pub(super) fn blocked_indexes() -> Vec<u64> {
    BLOCKED.lock().clone()
}

pub(super) struct Planted<const DEED: Deed> {
    inner: DashMapEngine,
    lock: Mutex<()>,
    /// Whether a writer waits for the lock.
    waits: AtomicBool,
    /// Sessions that stand in `read`, and in `ingest`.
    reading: AtomicUsize,
    writing: AtomicUsize,
    stop: StopFlag,
}

pub(super) struct PlantedSession<'engine, const DEED: Deed> {
    engine: &'engine Planted<DEED>,
    inner: DashMapSession<'engine>,
}

impl<const DEED: Deed> Engine for Planted<DEED> {
    const INFO: EngineInfo = EngineInfo {
        name: "planted",
        role: Role::Engine,
        freshness: Freshness::Immediate,
        about: "wrong or slow where readers read beside a writer, for these tests only",
    };
    type Session<'engine> = PlantedSession<'engine, DEED>;

    fn build(config: &EngineConfig) -> Self {
        Self {
            inner: DashMapEngine::build(config),
            lock: Mutex::new(()),
            waits: AtomicBool::new(false),
            reading: AtomicUsize::new(0),
            writing: AtomicUsize::new(0),
            stop: config.stop.clone(),
        }
    }
    fn session(&self, worker: usize) -> PlantedSession<'_, DEED> {
        PlantedSession {
            engine: self,
            inner: self.inner.session(worker),
        }
    }
    fn visit_mut(&self, visit: &(dyn Fn(StateMut<'_>) + Sync)) {
        self.inner.visit_mut(visit);
    }
    fn memory(&self) -> MemoryUse {
        self.inner.memory()
    }
}

/// Waits a little until a session of the other role stands in a call.
fn seen(others: &AtomicUsize) -> bool {
    (0..LOOKS).any(|_| {
        std::thread::yield_now();
        others.load(Ordering::Acquire) > 0
    })
}

impl<const DEED: Deed> Session for PlantedSession<'_, DEED> {
    fn ingest(&mut self, batch: &[Event]) {
        let Planted {
            lock,
            waits,
            reading,
            writing,
            stop,
            ..
        } = self.engine;
        match DEED {
            LOCKS => {
                let held = lock.try_lock().unwrap_or_else(|| {
                    BLOCKED.lock().extend(batch.first().map(Event::index));
                    waits.store(true, Ordering::Release);
                    lock.lock()
                });
                waits.store(false, Ordering::Release);
                self.inner.ingest(batch);
                drop(held);
            }
            LOSES if seen(reading) => {}
            HANGS if seen(reading) => {
                while !stop.is_set() {
                    std::thread::yield_now();
                }
            }
            _ => {
                writing.fetch_add(1, Ordering::AcqRel);
                if DEED == LIES {
                    // time for a reader to ask meanwhile
                    let _ = seen(reading);
                }
                self.inner.ingest(batch);
                writing.fetch_sub(1, Ordering::AcqRel);
            }
        }
    }

    fn read(&mut self, reads: &[Read], sink: &mut impl FnMut(usize, &Answer)) {
        let Planted {
            lock,
            waits,
            reading,
            writing,
            ..
        } = self.engine;
        let _held = (DEED == LOCKS).then(|| lock.lock());
        reading.fetch_add(1, Ordering::AcqRel);
        if DEED == LOCKS {
            // until a writer waits, or none comes
            let _ = (0..LOOKS).any(|_| {
                std::thread::yield_now();
                waits.load(Ordering::Acquire)
            });
        }
        let lies = DEED == LIES && writing.load(Ordering::Acquire) > 0;
        self.inner.read(reads, &mut |at, answer| match answer {
            Answer::Badge(_) if lies => sink(at, &Answer::Badge(77)),
            answer => sink(at, answer),
        });
        reading.fetch_sub(1, Ordering::AcqRel);
    }

    fn finish(self) {
        self.inner.finish();
    }
}
