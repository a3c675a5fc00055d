//! The engine's owners and spare messages, which its sessions share.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{SendTimeoutError, TrySendError};
use crossbeam_queue::ArrayQueue;

use super::owner::{Message, Owner};
use crate::shared::updates::Updates;
use notibench_core::engine::EngineConfig;
use notibench_core::engine::StopFlag;
use notibench_core::unit::hash::{SharedHasher, shared_hasher};

/// Messages that wait for an owner before their senders do.
pub(super) const QUEUE: usize = 64;

/// Updates of one message; a batch that has more for one owner is sent in
/// several, so that a queue's bytes are bounded.
pub(super) const LARGEST_MESSAGE: usize = 4096;

/// How often a wait looks at the stop flag.
pub(super) const TICK: Duration = Duration::from_millis(10);

/// An owner for each worker.
#[derive(Debug)]
pub struct ActorEngine {
    pub(super) owners: Box<[Owner]>,
    /// Emptied messages, to be filled again.
    pub(super) spare: Arc<ArrayQueue<Updates>>,
    pub(super) hasher: SharedHasher,
    pub(super) stop: StopFlag,
}

impl ActorEngine {
    pub(super) fn with_queues(config: &EngineConfig, queue: usize) -> Self {
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
    pub(super) fn send(&self, owner: usize, message: Message) -> bool {
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
    pub(super) fn is_over(&self) -> bool {
        let has_ended = |owner: &&Owner| owner.has_ended();
        let ended = self.owners.iter().find(has_ended);
        ended.inspect(|owner| go_on_with_panic_of(owner));
        ended.is_some() || self.stop.is_set()
    }
}

/// Takes the panic over from an owner that has ended while its engine lives,
/// unless another session has.
pub(super) fn go_on_with_panic_of(owner: &Owner) {
    let thread = owner.thread.lock().take();
    if let Some(Err(panic)) = thread.map(JoinHandle::join) {
        resume_unwind(panic);
    }
}
