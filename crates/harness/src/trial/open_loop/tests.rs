//! The hot loop under a virtual clock: what is planted is found exactly, and
//! nothing else. No test here depends on the machine's time.

use std::cell::Cell;
use std::path::Path;

use proptest::prelude::*;

use crate::trial::call_board::CallBoard;
use crate::trial::open_loop::clock::Clock;
use crate::trial::open_loop::recorder::{Recorder, Series};
use crate::trial::open_loop::worker::{Lane, LaneReport, work};
use crate::trial::source::Source;
use notibench_core::engine::{Session, StopFlag};
use notibench_core::event::{Event, Read};
use notibench_core::read::Answer;
use notibench_record::stats::ServiceHistogram;
use notibench_workload::Workload;
use notibench_workload::generator::{Generator, ReadStream};

/// Time that passes only where it is said to.
#[derive(Debug, Default)]
pub(crate) struct VirtualClock {
    now_ns: Cell<u64>,
}

impl Clock for &VirtualClock {
    fn now_ns(&self) -> u64 {
        self.now_ns.get()
    }

    fn idle(&self, until_ns: u64) {
        self.now_ns.set(until_ns.max(self.now_ns.get()));
    }
}

/// An engine whose service time is known, with a stall in the first batch
/// that is under way at a given time.
pub(crate) struct VirtualSession<'a> {
    pub(crate) clock: &'a VirtualClock,
    pub(crate) batch_ns: u64,
    pub(crate) event_ns: u64,
    pub(crate) stall: Option<(u64, u64)>,
}

impl Session for VirtualSession<'_> {
    fn ingest(&mut self, batch: &[Event]) {
        let start = self.clock.now_ns.get();
        let mut end = start + self.batch_ns + self.event_ns * batch.len() as u64;
        if let Some((at, length)) = self.stall.filter(|&(at, _)| at <= end) {
            assert!(at >= start, "the stall begins while nothing runs");
            end += length;
            self.stall = None;
        }
        self.clock.now_ns.set(end);
    }

    fn read(&mut self, reads: &[Read], sink: &mut impl FnMut(usize, &Answer)) {
        (0..reads.len()).for_each(|at| sink(at, &Answer::Badge(0)));
    }

    fn finish(self) {}
}

/// Remembers every batch as it is told of it.
#[derive(Default)]
struct Told {
    batches: Vec<(u64, u64, Vec<u64>)>,
}

impl Recorder for Told {
    fn events(&mut self, start_ns: u64, done_ns: u64, due: &[u64]) {
        self.batches.push((start_ns, done_ns, due.to_vec()));
    }
    fn reads(&mut self, _: u64, _: u64, _: &[u64]) {}
}

pub(crate) fn source(events: u64) -> Source {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../workloads/smoke/pair.toml"
    );
    let (workload, _) = Workload::load(Path::new(path)).unwrap();
    let reads = ReadStream::new(&workload, 1);
    Source::new(Generator::new(&workload, 1), reads, events, false)
}

pub(crate) fn lane<'a>(source: &'a Source, due: &'a [u64], batch: u64) -> Lane<'a> {
    Lane {
        source,
        first: 0,
        step: 1,
        due,
        batch,
        most_backlog: u64::MAX,
        duration_ns: due.last().map_or(1, |last| last + 1),
    }
}

fn run<R: Recorder>(
    lane: &Lane<'_>,
    session: (u64, u64),
    stall: Option<(u64, u64)>,
    to: &mut R,
) -> LaneReport {
    let clock = VirtualClock::default();
    let session = VirtualSession {
        clock: &clock,
        batch_ns: session.0,
        event_ns: session.1,
        stall,
    };
    work(
        lane,
        (0, &CallBoard::new(1)),
        &StopFlag::default(),
        session,
        &&clock,
        to,
    )
}

const MS: u64 = 1_000_000;

/// One event a µs for half a second, in an engine that takes no time but for
/// a stall of 100 ms from 200 ms on: it begins with the event due then.
#[test]
fn a_stall_is_in_the_response_times_of_those_due_in_it_and_in_one_service_time() {
    let due: Vec<u64> = (0..500_000).map(|at| at * 1_000).collect();
    let source = source(500_000);
    let lane = lane(&source, &due, 1_024);
    let stall = Some((200 * MS, 100 * MS));
    let mut told = Told::default();
    run(&lane, (0, 0), stall, &mut told);
    let stalled: Vec<u64> = told
        .batches
        .iter()
        .filter(|(start, done, _)| done > start)
        .map(|(start, done, _)| done - start)
        .collect();
    assert_eq!(stalled, [100 * MS], "exactly one batch's service time");
    let waited: Vec<u64> = told
        .batches
        .iter()
        .flat_map(|(_, done, due)| due.iter().map(move |due| done - due))
        .filter(|&response| response > 0)
        .collect();
    // a linear ramp down, a µs from one to the next, of exactly those due in it
    let ramp: Vec<u64> = (0..100_000).map(|at| 100 * MS - at * 1_000).collect();
    assert_eq!(waited, ramp);
}

