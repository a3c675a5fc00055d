//! What the workers of an open loop come to together.

use std::ops::Range;

use crate::trial::open_loop::counts::Counts;
use crate::trial::open_loop::recorder::Series;
use crate::trial::open_loop::setup::OpenLoop;
use crate::trial::open_loop::steady::steady_from;
use crate::trial::open_loop::taken::IngestedEvents;
use crate::trial::open_loop::worker::LaneReport;
use crate::trial::source::Source;
use notibench_record::stats::ServiceHistogram;
use notibench_record::{IntervalNote, OpenLoopTrial, SkippedRange};

/// What an open-loop trial gives beside the figures of any trial.
#[derive(Debug)]
pub(crate) struct OpenOutcome {
    /// For the record.
    pub(crate) note: OpenLoopTrial,
    /// What was ingested.
    pub(crate) taken: IngestedEvents,
    /// Times that were beyond the histograms' range.
    pub(crate) out_of_range: u64,
    /// Response times of all events, those before the steady state included.
    pub(crate) response: ServiceHistogram,
    /// Service times of all events.
    pub(crate) service: ServiceHistogram,
    /// Response times of all reads.
    pub(crate) read_response: ServiceHistogram,
}

/// Puts the workers' reports together; `series` is theirs, in the same order,
/// and empty where nothing was recorded. `resident` is the size of the process
/// at the end of each interval, as far as it was looked at.
pub(crate) fn outcome_of(
    setup: &OpenLoop,
    source: &Source,
    reports: &[LaneReport],
    series: &[Series],
    resident: &[u64],
) -> OpenOutcome {
    let lanes: Vec<Vec<Range<u64>>> = reports.iter().map(|r| r.taken.clone()).collect();
    let intervals = Intervals::of(setup, reports, series);
    let from = setup
        .stationary
        .then(|| steady_from(&intervals.typical_ns(setup.planned_intervals())))
        .flatten();
    let cut = from.unwrap_or(0);
    let merged = |of: fn(&Series) -> &Counts| {
        let mut histogram = ServiceHistogram::new();
        series.iter().for_each(|s| of(s).add_to(&mut histogram));
        histogram
    };
    let read_response = sum_of(&intervals.read_response);
    let read_service = merged(|s| &s.read_service);
    let all = sum_of(&intervals.response);
    let service = sum_of(&intervals.service[cut..]);
    let steady = sum_of(&intervals.response[cut..]);
    let duration_s = setup.duration_ns as f64 / 1e9;
    let in_time: u64 = reports.iter().map(|report| report.in_time).sum();
    let note = OpenLoopTrial {
        offered: setup.due.iter().map(|due| due.len() as u64).sum(),
        achieved_per_s: in_time as f64 / duration_s,
        skipped_ranges: skipped_ranges(reports),
        response_ns: steady.to_base64(),
        service_ns: service.to_base64(),
        read_response_ns: read_response.to_base64(),
        read_service_ns: read_service.to_base64(),
        batch_events: merged(|s| &s.batch_events).to_base64(),
        skipped_reads: source.reads() - reports.iter().map(|r| r.reads).sum::<u64>(),
        peak_backlog: reports.iter().map(|report| report.peak_backlog).sum(),
        steady_from_ns: from.map(|at| at as u64 * setup.interval_ns),
        cut_events: intervals.completed[..cut].iter().sum(),
        oracle_events_digest: None,
        oracle_snapshot_digest: None,
        intervals: intervals.notes(resident),
    };
    OpenOutcome {
        note,
        taken: IngestedEvents::of(lanes),
        out_of_range: all.out_of_range() + read_response.out_of_range(),
        response: all,
        service: sum_of(&intervals.service),
        read_response,
    }
}

fn sum_of(histograms: &[ServiceHistogram]) -> ServiceHistogram {
    let mut sum = ServiceHistogram::new();
    histograms.iter().for_each(|part| sum.merge(part));
    sum
}

