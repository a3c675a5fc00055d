//! What members have set: every engine under every setting against the oracle,
//! and what each setting promises.

mod common;

use std::collections::{HashMap, HashSet};
use std::path::Path;

use common::shuffle;
use notibench_core::engine::{Engine, EngineConfig, Role};
use notibench_core::event::{Event, Kind, Read, ReadKind};
use notibench_core::oracle::Oracle;
use notibench_core::policy::{DAY_US, Disposition, MemberSettings, Share, effect_of, rank_of};
use notibench_core::proof::{check_answers, check_snapshot, fold_on_threads};
use notibench_core::read::Answer;
use notibench_core::state::INBOX_CAPACITY;
use notibench_core::viewing::Views;
use notibench_engines::registry::{ENTRIES, EngineVisitor, dispatch};
use notibench_harness::views_of;
use notibench_workload::Workload;
use notibench_workload::generator::Generator;

const FILES: [&str; 6] = [
    "blocked_pairs",
    "muted_actors",
    "opted_out_kinds",
    "told_once",
    "push_cap",
    "all_settings",
];

/// Stream and settings of a smoke workload.
fn stream(file: &str, events: u64) -> (Vec<Event>, Views) {
    let path = format!("workloads/smoke/{file}.toml");
    let (workload, _) = Workload::load(Path::new(&path)).unwrap();
    let events = Generator::new(&workload, workload.seed).events(0..events);
    (events, views_of(&workload).unwrap())
}

/// Every page and badge that there is, by member.
fn pages(oracle: &Oracle) -> Vec<(Read, Answer)> {
    let reads = oracle.sample_reads(usize::MAX);
    let of_members = |read: &Read| matches!(read.kind, ReadKind::Badge | ReadKind::InboxPage);
    let reads = reads.into_iter().filter(of_members);
    reads.map(|read| (read, oracle.answer(&read))).collect()
}

fn folded(events: &[Event], views: &Views) -> Oracle {
    let mut oracle = Oracle::counting(INBOX_CAPACITY, views);
    oracle.fold_all(events);
    oracle
}

/// The engine against the oracle, with several threads and batches.
struct Agrees<'a>(&'a [Event], &'a Views, &'a str);

impl EngineVisitor for Agrees<'_> {
    type Output = ();

    fn visit<E: Engine>(self) {
        let Self(events, views, file) = self;
        let oracle = folded(events, views);
        let reads = oracle.sample_reads(usize::MAX);
        let expected: Vec<Answer> = reads.iter().map(|read| oracle.answer(read)).collect();
        for (threads, batch) in [(1, 1), (1, 1_024), (3, 1), (3, 100)] {
            let config = EngineConfig {
                views: views.afresh(),
                ..EngineConfig::new(threads)
            };
            let engine = E::build(&config);
            let told = |words: String| panic!("{file}, {}: {words}", E::INFO.name);
            fold_on_threads(&engine, &config, events, batch).unwrap_or_else(told);
            check_snapshot(&engine, oracle.digest(), || oracle.snapshot()).unwrap_or_else(told);
            check_answers(&engine, &config, &reads, &expected).unwrap_or_else(told);
        }
    }
}

#[test]
fn every_engine_agrees_with_the_oracle_under_every_setting() {
    for file in FILES {
        let (events, views) = stream(file, 12_000);
        for info in ENTRIES.iter().filter(|info| info.role == Role::Engine) {
            dispatch(info.name, Agrees(&events, &views, file)).expect("it is registered");
        }
    }
}

#[test]
fn each_setting_changes_what_is_seen() {
    // a cap on pushes has a read of its own, and changes no page
    for file in FILES.into_iter().filter(|file| *file != "push_cap") {
        let (events, views) = stream(file, 12_000);
        let (with, without) = (folded(&events, &views), folded(&events, &Views::default()));
        assert_ne!(pages(&with), pages(&without), "{file}");
        let is_state = file == "blocked_pairs" || file == "all_settings";
        assert_eq!(with.digest() != without.digest(), is_state, "{file}");
    }
}

#[test]
fn a_blocked_pair_leaves_no_trace_of_its_engagements() {
    let (events, views) = stream("blocked_pairs", 12_000);
    let blocked = |event: &&Event| views.settings().is_blocked(event.actor, event.recipient);
    let engages = |event: &&Event| event.kind().notify_slot().is_some();
    let dropped = events.iter().filter(engages).filter(blocked).count();
    assert!(dropped > 500, "{dropped}");
    // as if they had never come
    let rest = events
        .iter()
        .filter(|event| !(engages(event) && blocked(event)));
    let rest: Vec<Event> = rest.copied().collect();
    let plain = Views::default();
    assert_eq!(
        folded(&events, &views).digest(),
        folded(&rest, &plain).digest()
    );
}

