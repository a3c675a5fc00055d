//! An engine made slower by a known share of its own time, to see whether a
//! comparison finds that. Spins and never sleeps; changes nothing else, so
//! that it proves as its engine does. Imports nothing but the contract.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use super::read::Answer;
use crate::engine::contract::{Engine, EngineConfig, EngineInfo, ExpectedLoad, MemoryUse, Session};
use crate::engine::state::{StateMut, StateRef};
use crate::event::{Event, Read};

/// `E`, slowed down by a share that is set after it was built.
///
/// Every call of a session (ingest, read, pause, finish) is timed with one pair of
/// clock readings, and followed by a spin of that share of its time. The
/// readings come on top: about two of them a call.
#[derive(Debug)]
pub struct Planted<E> {
    engine: E,
    /// The share as the bits of an `f64`: sessions only read it.
    share: AtomicU64,
}

impl<E> Planted<E> {
    /// Slows down the sessions that are opened from now on: 0.03 makes each
    /// call take 3% longer.
    pub fn set_share(&self, share: f64) {
        self.share.store(share.to_bits(), Ordering::Relaxed);
    }
}

impl<E: Engine> Engine for Planted<E> {
    const INFO: EngineInfo = E::INFO;
    const NEEDS_DENSE_IDS: bool = E::NEEDS_DENSE_IDS;
    const OUT_OF_PROCESS: bool = E::OUT_OF_PROCESS;

    fn held_bytes(load: &ExpectedLoad) -> u64 {
        E::held_bytes(load)
    }

    type Session<'engine> = PlantedSession<E::Session<'engine>>;

    fn build(config: &EngineConfig) -> Self {
        Self {
            engine: E::build(config),
            share: AtomicU64::new(0),
        }
    }

    fn session(&self, worker: usize) -> Self::Session<'_> {
        PlantedSession {
            session: self.engine.session(worker),
            share: f64::from_bits(self.share.load(Ordering::Relaxed)),
        }
    }

    fn visit(&self, visit: &(dyn Fn(StateRef<'_>) + Sync)) {
        self.engine.visit(visit);
    }

    fn visit_mut(&self, visit: &(dyn Fn(StateMut<'_>) + Sync)) {
        self.engine.visit_mut(visit);
    }

    fn memory(&self) -> MemoryUse {
        self.engine.memory()
    }
}

/// A session of [`Planted`].
#[derive(Debug)]
pub struct PlantedSession<S> {
    session: S,
    share: f64,
}

impl<S: Session> Session for PlantedSession<S> {
    fn ingest(&mut self, batch: &[Event]) {
        let start = Instant::now();
        self.session.ingest(batch);
        spin(start, self.share);
    }

    fn read(&mut self, reads: &[Read], sink: &mut impl FnMut(usize, &Answer)) {
        let start = Instant::now();
        self.session.read(reads, sink);
        spin(start, self.share);
    }

    fn pause(&mut self) {
        let start = Instant::now();
        self.session.pause();
        spin(start, self.share);
    }

    fn finish(self) {
        let start = Instant::now();
        self.session.finish();
        spin(start, self.share);
    }
}

/// Spins until `share` more than the time since `start` has gone. It reads the
/// clock all the while: a hint that this is a spin would give the core to
/// whoever shares it, who would then be faster by what was to be lost.
fn spin(start: Instant, share: f64) {
    let until = start.elapsed().mul_f64(1.0 + share);
    while start.elapsed() < until {}
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::engine::maps::dashmap::DashMapEngine;
    use crate::engine::testing::{Fold, holds, ingest, stream};

    #[test]
    fn a_slowed_engine_holds_the_same_state() {
        let events = stream(3, 4_000);
        let engine = Planted::<DashMapEngine>::build(&EngineConfig::new(2));
        engine.set_share(0.5);
        ingest(&engine, 2, &events, 100);
        holds(&engine, 2, &Fold::of(&events));
        assert_eq!(<Planted<DashMapEngine> as Engine>::INFO.name, "dashmap");
    }

    #[test]
    fn the_spin_lasts_its_share_at_least() {
        // a slow machine makes it longer, none makes it shorter
        let gone = Duration::from_millis(2);
        let start = Instant::now().checked_sub(gone).unwrap();
        spin(start, 1.5);
        assert!(start.elapsed() >= gone.mul_f64(2.5));
    }
}
