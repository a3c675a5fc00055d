//! The engine `timely`: a dataflow in which updates are exchanged by the
//! member or content that they change, and folded by the worker that owns it;
//! on timely dataflow, in the cargo feature `cluster`. Its workers may be in
//! several processes, on several machines. Imports the contract, the shared
//! state.
//!
//! A worker is a session: what it ingests is cut into updates, which go in
//! batches of plain words to their owners ([`words`]). Within a process a batch
//! moves; between processes its bytes are written to a socket as they are.
//! No state is ever shared: the lock of a part is there for those who read.

mod flow;
mod session;
mod stream;
mod words;

#[cfg(test)]
mod tests;

use std::ops::Add;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ::timely::communication::Hooks;
use ::timely::communication::allocator::ProcessBuilder;
use ::timely::communication::allocator::zero_copy::allocator::TcpBuilder;
use ::timely::communication::allocator::zero_copy::initialize::{
    CommsGuard, initialize_networking_from_sockets,
};
use ::timely::communication::{Allocator, allocator::Process};
use crossbeam_utils::CachePadded;
use parking_lot::Mutex;
use rayon::prelude::*;

use crate::engine::shared::links::Links;
use crate::engine::shared::map_memory;
use crate::engine::shared::tables::Tables;
use crate::engine::snapshot::StateMut;
use crate::engine::viewing::Views;
use crate::engine::{
    Engine, EngineConfig, EngineInfo, ExpectedLoad, Freshness, MemoryUse, Role, StopFlag,
};
use crate::unit::hash::{SharedHasher, shared_hasher};
use flow::Flow;
pub use session::TimelySession;
use stream::Counted;

/// What the workers of this process share.
#[derive(Debug)]
struct Shared {
    /// One a worker of this process.
    parts: Box<[CachePadded<Mutex<Tables>>]>,
    /// Number of the first of them among all processes' workers.
    first: usize,
    /// Workers of all processes.
    peers: usize,
    inbox_capacity: usize,
    hasher: SharedHasher,
    stop: StopFlag,
    sent: AtomicU64,
    sent_away: AtomicU64,
}

impl Shared {
    #[inline(always)]
    const fn is_local(&self, worker: usize) -> bool {
        worker.wrapping_sub(self.first) < self.parts.len()
    }

    fn add_sent(&self, sent: u64, away: u64) {
        self.sent.fetch_add(sent, Ordering::Relaxed);
        self.sent_away.fetch_add(away, Ordering::Relaxed);
    }
}

/// What a worker is built from.
enum Seat {
    Alone(ProcessBuilder),
    OfCluster(TcpBuilder),
}

impl Seat {
    /// Waits for the other seats of this process.
    fn take(self) -> Allocator {
        match self {
            Self::Alone(builder) => {
                let process: Process = builder.build();
                Allocator::Process(process)
            }
            Self::OfCluster(builder) => Allocator::Tcp(builder.build()),
        }
    }
}

/// This process' part of the state, and the seats of its workers.
pub struct TimelyEngine {
    shared: Arc<Shared>,
    views: Views,
    /// Of the workers that have none yet.
    seats: Mutex<Vec<Option<Seat>>>,
    /// Threads that send and receive.
    guard: Option<CommsGuard>,
    is_of_cluster: bool,
}

impl Engine for TimelyEngine {
    const INFO: EngineInfo = EngineInfo {
        name: "timely",
        role: Role::Engine,
        freshness: Freshness::Deferred { within: None },
        about: "a dataflow on timely dataflow, over threads, processes and machines: for state \
                that outgrows one of them; gives up reads of what was just ingested, and an \
                exchange of every update",
    };
    type Session<'engine> = TimelySession<'engine>;

    fn held_bytes(load: &ExpectedLoad) -> u64 {
        load.threads as u64 * flow::held_bytes(load.threads as u64)
    }