#[test]
fn a_day_has_no_more_pushes_than_the_cap_and_the_inbox_stays_whole() {
    let (mut events, views) = stream("push_cap", 12_000);
    let cap = u64::from(views.settings().pushes_per_day.unwrap().get());
    // whatever comes first
    shuffle(&mut events, 5);
    let mut rang: HashMap<u64, HashMap<u64, u64>> = HashMap::new();
    let rings = |event: &&Event| effect_of(event).disposition == Disposition::Notify;
    for event in events.iter().filter(rings) {
        let days = rang.entry(event.recipient).or_default();
        *days.entry(event.at_us / DAY_US).or_default() += 1;
    }
    let oracle = folded(&events, &views);
    let (mut sent, mut all) = (0, 0);
    for (&id, days) in &rang {
        let expected = days.values().map(|&count| count.min(cap)).sum();
        let kind = ReadKind::Pushes;
        assert_eq!(oracle.answer(&Read { id, kind }), Answer::Pushes(expected));
        sent += expected;
        all += days.values().sum::<u64>();
    }
    assert!(sent > 1_000 && all > 2 * sent, "{sent} of {all}");
    let plain = folded(&events, &Views::default());
    assert_eq!(oracle.digest(), plain.digest());
    assert_eq!(pages(&oracle), pages(&plain));
    let (&id, _) = rang.iter().next().unwrap();
    let kind = ReadKind::Pushes;
    assert_eq!(plain.answer(&Read { id, kind }), Answer::Pushes(0));
}

#[test]
fn who_is_muted_and_what_is_switched_off_is_on_no_page() {
    for file in ["muted_actors", "opted_out_kinds", "all_settings"] {
        let (events, views) = stream(file, 12_000);
        let mut groups = 0;
        for (read, answer) in pages(&folded(&events, &views)) {
            let Answer::Inbox(page) = answer else {
                continue;
            };
            for group in &page {
                groups += 1;
                assert!(views.settings().shows(read.id, group.actor, group.kind));
            }
        }
        assert!(groups > 20, "{file}: {groups}");
    }
}

#[test]
fn one_thing_by_one_actor_is_told_once() {
    let (events, _) = stream("told_once", 12_000);
    let twice = |settings: MemberSettings| {
        let views = Views::default().with_settings(settings);
        let mut twice = 0;
        for (_, answer) in pages(&folded(&events, &views)) {
            let Answer::Inbox(page) = answer else {
                continue;
            };
            let mut seen = HashSet::new();
            for group in page.iter().filter(|group| rank_of(group.kind).is_some()) {
                // of groups of one: of larger ones a page names the newest alone
                if group.others == 0 && !seen.insert((group.content, group.actor)) {
                    twice += 1;
                }
            }
        }
        twice
    };
    let precedence = MemberSettings {
        precedence: true,
        ..MemberSettings::default()
    };
    assert_eq!(twice(precedence), 0);
    assert!(twice(MemberSettings::default()) > 0);
}

#[test]
fn the_foremost_is_the_one_that_is_told() {
    let actor = (7, notibench_core::event::Segment::Founder);
    let event = |index, kind| Event::new(index, index, kind, false, actor, 5, 9);
    let (comment, tag, mention) = (Kind::PostComment, Kind::PostTag, Kind::PostMention);
    let all = [event(1, mention), event(2, tag), event(3, comment)];
    let views = Views::default().with_settings(MemberSettings {
        precedence: true,
        ..MemberSettings::default()
    });
    let told = |events: &[Event], views: &Views| {
        let read = |kind| Read { id: 5, kind };
        let oracle = folded(events, views);
        match (
            oracle.answer(&read(ReadKind::InboxPage)),
            oracle.answer(&read(ReadKind::Badge)),
        ) {
            (Answer::Inbox(page), Answer::Badge(badge)) => (
                page.iter().map(|group| group.kind).collect::<Vec<_>>(),
                badge,
            ),
            _ => unreachable!("a page and a badge"),
        }
    };
    assert_eq!(told(&all, &views), (vec![mention], 1));
    assert_eq!(told(&all[1..], &views), (vec![tag], 1));
    assert_eq!(
        told(&all, &Views::default()),
        (vec![comment, tag, mention], 3)
    );
    // who muted the one who mentions hears of none of it
    let muted = Views::default().with_settings(MemberSettings {
        muted: Share::new(1.0),
        precedence: true,
        ..MemberSettings::default()
    });
    assert_eq!(told(&all, &muted), (vec![], 0));
}
