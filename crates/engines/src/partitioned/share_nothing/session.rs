//! A worker's session: routes updates to their owners, asks owners what they
//! know, drains its own mailbox.

use std::mem;
use std::sync::atomic::Ordering;

use crossbeam_utils::Backoff;

use super::engine::PartitionedEngine;
use super::mailbox::{ReadRequest, TaggedRead, UpdateBatch};
use crate::shared::pending_pages::Pages;
use crate::shared::tables::Tables;
use notibench_core::engine::Session;
use notibench_core::event::{Event, Read};
use notibench_core::read::Answer;
use notibench_core::state::for_each_update;
use notibench_core::unit::hash::hash_id;
use notibench_core::unit::hash_bits::owner_of;

/// A session of [`PartitionedEngine`]: the worker's part of the state, and
/// what is on its way to the other owners.
///
/// Dropping it without finishing loses what it has not sent; the part of the
/// state itself goes back to the engine.
#[derive(Debug)]
pub struct PartitionedSession<'engine> {
    engine: &'engine PartitionedEngine,
    worker: usize,
    partition: Tables,
    /// For each owner, updates not yet sent.
    outgoing: Vec<UpdateBatch>,
    /// For each owner, reads not yet sent.
    requests: Vec<ReadRequest>,
    /// Inbox pages that wait for counts.
    pages: Pages,
    /// Rounds of requests so far; starts differently in each session.
    round: u64,
    has_announced: bool,
}

impl<'engine> PartitionedSession<'engine> {
    /// Takes the worker's part out of its mailbox.
    ///
    /// # Panics
    /// Where the worker has a session already.
    pub(super) fn open(engine: &'engine PartitionedEngine, worker: usize) -> Self {
        let mailbox = &engine.mailboxes[worker];
        let partition = mailbox.parked.lock().take();
        let partition =
            partition.unwrap_or_else(|| panic!("worker {worker} has a session already"));
        // answers to a session that gave up
        while mailbox.answers.pop().is_some() {}
        engine.sending.fetch_add(1, Ordering::AcqRel);
        let opened = engine.opened.fetch_add(1, Ordering::Relaxed);
        let workers = engine.mailboxes.len();
        Self {
            engine,
            worker,
            partition,
            outgoing: (0..workers).map(|_| UpdateBatch::default()).collect(),
            requests: (0..workers).map(|_| ReadRequest::default()).collect(),
            pages: Pages::default(),
            round: (opened as u64) << 32,
            has_announced: false,
        }
    }

    #[inline(always)]
    fn route(&mut self, event: &Event) {
        let engine = self.engine;
        let workers = engine.mailboxes.len();
        let (mut of_member, mut of_content) = (None, None);
        for_each_update(
            event,
            |update| of_member = Some(update),
            |update| of_content = Some(update),
        );
        if let Some(update) = of_member {
            let hash = hash_id(&engine.hasher, update.member);
            let owner = owner_of(hash, workers);
            if owner == self.worker {
                self.partition
                    .members
                    .apply(hash, &update, engine.inbox_capacity);
            } else {
                self.outgoing[owner].members.push(update);
                self.send_if_full(owner);
            }
        }
        if let Some(update) = of_content {
            let hash = hash_id(&engine.hasher, update.content);
            let owner = owner_of(hash, workers);
            if owner == self.worker {
                self.partition
                    .contents
                    .apply(hash, &update, engine.inbox_capacity);
            } else {
                self.outgoing[owner].contents.push(update);
                self.send_if_full(owner);
            }
        }
    }

    #[inline(always)]
    fn send_if_full(&mut self, owner: usize) {
        if self.outgoing[owner].len() >= self.engine.batch_updates {
            self.send(owner);
        }
    }

    /// Sends what waits for `owner`; while its queue is full, works. Gives up
    /// where the run ends early.
    #[cold]
    fn send(&mut self, owner: usize) {
        let engine = self.engine;
        let empty = engine.spare.pop().unwrap_or_default();
        let mut batch = mem::replace(&mut self.outgoing[owner], empty);
        let backoff = Backoff::new();
        while let Err(returned) = engine.mailboxes[owner].batches.push(batch) {
            if engine.stop.is_set() {
                return;
            }
            batch = returned;
            self.work_or_wait(&backoff, owner..owner + 1);
        }
    }

    fn drain_mailbox(&mut self) -> bool {
        self.engine.drain_mailbox(self.worker, &mut self.partition)
    }

    /// One turn of every wait: drains the own mailbox, then those of `others` that
    /// have no session; where all were empty, spins and later yields.
    fn work_or_wait(&mut self, backoff: &Backoff, others: std::ops::Range<usize>) {
        let mut worked = self.drain_mailbox();
        for other in others {
            worked |= other != self.worker && self.engine.drain_for_absent(other);
        }
        if worked {
            backoff.reset();
        } else {
            backoff.snooze();
        }
    }

    fn ask(&mut self, tag: usize, read: Read) {
        let engine = self.engine;
        let owner = owner_of(hash_id(&engine.hasher, read.id), engine.mailboxes.len());
        self.requests[owner].reads.push(TaggedRead { tag, read });
    }

