//! Viewers counted once a week, by every engine, and shown in releases alone:
//! checked against the oracle at every close, at several numbers of threads, in
//! any order within a week.

#[path = "../common/mod.rs"]
mod common;
mod exchange;

use common::{Draws, Stream, shuffle};
use notibench_core::engine::{Engine, EngineConfig, Role};
use notibench_core::event::{Event, Kind, Read, ReadKind};
use notibench_core::oracle::Oracle;
use notibench_core::policy::{EPOCH_US, Epsilon, HiddenShare, NoiseKey, ReleaseRule, surface_of};
use notibench_core::proof::{check_answers, check_freshness, check_snapshot, fold_on_threads};
use notibench_core::read::Answer;
use notibench_core::snapshot::{Snapshot, SnapshotDigest, first_difference};
use notibench_core::unit::mix::counter_word;
use notibench_core::viewing::{Releasing, Showing, Views};
use notibench_engines::registry::{ENTRIES, EngineVisitor, dispatch};
use std::sync::Arc;

/// Weeks of a stream.
const WEEKS: u64 = 4;

fn hidden() -> HiddenShare {
    HiddenShare::new(0.2)
}

fn released(seed: u64) -> Views {
    let mut key = NoiseKey::default();
    key.set(&std::array::from_fn(|at| {
        counter_word(seed, at as u64) as u32
    }));
    let rule = ReleaseRule {
        epsilon: Epsilon::of_thousandths(500),
        threshold: 10,
    };
    Views::released(
        hidden(),
        Releasing {
            rule,
            key: Arc::new(key),
        },
    )
}

/// A crowded stream, mostly of views, spread over the weeks; each week's
/// events in a list of its own.
fn weeks(seed: u64, events: u64) -> Vec<Vec<Event>> {
    let stream = Stream {
        seed,
        events,
        members: 80,
        contents: 40,
    };
    let mut draws = Draws {
        key: seed ^ 0x7765_656b,
        at: 0,
    };
    let mut weeks = vec![Vec::new(); WEEKS as usize];
    for event in stream.make() {
        let week = event.index() * WEEKS / events;
        let at_us = week * EPOCH_US + draws.below(EPOCH_US);
        // most of what a small stream has is engagement: make it views
        let is_view = surface_of(event.kind()).is_some();
        let to_view = !is_view && !event.undo() && draws.below(2) == 0;
        let kind = match draws.below(3) {
            _ if !to_view => event.kind(),
            0 => Kind::PictureView,
            1 if event.content != 0 => Kind::ContentView,
            _ => Kind::ProfileView,
        };
        weeks[week as usize].push(Event::new(
            event.index(),
            at_us,
            kind,
            event.undo(),
            (event.actor, event.segment()),
            event.recipient,
            event.content,
        ));
    }
    weeks
}

fn on_every_engine(visitor: impl EngineVisitor<Output = ()> + Copy) {
    for info in ENTRIES.iter().filter(|info| info.role == Role::Engine) {
        dispatch(info.name, visitor).expect("the registry dispatches what it lists");
    }
}

fn config(threads: usize, views: &Views) -> EngineConfig {
    EngineConfig {
        inbox_capacity: 8,
        views: views.afresh(),
        ..EngineConfig::new(threads)
    }
}

/// Folds week by week, compares before and after each close.
#[derive(Clone, Copy)]
struct WeekByWeek<'a> {
    weeks: &'a [Vec<Event>],
    views: &'a Views,
}

