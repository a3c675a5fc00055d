//! This process' part of the state, and what its workers are built from.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use ::timely::communication::allocator::zero_copy::allocator::TcpBuilder;
use ::timely::communication::allocator::zero_copy::initialize::{
    CommsGuard, initialize_networking_from_sockets,
};
use ::timely::communication::allocator::{Process, ProcessBuilder};
use ::timely::communication::{Allocator, Hooks};
use parking_lot::Mutex;

use super::flow::Flow;
use super::shared::Shared;
use super::stream::Counted;
use notibench_core::engine::links::Links;
use notibench_core::viewing::Views;

/// What a worker is built from.
pub(super) enum Seat {
    Alone(ProcessBuilder),
    OfCluster(TcpBuilder),
}

impl Seat {
    /// Waits for the other seats of this process.
    pub(super) fn take(self) -> Allocator {
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
    pub(super) shared: Arc<Shared>,
    pub(super) views: Views,
    /// Of the workers that have none yet.
    pub(super) seats: Mutex<Vec<Option<Seat>>>,
    /// Threads that send and receive.
    pub(super) guard: Option<CommsGuard>,
    pub(super) is_of_cluster: bool,
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
    pub(super) fn flow(&self, worker: usize) -> Flow {
        let seat = {
            let mut seats = self.seats.lock();
            if seats.iter().all(Option::is_none) && !self.is_of_cluster {
                // sessions were all finished, and are opened again
                *seats = seats_alone(seats.len());
            }
            seats[worker].take()
        };
        match seat {
            Some(seat) => Flow::new(seat.take(), &self.shared, &self.views, worker),
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

pub(super) fn seats_alone(threads: usize) -> Vec<Option<Seat>> {
    let builders = ProcessBuilder::new_typed_vector(threads, Hooks::default().refill, None);
    let seats = builders.into_iter();
    seats.map(|builder| Some(Seat::Alone(builder))).collect()
}

pub(super) fn seats_of_cluster(
    links: &Links,
    threads: usize,
) -> (Vec<Option<Seat>>, Option<CommsGuard>) {
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
pub(super) fn give_up(words: &str) -> ! {
    panic!("{words}")
}
