//! The hot loop of one worker in a closed loop: claim a block, ingest its
//! batches, answer the reads that fall due, time both in groups.

use std::hint::black_box;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering, fence};
use std::time::Instant;

use crate::trial::answers::{AnswerLog, AnswerSample};
use crate::trial::apart::{ApartReport, ApartSlice, Paced};
use crate::trial::call_board::{Call, CallBoard};
use crate::trial::setup::TrialSetup;
use crate::trial::source::Source;
use notibench_core::engine::{Session, StopFlag};
use notibench_core::event::{Event, Read};
use notibench_core::read::Answer;
use notibench_record::WorkerStamp;
use notibench_record::stats::ServiceHistogram;

/// Events that a timed group has at least, so that the clock is read far
/// less often than once an event.
const GROUP_EVENTS: usize = 64;
/// Reads of one read call, which is timed as a whole.
pub(crate) const READ_GROUP: u64 = 64;
/// Events of a claimed block, at the most.
const BLOCK: u64 = 16_384;

/// Events of a block within a slice, at the most.
const SLICE_BLOCK: u64 = 2_048;

/// What the workers of one trial share.
#[derive(Debug)]
pub(crate) struct Shared<'a> {
    pub(crate) source: &'a Source,
    /// Reads whose answers are logged.
    pub(crate) sample: Option<&'a AnswerSample>,
    pub(crate) batch: usize,
    pub(crate) block: u64,
    /// Where the events begin.
    first: u64,
    pub(crate) next: AtomicU64,
    /// Where the events end.
    pub(crate) end: u64,
    pub(crate) stop: StopFlag,
    /// Zero of every stamp.
    pub(crate) zero: Instant,
    /// The calls in which the workers stand.
    pub(crate) calls: &'a CallBoard,
    /// Where each worker only writes or only reads: what the slice is for.
    pub(crate) apart: Option<ApartSlice>,
}

impl<'a> Shared<'a> {
    /// Blocks are whole groups, at most [`BLOCK`] events, and enough of them
    /// that each worker finds about eight.
    pub(crate) fn new(
        setup: &TrialSetup<'a>,
        range: &Range<u64>,
        stop: StopFlag,
        calls: &'a CallBoard,
    ) -> Self {
        let zero = setup.share.map_or_else(Instant::now, |share| share.zero);
        Self::in_blocks(setup, range, stop, (8, BLOCK), zero, calls)
    }

    /// The same for a slice of the stream: in smaller blocks, so that workers
    /// end it at about the same time, its stamps counted from `zero`.
    pub(crate) fn of_slice(
        setup: &TrialSetup<'a>,
        range: &Range<u64>,
        stop: StopFlag,
        zero: Instant,
        calls: &'a CallBoard,
    ) -> Self {
        Self::in_blocks(setup, range, stop, (32, SLICE_BLOCK), zero, calls)
    }

    fn in_blocks(
        setup: &TrialSetup<'a>,
        range: &Range<u64>,
        stop: StopFlag,
        (per_worker, largest): (u64, u64),
        zero: Instant,
        calls: &'a CallBoard,
    ) -> Self {
        let (source, batch, threads) = (setup.source, setup.batch, setup.threads);
        let group = (group_calls(batch) * batch) as u64;
        let events = range.end - range.start;
        let wanted = (events / (threads as u64 * per_worker)).clamp(1, largest);
        Self {
            source,
            sample: source.sample(),
            batch,
            block: wanted.next_multiple_of(group),
            first: range.start,
            next: AtomicU64::new(range.start),
            end: range.end,
            stop,
            zero,
            calls,
            apart: None,
        }
    }

    /// The same where each worker has one role. Where events come at a rate, a writer
    /// claims one group at a time: which of them waits for the next must not matter.
    pub(crate) fn with_roles(mut self, apart: Option<ApartSlice>) -> Self {
        if apart.as_ref().is_some_and(ApartSlice::is_paced) {
            self.block = (group_calls(self.batch) * self.batch) as u64;
        }
        self.apart = apart;
        self
    }

    /// Events before this one were claimed.
    pub(crate) fn claimed(&self) -> u64 {
        self.next.load(Ordering::Relaxed).min(self.end)
    }

