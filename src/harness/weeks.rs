//! Trials in which each viewer counts once a week: the stream week by week,
//! every session finished before the week is closed, and the close inside the
//! timed part. Imports `engine`, `policy`, `workload`, its siblings.
//!
//! Between the end of a week's events and its close the clock stands still,
//! while the true counts are digested, to be compared with the oracle's: after
//! the close there are none any more.

use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

use rayon::ThreadPool;

use super::counters::Counters;
use super::environment::Usage;
use super::plan::RunOptions;
use super::plan_error::PlanError;
use super::source::Source;
use super::trial::{TrialError, TrialOutcome, TrialSetup, drive, summarise};
use super::worker::WorkerReport;
use crate::engine::snapshot::SnapshotDigest;
use crate::engine::viewing::{Releasing, Views};
use crate::engine::{Engine, EngineConfig};
use crate::policy::{HiddenShare, MemberSettings, ReleaseRule, Share, epoch_of};
use crate::workload::{ViewMode, Workload};

/// What was seen of the weeks of a trial.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Weeks {
    /// The whole state, before each close.
    pub(super) truths: Vec<SnapshotDigest>,
    /// Whether what is left after the last close is releases.
    pub(super) are_released: bool,
    /// How long the closes took, in ns; part of the trial's time.
    pub(super) close_ns: u64,
    /// The most bytes of state and of the set of who was seen, before a close.
    pub(super) open_bytes: u64,
    /// Views that came while their week was not open.
    pub(super) failed: u64,
}

/// Refuses what weeks can't be had with.
///
/// # Errors
/// A second pass, an open loop.
pub(super) fn fits_weeks(options: &RunOptions, workload: &Workload) -> Result<(), PlanError> {
    let name = &workload.name;
    if workload.anonymity.mode == ViewMode::Off {
        return Ok(());
    }
    let conflict = |words: String| Err(PlanError::Conflict(words));
    if options.warm {
        return conflict(format!(
            "--warm passes over the same weeks twice, and `{name}` closes each once: leave out \
             --warm"
        ));
    }
    if options.open_loop.is_asked() {
        return conflict(format!(
            "an open loop goes on while a week is closed, and `{name}` closes weeks while nothing \
             else is done: leave out --rate and what belongs to it, or take a workload whose \
             [anonymity] is off"
        ));
    }
    Ok(())
}

/// What records keep of the state of a trial with weeks that are released, or
/// of the oracle's: the digests of the true states before each close, added
/// up. That of the releases is another in each run, as their noise is.
pub(super) fn of_truths(truths: &[SnapshotDigest]) -> SnapshotDigest {
    let most = |part: fn(&SnapshotDigest) -> u64| truths.iter().map(part).max().unwrap_or(0);
    SnapshotDigest {
        members: most(|truth| truth.members),
        contents: most(|truth| truth.contents),
        ..truths.iter().copied().sum()
    }
}

impl TrialOutcome {
    /// What a record keeps of the state: the snapshot's size and digest; where
    /// views were released, those of the true state.
    pub(super) fn recorded(&self) -> SnapshotDigest {
        match &self.weeks {
            Some(weeks) if weeks.are_released => of_truths(&weeks.truths),
            _ => self.snapshot,
        }
    }

    /// Bytes for each member and content of the snapshot of the whole state;
    /// where weeks are closed, the most before a close.
    #[must_use]
    pub fn bytes_a_state(&self) -> f64 {
        let most = |weeks: &Weeks| weeks.bytes_a_state();
        let states = self.snapshot.members + self.snapshot.contents;
        let at_end = self.memory.total() as f64 / states.max(1) as f64;
        self.weeks.as_deref().map_or(at_end, most)
    }
}

impl Weeks {
    /// The most bytes for each member and content, before a close.
    pub(super) fn bytes_a_state(&self) -> f64 {
        let states = self
            .truths
            .iter()
            .map(|truth| truth.members + truth.contents);
        self.open_bytes as f64 / states.max().unwrap_or(1).max(1) as f64
    }
}

/// How the views of a workload are counted and shown; with releases, under a
/// noise key that the operating system draws.
///
/// # Errors
/// Where the system gives no random words.
pub fn views_of(workload: &Workload) -> Result<Views, String> {
    let anonymity = &workload.anonymity;
    let hidden = HiddenShare::new(anonymity.hidden_share);
    let settings = &workload.settings;
    let settings = MemberSettings {
        blocked: Share::new(settings.blocked_share),
        muted: Share::new(settings.muted_share),
        opted_out: Share::new(settings.opted_out_share),
        precedence: settings.precedence,
        pushes_per_day: settings.pushes_per_day,
    };
    let views = match anonymity.mode {
        ViewMode::Off => Views::default(),
        ViewMode::Counts => Views::unique(hidden),
        ViewMode::Released => {
            let rule = ReleaseRule {
                epsilon: anonymity.epsilon,
                threshold: anonymity.threshold,
            };
            Views::released(hidden, Releasing::draw(rule)?)
        }
    };
    Ok(views.with_settings(settings))
}

