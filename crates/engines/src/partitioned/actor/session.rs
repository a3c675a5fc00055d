//! A worker's session: sends updates to their owners and asks them what they
//! know.

use std::mem;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

use super::engine::{ActorEngine, LARGEST_MESSAGE, TICK};
use super::owner::{Message, ReadRequest};
use crate::shared::pending_pages::Pages;
use crate::shared::updates::Updates;
use notibench_core::engine::Session;
use notibench_core::event::{Event, Read};
use notibench_core::read::Answer;
use notibench_core::state::Keyed;
use notibench_core::state::for_each_update;
use notibench_core::unit::hash::hash_id;
use notibench_core::unit::hash_bits::owner_of;

/// A session of [`ActorEngine`].
#[derive(Debug)]
pub struct ActorSession<'engine> {
    engine: &'engine ActorEngine,
    /// For each owner, updates not yet sent.
    outgoing: Vec<Updates>,
    /// For each owner, reads not yet sent.
    requests: Vec<ReadRequest>,
    /// Where requests come back: one from each owner at most.
    replies: (Sender<ReadRequest>, Receiver<ReadRequest>),
    /// Inbox pages that wait for counts.
    pages: Pages,
}

impl<'engine> ActorSession<'engine> {
    pub(super) fn open(engine: &'engine ActorEngine) -> Self {
        let owners = engine.owners.len();
        let request = |to| ReadRequest {
            to,
            ..ReadRequest::default()
        };
        Self {
            engine,
            outgoing: (0..owners).map(|_| Updates::default()).collect(),
            requests: (0..owners).map(request).collect(),
            replies: bounded(owners),
            pages: Pages::default(),
        }
    }

    #[inline(always)]
    fn route(&mut self, event: &Event) {
        let (mut of_member, mut of_content) = (None, None);
        for_each_update(
            event,
            |update| of_member = Some(update),
            |update| of_content = Some(update),
        );
        if let Some(update) = of_member {
            self.hold(&update, |updates| &mut updates.members);
        }
        if let Some(update) = of_content {
            self.hold(&update, |updates| &mut updates.contents);
        }
    }

    /// Puts an update to what goes to its owner.
    #[inline(always)]
    fn hold<U: Keyed>(&mut self, update: &U, of: impl FnOnce(&mut Updates) -> &mut Vec<(u64, U)>) {
        let hash = hash_id(&self.engine.hasher, update.id());
        let owner = owner_of(hash, self.outgoing.len());
        let held = &mut self.outgoing[owner];
        of(held).push((hash, *update));
        if held.len() >= LARGEST_MESSAGE {
            self.send(owner);
        }
    }

    /// Sends an owner what is held for it, if the run goes on.
    fn send(&mut self, owner: usize) {
        let empty = self.engine.spare.pop().unwrap_or_default();
        let updates = mem::replace(&mut self.outgoing[owner], empty);
        self.engine.send(owner, Message::Apply(updates));
    }

    fn ask(&mut self, tag: usize, read: Read) {
        let hash = hash_id(&self.engine.hasher, read.id);
        let owner = owner_of(hash, self.requests.len());
        self.requests[owner].reads.push((tag, read));
    }

    /// Sends the requests that `is_sent` says to their owners, and gives every
    /// answer to `take` with its read's tag. Returns false where the run
    /// ends early, some perhaps unanswered.
    fn gather(
        &mut self,
        is_sent: impl Fn(&ReadRequest) -> bool,
        mut take: impl FnMut(usize, Answer),
    ) -> bool {
        let mut awaited = 0;
        for owner in 0..self.requests.len() {
            if is_sent(&self.requests[owner]) {
                let request = mem::take(&mut self.requests[owner]);
                let message = Message::Ask(request, self.replies.0.clone());
                if !self.engine.send(owner, message) {
                    return self.give_up();
                }
                awaited += 1;
            }
        }
        while awaited > 0 {
            match self.replies.1.recv_timeout(TICK) {
                Ok(mut request) => {
                    for ((tag, _), answer) in request.reads.drain(..).zip(request.answers.drain(..))
                    {
                        take(tag, answer);
                    }
                    awaited -= 1;
                    let owner = request.to;
                    self.requests[owner] = request;
                }
                Err(RecvTimeoutError::Timeout) if !self.engine.is_over() => {}
                Err(_) => return self.give_up(),
            }
        }
        true
    }

    /// Forgets what was asked, and what may yet be answered.
    fn give_up(&mut self) -> bool {
        *self = Self::open(self.engine);
        false
    }
}

impl Session for ActorSession<'_> {
    fn ingest(&mut self, batch: &[Event]) {
        for event in batch {
            self.route(event);
        }
        for owner in 0..self.outgoing.len() {
            if self.outgoing[owner].len() > 0 {
                self.send(owner);
            }
        }
    }

    fn read(&mut self, reads: &[Read], sink: &mut impl FnMut(usize, &Answer)) {
        let has_reads = |request: &ReadRequest| !request.reads.is_empty();
        for (at, &read) in reads.iter().enumerate() {
            self.ask(at, read);
        }
        let mut pages = mem::take(&mut self.pages);
        pages.clear();
        let has_pages = self.gather(has_reads, |at, answer| match answer {
            Answer::Inbox(page) => pages.push(at, page),
            answer => sink(at, &answer),
        });
        if has_pages {
            pages.ask_counts(|tag, read| self.ask(tag, read));
            if self.gather(has_reads, |tag, answer| pages.take_count(tag, &answer)) {
                pages.show(sink);
            }
        }
        self.pages = pages;
    }

    /// Waits until every owner has applied what this session sent it.
    fn pause(&mut self) {
        self.gather(|_| true, |_, _| {});
    }

    fn finish(mut self) {
        self.pause();
    }
}
