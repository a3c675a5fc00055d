//! The contract: what an engine and a session are, what an engine is built from
//! and what is known of it.

use std::sync::Arc;

use super::stop_flag::StopFlag;
use crate::engine::dense_ids::DenseIds;
use crate::engine::links::Links;
use crate::engine::map_memory;
use crate::event::{Event, Read};
use crate::read::Answer;
use crate::state::{self, StateMut, StateRef};
use crate::unit::quantity::counted;
use crate::viewing::Views;

pub use super::memory_use::MemoryUse;

/// What a registry entry is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// Verified and ranked.
    Engine,
    /// A measure of the harness or the machine: no snapshot, never ranked.
    Probe,
    /// Verified against its own definition.
    Ablation,
}

/// When an engine's reads see what was ingested.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Freshness {
    /// All events of an ingest call are visible to every session when it
    /// returns.
    Immediate,
    /// Visible later.
    Deferred {
        /// How many further events at most the session that ingested an event
        /// ingests before every session sees it. Where it is `None`, as where
        /// a session ingests no more, it is seen at the latest when every
        /// session has been finished.
        within: Option<u64>,
    },
}

impl Freshness {
    /// Its name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Immediate => "immediate",
            Self::Deferred { .. } => "deferred",
        }
    }

    /// The whole declaration, for a person.
    #[must_use]
    pub fn in_words(self) -> String {
        let name = self.name();
        match self {
            Self::Immediate => name.to_owned(),
            Self::Deferred { within: None } => format!("{name} to the end"),
            Self::Deferred {
                within: Some(events),
            } => format!("{name} by {} at most", counted(events, "event")),
        }
    }
}

/// What is known of an engine before it is built.
#[derive(Clone, Copy, Debug)]
pub struct EngineInfo {
    /// Name on the command line and in reports.
    pub name: &'static str,
    /// What it is for.
    pub role: Role,
    /// When its reads see what was ingested.
    pub freshness: Freshness,
    /// When a person would pick it, and what it gives up: one line.
    pub about: &'static str,
}

/// What an engine is built from. It holds nothing of the workload.
#[derive(Clone, Debug)]
pub struct EngineConfig {
    /// How many sessions will be open at once, numbered from 0.
    pub threads: usize,
    /// Entries that an inbox keeps.
    pub inbox_capacity: usize,
    /// How views are counted, and what is shown of them.
    pub views: Views,
    /// Set when the run is to end early: every wait inside an engine must
    /// look at it, and give up.
    pub stop: StopFlag,
    /// Dense numbers of the stream's ids, for probes that ask for them
    /// ([`Engine::NEEDS_DENSE_IDS`]); else none.
    pub dense: Option<Arc<DenseIds>>,
    /// Address of the server that holds the state, for engines out of process
    /// ([`Engine::OUT_OF_PROCESS`]); else none.
    pub external: Option<Arc<str>>,
    /// Connections to the other processes of a cluster, for the engine whose
    /// workers are spread over them; else none.
    pub links: Option<Arc<Links>>,
}

impl EngineConfig {
    /// A config with the standard inbox and a fresh stop flag.
    #[must_use]
    pub fn new(threads: usize) -> Self {
        Self {
            threads,
            inbox_capacity: state::INBOX_CAPACITY,
            views: Views::default(),
            stop: StopFlag::default(),
            dense: None,
            external: None,
            links: None,
        }
    }
}

/// What an engine will be given in a trial, at most, as far as it is known
/// beforehand.
#[derive(Clone, Copy, Debug, Default)]
pub struct ExpectedLoad {
    /// Workers.
    pub threads: usize,
    /// Events of one ingest call.
    pub batch: usize,
    /// Events of a pass.
    pub events: u64,
    /// Of them, those that come near an inbox.
    pub notifying: u64,
    /// Bytes of the state that one worker's share of the events makes.
    pub share_bytes: u64,
    /// Whether a second pass goes over the state that the first one left.
    pub warm: bool,
}

/// A shared, thread-safe store of the state that the events fold into.
///
/// Built outside the timed part. Each worker opens a session, ingests and
/// reads through it, and finishes it; the state at rest is then visited.
pub trait Engine: Sized + Send + Sync + 'static {
    /// Name, role, freshness, advice.
    const INFO: EngineInfo;

    /// Whether it is built from the dense numbers of the stream's ids: a
    /// limit probe, which leaves out finding a state by its id.
    const NEEDS_DENSE_IDS: bool = false;

    /// Whether its state lies in another process, whose address it is built
    /// from: its time holds a socket's, and its memory is not this process'.
    const OUT_OF_PROCESS: bool = false;

    /// Bytes that it may hold at one time beyond the shared state, at most:
    /// updates that wait, queues, a copy a worker. A run's memory is predicted
    /// from it; where it is nothing to speak of, leave it out.
    #[must_use]
    fn held_bytes(_load: &ExpectedLoad) -> u64 {
        0
    }

    /// One worker's handle.
    type Session<'engine>: Session
    where
        Self: 'engine;

    /// An empty engine.
    fn build(config: &EngineConfig) -> Self;

    /// Opens the session of worker `worker` (`0..config.threads`). At most
    /// one session of a number is open at a time; after all were finished,
    /// they may be opened again. Sessions that are open together are each
    /// used by a thread of its own: one may wait for what another does.
    fn session(&self, worker: usize) -> Self::Session<'_>;

    /// Calls `visit` once for every member and content that has state, from
    /// any thread, in any order: to look at it, or to change it, as where an
    /// epoch is closed. Only called while no session is open.
    fn visit_mut(&self, visit: &(dyn Fn(StateMut<'_>) + Sync));

    /// The same to look at alone.
    fn visit(&self, visit: &(dyn Fn(StateRef<'_>) + Sync)) {
        self.visit_mut(&|state| visit(state.as_ref()));
    }

    /// Bytes that hold the state, counted by a walk. Only called while no
    /// session is open. Left out, it is what the states themselves hold:
    /// nothing is known of a map then.
    fn memory(&self) -> MemoryUse {
        map_memory::of_states(|visit| self.visit(visit), None)
    }
}

/// One worker's handle to an engine.
pub trait Session {
    /// Applies a batch, perhaps of one event.
    fn ingest(&mut self, batch: &[Event]);

    /// Answers reads: calls `sink` with the position in `reads` and the
    /// answer, once for each, in any order.
    fn read(&mut self, reads: &[Read], sink: &mut impl FnMut(usize, &Answer));

    /// Comes to rest between two slices of the stream: once every open session
    /// has returned from it, no thread of the engine works, and no session
    /// waits for another. All open sessions are paused together, each on its
    /// thread, inside the timed part; what is deferred may stay deferred.
    ///
    /// Left out, it does nothing. That is right where the engine has no threads
    /// of its own and where `ingest` and `read` never wait for what another
    /// session does between two calls.
    fn pause(&mut self) {}

    /// Applies whatever was deferred. The call is inside the timed part.
    fn finish(self);
}