/// Positions become indexes.
fn skipped_ranges(reports: &[LaneReport]) -> Vec<SkippedRange> {
    let step = reports.len() as u64;
    let of_one = |report: &LaneReport| {
        let first = report.worker as u64;
        let index = move |position: u64| first + position * step;
        let ranges = report.skipped.iter();
        ranges
            .map(|range| SkippedRange {
                first: index(range.start),
                end: index(range.end - 1) + 1,
                step,
            })
            .collect::<Vec<_>>()
    };
    let mut ranges: Vec<SkippedRange> = reports.iter().flat_map(of_one).collect();
    ranges.sort_unstable_by_key(|range| range.first);
    ranges
}

/// The time series, workers put together.
struct Intervals {
    ends_ns: Vec<u64>,
    offered: Vec<u64>,
    skipped: Vec<u64>,
    completed: Vec<u64>,
    reads: Vec<u64>,
    response: Vec<ServiceHistogram>,
    service: Vec<ServiceHistogram>,
    read_response: Vec<ServiceHistogram>,
}

impl Intervals {
    fn of(setup: &OpenLoop, reports: &[LaneReport], series: &[Series]) -> Self {
        let count = series
            .iter()
            .map(|s| s.intervals().begun().count())
            .max()
            .unwrap_or(0);
        let mut ends_ns: Vec<u64> = (1..=count as u64)
            .map(|at| at * setup.interval_ns)
            .collect();
        // the last one holds whatever completed after it
        let end = reports.iter().map(|report| report.stamp.end_ns).max();
        if let (Some(last), Some(end)) = (ends_ns.last_mut(), end) {
            *last = end.max(*last);
        }
        let mut all = Self {
            offered: vec![0; count],
            skipped: vec![0; count],
            completed: vec![0; count],
            reads: vec![0; count],
            response: vec![ServiceHistogram::new(); count],
            service: vec![ServiceHistogram::new(); count],
            read_response: vec![ServiceHistogram::new(); count],
            ends_ns,
        };
        for report in reports {
            let due = &setup.due[report.worker];
            add_due(&mut all.offered, due, &all.ends_ns);
            for range in &report.skipped {
                let due = &due[range.start as usize..range.end as usize];
                add_due(&mut all.skipped, due, &all.ends_ns);
            }
        }
        for of_worker in series {
            for (at, interval) in of_worker.intervals().begun().enumerate() {
                all.completed[at] += interval.completed();
                all.reads[at] += interval.reads();
                interval.response.add_to(&mut all.response[at]);
                interval.service.add_to(&mut all.service[at]);
                interval.read_response.add_to(&mut all.read_response[at]);
            }
        }
        all
    }

    /// Median response time of each of the schedule's intervals.
    fn typical_ns(&self, planned: usize) -> Vec<u64> {
        let planned = self.response.iter().take(planned);
        planned.map(|part| part.value_at_quantile(0.5)).collect()
    }

    fn notes(&self, resident: &[u64]) -> Vec<IntervalNote> {
        let (mut due, mut over) = (0, 0);
        let mut note = |at: usize| {
            due += self.offered[at];
            over += self.completed[at] + self.skipped[at];
            IntervalNote {
                end_ns: self.ends_ns[at],
                offered: self.offered[at],
                completed: self.completed[at],
                skipped: self.skipped[at],
                backlog: due.saturating_sub(over),
                reads: self.reads[at],
                resident_bytes: resident.get(at).or(resident.last()).copied().unwrap_or(0),
                response_ns: self.response[at].to_base64(),
                service_ns: self.service[at].to_base64(),
                read_response_ns: self.read_response[at].to_base64(),
            }
        };
        (0..self.ends_ns.len()).map(&mut note).collect()
    }
}

/// Adds each of `due`, which never falls, to the interval that it lies in.
fn add_due(counts: &mut [u64], due: &[u64], ends_ns: &[u64]) {
    let mut before = 0;
    for (count, end) in counts.iter_mut().zip(ends_ns) {
        let until = before + due[before..].partition_point(|due| due < end);
        *count += (until - before) as u64;
        before = until;
    }
}