impl EngineVisitor for WeekByWeek<'_> {
    type Output = ();

    fn visit<E: Engine>(self) {
        for (threads, batch) in [(1, 1000), (2, 1), (2, 7), (8, 100)] {
            let case = format!("{} at {threads} threads, batches of {batch}", E::INFO.name);
            let config = config(threads, self.views);
            let mut oracle = Oracle::counting(8, self.views);
            let engine = E::build(&config);
            for (week, events) in (0..).zip(self.weeks) {
                config.views.open_epoch(week).unwrap();
                fold_on_threads(&engine, &config, events, batch).expect(&case);
                oracle.fold_all(events);
                check_snapshot(&engine, oracle.digest(), || oracle.snapshot()).expect(&case);
                config.views.close_epoch(&engine);
                oracle.close_epoch();
                let shown = Snapshot::shown(&engine, &config.views);
                let difference = first_difference(&oracle.shown_snapshot(), &shown);
                assert_eq!(difference, None, "{case}");
                let digest = SnapshotDigest::shown(&engine, &config.views);
                assert_eq!(digest, oracle.shown_digest(), "{case}");
                let reads = oracle.sample_reads(400);
                let expected: Vec<Answer> = reads.iter().map(|read| oracle.answer(read)).collect();
                check_answers(&engine, &config, &reads, &expected).expect(&case);
            }
            assert_eq!(config.views.failed(), 0);
        }
    }
}

#[test]
fn every_engine_counts_viewers_once_a_week() {
    let weeks = weeks(1, 20_000);
    let views = Views::unique(hidden());
    on_every_engine(WeekByWeek {
        weeks: &weeks,
        views: &views,
    });
    let viewers = |views: &Views| {
        let mut oracle = Oracle::counting(8, views);
        for events in &weeks {
            oracle.fold_all(events);
            oracle.close_epoch();
        }
        oracle.digest().views
    };
    let (unique, all) = (viewers(&views), viewers(&Views::default()));
    assert!(unique * 10 < all * 9, "{unique} of {all} are no repetition");
}

#[test]
fn every_engine_releases_what_the_oracle_does() {
    let weeks = weeks(2, 24_000);
    let views = released(5);
    on_every_engine(WeekByWeek {
        weeks: &weeks,
        views: &views,
    });
    // and there is something to be released
    let mut oracle = Oracle::counting(8, &views);
    for events in &weeks {
        oracle.fold_all(events);
        oracle.close_epoch();
    }
    let answers: Vec<Answer> = oracle
        .sample_reads(usize::MAX)
        .iter()
        .map(|read| oracle.answer(read))
        .collect();
    let shown = answers
        .iter()
        .filter(|answer| matches!(answer, Answer::Views(Some(views)) if views.release.total() > 0));
    assert!(shown.count() > 20);
}

#[test]
fn no_order_within_a_week_matters_and_no_uniqueness_key() {
    let (plain, views) = (weeks(3, 8_000), released(6));
    let mut shuffled = plain.clone();
    for (week, events) in (0..).zip(&mut shuffled) {
        shuffle(events, week);
    }
    // each build draws keys of its own: the counts are the same
    for weeks in [&plain, &shuffled] {
        on_every_engine(WeekByWeek {
            weeks,
            views: &views,
        });
    }
    let after = |weeks: &[Vec<Event>]| {
        let mut oracle = Oracle::counting(8, &views);
        for events in weeks {
            oracle.fold_all(events);
            oracle.close_epoch();
        }
        oracle.shown_snapshot()
    };
    assert!(after(&plain) == after(&shuffled));
}

/// Sends a view of a closed week, and one of a week that is not open yet.
#[derive(Clone, Copy)]
struct TooLate<'a>(&'a [Vec<Event>]);

impl EngineVisitor for TooLate<'_> {
    type Output = ();

    fn visit<E: Engine>(self) {
        let config = config(2, &released(7));
        let mut oracle = Oracle::counting(8, &config.views);
        let engine = E::build(&config);
        config.views.open_epoch(0).unwrap();
        fold_on_threads(&engine, &config, &self.0[0], 50).expect(E::INFO.name);
        oracle.fold_all(&self.0[0]);
        config.views.close_epoch(&engine);
        oracle.close_epoch();
        config.views.open_epoch(1).unwrap();
        let wrong: Vec<Event> = [0, 2].iter().flat_map(|&w| self.0[w].clone()).collect();
        fold_on_threads(&engine, &config, &wrong, 50).expect(E::INFO.name);
        oracle.fold_all(&wrong);
        check_snapshot(&engine, oracle.digest(), || oracle.snapshot()).expect(E::INFO.name);
        assert!(oracle.failed() > 100);
        assert_eq!(config.views.failed(), oracle.failed(), "{}", E::INFO.name);
    }
}

