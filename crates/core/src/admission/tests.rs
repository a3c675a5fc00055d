//! What reaches a session of what was brought.

use std::sync::Mutex;

use super::*;
use crate::engine::{EngineConfig, EngineInfo, Freshness};
use crate::event::{Kind, Segment};
use crate::policy::{HiddenShare, Share};
use crate::state::StateMut;

/// Keeps the batches that its sessions are given; with `PROBE`, a probe.
struct Listening<const PROBE: bool>(Mutex<Vec<Vec<Event>>>);

struct ListeningSession<'engine>(&'engine Mutex<Vec<Vec<Event>>>);

impl<const PROBE: bool> Engine for Listening<PROBE> {
    const INFO: EngineInfo = EngineInfo {
        name: "listening",
        role: if PROBE { Role::Probe } else { Role::Engine },
        freshness: Freshness::Immediate,
        about: "keeps what it is given, for these tests only",
    };
    type Session<'engine> = ListeningSession<'engine>;

    fn build(_: &EngineConfig) -> Self {
        Self(Mutex::default())
    }

    fn session(&self, _: usize) -> ListeningSession<'_> {
        ListeningSession(&self.0)
    }

    fn visit_mut(&self, _: &(dyn Fn(StateMut<'_>) + Sync)) {}
}

impl Session for ListeningSession<'_> {
    fn ingest(&mut self, batch: &[Event]) {
        self.0.lock().unwrap().push(batch.to_vec());
    }

    fn read(&mut self, _: &[Read], _: &mut impl FnMut(usize, &Answer)) {}

    fn finish(self) {}
}

fn event(kind: Kind, undo: bool, actor: u64, recipient: u64) -> Event {
    let content = if kind.has_content() { 3 } else { 0 };
    Event::new(
        1,
        0,
        kind,
        undo,
        (actor, Segment::Other),
        recipient,
        content,
    )
}

/// The batches that a session is given of one that was brought.
fn given<const PROBE: bool>(views: &Views, batch: &[Event]) -> Vec<Vec<Event>> {
    let engine = Listening::<PROBE>::build(&EngineConfig::new(1));
    let mut session = open_session(&engine, views, 0);
    Session::ingest(&mut session, batch);
    session.finish();
    engine.0.into_inner().unwrap()
}

fn with_settings(settings: MemberSettings) -> Views {
    Views::default().with_settings(settings)
}

fn half_are_blocked() -> MemberSettings {
    MemberSettings {
        blocked: Share::new(0.5),
        ..MemberSettings::default()
    }
}

#[test]
fn without_rules_a_session_is_given_what_was_brought() {
    let batch: Vec<Event> = (0..3_000)
        .map(|actor| event(Kind::ProfileView, false, actor, 5))
        .collect();
    assert_eq!(given::<false>(&Views::default(), &batch), [batch]);
}

#[test]
fn what_rings_between_blocked_members_is_held_back_and_nothing_else() {
    let settings = half_are_blocked();
    let brought = [
        (Kind::PostLike, false, true),
        (Kind::PostLike, true, true),
        (Kind::MemberFollow, false, true),
        (Kind::ProfileView, false, false),
        (Kind::ContentView, false, false),
        (Kind::PictureSave, false, false),
    ];
    let mut blocked = 0;
    for actor in 100..200 {
        let batch = brought.map(|(kind, undo, _)| event(kind, undo, actor, 5));
        let found = given::<false>(&with_settings(settings), &batch).concat();
        assert_eq!(found.len(), batch.len(), "a batch keeps its length");
        let is_blocked = settings.is_blocked(actor, 5);
        blocked += u32::from(is_blocked);
        for ((found, brought), (kind, _, rings)) in found.iter().zip(&batch).zip(brought) {
            let held_back = is_blocked && rings;
            assert_eq!(is_dropped(&settings, brought), held_back, "{kind:?}");
            if held_back {
                assert_eq!(effect_of(found).disposition, Disposition::Discard);
                assert_eq!(found.index(), brought.index());
            } else {
                assert_eq!(found, brought);
            }
        }
    }
    assert!((20..80).contains(&blocked), "{blocked} of 100");
}

#[test]
fn a_probe_is_given_everything() {
    let views = Views::unique(HiddenShare::new(0.0)).with_settings(half_are_blocked());
    views.open_epoch(0).unwrap();
    let like = |actor| event(Kind::PostLike, false, actor, 5);
    let view = |actor| event(Kind::ProfileView, false, actor % 3, 5);
    let batch: Vec<Event> = (100..200)
        .flat_map(|actor| [like(actor), view(actor)])
        .collect();
    let whole = std::slice::from_ref(&batch);
    assert_eq!(given::<true>(&views, &batch), whole);
    assert_ne!(given::<false>(&views, &batch).concat(), batch);
}

#[test]
fn views_of_a_large_batch_are_admitted_once_and_in_its_order() {
    let views = Views::unique(HiddenShare::new(0.0));
    views.open_epoch(0).unwrap();
    // each of 1,500 viewers twice
    let batch: Vec<Event> = (0..3_000)
        .map(|at| event(Kind::ProfileView, false, 10 + at % 1_500, 5))
        .collect();
    let found = given::<false>(&views, &batch);
    assert!(found.iter().all(|part| part.len() <= LARGEST_GROUPED));
    let found = found.concat();
    let actors = |events: &[Event]| events.iter().map(|it| it.actor).collect::<Vec<u64>>();
    assert_eq!(actors(&found), actors(&batch));
    let first = found.iter().filter(|event| !event.is_self_action());
    assert_eq!(first.count(), 1_500);
}

#[test]
fn pushes_are_counted_of_what_is_admitted() {
    let settings = MemberSettings {
        pushes_per_day: std::num::NonZeroU32::new(1_000),
        ..half_are_blocked()
    };
    let views = with_settings(settings);
    let batch: Vec<Event> = (100..200)
        .map(|actor| event(Kind::MemberFollow, false, actor, 5))
        .collect();
    let admitted = batch.iter().filter(|event| !is_dropped(&settings, event));
    let admitted = admitted.count() as u64;
    given::<false>(&views, &batch);
    assert_eq!(views.pushes_sent_to(5), admitted);
    // a probe counts nothing
    let views = views.afresh();
    given::<true>(&views, &batch);
    assert_eq!(views.pushes_sent_to(5), 0);
}