    fn build(config: &EngineConfig) -> Self {
        let threads = config.threads.max(1);
        let (first, peers) = match &config.links {
            Some(links) => (links.process * threads, links.processes * threads),
            None => (0, threads),
        };
        let (seats, guard) = match &config.links {
            Some(links) => seats_of_cluster(links, threads),
            None => (seats_alone(threads), None),
        };
        Self {
            shared: Arc::new(Shared {
                parts: (0..threads).map(|_| CachePadded::default()).collect(),
                first,
                peers,
                inbox_capacity: config.inbox_capacity,
                hasher: shared_hasher(),
                stop: config.stop.clone(),
                sent: AtomicU64::new(0),
                sent_away: AtomicU64::new(0),
            }),
            views: config.views.clone(),
            seats: Mutex::new(seats),
            guard,
            is_of_cluster: config.links.is_some(),
        }
    }

    fn session(&self, worker: usize) -> TimelySession<'_> {
        TimelySession::new(self, worker)
    }

    fn visit_mut(&self, visit: &(dyn Fn(StateMut<'_>) + Sync)) {
        let parts = self.shared.parts.par_iter();
        parts.for_each(|part| part.lock().visit_mut(visit));
    }

    fn memory(&self) -> MemoryUse {
        let parts = &self.shared.parts;
        let locks = map_memory::of_locks(size_of_val(&**parts));
        parts
            .iter()
            .map(|part| part.lock().memory())
            .fold(locks, MemoryUse::add)
    }
}

impl TimelyEngine {
    /// Updates that this process' workers have sent, to themselves among
    /// others, and those of them that went to another process.
    #[must_use]
    pub fn sent_updates(&self) -> [u64; 2] {
        let Shared {
            sent, sent_away, ..
        } = &*self.shared;
        [sent, sent_away].map(|count| count.load(Ordering::Relaxed))
    }

    /// The dataflow's part of a worker; waits for the others of this process.
    fn flow(&self, worker: usize) -> Flow {
        let seat = {
            let mut seats = self.seats.lock();
            if seats.iter().all(Option::is_none) && !self.is_of_cluster {
                // sessions were all finished, and are opened again
                *seats = seats_alone(seats.len());
            }
            seats[worker].take()
        };
        match seat {
            Some(seat) => Flow::new(seat.take(), &self.shared, worker),
            None => give_up("a cluster's connections last for one pass"),
        }
    }
}

impl Drop for TimelyEngine {
    /// Waits for the threads that send and receive. Where the run ends early
    /// they may wait for a process that is gone, and are left to themselves.
    fn drop(&mut self) {
        let guard = self.guard.take();
        if self.shared.stop.is_set() || std::thread::panicking() {
            std::mem::forget(guard);
            return;
        }
        // everything has been folded; a connection that broke while it was
        // closed is a panic in timely dataflow, and changes no state
        let closed = catch_unwind(AssertUnwindSafe(|| drop(guard)));
        if closed.is_err() {
            self.shared.stop.set();
        }
    }
}

impl std::fmt::Debug for TimelyEngine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TimelyEngine")
            .field("shared", &self.shared)
            .finish_non_exhaustive()
    }
}

fn seats_alone(threads: usize) -> Vec<Option<Seat>> {
    let builders = ProcessBuilder::new_typed_vector(threads, Hooks::default().refill, None);
    let seats = builders.into_iter();
    seats.map(|builder| Some(Seat::Alone(builder))).collect()
}

fn seats_of_cluster(links: &Links, threads: usize) -> (Vec<Option<Seat>>, Option<CommsGuard>) {
    let hooks = Hooks::default();
    let builders = ProcessBuilder::new_typed_vector(threads, hooks.refill.clone(), None);
    let Some(sockets) = links.take() else {
        give_up("a cluster's connections last for one engine");
    };
    let counted = |socket| Counted::new(socket, Arc::clone(&links.sent_bytes));
    let sockets = sockets.into_iter().map(|socket| socket.map(counted));
    let started = initialize_networking_from_sockets(
        builders,
        sockets.collect(),
        links.process,
        threads,
        hooks,
    );
    match started {
        Ok((builders, guard)) => {
            let seats = builders.into_iter();
            let seats = seats.map(|builder| Some(Seat::OfCluster(builder)));
            (seats.collect(), Some(guard))
        }
        Err(error) => give_up(&format!("no threads for the connections: {error}")),
    }
}

/// Ends the trial: a session and an engine have no other way to say that they
/// can't go on.
fn give_up(words: &str) -> ! {
    panic!("{words}")
}