/// The weeks that a source's events lie in, each with the indexes of its
/// events; one without number where weeks don't matter.
pub(super) fn weeks_of(source: &Source) -> Vec<(u32, Range<u64>)> {
    let events = source.events();
    if source.views().are_plain() {
        return vec![(0, 0..events)];
    }
    let mut weeks = Vec::new();
    let mut start = 0;
    while start < events {
        let week = epoch_of(source.at_us(start));
        // event time never falls: the first index of a later week
        let (mut low, mut high) = (start + 1, events);
        while low < high {
            let middle = low + (high - low) / 2;
            if epoch_of(source.at_us(middle)) > week {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        weeks.push((week, start..low));
        start = low;
    }
    weeks
}

/// The threads that close a week: as many as workers.
pub(super) fn closers(setup: &TrialSetup<'_>) -> Result<ThreadPool, TrialError> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(setup.threads)
        .build()
        .map_err(|error| TrialError::NoThread {
            worker: 0,
            workers: setup.threads,
            why: error.to_string(),
        })
}

/// Drives the stream through sessions of the engine week by week, timed.
pub(super) fn run_weeks<E: Engine>(
    setup: &TrialSetup<'_>,
    config: &EngineConfig,
    engine: &E,
) -> Result<TrialOutcome, TrialError> {
    let closers = closers(setup)?;
    let mut counters = setup.perf.then(Counters::open);
    let mut usage = Usage::default();
    let mut weeks = Weeks {
        are_released: config.views.are_released(),
        ..Weeks::default()
    };
    let mut timeline = Timeline::default();
    for (week, range) in weeks_of(setup.source) {
        config
            .views
            .open_epoch(week)
            .map_err(TrialError::NoRandomKey)?;
        let before = Usage::start();
        let reports = drive(setup, config, engine, range, counters.as_mut())?;
        counters.iter_mut().for_each(Counters::pause);
        usage = usage.and(before.until_now());
        if setup.stop.is_set() {
            return Err(TrialError::Interrupted);
        }
        weeks.truths.push(SnapshotDigest::of(engine));
        let bytes = engine.memory().total() + config.views.open_bytes();
        weeks.open_bytes = weeks.open_bytes.max(bytes);
        let before = Usage::start();
        counters.iter_mut().for_each(Counters::start);
        let start = Instant::now();
        closers.install(|| config.views.close_epoch(engine));
        let close_ns = start.elapsed().as_nanos() as u64;
        counters.iter_mut().for_each(Counters::pause);
        usage = usage.and(before.until_now());
        weeks.close_ns += close_ns;
        timeline.add(reports, close_ns);
    }
    weeks.failed = config.views.failed();
    let perf = counters.map(Counters::stop);
    let mut outcome = summarise(setup, config, engine, timeline.reports, usage);
    outcome.perf = perf;
    outcome.weeks = Some(Arc::new(weeks));
    Ok(outcome)
}

/// The reports of the weeks as if they had followed each other at once.
#[derive(Default)]
struct Timeline {
    /// Time that is over, in ns.
    end_ns: u64,
    reports: Vec<WorkerReport>,
}

impl Timeline {
    /// Adds a week: its reports, and how long its close took after the last
    /// worker's end. Until then every worker waits.
    fn add(&mut self, reports: Vec<WorkerReport>, close_ns: u64) {
        let stamps = || reports.iter().map(|report| report.stamp);
        let first = stamps().map(|stamp| stamp.start_ns).min().unwrap_or(0);
        let last = stamps().map(|stamp| stamp.end_ns).max().unwrap_or(0);
        let week_ns = last - first + close_ns;
        for (at, mut report) in reports.into_iter().enumerate() {
            report.stamp.start_ns = self.end_ns + (report.stamp.start_ns - first);
            report.stamp.end_ns = self.end_ns + week_ns;
            match self.reports.get_mut(at) {
                Some(before) => before.add(report),
                None => self.reports.push(report),
            }
        }
        self.end_ns += week_ns;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generator::{Generator, ReadStream};
    use crate::record::WorkerStamp;

    fn source(mode: ViewMode) -> Source {
        let mut workload = crate::generator::tests::workload();
        workload.span_us = 30 * 86_400_000_000;
        workload.anonymity.mode = mode;
        let generator = Generator::new(&workload, 3);
        let reads = ReadStream::new(&workload, 3);
        let source = Source::new(generator, reads, workload.events, mode == ViewMode::Counts);
        source.counted(views_of(&workload).unwrap())
    }

    #[test]
    fn weeks_cut_the_stream_where_event_time_says() {
        assert_eq!(weeks_of(&source(ViewMode::Off)), [(0, 0..50_000)]);
        for mode in [ViewMode::Counts, ViewMode::Released] {
            let source = source(mode);
            let weeks = weeks_of(&source);
            assert_eq!(weeks.len(), 5);
            let mut next = 0;
            for (number, (week, range)) in (0..).zip(weeks) {
                assert_eq!((week, range.start), (number, next));
                let is_of_week = |index| epoch_of(source.at_us(index)) == week;
                assert!(is_of_week(range.start) && is_of_week(range.end - 1));
                source.for_each(range.clone(), |event| {
                    assert_eq!(epoch_of(event.at_us), week);
                });
                next = range.end;
            }
            assert_eq!(next, 50_000);
        }
    }

    #[test]
    fn weeks_follow_each_other_at_once_and_end_with_their_close() {
        let report = |start_ns, end_ns, events| {
            let mut report = WorkerReport::new();
            report.stamp = WorkerStamp {
                start_ns,
                end_ns,
                events,
            };
            report
        };
        let mut timeline = Timeline::default();
        timeline.add(vec![report(100, 400, 7), report(150, 300, 5)], 50);
        timeline.add(vec![report(1_000, 1_200, 3), report(1_010, 1_100, 2)], 30);
        let stamps = timeline.reports.iter().map(|report| report.stamp);
        let stamps: Vec<(u64, u64, u64)> =
            stamps.map(|s| (s.start_ns, s.end_ns, s.events)).collect();
        // 300 and 50, then 200 and 30
        assert_eq!(stamps, [(0, 580, 10), (50, 580, 7)]);
    }
}