#[test]
fn a_view_of_another_week_than_the_open_one_fails_and_changes_nothing() {
    on_every_engine(TooLate(&weeks(4, 4_000)));
}

/// Holds engines to their freshness where views are released.
#[derive(Clone, Copy)]
struct Fresh<'a>(&'a [Event]);

impl EngineVisitor for Fresh<'_> {
    type Output = ();

    fn visit<E: Engine>(self) {
        for views in [released(8), Views::unique(hidden())] {
            check_freshness::<E>(&config(2, &views), self.0, 50).expect(E::INFO.name);
        }
    }
}

#[test]
fn every_engine_is_as_fresh_as_it_declares_within_a_week() {
    on_every_engine(Fresh(&weeks(5, 4_000)[0]));
}

/// Nothing of an open week is shown, to anybody, in any answer.
#[derive(Clone, Copy)]
struct NotBeforeClose<'a>(&'a [Vec<Event>]);

impl EngineVisitor for NotBeforeClose<'_> {
    type Output = ();

    fn visit<E: Engine>(self) {
        let config = config(1, &released(9));
        let engine = E::build(&config);
        let of_views =
            |id| [ReadKind::WhoViewed, ReadKind::ContentViews].map(|kind| Read { id, kind });
        let reads: Vec<Read> = (0..400).flat_map(of_views).collect();
        let ask = || {
            let mut answers = vec![None; reads.len()];
            let mut session = engine.session(0);
            session.read(&reads, &mut |at, answer| answers[at] = Some(answer.clone()));
            session.finish();
            answers
        };
        use notibench_core::engine::Session as _;
        config.views.open_epoch(0).unwrap();
        assert!(
            ask()
                .iter()
                .all(|answer| *answer == Some(Answer::Views(None)))
        );
        fold_on_threads(&engine, &config, &self.0[0], 50).expect(E::INFO.name);
        assert!(
            ask()
                .iter()
                .all(|answer| *answer == Some(Answer::Views(None)))
        );
        config.views.close_epoch(&engine);
        let first = ask();
        assert!(
            first
                .iter()
                .all(|answer| matches!(answer, Some(Answer::Views(Some(_)))))
        );
        config.views.open_epoch(1).unwrap();
        fold_on_threads(&engine, &config, &self.0[1], 50).expect(E::INFO.name);
        assert!(ask() == first, "{}", E::INFO.name);
    }
}

#[test]
fn no_answer_changes_before_the_week_is_closed() {
    on_every_engine(NotBeforeClose(&weeks(6, 4_000)));
}

/// Engines that show views wrongly on purpose do so as defined.
#[derive(Clone, Copy)]
struct Ablated<'a>(&'a [Vec<Event>], Showing);

impl EngineVisitor for Ablated<'_> {
    type Output = ();

    fn visit<E: Engine>(self) {
        let views = released(11).shown_as(self.1);
        let config = config(2, &views);
        assert_eq!(config.views.showing(), self.1);
        let mut oracle = Oracle::counting(8, &views);
        let engine = E::build(&config);
        let case = format!("{} {}", self.1.name(), E::INFO.name);
        for (week, events) in (0..).zip(self.0) {
            config.views.open_epoch(week).unwrap();
            fold_on_threads(&engine, &config, events, 64).expect(&case);
            oracle.fold_all(events);
            let compare = |oracle: &Oracle| {
                let reads = oracle.sample_reads(400);
                let expected: Vec<Answer> = reads.iter().map(|read| oracle.answer(read)).collect();
                check_answers(&engine, &config, &reads, &expected).expect(&case);
            };
            if self.1.is_live() {
                compare(&oracle);
            }
            config.views.close_epoch(&engine);
            oracle.close_epoch();
            if !self.1.is_live() {
                compare(&oracle);
            }
        }
    }
}

#[test]
fn ablations_show_what_they_are_defined_to_show() {
    let weeks = weeks(12, 8_000);
    for showing in Showing::ABLATIONS {
        dispatch("dashmap", Ablated(&weeks, showing)).expect("the default engine");
        dispatch(
            "fold-reduce",
            Ablated(&weeks, Showing::ThresholdBeforeNoise),
        )
        .expect("it is there");
    }
}
