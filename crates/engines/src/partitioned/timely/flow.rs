//! A worker's part of the dataflow: batches of updates go to the workers that
//! own what they change, which fold them; the probe says how far that is.
//!
//! Nothing in timely dataflow holds a fast producer back: a worker that has
//! sent more than [`WINDOW`] spans beyond what all have folded steps until they
//! have caught up.

use std::sync::Arc;

use ::timely::WorkerConfig;
use ::timely::communication::Allocator;
use ::timely::container::NoopBuilder;
use ::timely::dataflow::channels::pact::DistributorPact;
use ::timely::dataflow::operators::{Input, Operator, Probe};
use ::timely::dataflow::{InputHandle, ProbeHandle, Scope};
use ::timely::worker::Worker;

use super::routed::Router;
use super::shared::Shared;
use super::words::{Packed, ToTarget, ViewUpdate, Words};
use crate::shared::keyed_table::KeyedTable;
use crate::shared::tables::Tables;
use crate::shared::updates::apply_all;
use notibench_core::event::Read;
use notibench_core::read::Answer;
use notibench_core::state::{ContentUpdate, Member, MemberUpdate};
use notibench_core::unit::hash::hash_id;
use notibench_core::unit::hash_bits::owner_of;
use notibench_core::viewing::Views;

/// Events of one span of the dataflow's time.
const SPAN_EVENTS: usize = 16_384;
/// Events between two steps of the dataflow.
const STEP_EVENTS: usize = 1_024;
/// Spans that a worker may be ahead of what all workers have folded.
const WINDOW: u64 = 4;
/// Bits of a time below its number of pauses: spans since the last pause.
const PAUSE_SHIFT: u32 = 32;

/// A step of one that waits for others. Where nothing is to be done it gives up
/// its time slice: a worker that parks is woken so late that reads of a cluster
/// take three times as long.
fn step(worker: &mut Worker) {
    worker.step();
    std::thread::yield_now();
}

/// Bytes that one worker and its inbound queue hold at most, of so many
/// workers.
pub(super) const fn held_bytes(peers: u64) -> u64 {
    let pair = (size_of::<MemberUpdate>() + size_of::<ContentUpdate>()) as u64;
    let batches = 3 * peers * super::words::BATCH_UPDATES as u64;
    (batches + (WINDOW + 1) * SPAN_EVENTS as u64) * pair
}

/// Updates of one kind, by the worker that they go to.
pub(super) struct Lane<const N: usize> {
    input: InputHandle<u64, NoopBuilder<Words<N>>>,
    waiting: Vec<Words<N>>,
    sent: u64,
    sent_away: u64,
}

impl<const N: usize> Lane<N> {
    #[inline(always)]
    pub(super) fn send<U: Packed<N>>(&mut self, shared: &Shared, update: &U) {
        let hash = hash_id(&shared.hasher, update.id());
        let target = owner_of(hash, shared.peers);
        self.sent += 1;
        self.sent_away += u64::from(!shared.is_local(target));
        if self.waiting[target].push(update.pack()) {
            self.ship(target);
        }
    }

    fn ship(&mut self, target: usize) {
        let batch = &mut self.waiting[target];
        self.input.send_batch(batch);
        // what went to a socket was copied, and its room comes back
        batch.empty_for(target);
    }
}

/// A worker of timely dataflow with its part of our dataflow.
pub(super) struct Flow {
    worker: Worker,
    pub(super) members: Lane<4>,
    pub(super) views: Lane<2>,
    pub(super) contents: Lane<2>,
    /// Where the state lies in several processes.
    router: Option<Router>,
    probe: ProbeHandle<u64>,
    span: u64,
    in_span: usize,
    since_step: usize,
}

impl Flow {
    /// The flow of the worker with that number in its process.
    pub(super) fn new(
        allocator: Allocator,
        shared: &Arc<Shared>,
        views: &Views,
        local: usize,
    ) -> Self {
        let mut worker = Worker::new(WorkerConfig::default(), allocator, None);
        let probe = ProbeHandle::new();
        let (router, members, views, contents) = worker.dataflow(|scope| {
            let (shared, probe) = (Arc::clone(shared), &probe);
            let is_spread = shared.parts.len() < shared.peers;
            let members: fn(&mut Tables) -> &mut KeyedTable<Member> = |tables| &mut tables.members;
            (
                is_spread.then(|| Router::new(scope, &shared, views, local)),
                lane::<MemberUpdate, 4>(scope, "fold members", probe, &shared, local, members),
                lane::<ViewUpdate, 2>(scope, "fold views", probe, &shared, local, members),
                lane::<ContentUpdate, 2>(scope, "fold contents", probe, &shared, local, |tables| {
                    &mut tables.contents
                }),
            )
        });
        Self {
            worker,
            members,
            views,
            contents,
            router,
            probe,
            span: 0,
            in_span: 0,
            since_step: 0,
        }
    }

