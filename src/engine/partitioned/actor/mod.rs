//! The engine `actor`: each part of the state belongs to a thread, which alone
//! changes it and answers for it, one message of its bounded queue after the
//! other. Imports the contract, the shared state.
//!
//! A session sends each owner one message an ingest call and does not wait for
//! it to be applied. Reads queue up behind: what was sent before a read was
//! asked, by whomever, is applied before it is answered. So reads are fresh,
//! and slow where queues are long.
//!
//! Every wait of a session looks at the stop flag, and at whether an owner has
//! panicked: the session that finds one goes on with its panic. Owners wait
//! for nothing but messages, and end when their engine is dropped.

mod owner;
mod session;

use std::ops::Add;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{SendTimeoutError, TrySendError};
use crossbeam_queue::ArrayQueue;
use rayon::prelude::*;

use crate::engine::shared::map_memory;
use crate::engine::shared::updates::{self, Updates};
use crate::engine::snapshot::StateMut;
use crate::engine::{
    Engine, EngineConfig, EngineInfo, ExpectedLoad, Freshness, MemoryUse, Role, StopFlag,
};
use crate::unit::hash::{SharedHasher, shared_hasher};
use owner::{Message, Owner};
pub use session::ActorSession;

/// Messages that wait for an owner before their senders do.
const QUEUE: usize = 64;

/// Updates of one message; a batch that has more for one owner is sent in
/// several, so that a queue's bytes are bounded.
const LARGEST_MESSAGE: usize = 4096;

/// How often whoever waits looks at the stop flag.
const TICK: Duration = Duration::from_millis(10);

/// An owner for each worker.
#[derive(Debug)]
pub struct ActorEngine {
    owners: Box<[Owner]>,
    /// Emptied messages, to be filled again.
    spare: Arc<ArrayQueue<Updates>>,
    hasher: SharedHasher,
    stop: StopFlag,
}

impl Engine for ActorEngine {
    const INFO: EngineInfo = EngineInfo {
        name: "actor",
        role: Role::Engine,
        freshness: Freshness::Immediate,
        about: "an owner thread a worker, each behind a bounded queue: how services are often \
                written, with no state shared; gives up cores to the owners, and reads wait in \
                their queues",
    };
    type Session<'engine> = ActorSession<'engine>;

    fn held_bytes(load: &ExpectedLoad) -> u64 {
        let owners = load.threads.max(1);
        // in queues and in the hands of owners; what sessions fill and hand over
        let messages = owners * (QUEUE + 1) + 2 * owners * owners;
        // an event makes two updates at most, both perhaps for one owner
        let updates = (2 * load.batch).min(LARGEST_MESSAGE);
        updates::room_at_most(messages as u64, updates as u64, load.events)
    }

    fn build(config: &EngineConfig) -> Self {
        Self::with_queues(config, QUEUE)
    }

    fn session(&self, _: usize) -> ActorSession<'_> {
        ActorSession::open(self)
    }

    fn visit_mut(&self, visit: &(dyn Fn(StateMut<'_>) + Sync)) {
        self.owners
            .par_iter()
            .for_each(|owner| owner.tables.lock().visit_mut(visit));
    }

    fn memory(&self) -> MemoryUse {
        let queues = self.owners.len() * QUEUE * size_of::<Message>();
        let beside = map_memory::of_locks(size_of_val(&*self.owners) + queues);
        let tables = self.owners.iter().map(|owner| owner.tables.lock().memory());
        tables.fold(beside, MemoryUse::add)
    }
}

impl ActorEngine {
    fn with_queues(config: &EngineConfig, queue: usize) -> Self {
        let owners = config.threads.max(1);
        // as many as can be in queues and in the hands of sessions and owners
        let spare = Arc::new(ArrayQueue::new(owners * (queue + owners + 1)));
        let start = |_| Owner::start(queue, config, Arc::clone(&spare));
        Self {
            owners: (0..owners).map(start).collect(),
            spare,
            hasher: shared_hasher(),
            stop: config.stop.clone(),
        }
    }

    /// Sends an owner a message; waits where its queue is full. Returns false
    /// where the run ends early.
    fn send(&self, owner: usize, message: Message) -> bool {
        let owner = &self.owners[owner];
        let mut message = match owner.queue.try_send(message) {
            Ok(()) => return true,
            Err(TrySendError::Full(message) | TrySendError::Disconnected(message)) => message,
        };
        while !self.stop.is_set() {
            message = match owner.queue.send_timeout(message, TICK) {
                Ok(()) => return true,
                Err(SendTimeoutError::Timeout(_)) if self.is_over() => return false,
                Err(SendTimeoutError::Timeout(message)) => message,
                Err(SendTimeoutError::Disconnected(_)) => {
                    go_on_with_panic_of(owner);
                    return false;
                }
            };
        }
        false
    }

    /// Whether the run ends early: it was stopped, or an owner has panicked.
    /// The first to find that one goes on with its panic.
    fn is_over(&self) -> bool {
        let has_ended = |owner: &&Owner| owner.has_ended();
        let ended = self.owners.iter().find(has_ended);
        ended.inspect(|owner| go_on_with_panic_of(owner));
        ended.is_some() || self.stop.is_set()
    }
}

/// Takes the panic over from an owner that has ended while its engine lives,
/// unless somebody has.
fn go_on_with_panic_of(owner: &Owner) {
    let thread = owner.thread.lock().take();
    if let Some(Err(panic)) = thread.map(JoinHandle::join) {
        resume_unwind(panic);
    }
}

#[cfg(test)]
mod tests;
