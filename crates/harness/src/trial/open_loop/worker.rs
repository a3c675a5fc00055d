//! The hot loop of one worker in an open loop: take what is due, ingest it,
//! read the clock once, record.

use std::hint::black_box;
use std::ops::Range;

use crate::trial::call_board::{Call, CallBoard};
use crate::trial::open_loop::backlog::{Backlog, push_merged};
use crate::trial::open_loop::clock::Clock;
use crate::trial::open_loop::counts::run_up_to;
use crate::trial::open_loop::recorder::Recorder;
use crate::trial::source::Source;
use crate::trial::worker::READ_GROUP;
use notibench_core::engine::{Session, StopFlag};
use notibench_core::event::{Event, Read};
use notibench_record::WorkerStamp;

/// One worker's share of a stream: every `step`-th event from `first` on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lane<'a> {
    pub(crate) source: &'a Source,
    pub(crate) first: u64,
    pub(crate) step: u64,
    /// The intended start of each, in ns, never falling.
    pub(crate) due: &'a [u64],
    /// Most events of one ingest call.
    pub(crate) batch: u64,
    /// Most events due and not started.
    pub(crate) most_backlog: u64,
    /// Where the schedule ends, in ns.
    pub(crate) duration_ns: u64,
}

impl Lane<'_> {
    const fn index_of(&self, position: u64) -> u64 {
        self.first + position * self.step
    }

    fn due_of(&self, positions: &Range<u64>) -> &[u64] {
        &self.due[positions.start as usize..positions.end as usize]
    }

    /// Positions from `seen` on that are due by now end here.
    #[inline(always)]
    fn due_until(&self, seen: u64, now_ns: u64) -> u64 {
        match self.due.get(seen as usize) {
            Some(&next) if next <= now_ns => {
                seen + run_up_to(&self.due[seen as usize..], now_ns) as u64
            }
            _ => seen,
        }
    }
}

/// What one worker did.
#[derive(Debug)]
pub(crate) struct LaneReport {
    pub(crate) worker: usize,
    pub(crate) stamp: WorkerStamp,
    /// Positions that were ingested, in order.
    pub(crate) taken: Vec<Range<u64>>,
    /// Positions that were skipped, in order.
    pub(crate) skipped: Vec<Range<u64>>,
    pub(crate) peak_backlog: u64,
    /// Events completed before the schedule's end.
    pub(crate) in_time: u64,
    pub(crate) reads: u64,
    pub(crate) answers: u64,
}

/// Room that is used again for each batch.
#[derive(Debug, Default)]
struct Room {
    events: Vec<Event>,
    reads: Vec<Read>,
    reads_due: Vec<u64>,
}

/// Runs one worker to the end of its lane. The reading of the clock that
/// ends a batch begins the next one: nothing is between them but taking.
pub(crate) fn work<S: Session, C: Clock, R: Recorder>(
    lane: &Lane<'_>,
    (worker, calls): (usize, &CallBoard),
    stop: &StopFlag,
    mut session: S,
    clock: &C,
    recorder: &mut R,
) -> LaneReport {
    let mut backlog = Backlog::new(lane.most_backlog);
    let mut room = Room::default();
    let mut taken: Vec<Range<u64>> = Vec::with_capacity(1_024);
    let (mut in_time, mut reads, mut answers) = (0, 0, 0);
    let has_reads = lane.source.reads() > 0;
    let start_ns = clock.now_ns();
    let mut now_ns = start_ns;
    while !stop.is_set() {
        backlog.admit(lane.due_until(backlog.seen(), now_ns));
        let Some(batch) = backlog.take(lane.batch) else {
            let Some(&next) = lane.due.get(backlog.seen() as usize) else {
                break;
            };
            calls.begin(worker, Call::None);
            clock.idle(next);
            now_ns = clock.now_ns();
            continue;
        };
        let due = lane.due_of(&batch);
        let count = batch.end - batch.start;
        let index = lane.index_of(batch.start);
        let events = lane
            .source
            .every_nth(index, lane.step, count, &mut room.events);
        calls.begin(worker, Call::Ingest);
        session.ingest(events);
        let done_ns = clock.now_ns();
        recorder.events(now_ns, done_ns, due);
        in_time += if done_ns < lane.duration_ns { count } else { 0 };
        now_ns = done_ns;
        if has_reads {
            collect_reads(lane, &batch, &mut room);
            calls.begin(worker, Call::Read);
            now_ns = answer_reads(&mut session, &room, clock, recorder, now_ns, &mut answers);
            reads += room.reads.len() as u64;
        }
        push_merged(&mut taken, batch);
    }
    calls.begin(worker, Call::Finish);
    session.finish();
    let (skipped, peak_backlog) = backlog.into_parts();
    LaneReport {
        worker,
        stamp: WorkerStamp {
            start_ns,
            end_ns: clock.now_ns(),
            events: taken.iter().map(|range| range.end - range.start).sum(),
        },
        taken,
        skipped,
        peak_backlog,
        in_time,
        reads,
        answers,
    }
}

/// Answers reads group by group; gives the reading of the clock at its end.
fn answer_reads<S: Session, C: Clock, R: Recorder>(
    session: &mut S,
    room: &Room,
    clock: &C,
    recorder: &mut R,
    mut now_ns: u64,
    answers: &mut u64,
) -> u64 {
    let groups = room.reads.chunks(READ_GROUP as usize);
    let dues = room.reads_due.chunks(READ_GROUP as usize);
    for (group, due) in groups.zip(dues) {
        session.read(group, &mut |_, answer| {
            black_box(answer);
            *answers += 1;
        });
        let done_ns = clock.now_ns();
        recorder.reads(now_ns, done_ns, due);
        now_ns = done_ns;
    }
    now_ns
}

/// The reads that come due with the events of a batch, each at its event's
/// intended start.
fn collect_reads(lane: &Lane<'_>, batch: &Range<u64>, room: &mut Room) {
    room.reads.clear();
    room.reads_due.clear();
    for position in batch.clone() {
        let index = lane.index_of(position);
        let range = lane.source.reads_before(index)..lane.source.reads_before(index + 1);
        if range.start < range.end {
            let due = lane.due[position as usize];
            let count = (range.end - range.start) as usize;
            room.reads_due.extend(std::iter::repeat_n(due, count));
            lane.source.add_reads(range, &mut room.reads);
        }
    }
}