    /// Says that the updates of so many events were sent; folds what has
    /// arrived, and waits where this worker is too far ahead.
    pub(super) fn ingested(&mut self, events: usize, shared: &Shared) {
        self.in_span += events;
        self.since_step += events;
        if self.since_step < STEP_EVENTS {
            return;
        }
        self.since_step = 0;
        if self.in_span >= SPAN_EVENTS {
            self.advance_to(self.span + 1);
        }
        self.worker.step();
        let behind = self.span.saturating_sub(WINDOW);
        while self.probe.less_than(&behind) && !shared.stop.is_set() {
            step(&mut self.worker);
        }
    }

    /// Answers to reads whose state may be another process', in their order; none
    /// where all of it is here.
    pub(super) fn ask(&mut self, reads: &[Read]) -> Option<Vec<Answer>> {
        let (worker, router) = (&mut self.worker, self.router.as_mut()?);
        Some(router.ask(reads, &mut || {
            step(worker);
        }))
    }

    fn advance_to(&mut self, span: u64) {
        self.in_span = 0;
        self.span = span;
        self.members.input.advance_to(span);
        self.views.input.advance_to(span);
        self.contents.input.advance_to(span);
    }

    fn ship_all(&mut self, shared: &Shared) {
        for target in 0..shared.peers {
            self.members.ship(target);
            self.views.ship(target);
            self.contents.ship(target);
        }
    }

    /// Sends what waits, then folds until every worker has folded all that was
    /// sent before its own pause.
    pub(super) fn pause(&mut self, shared: &Shared) {
        self.ship_all(shared);
        // workers are at spans of their own: the next pause is a time of all
        let pause = (self.span >> PAUSE_SHIFT) + 1;
        self.advance_to(pause << PAUSE_SHIFT);
        while self.probe.less_than(&self.span) && !shared.stop.is_set() {
            step(&mut self.worker);
        }
    }

    /// Sends what waits, then folds until every worker has folded everything.
    pub(super) fn finish(mut self, shared: &Shared) {
        self.ship_all(shared);
        let Self {
            mut worker,
            members,
            views,
            contents,
            router,
            ..
        } = self;
        shared.add_sent(
            members.sent + views.sent + contents.sent,
            members.sent_away + views.sent_away + contents.sent_away,
        );
        // no input is left open
        drop((members, views, contents, router));
        while worker.has_dataflows() && !shared.stop.is_set() {
            step(&mut worker);
        }
    }
}

/// An input, the exchange behind it, and the fold of what arrives.
fn lane<U: Packed<N, State: 'static> + 'static, const N: usize>(
    scope: Scope<'_, u64>,
    name: &str,
    probe: &ProbeHandle<u64>,
    shared: &Arc<Shared>,
    local: usize,
    table_of: fn(&mut Tables) -> &mut KeyedTable<U::State>,
) -> Lane<N> {
    let (input, stream) = scope.new_input_with_builder::<NoopBuilder<Words<N>>>();
    let folding = Arc::clone(shared);
    let mut updates: Vec<(u64, U)> = Vec::new();
    stream
        .unary::<NoopBuilder<Vec<()>>, _, _, _>(DistributorPact(|_| ToTarget), name, move |_, _| {
            move |input, _| {
                input.for_each_stamp(|_, batches| {
                    for batch in batches {
                        updates.clear();
                        batch.for_each(|update: U| {
                            updates.push((hash_id(&folding.hasher, update.id()), update));
                        });
                        let mut part = folding.parts[local].lock();
                        let table = std::slice::from_mut(table_of(&mut part));
                        apply_all(table, |_| 0, &updates, folding.inbox_capacity);
                    }
                });
            }
        })
        .probe_with(probe);
    Lane {
        input,
        waiting: (0..shared.peers).map(Words::for_worker).collect(),
        sent: 0,
        sent_away: 0,
    }
}