    pub(crate) fn now_ns(&self) -> u64 {
        self.zero.elapsed().as_nanos() as u64
    }

    /// Which answers of a read call are logged, a bit a read.
    pub(crate) fn wanted(&self, reads: &Range<u64>) -> u64 {
        const { assert!(READ_GROUP <= u64::BITS as u64) };
        self.sample.map_or(0, |sample| sample.wanted(reads))
    }

    fn claim(&self) -> Option<Range<u64>> {
        if self.stop.is_set() {
            return None;
        }
        let start = self.next.fetch_add(self.block, Ordering::Relaxed);
        (start < self.end).then(|| start..self.end.min(start + self.block))
    }
}

/// Ingest calls of one timed group.
pub(crate) const fn group_calls(batch: usize) -> usize {
    GROUP_EVENTS.div_ceil(batch)
}

/// What one worker measured.
#[derive(Debug)]
pub(crate) struct WorkerReport {
    pub(crate) stamp: WorkerStamp,
    pub(crate) ranges: Vec<Range<u64>>,
    pub(crate) reads: u64,
    pub(crate) answers: u64,
    pub(crate) ingest_service: ServiceHistogram,
    pub(crate) read_service: ServiceHistogram,
    pub(crate) log: AnswerLog,
    /// Of a worker that only writes or only reads, by kind of slice.
    pub(crate) apart: Option<Box<ApartReport>>,
}

impl WorkerReport {
    /// One that holds nothing yet. Its histograms are half a megabyte: it is
    /// made before the first worker may start.
    pub(crate) fn new() -> Self {
        Self {
            stamp: WorkerStamp {
                start_ns: 0,
                end_ns: 0,
                events: 0,
            },
            ranges: Vec::new(),
            reads: 0,
            answers: 0,
            ingest_service: ServiceHistogram::new(),
            read_service: ServiceHistogram::new(),
            log: AnswerLog::default(),
            apart: None,
        }
    }

    /// Adds what the same worker did later.
    pub(crate) fn add(&mut self, later: Self) {
        self.stamp.end_ns = later.stamp.end_ns;
        self.stamp.events += later.stamp.events;
        self.ranges.extend(later.ranges);
        self.reads += later.reads;
        self.answers += later.answers;
        self.ingest_service.merge(&later.ingest_service);
        self.read_service.merge(&later.read_service);
        self.log.add(later.log);
    }
}

/// A worker's number, and its room for events and reads that are generated
/// inline.
#[derive(Debug)]
pub(crate) struct Room {
    pub(crate) worker: usize,
    events: Vec<Event>,
    pub(crate) reads: Vec<Read>,
}

impl Room {
    pub(crate) const fn of(worker: usize) -> Self {
        Self {
            worker,
            events: Vec::new(),
            reads: Vec::new(),
        }
    }
}

/// Runs one worker to the end of the stream; the session is finished inside
/// the timed part.
pub(crate) fn work<S: Session>(
    shared: &Shared<'_>,
    worker: usize,
    mut session: S,
    mut report: WorkerReport,
) -> WorkerReport {
    let mut room = Room::of(worker);
    report.stamp.start_ns = shared.now_ns();
    work_through(shared, &mut session, &mut report, &mut room, None);
    shared.calls.begin(worker, Call::Finish);
    session.finish();
    report.stamp.end_ns = shared.now_ns();
    report
}

