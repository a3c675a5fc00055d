//! What is compiled for each engine: the loops of its workers. One dynamic call a
//! worker or a slice, none an event; all else of a trial goes through a pointer.

use std::time::Instant;

use notibench_core::admission::{Admitting, AnyEngine, open_session};
use notibench_core::engine::{Engine, EngineConfig, Session, StopFlag};
use notibench_core::viewing::Views;

use crate::trial::apart::work_apart;
use crate::trial::call_board::{Call, CallBoard};
use crate::trial::open_loop::{self, Lane, LaneReport, RealClock, Series, Unrecorded};
use crate::trial::worker::{self, Room, Shared, WorkerReport, work_through};

/// A worker, and how its session is opened.
pub(crate) struct WorkerSetup<'a> {
    pub(crate) worker: usize,
    pub(crate) views: &'a Views,
    /// How much the session is slowed down on purpose; else 0.
    pub(crate) planted_share: f64,
    /// Waits until all workers are ready, and the trial begins.
    pub(crate) started: &'a dyn Fn(),
}

/// What a worker of an open loop has beside it.
pub(crate) struct OpenSetup<'a> {
    pub(crate) calls: &'a CallBoard,
    pub(crate) stop: &'a StopFlag,
    /// The worker's schedule and its clock, once the trial has begun.
    pub(crate) begin: &'a dyn Fn() -> (Lane<'a>, RealClock),
    /// Where times are recorded, if they are.
    pub(crate) series: Option<Series>,
}

/// An engine whose workers are timed.
pub(crate) trait TimedEngine: AnyEngine {
    /// One worker of a closed loop, from the opening of its session to its end.
    fn work(&self, setup: &WorkerSetup<'_>, shared: &Shared<'_>) -> WorkerReport;

    /// The same of an open loop.
    fn work_open(
        &self,
        setup: &WorkerSetup<'_>,
        open: OpenSetup<'_>,
    ) -> (LaneReport, Option<Series>);

    /// A worker's session, to be driven slice by slice, on that worker's thread.
    fn open_for_slices(
        &self,
        views: &Views,
        worker: usize,
        planted_share: f64,
    ) -> Box<dyn SliceSession + '_>;
}

/// A worker's session that takes its turn.
pub(crate) trait SliceSession {
    /// Takes part in a slice: when it started and ended, in ns.
    fn slice(&mut self, shared: &Shared<'_>) -> [u64; 2];

    /// Finishes the session: what the worker measured, and when this started
    /// and ended, in ns since `zero`.
    fn finish(self: Box<Self>, zero: Instant) -> (WorkerReport, [u64; 2]);
}

/// How an engine is built whose type is known no more.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Builder {
    pub(crate) name: &'static str,
    pub(crate) needs_dense_ids: bool,
    pub(crate) build: fn(&EngineConfig) -> Box<dyn TimedEngine>,
}

impl Builder {
    pub(crate) fn of<E: Engine>() -> Self {
        Self {
            name: E::INFO.name,
            needs_dense_ids: E::NEEDS_DENSE_IDS,
            build: |config| Box::new(E::build(config)),
        }
    }
}

impl<E: Engine> TimedEngine for E {
    fn work(&self, setup: &WorkerSetup<'_>, shared: &Shared<'_>) -> WorkerReport {
        let session = open_session(self, setup.views, setup.worker).slowed_by(setup.planted_share);
        let report = WorkerReport::new();
        (setup.started)();
        worker::work(shared, setup.worker, session, report)
    }

    fn work_open(
        &self,
        setup: &WorkerSetup<'_>,
        open: OpenSetup<'_>,
    ) -> (LaneReport, Option<Series>) {
        let session = open_session(self, setup.views, setup.worker).slowed_by(setup.planted_share);
        (setup.started)();
        let (lane, clock) = (open.begin)();
        let at = (setup.worker, open.calls);
        match open.series {
            Some(mut series) => {
                let report = open_loop::work(&lane, at, open.stop, session, &clock, &mut series);
                (report, Some(series))
            }
            None => {
                let report =
                    open_loop::work(&lane, at, open.stop, session, &clock, &mut Unrecorded);
                (report, None)
            }
        }
    }

    fn open_for_slices(
        &self,
        views: &Views,
        worker: usize,
        planted_share: f64,
    ) -> Box<dyn SliceSession + '_> {
        Box::new(InTurn {
            session: open_session(self, views, worker).slowed_by(planted_share),
            report: WorkerReport::new(),
            room: Room::of(worker),
        })
    }
}

struct InTurn<S> {
    session: Admitting<S>,
    report: WorkerReport,
    room: Room,
}

impl<S: Session> SliceSession for InTurn<S> {
    fn slice(&mut self, shared: &Shared<'_>) -> [u64; 2] {
        let Self {
            session,
            report,
            room,
        } = self;
        if let Some(apart) = &shared.apart {
            return work_apart(shared, apart, session, report, room);
        }
        let start = shared.now_ns();
        work_through(shared, session, report, room, None);
        shared.calls.begin(room.worker, Call::Pause);
        session.pause();
        shared.calls.begin(room.worker, Call::None);
        [start, shared.now_ns()]
    }

    fn finish(self: Box<Self>, zero: Instant) -> (WorkerReport, [u64; 2]) {
        let start = zero.elapsed().as_nanos() as u64;
        self.session.finish();
        (self.report, [start, zero.elapsed().as_nanos() as u64])
    }
}