    /// Sends the reads to their owners, and gives every answer to `take`
    /// with its read's tag. Returns false where the run ends early, some
    /// perhaps unanswered.
    fn gather(&mut self, mut take: impl FnMut(usize, Answer)) -> bool {
        let engine = self.engine;
        let Some(mut awaited) = self.send_requests() else {
            return false;
        };
        for TaggedRead { tag, read } in self.requests[self.worker].reads.drain(..) {
            let own = &self.partition;
            take(
                tag,
                own.answer_in_part(&read, &engine.hasher, &engine.views),
            );
        }
        let backoff = Backoff::new();
        while awaited > 0 {
            let Some(mut request) = engine.mailboxes[self.worker].answers.pop() else {
                if engine.stop.is_set() {
                    return false;
                }
                self.work_or_wait(&backoff, 0..engine.mailboxes.len());
                continue;
            };
            if request.round != self.round {
                continue;
            }
            for (read, answer) in request.reads.drain(..).zip(request.answers.drain(..)) {
                take(read.tag, answer);
            }
            awaited -= 1;
            let owner = request.to;
            self.requests[owner] = request;
        }
        true
    }

    /// Sends the reads that others must answer. Returns to how many, or
    /// nothing where the run ends early.
    fn send_requests(&mut self) -> Option<usize> {
        let engine = self.engine;
        self.round += 1;
        let mut awaited = 0;
        for owner in 0..engine.mailboxes.len() {
            if owner == self.worker || self.requests[owner].reads.is_empty() {
                continue;
            }
            let mut request = mem::take(&mut self.requests[owner]);
            (request.from, request.to, request.round) = (self.worker, owner, self.round);
            let backoff = Backoff::new();
            while let Err(returned) = engine.mailboxes[owner].reads.push(request) {
                // full of reads of sessions that gave up
                if engine.stop.is_set() {
                    self.requests.iter_mut().for_each(|at| at.reads.clear());
                    return None;
                }
                request = returned;
                self.work_or_wait(&backoff, owner..owner + 1);
            }
            awaited += 1;
        }
        Some(awaited)
    }

    /// Says that this session sends no more.
    fn announce(&mut self) {
        if !mem::replace(&mut self.has_announced, true) {
            self.engine.sending.fetch_sub(1, Ordering::AcqRel);
        }
    }
}

impl Session for PartitionedSession<'_> {
    fn ingest(&mut self, batch: &[Event]) {
        for event in batch {
            self.route(event);
        }
        self.drain_mailbox();
    }

    fn read(&mut self, reads: &[Read], sink: &mut impl FnMut(usize, &Answer)) {
        for (at, &read) in reads.iter().enumerate() {
            self.ask(at, read);
        }
        let mut pages = mem::take(&mut self.pages);
        pages.clear();
        let has_pages = self.gather(|at, answer| match answer {
            Answer::Inbox(page) => pages.push(at, page),
            answer => sink(at, &answer),
        });
        if has_pages {
            pages.ask_counts(|tag, read| self.ask(tag, read));
            if self.gather(|tag, answer| pages.take_count(tag, &answer)) {
                pages.show(sink);
            }
        }
        self.pages = pages;
    }

    /// Works until every open session pauses, then works off what they sent
    /// until then; what is not sent yet stays here.
    fn pause(&mut self) {
        let engine = self.engine;
        let pauses = engine.pauses.load(Ordering::Acquire);
        let pausing = engine.pausing.fetch_add(1, Ordering::AcqRel) + 1;
        if pausing == engine.sending.load(Ordering::Acquire) {
            engine.pausing.store(0, Ordering::Relaxed);
            engine.pauses.fetch_add(1, Ordering::Release);
        }
        let backoff = Backoff::new();
        while engine.pauses.load(Ordering::Acquire) == pauses && !engine.stop.is_set() {
            self.work_or_wait(&backoff, 0..0);
        }
        self.drain_mailbox();
    }

    /// Sends the rest, then works until every open session has sent its own
    /// and all mailboxes are empty.
    fn finish(mut self) {
        let engine = self.engine;
        let workers = engine.mailboxes.len();
        for owner in 0..workers {
            if self.outgoing[owner].len() > 0 {
                self.send(owner);
            }
        }
        self.announce();
        let backoff = Backoff::new();
        while !engine.stop.is_set() {
            let all_is_sent = engine.all_is_sent();
            if all_is_sent
                && engine
                    .mailboxes
                    .iter()
                    .all(|mailbox| mailbox.batches.is_empty())
            {
                return;
            }
            // until then, a worker without a session may yet open one
            self.work_or_wait(&backoff, if all_is_sent { 0..workers } else { 0..0 });
        }
    }
}

impl Drop for PartitionedSession<'_> {
    /// Parks the part of the state, then lets the others know, for then they
    /// find it.
    fn drop(&mut self) {
        *self.engine.mailboxes[self.worker].parked.lock() = Some(mem::take(&mut self.partition));
        self.announce();
    }
}