/// Claims blocks and works through them until none is left; where they are paced,
/// each group when it is due.
pub(crate) fn work_through<S: Session>(
    shared: &Shared<'_>,
    session: &mut S,
    report: &mut WorkerReport,
    room: &mut Room,
    mut paced: Option<&mut Paced<'_>>,
) {
    let group = (group_calls(shared.batch) * shared.batch) as u64;
    let (event_room, read_room) = (&mut room.events, &mut room.reads);
    let worker = room.worker;
    let begin = |call| shared.calls.begin(worker, call);
    while let Some(block) = shared.claim() {
        let mut read_from = shared.source.reads_before(block.start);
        for part in crate::trial::source::split(&block, group) {
            let last = part.end == block.end;
            let events = shared.source.events_in(part.clone(), event_room);
            if let Some(paced) = &mut paced {
                paced.wait(part.end - shared.first, || shared.now_ns());
            }
            begin(Call::Ingest);
            let before = shared.now_ns();
            for batch in events.chunks(shared.batch) {
                session.ingest(batch);
            }
            if shared.sample.is_some() {
                // what was written is visible before the call has ended
                fence(Ordering::SeqCst);
            }
            let after = shared.now_ns();
            report.ingest_service.record(after - before);
            if let Some(paced) = &mut paced {
                paced.over(part.end - shared.first, after);
            }
            if shared.sample.is_some() {
                report.log.add_calls(part.clone(), [before, after]);
            }
            let due = shared.source.reads_before(part.end);
            while due - read_from >= READ_GROUP || (last && due > read_from) {
                let until = due.min(read_from + READ_GROUP);
                let reads = shared.source.reads_in(read_from..until, read_room);
                let wanted = shared.wanted(&(read_from..until));
                begin(Call::Read);
                answer_group(shared, session, report, (reads, wanted));
                read_from = until;
            }
        }
        report.stamp.events += block.end - block.start;
        match report.ranges.last_mut() {
            Some(last) if last.end == block.start => last.end = block.end,
            _ => report.ranges.push(block),
        }
    }
}

/// Answers one group of reads, of which those whose bits are set in the word are
/// logged; timed as a whole. Gives its end in ns.
#[inline(always)]
pub(crate) fn answer_group<S: Session>(
    shared: &Shared<'_>,
    session: &mut S,
    report: &mut WorkerReport,
    (reads, wanted): (&[Read], u64),
) -> u64 {
    let mut answers = 0_u64;
    // the reads may just have been generated: that is no service
    let before = shared.now_ns();
    if shared.sample.is_some() {
        // nothing is read before the call has begun
        fence(Ordering::SeqCst);
    }
    let log = &mut report.log;
    session.read(reads, &mut |at, answer| {
        answers += weigh(answer);
        log.add_answer(wanted, reads, at, answer);
    });
    report.answers += answers;
    let after = shared.now_ns();
    report.read_service.record(after - before);
    if shared.sample.is_some() {
        report.log.end_read([before, after]);
    }
    report.reads += reads.len() as u64;
    after
}

/// Counts an answer, and looks at it, so that none can be optimised away.
#[inline(always)]
fn weigh(answer: &Answer) -> u64 {
    black_box(answer);
    1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::apart::Phase;
    use crate::trial::setup::OnHang;
    use notibench_record::ApartPlan;
    use notibench_workload::fixture::workload;
    use notibench_workload::generator::{Generator, ReadStream};

    const BATCH: usize = 7;

    /// Events of the first claim, by two workers of whom one writes.
    fn first_claim(phase: Phase, events_per_s: Option<f64>) -> u64 {
        let workload = workload();
        let (events, reads) = (Generator::new(&workload, 1), ReadStream::new(&workload, 1));
        let source = Source::new(events, reads, 100_000, true);
        let stop = StopFlag::default();
        let setup = TrialSetup::new(
            &source,
            (2, BATCH),
            &stop,
            OnHang::new(|words| panic!("{words}")),
        );
        let calls = CallBoard::new(2);
        let plan = ApartPlan {
            writers: 1,
            readers: 1,
            filled: 0,
            events_per_s,
            reads_per_s: None,
        };
        let shared = Shared::new(&setup, &(0..100_000), stop.clone(), &calls)
            .with_roles(Some(ApartSlice::new(phase, &plan)));
        let claimed = shared.claim().unwrap();
        assert_eq!((claimed.start, shared.claimed()), (0, claimed.end));
        claimed.end
    }

    #[test]
    fn writers_at_a_rate_claim_one_group_at_a_time() {
        let group = (group_calls(BATCH) * BATCH) as u64;
        assert_eq!(first_claim(Phase::Together, Some(1e6)), group);
        // as fast as they can, and where the state is filled
        assert!(first_claim(Phase::Together, None) > group);
        assert!(first_claim(Phase::Fill, Some(1e6)) > group);
    }
}