#[test]
fn the_histograms_show_the_same_stall() {
    let due: Vec<u64> = (0..500_000).map(|at| at * 1_000).collect();
    let source = source(500_000);
    let lane = lane(&source, &due, 1_024);
    let mut series = Series::new(10, 50 * MS);
    run(&lane, (0, 0), Some((200 * MS, 100 * MS)), &mut series);
    let (mut response, mut service) = (ServiceHistogram::new(), ServiceHistogram::new());
    for interval in series.intervals().begun() {
        interval.response.add_to(&mut response);
        interval.service.add_to(&mut service);
    }
    assert_eq!((response.count(), service.count()), (500_000, 500_000));
    // four fifths did not wait; of the last fifth a tenth of a ms each per cent
    assert_eq!(response.value_at_quantile(0.7999), 0);
    for (quantile, expected_ms) in [(0.85, 25), (0.9, 50), (0.95, 75), (0.99, 95)] {
        let found = response.value_at_quantile(quantile);
        let off = found.abs_diff(expected_ms * MS) as f64 / (expected_ms * MS) as f64;
        assert!(off < 0.002, "{quantile}: {found}");
    }
    // the batch that stalled was of one event
    assert_eq!(service.value_at_quantile(1.0 - 3.0 / 500_000.0), 0);
    assert!(service.max().abs_diff(100 * MS) < MS / 5);
    // what completed at 300 ms is in the seventh interval
    let completed: Vec<u64> = series
        .intervals()
        .begun()
        .map(crate::trial::open_loop::recorder::Interval::completed)
        .collect();
    assert_eq!(completed[3..7], [50_000, 0, 0, 150_000]);
}

/// Single events in order, each taking as long as the others: a queue with
/// one server, whose waits follow from Lindley's recursion.
#[test]
fn a_queue_of_single_events_waits_as_lindley_says() {
    let mut at = 0;
    let due: Vec<u64> = (0..20_000_u64)
        .map(|n| {
            at += (n * 7_919) % 200;
            at
        })
        .collect();
    let source = source(20_000);
    let lane = lane(&source, &due, 1);
    let mut told = Told::default();
    run(&lane, (60, 35), None, &mut told);
    let mut free = 0;
    for (nth, (start, done, of)) in told.batches.iter().enumerate() {
        let begins = due[nth].max(free);
        free = begins + 95;
        assert_eq!(
            (*start, *done, of.as_slice()),
            (begins, free, &due[nth..=nth])
        );
    }
    assert_eq!(told.batches.len(), 20_000);
}

#[test]
fn batches_are_single_events_at_low_load_and_grow_under_load() {
    let source = source(10_000);
    let sizes = |gap: u64| -> u64 {
        let due: Vec<u64> = (0..10_000).map(|at| at * gap).collect();
        let lane = lane(&source, &due, 64);
        let mut told = Told::default();
        run(&lane, (1_000, 10), None, &mut told);
        told.batches
            .iter()
            .map(|(_, _, due)| due.len() as u64)
            .max()
            .unwrap()
    };
    assert_eq!(sizes(2_000), 1);
    assert!((2..20).contains(&sizes(200)));
    assert_eq!(sizes(10), 64, "never more than the limit");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn every_event_is_taken_or_skipped_and_counted(
        threads in 1_u64..4,
        gaps in proptest::collection::vec(0_u64..3_000, 30..300),
        batch in 1_u64..20,
        most_backlog in 1_u64..40,
        event_ns in 0_u64..4_000,
    ) {
        let source = source(3 * gaps.len() as u64);
        let mut at = 0;
        let due: Vec<u64> = gaps.iter().map(|gap| { at += gap; at }).collect();
        let mut taken = Vec::new();
        let mut skipped = 0;
        for worker in 0..threads {
            let lane = Lane {
                first: worker,
                step: threads,
                most_backlog,
                ..lane(&source, &due, batch)
            };
            let mut series = Series::new(4, 10_000);
            let report = run(&lane, (100, event_ns), None, &mut series);
            let recorded: u64 = series.intervals().begun().map(crate::trial::open_loop::recorder::Interval::completed).sum();
            prop_assert_eq!(recorded, report.stamp.events);
            prop_assert!(report.peak_backlog <= most_backlog);
            let of_it: u64 = report.skipped.iter().map(|range| range.end - range.start).sum();
            prop_assert_eq!(recorded + of_it, due.len() as u64);
            skipped += of_it;
            taken.push(report.taken);
        }
        let taken = crate::trial::open_loop::IngestedEvents::of(taken);
        let counts = source.counts_of_taken(&taken);
        prop_assert_eq!(counts.events + skipped, threads * due.len() as u64);
        let indexes = (0..source.events()).filter(|&index| taken.contains(index));
        prop_assert_eq!(indexes.count() as u64, counts.events);
        prop_assert_eq!(counts.digest, source.generated_digest_of(&taken));
    }
}
