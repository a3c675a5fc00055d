//! Engines that panic in one worker while another waits for it, to show what
//! becomes of the run: it ends within two seconds, with the panic's message.
//! `panics` waits as an engine must, looking at the stop flag; `panics-deaf`
//! never looks, so that only the end of the process ends it. `hangs-in-build`,
//! `hangs-in-finish`, `hangs-in-visit` and `hangs-in-memory` do their work at
//! first, and wait for ever later on: in a worker, or in the thread that makes
//! the engine and asks it afterwards; `HANGS_AFTER` says after how many. `hoards` allocates more than there is.

use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use notibench_core::engine::{
    Engine, EngineConfig, EngineInfo, Freshness, MemoryUse, Role, Session, StopFlag,
};
use notibench_core::event::{Event, Read};
use notibench_core::read::Answer;
use notibench_core::state::{StateMut, StateRef};
use notibench_harness::Contender;

/// The worker that ingests this event panics.
const FATAL: u64 = 1_000;

struct Panicking<const DEAF: bool> {
    ingested: AtomicU64,
    stop: StopFlag,
}

impl<const DEAF: bool> Engine for Panicking<DEAF> {
    const INFO: EngineInfo = EngineInfo {
        name: if DEAF { "panics-deaf" } else { "panics" },
        role: Role::Engine,
        freshness: Freshness::Immediate,
        about: "panics in one worker while the others wait for it: for tests",
    };
    type Session<'engine> = &'engine Self;

    fn build(config: &EngineConfig) -> Self {
        Self {
            ingested: AtomicU64::new(0),
            stop: config.stop.clone(),
        }
    }

    fn session(&self, _: usize) -> &Self {
        self
    }

    fn visit(&self, _: &(dyn Fn(StateRef<'_>) + Sync)) {}

    fn visit_mut(&self, _: &(dyn Fn(StateMut<'_>) + Sync)) {}

    fn memory(&self) -> MemoryUse {
        MemoryUse::default()
    }
}

impl<const DEAF: bool> Session for &Panicking<DEAF> {
    fn ingest(&mut self, batch: &[Event]) {
        let batch = batch.len() as u64;
        let before = self.ingested.fetch_add(batch, Ordering::Relaxed);
        assert!(
            !(before..before + batch).contains(&FATAL),
            "a slip in the engine"
        );
    }

    fn read(&mut self, reads: &[Read], sink: &mut impl FnMut(usize, &Answer)) {
        (0..reads.len()).for_each(|at| sink(at, &Answer::Badge(0)));
    }

    /// Waits for the worker that has panicked, and so will never come.
    fn finish(self) {
        while DEAF || !self.stop.is_set() {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

/// Engines that were built.
static BUILT: AtomicU64 = AtomicU64::new(0);

/// Engines that do not hang, before those that do.
fn built_before_hanging() -> u64 {
    let asked = std::env::var("HANGS_AFTER").ok();
    asked.and_then(|count| count.parse().ok()).unwrap_or(12)
}

/// Places in which an engine hangs.
const BUILD: u8 = 0;
const FINISH: u8 = 1;
const VISIT: u8 = 2;
const MEMORY: u8 = 3;

/// Keeps no state, so that it is run without a proof, or over events that
/// change nothing.
struct Hanging<const PLACE: u8> {
    hangs: bool,
}

impl<const PLACE: u8> Hanging<PLACE> {
    fn hang_if(&self, here: bool) {
        if self.hangs && here {
            eprintln!("hangs now");
            loop {
                std::thread::sleep(Duration::from_secs(1));
            }
        }
    }
}

impl<const PLACE: u8> Engine for Hanging<PLACE> {
    const INFO: EngineInfo = EngineInfo {
        name: match PLACE {
            BUILD => "hangs-in-build",
            FINISH => "hangs-in-finish",
            VISIT => "hangs-in-visit",
            _ => "hangs-in-memory",
        },
        role: Role::Engine,
        freshness: Freshness::Immediate,
        about: "waits for ever after some trials: for tests",
    };
    type Session<'engine> = &'engine Self;

    fn build(_: &EngineConfig) -> Self {
        let engine = Self {
            hangs: BUILT.fetch_add(1, Ordering::Relaxed) >= built_before_hanging(),
        };
        engine.hang_if(PLACE == BUILD);
        engine
    }

    fn session(&self, _: usize) -> &Self {
        self
    }

    fn visit(&self, _: &(dyn Fn(StateRef<'_>) + Sync)) {
        self.hang_if(PLACE == VISIT);
    }

    fn visit_mut(&self, _: &(dyn Fn(StateMut<'_>) + Sync)) {}

    fn memory(&self) -> MemoryUse {
        self.hang_if(PLACE == MEMORY);
        MemoryUse::default()
    }
}

impl<const PLACE: u8> Session for &Hanging<PLACE> {
    fn ingest(&mut self, _: &[Event]) {}

    fn read(&mut self, reads: &[Read], sink: &mut impl FnMut(usize, &Answer)) {
        (0..reads.len()).for_each(|at| sink(at, &Answer::Badge(0)));
    }

    fn finish(self) {
        self.hang_if(PLACE == FINISH);
    }
}

/// Wants more memory than any machine has.
struct Hoarding;

impl Engine for Hoarding {
    const INFO: EngineInfo = EngineInfo {
        name: "hoards",
        role: Role::Engine,
        freshness: Freshness::Immediate,
        about: "allocates what there is not: for tests",
    };
    type Session<'engine> = &'engine Self;

    fn build(_: &EngineConfig) -> Self {
        Self
    }

    fn session(&self, _: usize) -> &Self {
        self
    }

    fn visit(&self, _: &(dyn Fn(StateRef<'_>) + Sync)) {}

    fn visit_mut(&self, _: &(dyn Fn(StateMut<'_>) + Sync)) {}

    fn memory(&self) -> MemoryUse {
        MemoryUse::default()
    }
}

impl Session for &Hoarding {
    fn ingest(&mut self, batch: &[Event]) {
        let mut hoard: Vec<u8> = Vec::with_capacity(1 << 62);
        hoard.push(batch.len() as u8);
        std::hint::black_box(hoard);
    }

    fn read(&mut self, reads: &[Read], sink: &mut impl FnMut(usize, &Answer)) {
        (0..reads.len()).for_each(|at| sink(at, &Answer::Badge(0)));
    }

    fn finish(self) {}
}

fn main() -> ExitCode {
    notibench::main_with(&[
        Contender::of::<Hoarding>(),
        Contender::of::<Hanging<BUILD>>(),
        Contender::of::<Hanging<FINISH>>(),
        Contender::of::<Hanging<VISIT>>(),
        Contender::of::<Hanging<MEMORY>>(),
        Contender::of::<Panicking<false>>(),
        Contender::of::<Panicking<true>>(),
    ])
}
