//! The broken engines, and one that has a race, under `verify`: all of them are
//! caught on the workload that the documents name, and not on the smallest.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use notibench_core::engine::{
    Engine, EngineConfig, EngineInfo, Freshness, Role, Session, StopFlag,
};
use notibench_core::event::{Event, Read};
use notibench_core::read::{Answer, answer_read};
use notibench_core::state::StateMut;
use notibench_core::state::{Content, Member, for_each_update};
use notibench_core::viewing::Views;
use notibench_harness::{Contender, FRESHNESS_EVENTS, OnHang, Silent, VerifyOptions, verify};
use notibench_workload::Workload;

use super::common::binary::root;
use super::*;

/// The workload that the documents name.
const PROVING: &str = "workloads/smoke/from_zero.toml";
/// The smallest.
const PAIR: &str = "workloads/smoke/pair.toml";

/// Makes a member's first state outside the lock, and puts it in place of what
/// another session may have put there meanwhile.
struct Racing {
    members: Mutex<HashMap<u64, Member>>,
    contents: Mutex<HashMap<u64, Content>>,
    inbox_capacity: usize,
    views: Views,
}

struct RacingSession<'engine>(&'engine Racing);

impl Engine for Racing {
    const INFO: EngineInfo = EngineInfo {
        name: "racing",
        role: Role::Engine,
        freshness: Freshness::Immediate,
        about: "loses an update while it makes a state, for these tests only",
    };
    type Session<'engine> = RacingSession<'engine>;

    fn build(config: &EngineConfig) -> Self {
        Self {
            members: Mutex::default(),
            contents: Mutex::default(),
            inbox_capacity: config.inbox_capacity,
            views: config.views.clone(),
        }
    }

    fn session(&self, _: usize) -> RacingSession<'_> {
        RacingSession(self)
    }

    fn visit_mut(&self, visit: &(dyn Fn(StateMut<'_>) + Sync)) {
        for (id, state) in &mut *self.members.lock().unwrap() {
            visit(StateMut::Member(*id, state));
        }
        for (id, state) in &mut *self.contents.lock().unwrap() {
            visit(StateMut::Content(*id, state));
        }
    }
}

/// Changes the state of an id where there is one, else makes one.
fn change<S: Default>(states: &Mutex<HashMap<u64, S>>, id: u64, apply: impl Fn(&mut S)) {
    if let Some(state) = states.lock().unwrap().get_mut(&id) {
        return apply(state);
    }
    let mut state = S::default();
    apply(&mut state);
    // others get on, however few processors there are
    std::thread::sleep(Duration::from_micros(1));
    states.lock().unwrap().insert(id, state);
}

impl Session for RacingSession<'_> {
    fn ingest(&mut self, batch: &[Event]) {
        let engine = self.0;
        for event in batch {
            for_each_update(
                event,
                |update| {
                    change(&engine.members, update.member, |state| {
                        state.apply(&update, engine.inbox_capacity);
                    });
                },
                |update| {
                    change(&engine.contents, update.content, |state| {
                        state.apply(&update);
                    });
                },
            );
        }
    }

    fn read(&mut self, reads: &[Read], sink: &mut impl FnMut(usize, &Answer)) {
        let (members, contents) = (self.0.members.lock(), self.0.contents.lock());
        let (members, contents) = (members.unwrap(), contents.unwrap());
        for (at, read) in reads.iter().enumerate() {
            let views = &self.0.views;
            let member = |id, look: &mut dyn FnMut(Option<&Member>)| look(members.get(&id));
            let answer = answer_read(read, views, member, |id, look| look(contents.get(&id)));
            sink(at, &answer);
        }
    }

    fn finish(self) {}
}

/// What `verify` says of an engine on a workload, at 2 threads.
fn verdict<E: Engine>(workload: &str) -> Result<(), String> {
    let (workload, _) = Workload::load(&root().join(workload)).unwrap();
    let options = VerifyOptions {
        events: 50_000,
        seed: None,
        threads: vec![2],
        batch: 256,
        freshness_events: FRESHNESS_EVENTS,
        stop: StopFlag::default(),
        on_hang: OnHang::new(|words| panic!("{words}")),
    };
    let contender = [Contender::of::<E>()];
    let found = verify(&workload, &contender, &options, &mut Silent).map_err(|e| e.to_string())?;
    found
        .failures
        .first()
        .map_or(Ok(()), |f| Err(f.words.clone()))
}

#[test]
fn every_broken_engine_is_caught_on_the_workload_that_the_documents_name() {
    for sound in [
        verdict::<Broken<SOUND>>(PROVING),
        verdict::<Broken<DEFERS>>(PROVING),
    ] {
        sound.unwrap();
    }
    // whether two workers make the same state at once is chance
    let races = (0..10).find_map(|_| verdict::<Racing>(PROVING).err());
    let verdicts = [
        ("loses", verdict::<Broken<LOSES>>(PROVING)),
        ("doubles", verdict::<Broken<DOUBLES>>(PROVING)),
        ("swaps kinds", verdict::<Broken<SWAPS_KIND>>(PROVING)),
        ("swaps segments", verdict::<Broken<SWAPS_SEGMENT>>(PROVING)),
        ("swaps undos", verdict::<Broken<SWAPS_UNDO>>(PROVING)),
        ("stale", verdict::<Broken<STALE>>(PROVING)),
        ("mute", verdict::<Broken<MUTE>>(PROVING)),
        ("late", verdict::<Broken<LATE>>(PROVING)),
        ("panics", verdict::<Broken<PANICS>>(PROVING)),
        ("defers longer", verdict::<Broken<DEFERS_LONGER>>(PROVING)),
        ("ignores 0", verdict::<Broken<IGNORES_ZERO>>(PROVING)),
        ("races", races.map_or(Ok(()), Err)),
    ];
    for (fault, verdict) in verdicts {
        assert!(verdict.is_err(), "`{fault}` was not caught");
    }
    for page in [
        "README.md",
        "docs/ADDING-AN-ENGINE.md",
        "workloads/README.md",
    ] {
        let text = std::fs::read_to_string(root().join(page)).unwrap();
        assert!(text.contains("smoke/from_zero"), "{page}");
    }
}

/// Its state is right, and so is what it says at rest.
#[test]
fn an_old_answer_is_caught_while_others_write() {
    prove::<OLD_AT_TIMES>(&small()).unwrap();
    assert_caught(
        verdict::<Broken<OLD_AT_TIMES>>(PROVING),
        &["no set of events explains an answer under load"],
    );
}

/// Why `verify` says of the smallest workload what it cannot see.
#[test]
fn members_without_the_id_0_do_not_show_every_fault() {
    verdict::<Broken<IGNORES_ZERO>>(PAIR).unwrap();
}
