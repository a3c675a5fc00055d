//! The loop of one worker in a slice with roles: a writer ingests the slice's
//! events, a reader asks reads without end until its time is over.

use crate::trial::apart::paced::Paced;
use crate::trial::apart::report::ApartReport;
use crate::trial::apart::slice::{ApartSlice, Phase};
use crate::trial::call_board::Call;
use crate::trial::worker::{READ_GROUP, Room, Shared, WorkerReport, answer_group, work_through};
use notibench_core::engine::Session;

/// The stamps of a worker that has nothing to do in a slice: they neither begin
/// nor end it.
pub(crate) const IDLE: [u64; 2] = [u64::MAX, 0];

/// Takes part in a slice: when this worker's own work started and ended, in ns.
/// Every session pauses at the end, as an engine's sessions may wait for each
/// other until then. A writer's time holds its pause, in which what is queued
/// is worked off; a reader's ends with its last answer.
pub(crate) fn work_apart<S: Session>(
    shared: &Shared<'_>,
    slice: &ApartSlice,
    session: &mut S,
    report: &mut WorkerReport,
    room: &mut Room,
) -> [u64; 2] {
    let worker = room.worker;
    // half a megabyte of histograms each: not inside the time
    let mut own = report
        .apart
        .take()
        .unwrap_or_else(|| Box::new(ApartReport::new()));
    let start = shared.now_ns();
    let is_active = slice.is_active(worker);
    let is_writer = worker < slice.writers;
    let mut end = start;
    if is_active && is_writer {
        write(shared, slice, session, report, (&mut *own, &mut *room));
    } else if is_active {
        end = read(shared, slice, session, report, (&mut *own, &mut *room));
    }
    report.apart = Some(own);
    shared.calls.begin(worker, Call::Pause);
    session.pause();
    shared.calls.begin(worker, Call::None);
    match (is_active, is_writer) {
        (false, _) => IDLE,
        (true, true) => [start, shared.now_ns()],
        (true, false) => [start, end],
    }
}

/// Ingests what is left of the slice's events, block by block beside the other
/// writers.
fn write<S: Session>(
    shared: &Shared<'_>,
    slice: &ApartSlice,
    session: &mut S,
    report: &mut WorkerReport,
    (own, room): (&mut ApartReport, &mut Room),
) {
    let of_phase = own.of(slice.phase);
    let before = report.stamp.events;
    let start = shared.now_ns();
    let mut paced = slice
        .rates
        .events
        .map(|per_s| Paced::new(start, per_s, &mut of_phase.response));
    std::mem::swap(&mut report.ingest_service, &mut of_phase.service);
    // a source whose reads have no end has none that fall due
    work_through(shared, session, report, room, paced.as_mut());
    std::mem::swap(&mut report.ingest_service, &mut of_phase.service);
    of_phase.operations += report.stamp.events - before;
    slice.end_writer();
}

/// Asks group after group of the stream of reads; gives the end of the last.
fn read<S: Session>(
    shared: &Shared<'_>,
    slice: &ApartSlice,
    session: &mut S,
    report: &mut WorkerReport,
    (own, room): (&mut ApartReport, &mut Room),
) -> u64 {
    let worker = room.worker;
    let (reader, readers) = (worker - slice.writers, slice.threads - slice.writers);
    let mut groups = own.groups;
    let of_phase = own.of(slice.phase);
    let before = report.reads;
    std::mem::swap(&mut report.read_service, &mut of_phase.service);
    let start = shared.now_ns();
    let mut now = start;
    let mut progress = Progress::default();
    let is_over = |now: u64| match slice.phase {
        Phase::ReadersAlone { ns } => now - start >= ns,
        _ => slice.is_written(),
    };
    let mut paced = slice
        .rates
        .reads
        .map(|per_s| Paced::new(start, per_s, &mut of_phase.response));
    let (first, mut over_at) = (groups, None);
    while !shared.stop.is_set() {
        if is_over(now) {
            over_at.get_or_insert(now);
        }
        let asked = ((groups - first) * readers as u64 + reader as u64 + 1) * READ_GROUP;
        match (&paced, over_at) {
            (None, Some(_)) => break,
            (None, None) => {}
            // what was due before the end is answered, however late
            (Some(paced), Some(end)) if paced.due(asked) > end => break,
            (Some(paced), _) if paced.due(asked) > now => {
                std::thread::yield_now();
                now = shared.now_ns();
                continue;
            }
            (Some(_), _) => {}
        }
        let group = groups * readers as u64 + reader as u64;
        groups += 1;
        let at = group * READ_GROUP;
        let known = shared.source.place_of_endless(at, READ_GROUP);
        let reads = shared.source.endless_reads(at, READ_GROUP, &mut room.reads);
        if let Some(call) = progress.call(slice, shared.claimed()) {
            shared.calls.begin(worker, call);
        }
        now = answer_group(shared, session, report, (reads, shared.wanted(&known)));
        if let Some(paced) = &mut paced {
            paced.over(asked, now);
        }
    }
    std::mem::swap(&mut report.read_service, &mut of_phase.service);
    of_phase.operations += report.reads - before;
    own.groups = groups;
    now
}

/// What a reader says on the call board. It reads on and on beside a writer that
/// hangs: so it says that it has begun another call only where the writers have
/// gone on since, and else that it reads on.
#[derive(Default)]
struct Progress {
    /// What the writers had claimed at the last look.
    claimed: Option<u64>,
    /// Whether it has said that it reads on.
    is_said: bool,
}

impl Progress {
    /// The call to be noted, where one is.
    fn call(&mut self, slice: &ApartSlice, claimed: u64) -> Option<Call> {
        if slice.phase != Phase::Together || self.claimed != Some(claimed) {
            (self.claimed, self.is_said) = (Some(claimed), false);
            return Some(Call::Read);
        }
        let is_new = !std::mem::replace(&mut self.is_said, true);
        is_new.then_some(Call::ReadOn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use notibench_record::ApartPlan;

    const PLAN: ApartPlan = ApartPlan {
        writers: 1,
        readers: 1,
        filled: 0,
        events_per_s: None,
        reads_per_s: None,
    };

    #[test]
    fn a_reader_hides_no_writer_that_hangs() {
        let slice = ApartSlice::new(Phase::Together, &PLAN);
        let mut progress = Progress::default();
        let said: Vec<_> = [0, 0, 0, 64, 64, 64]
            .map(|claimed| progress.call(&slice, claimed))
            .to_vec();
        let (read, on) = (Some(Call::Read), Some(Call::ReadOn));
        assert_eq!(said, [read, on, None, read, on, None]);
    }

    #[test]
    fn a_reader_alone_says_every_call() {
        let slice = ApartSlice::new(Phase::ReadersAlone { ns: 9 }, &PLAN);
        let mut progress = Progress::default();
        for _ in 0..3 {
            assert_eq!(progress.call(&slice, 0), Some(Call::Read));
        }
    }
}
