//! An owner: a thread, its part of the state, and the queue that it works off.

use std::sync::Arc;
use std::thread::{self, JoinHandle};

use crossbeam_channel::{Receiver, Sender, bounded};
use crossbeam_queue::ArrayQueue;
use parking_lot::Mutex;

use crate::shared::tables::Tables;
use crate::shared::updates::Updates;
use notibench_core::engine::EngineConfig;
use notibench_core::event::Read;
use notibench_core::read::Answer;
use notibench_core::unit::hash::shared_hasher;
use notibench_core::viewing::Views;

/// Reads for one owner; it goes back to its sender with the answers.
#[derive(Debug, Default)]
pub(super) struct ReadRequest {
    /// The owner.
    pub(super) to: usize,
    /// Reads, each with its sender's tag. An empty request comes back
    /// when everything sent before it was applied.
    pub(super) reads: Vec<(usize, Read)>,
    /// In the order of the reads.
    pub(super) answers: Vec<Answer>,
}

/// What an owner is sent.
#[derive(Debug)]
pub(super) enum Message {
    /// Updates to apply.
    Apply(Updates),
    /// Reads, and where the answers go.
    Ask(ReadRequest, Sender<ReadRequest>),
    /// No more will come.
    End,
    /// A slip, to see what becomes of it.
    #[cfg(test)]
    Panic,
}

/// A part of the state, and the thread that owns it.
#[derive(Debug)]
pub(super) struct Owner {
    pub(super) queue: Sender<Message>,
    /// Locked by the owner for each message, so that it can be visited at rest; in a
    /// run no other thread takes the lock.
    pub(super) tables: Arc<Mutex<Tables>>,
    /// Until it is joined.
    pub(super) thread: Mutex<Option<JoinHandle<()>>>,
}

impl Owner {
    /// Starts an owner of an empty part.
    pub(super) fn start(
        queue: usize,
        config: &EngineConfig,
        spare: Arc<ArrayQueue<Updates>>,
    ) -> Self {
        let (sender, receiver) = bounded(queue);
        let tables = Arc::default();
        let own = Arc::clone(&tables);
        let (inbox_capacity, views) = (config.inbox_capacity, config.views.clone());
        let thread = thread::spawn(move || work(&receiver, &own, &spare, inbox_capacity, &views));
        Self {
            queue: sender,
            tables,
            thread: Mutex::new(Some(thread)),
        }
    }

    /// Whether the thread has ended: before its engine's end only a panic
    /// ends it.
    pub(super) fn has_ended(&self) -> bool {
        let thread = self.thread.lock();
        thread.as_ref().is_none_or(JoinHandle::is_finished)
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        // one that has panicked takes no message any more
        let _ = self.queue.send(Message::End);
        if let Some(thread) = self.thread.lock().take() {
            // a session has gone on with its panic, or no session is left
            let _ = thread.join();
        }
    }
}

/// Works the queue off until its end.
fn work(
    queue: &Receiver<Message>,
    tables: &Mutex<Tables>,
    spare: &ArrayQueue<Updates>,
    inbox_capacity: usize,
    views: &Views,
) {
    let hasher = shared_hasher();
    for message in queue {
        match message {
            Message::Apply(mut updates) => {
                tables.lock().apply(&updates, inbox_capacity);
                updates.clear();
                // a full pool has enough of them
                let _ = spare.push(updates);
            }
            Message::Ask(mut request, reply_to) => {
                let tables = tables.lock();
                let answer =
                    |(_, read): &(usize, Read)| tables.answer_in_part(read, &hasher, views);
                request.answers.extend(request.reads.iter().map(answer));
                drop(tables);
                // there is room for a request from each owner, unless its sender
                // has given up
                let _ = reply_to.try_send(request);
            }
            Message::End => return,
            #[cfg(test)]
            Message::Panic => panic!("a slip in an owner"),
        }
    }
}
